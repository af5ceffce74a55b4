package io.turnpike.receipt;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.turnpike.conversation.Recognition.Match;
import io.turnpike.cost.PathKind;
import io.turnpike.error.ApiError;
import io.turnpike.routing.Predicted;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.turn.Outcome;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The meters of turns, for both gateways. Names are as registered; Prometheus shows them with
 * underscores, counters with {@code _total}.
 *
 * <ul>
 *   <li>{@code turnpike.turns{route,outcome}}: every turn that was read, once, at its end. {@code
 *       answered} / all is the success rate; alert when it falls. {@code client-gone} is nobody's
 *       fault.
 *   <li>{@code turnpike.reasons{reason}}: the same turns by why they went where they went. {@code
 *       decode-gone}, {@code decode-restarted} and {@code store-unavailable} tell of lost caches.
 *   <li>{@code turnpike.handoffs.lost}: handoffs that failed and were run again unseen; alert on
 *       any steady rate: clients pay with latency.
 *   <li>{@code turnpike.resumes}: times that a streamed answer broke off and went on elsewhere;
 *       {@code turnpike.resume.gap}: seconds that its client waited for the next of it. Answers
 *       that broke off and could not go on are turns with outcome {@code cut}.
 *   <li>{@code turnpike.tries.extra}: tries beyond the first of a turn.
 *   <li>{@code turnpike.ttft{route,turn}}, {@code turnpike.turn.duration{route,turn}}, {@code
 *       turnpike.prefill.duration}, {@code turnpike.decode.first}: seconds; {@code turn} is {@code
 *       first} or {@code later} in its conversation.
 *   <li>{@code turnpike.tokens{kind}}: prompt, cached and completion tokens of turns whose engine
 *       told. cached / prompt is the share of prompts that nobody computed again.
 *   <li>{@code turnpike.cache.tokens{kind}}: of turns that went without a handoff to where their
 *       conversation's cache should be: {@code expected} there, and {@code seen} by the engine.
 *       Less seen than expected means that engines forget sooner than conversations go on.
 *   <li>{@code turnpike.recognitions{match}}: turns by how they relate to what was known before.
 *   <li>{@code turnpike.turns.inflight}, {@code turnpike.turns.limit}: turns under way, and how
 *       many may be; {@code turnpike.turns.waiting}: turns that wait for their place or a rate.
 *   <li>{@code turnpike.refusals{code}}: requests that did not become turns, by the error's code:
 *       bad input, limits, draining; and those for something else that were kept out (401, 403).
 * </ul>
 *
 * Handoffs have {@link HandoffMetrics}, priced paths {@link PredictionMetrics}. All other meters
 * exist from the start, so that a dashboard shows zero rather than nothing.
 */
public final class TurnMetrics {

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25), Duration.ofMillis(50),
    Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1),
    Duration.ofMillis(2500), Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30),
    Duration.ofSeconds(60)
  };

  private final Map<Route, RouteMeters> routes = new EnumMap<>(Route.class);
  private final Map<Reason, Counter> reasons = new EnumMap<>(Reason.class);
  private final MeterRegistry registry;
  private final Timer prefill;
  private final Timer decodeFirst;
  private final Counter lostHandoffs;
  private final Counter extraTries;
  private final Counter resumes;
  private final Timer resumeGap;
  private final Counter promptTokens;
  private final Counter cachedTokens;
  private final Counter completionTokens;
  private final Counter expectedCached;
  private final Counter seenCached;
  private final Map<String, Counter> recognitions = new HashMap<>();
  private final HandoffMetrics handoffs;
  private final PredictionMetrics predictions;

  /**
   * Who is let in.
   *
   * @param inflight turns under way
   * @param waiting turns that wait
   * @param limit turns that may be under way
   */
  public record Door(Supplier<Number> inflight, Supplier<Number> waiting, int limit) {}

  /** Makes all of them. */
  public TurnMetrics(MeterRegistry registry, Door door) {
    this.registry = registry;
    this.handoffs = new HandoffMetrics(registry);
    this.predictions = new PredictionMetrics(registry);
    for (Route route : Route.values()) {
      routes.put(route, RouteMeters.of(registry, route));
    }
    for (Reason reason : Reason.values()) {
      reasons.put(reason, registry.counter("turnpike.reasons", "reason", reason.word()));
    }
    prefill = timer(registry, "turnpike.prefill.duration");
    decodeFirst = timer(registry, "turnpike.decode.first");
    lostHandoffs = registry.counter("turnpike.handoffs.lost");
    extraTries = registry.counter("turnpike.tries.extra");
    resumes = registry.counter("turnpike.resumes");
    resumeGap = timer(registry, "turnpike.resume.gap");
    promptTokens = registry.counter("turnpike.tokens", "kind", "prompt");
    cachedTokens = registry.counter("turnpike.tokens", "kind", "cached");
    completionTokens = registry.counter("turnpike.tokens", "kind", "completion");
    expectedCached = registry.counter("turnpike.cache.tokens", "kind", "expected");
    seenCached = registry.counter("turnpike.cache.tokens", "kind", "seen");
    recognitions.put(Receipts.UNRECOGNISED, recognition(Receipts.UNRECOGNISED));
    for (Match match : Match.values()) {
      recognitions.put(Receipts.word(match), recognition(Receipts.word(match)));
    }
    Gauge.builder("turnpike.turns.inflight", door.inflight).register(registry);
    Gauge.builder("turnpike.turns.waiting", door.waiting).register(registry);
    Gauge.builder("turnpike.turns.limit", door::limit).register(registry);
  }

  private record RouteMeters(Map<Outcome, Counter> outcomes, Timers first, Timers later) {
    static RouteMeters of(MeterRegistry registry, Route route) {
      Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
      for (Outcome outcome : Outcome.values()) {
        outcomes.put(
            outcome,
            registry.counter("turnpike.turns", "route", route.word(), "outcome", outcome.word()));
      }
      return new RouteMeters(
          outcomes, Timers.of(registry, route, "first"), Timers.of(registry, route, "later"));
    }

    Timers timersOf(int turn) {
      return turn > 1 ? later : first;
    }
  }

  private record Timers(Timer ttft, Timer duration) {
    static Timers of(MeterRegistry registry, Route route, String turn) {
      return new Timers(
          timer(registry, "turnpike.ttft", "route", route.word(), "turn", turn),
          timer(registry, "turnpike.turn.duration", "route", route.word(), "turn", turn));
    }
  }

  private Counter recognition(String match) {
    return registry.counter("turnpike.recognitions", "match", match);
  }

  private static <K, M> M meter(Map<K, M> meters, K key) {
    return Objects.requireNonNull(meters.get(key));
  }

  private static Timer timer(MeterRegistry registry, String name, String... tags) {
    return Timer.builder(name).tags(tags).serviceLevelObjectives(BUCKETS).register(registry);
  }

  /** Counts a request that did not become a turn, or was kept out. */
  void refused(ApiError error) {
    String code = error.code();
    registry.counter("turnpike.refusals", "code", code == null ? "other" : code).increment();
  }

  /**
   * Counts a turn that is over.
   *
   * @param expectedTokens of its prompt that its conversation's node should still hold
   */
  void count(Receipt receipt, long expectedTokens) {
    Receipt.Timing timing = receipt.timing();
    RouteMeters route = meter(routes, receipt.route());
    meter(route.outcomes, receipt.outcome()).increment();
    meter(reasons, receipt.reason()).increment();
    Timers timers = route.timersOf(receipt.turn());
    record(timers.ttft, timing.ttftMs());
    record(timers.duration, timing.totalMs());
    record(prefill, timing.prefillMs());
    record(decodeFirst, timing.decodeFirstMs());
    add(lostHandoffs, receipt.lostHandoffs());
    add(extraTries, receipt.troubles().size());
    add(resumes, receipt.resumed().size());
    receipt.resumed().forEach(resumed -> record(resumeGap, resumed.gapMs()));
    add(promptTokens, receipt.promptTokens());
    add(cachedTokens, receipt.cachedTokens());
    add(completionTokens, receipt.completionTokens());
    meter(recognitions, receipt.match()).increment();
    handoffs.count(receipt);
    predictions.count(receipt);
    if (receipt.cachedTokens() >= 0 && isStay(receipt) && receipt.resumed().isEmpty()) {
      add(expectedCached, expectedTokens);
      add(seenCached, Math.min(expectedTokens, receipt.cachedTokens()));
    }
  }

  /** Whether it went without a handoff to where its conversation's cache should be. */
  private static boolean isStay(Receipt receipt) {
    Predicted predicted = receipt.predicted();
    return predicted == null
        ? receipt.reason() == Reason.CACHE_WARM
        : predicted.taken().kind() == PathKind.STAY;
  }

  private static void record(Timer timer, double millis) {
    if (!Double.isNaN(millis)) {
      timer.record(Duration.ofNanos((long) (millis * 1e6)));
    }
  }

  private static void add(Counter counter, long amount) {
    if (amount > 0) {
      counter.increment((double) amount);
    }
  }
}
