package io.turnpike.simulator.workload;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.random.RandomGenerator;

/**
 * Conversations that start as a Poisson process: a fixed number of them, with exponential gaps.
 * Made one at a time, so that a run's memory does not grow with its length.
 */
public final class SyntheticSessions implements Iterator<Session> {

  private static final long SHARED = Long.MIN_VALUE;

  private final WorkloadSpec spec;
  private final double perSecond;
  private final int count;
  private final RandomGenerator random;
  private int made;
  private double seconds;

  /**
   * Sessions of one workload.
   *
   * @param perSecond conversations that start in a second
   * @param count how many in all
   */
  public SyntheticSessions(WorkloadSpec spec, double perSecond, int count, RandomGenerator random) {
    if (!(perSecond > 0) || count < 0) {
      throw new IllegalArgumentException(
          "sessions: %s a second, %d in all (expected: more than 0)".formatted(perSecond, count));
    }
    this.spec = spec;
    this.perSecond = perSecond;
    this.count = count;
    this.random = random;
  }

  @Override
  public boolean hasNext() {
    return made < count;
  }

  @Override
  public Session next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    seconds += Arrivals.gapSeconds(perSecond, random);
    long id = made++;
    Content content = Content.of(id, Content.of(SHARED), spec.sharedTokens());
    return new Session(
        spec.name() + "-" + id,
        Math.round(seconds * 1e9),
        spec.turnsBefore(),
        spec.answers(),
        turns(spec, content));
  }

  private static List<Turn> turns(WorkloadSpec spec, Content content) {
    List<Turn> turns = new ArrayList<>(spec.turns() - spec.turnsBefore());
    int prompt = spec.sharedTokens();
    for (int i = spec.turnsBefore(); i < spec.turns(); i++) {
      prompt += spec.inputTokens();
      turns.add(new Turn(prompt, spec.outputTokens(), 0, spec.thinkNanos(), content));
      prompt += spec.outputTokens();
    }
    return turns;
  }
}
