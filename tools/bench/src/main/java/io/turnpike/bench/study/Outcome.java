package io.turnpike.bench.study;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Sample;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;
import java.util.List;
import java.util.Map;

/**
 * What came of a cell.
 *
 * @param turns every turn that was sent
 * @param tallies of turn 1, turn 2 and so on
 * @param cpuShare of a core that the load generator's event loop used; 0 in virtual time
 * @param movedTokens tokens whose KV went from P to D, by turn; empty if nobody says
 */
public record Outcome(
    List<Measurement> turns, List<Tally> tallies, double cpuShare, Map<Integer, Long> movedTokens) {

  public Outcome {
    turns = List.copyOf(turns);
    tallies = List.copyOf(tallies);
    movedTokens = Map.copyOf(movedTokens);
  }

  /** What the load generator says about itself. */
  SelfCheck self() {
    Sample lag = Sample.of(turns, m -> m.lagNanos() / 1e6);
    return new SelfCheck(lag.percentile(99), lag.max(), cpuShare, Double.NaN);
  }
}
