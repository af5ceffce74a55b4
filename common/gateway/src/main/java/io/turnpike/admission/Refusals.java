package io.turnpike.admission;

import io.turnpike.error.ApiError;

/**
 * What a turn is told that may not go in: by which limit, and when it is worth another try. For
 * whoever holds the lock of its {@link Admission}.
 */
final class Refusals {

  private final Gate gateway;
  private final HoldTime holdTime = new HoldTime();

  Refusals(Gate gateway) {
    this.gateway = gateway;
  }

  /** A turn has kept its place for so long. */
  void held(long nanos) {
    holdTime.add(nanos);
  }

  /**
   * There is no room to wait.
   *
   * @param waiting turns of all callers that wait
   * @param mayWait whether any turn may wait at all
   */
  ApiError noRoom(Line line, int waiting, boolean mayWait) {
    boolean own = line.gate().isFull() || line.gate().nanosUntil(1) > 0;
    String whose = own ? "this key" : "this gateway";
    Gate gate = own ? line.gate() : gateway;
    if (mayWait) {
      return error(line, waiting, "queue_full", "Too many requests of " + whose + " wait");
    }
    return gate.isFull()
        ? error(
            line,
            waiting,
            "too_many_turns",
            "More than %d turns of %s are under way".formatted(gate.places(), whose))
        : error(line, waiting, "rate_limit_exceeded", "Too many requests of " + whose);
  }

  ApiError tooLate(Line line, int waiting) {
    return error(line, waiting, "queue_timeout", "Waited for longer than a request may");
  }

  private ApiError error(Line line, int waiting, String code, String why) {
    return ApiError.overLimit(
        code,
        why + "; try again later",
        nanosUntilTurn(line, waiting),
        RateHeaders.of(line.gate(), gateway));
  }

  /** When a turn that came now would have its chance: by rates, and by how long turns take. */
  private long nanosUntilTurn(Line line, int waiting) {
    int ofLine = line.size() + 1;
    int ofAll = waiting + 1;
    long byRate = Math.max(line.gate().nanosUntil(ofLine), gateway.nanosUntil(ofAll));
    long byOwn = line.gate().isFull() ? holdTime.untilFree(ofLine, line.gate().places()) : 0;
    long byAll = gateway.isFull() ? holdTime.untilFree(ofAll, gateway.places()) : 0;
    return Math.max(byRate, Math.max(byOwn, byAll));
  }

  /** The caller's minute has not so many tokens left; needs no lock. */
  static ApiError tooManyTokens(Bucket tokens, long amount, Gate own, Gate gateway) {
    return ApiError.overLimit(
        "token_limit_exceeded",
        "This key may use %d tokens a minute, and this request may need %d; try again later"
            .formatted(tokens.capacity(), amount),
        tokens.nanosUntil(amount),
        RateHeaders.of(own, gateway));
  }
}
