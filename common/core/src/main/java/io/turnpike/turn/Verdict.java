package io.turnpike.turn;

/** What an engine's answer to the leg that decodes proved to be. */
public enum Verdict {
  /** Nothing is proved yet: a head, a role-only chunk, or the first part of a JSON answer. */
  HELD,
  /** A 200 that says something: first content of a stream, or a JSON answer that is whole. */
  GOOD,
  /** The engine refused the request itself (4xx but 408 and 429): every engine would. */
  REFUSED,
  /** The engine has no room or no time at the moment (408, 429, 503). */
  BUSY,
  /** The engine failed on it: any other status, or an error event before content. */
  FAILED,
  /** A 200 that ended in order and said nothing. */
  EMPTY,
  /** It broke off: an end that is none, or {@code finish_reason} {@code abort}. */
  CUT;

  /** What an engine's status alone says; {@link #HELD} for a 200. */
  public static Verdict ofStatus(int status) {
    if (status == 200) {
      return HELD;
    }
    if (isRequestsFault(status)) {
      return REFUSED;
    }
    return isBusy(status) ? BUSY : FAILED;
  }

  static boolean isBusy(int status) {
    return status == 408 || status == 429 || status == 503;
  }

  /** Whether every other engine would refuse the request too. */
  static boolean isRequestsFault(int status) {
    return status >= 400 && status < 500 && status != 408 && status != 429;
  }

  /** Whether D would say the same, whatever we changed in P's copy: who asks, what for, how big. */
  static boolean isEveryEngines(int status) {
    return status == 401 || status == 404 || status == 413;
  }
}
