package io.turnpike.receipt;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.turnpike.node.NodeId;
import io.turnpike.routing.Route;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The meters of handoffs, by pair. Engines come and go, so that only the first {@value #MAX_PAIRS}
 * pairs have series of their own; all others are {@code other}. Thread-safe.
 *
 * <ul>
 *   <li>{@code turnpike.handoff{prefill,decode}}: seconds from P's answer to D's first content.
 *   <li>{@code turnpike.handoff.tokens{prefill,decode}}: prompt tokens whose KV was handed over; a
 *       gateway sees no bytes, engines count those themselves.
 * </ul>
 */
final class HandoffMetrics {

  private static final int MAX_PAIRS = 64;
  private static final Pair OTHER = new Pair("other", "other");

  private record Pair(String prefill, String decode) {}

  private record Meters(Timer time, Counter tokens) {}

  private final MeterRegistry registry;
  private final Map<Pair, Meters> pairs = new ConcurrentHashMap<>();

  HandoffMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void count(Receipt receipt) {
    NodeId prefill = receipt.prefill();
    NodeId decode = receipt.decode();
    double millis = receipt.timing().decodeFirstMs();
    if (receipt.route() != Route.DISAGGREGATED
        || prefill == null
        || decode == null
        || Double.isNaN(millis)) {
      return;
    }
    Meters meters = of(new Pair(prefill.value(), decode.value()));
    meters.time.record(Duration.ofNanos((long) (millis * 1e6)));
    if (receipt.promptTokens() > 0) {
      meters.tokens.increment((double) receipt.promptTokens());
    }
  }

  private Meters of(Pair pair) {
    Meters known = pairs.get(pair);
    if (known != null) {
      return known;
    }
    return pairs.computeIfAbsent(pairs.size() < MAX_PAIRS ? pair : OTHER, this::register);
  }

  private Meters register(Pair pair) {
    Tags tags = Tags.of("prefill", pair.prefill, "decode", pair.decode);
    return new Meters(
        registry.timer("turnpike.handoff", tags),
        registry.counter("turnpike.handoff.tokens", tags));
  }
}
