package io.turnpike.receipt;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnpike.cost.PathKind;
import io.turnpike.cost.PricedPath;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was predicted of paths and what was seen, by path and answering node. Engines come and go,
 * so that only the first {@value #MAX_NODES} nodes have series of their own; all others are {@code
 * other}. Thread-safe.
 *
 * <ul>
 *   <li>{@code turnpike.predictions{path,node,kind}}: seconds to the first token of streamed turns
 *       whose path was priced, added up: {@code predicted} when they were decided, and {@code
 *       seen}. seen / predicted should be about one.
 * </ul>
 */
final class PredictionMetrics {

  private static final int MAX_NODES = 64;
  private static final String OTHER = "other";

  private record Path(PathKind kind, String node) {}

  private record Meters(Counter predicted, Counter seen) {}

  private final MeterRegistry registry;
  private final Map<String, String> nodes = new ConcurrentHashMap<>();
  private final Map<Path, Meters> paths = new ConcurrentHashMap<>();

  PredictionMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void count(Receipt receipt) {
    Receipt.Timing timing = receipt.timing();
    double seen = timing.ttftMs() - timing.recogniseMs();
    if (receipt.predicted() == null
        || !receipt.stream()
        || !receipt.troubles().isEmpty()
        || Double.isNaN(seen)) {
      return;
    }
    PricedPath taken = receipt.predicted().taken();
    Path path = new Path(taken.kind(), node(taken.answering().value()));
    Meters meters = paths.computeIfAbsent(path, this::register);
    meters.predicted.increment(taken.price().firstTokenMillis() / 1_000);
    meters.seen.increment(Math.max(0, seen) / 1_000);
  }

  private String node(String id) {
    String known = nodes.get(id);
    if (known != null || nodes.size() >= MAX_NODES) {
      return known == null ? OTHER : known;
    }
    return nodes.computeIfAbsent(id, it -> it);
  }

  private Meters register(Path path) {
    return new Meters(counter(path, "predicted"), counter(path, "seen"));
  }

  private Counter counter(Path path, String kind) {
    return Counter.builder("turnpike.predictions")
        .baseUnit("seconds")
        .tags("path", path.kind().word(), "node", path.node(), "kind", kind)
        .register(registry);
  }
}
