package io.turnpike.simulator.replay;

import io.turnpike.node.NodeState;
import io.turnpike.simulator.replay.EngineFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Engines' failures as they come, and when the registry notices, by its defaults: a probe each
 * second; one that is refused makes a node suspect, and so do three in a row without an answer in 4
 * s; one good probe makes it ready again. An engine that answers its probes and fails on its turns
 * is never suspect.
 */
final class Failures {

  private static final long PROBED_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long SILENCE_NOTICED_NANOS = PROBED_NANOS + Duration.ofSeconds(12).toNanos();

  private record Step(long nanos, Runnable action) {}

  private final List<Step> steps = new ArrayList<>();
  private final VirtualWorld world;
  private int done;

  Failures(List<EngineFailure> failures, VirtualWorld world) {
    this.world = world;
    failures.forEach(this::plan);
    steps.sort(Comparator.comparingLong(Step::nanos));
  }

  private void plan(EngineFailure failure) {
    VirtualEngine engine = find(failure.engine());
    long from = failure.fromNanos();
    long to = failure.toNanos();
    at(from, () -> engine.fail(failure.kind(), from));
    at(to, () -> engine.recover(to));
    if (failure.kind().failsProbes()) {
      long noticed = from + (failure.kind() == Kind.HANG ? SILENCE_NOTICED_NANOS : PROBED_NANOS);
      if (noticed < to) {
        at(noticed, () -> world.list(engine, NodeState.SUSPECT));
      }
      at(to + PROBED_NANOS, () -> world.list(engine, NodeState.READY));
    }
  }

  private VirtualEngine find(String name) {
    return world.engines().stream()
        .filter(engine -> engine.spec.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "fail: engine \"%s\" (expected: one of %s)"
                        .formatted(
                            name, world.engines().stream().map(e -> e.spec.name()).toList())));
  }

  private void at(long nanos, Runnable action) {
    steps.add(new Step(nanos, action));
  }

  /** When the next thing happens; {@link Long#MAX_VALUE}: nothing more does. */
  long nextNanos() {
    return done == steps.size() ? Long.MAX_VALUE : steps.get(done).nanos;
  }

  /** Does it; only if there is one. */
  void doNext() {
    steps.get(done++).action.run();
  }
}
