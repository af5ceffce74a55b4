package io.turnpike.simulator.generation;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * How the answers under way end when an engine is told to stop without time to finish them: all
 * alike, or each as drawn, as often as seen with real engines (five runs: an error once, an abort
 * once, silence three times; vLLM 0.32.0, trace c18). Thread-safe.
 */
public final class Endings implements Supplier<Ending> {

  private static final int RUNS_SEEN = 5;

  private final Kind kind;
  private final RandomGenerator chance;

  /** What answers under way come to. */
  public enum Kind {
    ERROR,
    ABORT,
    SILENT,
    DRAWN
  }

  /** The same seed draws the same endings. */
  public Endings(Kind kind, long seed) {
    this.kind = kind;
    this.chance = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  @Override
  public synchronized Ending get() {
    return switch (kind) {
      case ERROR -> Ending.ERROR;
      case ABORT -> Ending.ABORT;
      case SILENT -> Ending.SILENCE;
      case DRAWN ->
          switch (chance.nextInt(RUNS_SEEN)) {
            case 0 -> Ending.ERROR;
            case 1 -> Ending.ABORT;
            default -> Ending.SILENCE;
          };
    };
  }
}
