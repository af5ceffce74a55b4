package io.turnpike.bench.study;

import io.turnpike.bench.load.Arrivals;
import java.util.Locale;

/**
 * One measurement of the study.
 *
 * @param workload what conversations are like
 * @param qps turns that start in a second
 * @param mode pd, ppd, adaptive or replication
 * @param run counted from 1; runs differ in arrivals and prompts, modes do not
 * @param seconds of arrivals
 * @param turns of each conversation
 */
public record Cell(Workload workload, double qps, String mode, int run, double seconds, int turns) {

  /** Conversations of a cell. */
  public int conversations() {
    return Math.max(1, (int) Math.round(qps * seconds));
  }

  /** The same for all modes: what arrivals and prompts are made from. */
  public long seed(long studySeed) {
    return studySeed * 1_000_003L
        + run * 7_919L
        + Math.round(qps * 1000) * 31L
        + workload.name().hashCode();
  }

  /** When a turn of each conversation is due, ns: Poisson arrivals at the rate that is offered. */
  long[] arrivals(long studySeed, int turn) {
    return Arrivals.stretchedPoisson(qps, conversations(), seed(studySeed) + turn);
  }

  /** Its name in a journal. */
  public String key() {
    return String.format(Locale.ROOT, "%s@%s/%s#%d", workload.name(), qps, mode, run);
  }
}
