package io.turnpike.simulator.validate;

import io.turnpike.routing.Mode;
import io.turnpike.simulator.handoff.HandoffCosts;
import io.turnpike.simulator.profile.EngineProfile;
import io.turnpike.simulator.replay.ClusterSpec;
import io.turnpike.simulator.replay.NetworkProfile;
import io.turnpike.simulator.replay.Replay;
import io.turnpike.simulator.replay.TurnResult;
import io.turnpike.simulator.validate.GridPoint.Latencies;
import io.turnpike.simulator.workload.SyntheticSessions;
import io.turnpike.simulator.workload.WorkloadSpec;
import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs a cell of the grid under the conditions in which it was measured: Poisson arrivals over 60
 * s, turn 1 over beforehand, all clients sharing 100 connections. The result is the mean of several
 * runs with other arrivals; the modes of a cell get the same ones.
 */
final class GridSimulation {

  static final int CONNECTIONS = 100;
  static final int SECONDS = 60;

  private final EngineProfile profile;
  private final HandoffCosts handoff;
  private final int runs;

  GridSimulation(EngineProfile profile, HandoffCosts handoff, int runs) {
    this.handoff = handoff;
    this.profile = profile;
    this.runs = runs;
  }

  Latencies simulate(GridPoint point) {
    double[] ttft = new double[runs];
    double[] ttftP99 = new double[runs];
    double[] tpot = new double[runs];
    double[] endToEnd = new double[runs];
    for (int run = 0; run < runs; run++) {
      List<TurnResult> results = run(point, run);
      double[] firsts = results.stream().mapToDouble(TurnResult::ttftMillis).toArray();
      ttft[run] = Figures.mean(firsts);
      ttftP99[run] = Figures.percentile(firsts, 99);
      tpot[run] = results.stream().mapToDouble(TurnResult::tpotMillis).average().orElse(0);
      endToEnd[run] = results.stream().mapToDouble(TurnResult::endToEndMillis).average().orElse(0);
    }
    return new Latencies(
        Figures.mean(ttft), Figures.mean(ttftP99), Figures.mean(tpot), Figures.mean(endToEnd));
  }

  private List<TurnResult> run(GridPoint point, int run) {
    int count = Math.max(1, (int) Math.round(point.perSecond() * SECONDS));
    WorkloadSpec workload =
        new WorkloadSpec(
            point.workload(), point.inputTokens(), point.outputTokens(), 2, 1, 0, 0, Answers.MISS);
    Mode mode = point.mode().equals("pd") ? Mode.PD : Mode.PPD;
    ClusterSpec cluster =
        ClusterSpec.of(point.cluster(), profile, mode)
            .withConnections(CONNECTIONS)
            .balancedLikeTheStudy()
            .with(handoff, NetworkProfile.NVLINK);
    List<TurnResult> results = new ArrayList<>(count);
    SyntheticSessions sessions =
        new SyntheticSessions(workload, point.perSecond(), count, new SplittableRandom(run));
    new Replay(cluster, sessions, run, results::add).run();
    return results;
  }
}
