package io.turnpike.simulator.validate;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.routing.Mode;
import io.turnpike.simulator.replay.ClusterSpec;
import io.turnpike.simulator.replay.NetworkProfile;
import io.turnpike.simulator.replay.Replay;
import io.turnpike.simulator.replay.TurnResult;
import io.turnpike.simulator.table.Figures;
import io.turnpike.simulator.validate.GridPoint.Latencies;
import io.turnpike.simulator.workload.Arrivals;
import io.turnpike.simulator.workload.Content;
import io.turnpike.simulator.workload.Session;
import io.turnpike.simulator.workload.Turn;
import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Runs a cell of the grid under the conditions in which it was measured: Poisson arrivals over 60
 * s, turn 1 over beforehand, all clients sharing 100 connections. The result is the mean of several
 * runs with other arrivals; the modes of a cell get the same ones.
 */
final class GridSimulation {

  static final int CONNECTIONS = 100;
  static final int SECONDS = 60;

  /** Turn 1 of the fullest cell takes about 170 s. */
  private static final int QUIET_SECONDS = 1000;

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
    Mode mode = point.mode().equals("pd") ? Mode.PD : Mode.PPD;
    ClusterSpec cluster =
        ClusterSpec.of(point.cluster(), profile, mode)
            .withConnections(CONNECTIONS)
            .balancedLikeTheStudy()
            .with(handoff, NetworkProfile.NVLINK);
    List<TurnResult> results = new ArrayList<>();
    Iterator<Session> sessions = sessions(point, new SplittableRandom(run)).iterator();
    new Replay(cluster, sessions, run, result -> keepSecond(result, results)).run();
    return results;
  }

  private static void keepSecond(TurnResult result, List<TurnResult> results) {
    if (result.turn() == 2) {
      results.add(result);
    }
  }

  /** Turn 1 of all conversations at the cell's rate, a pause until all is quiet, then turn 2. */
  private static List<Session> sessions(GridPoint point, RandomGenerator random) {
    int count = Math.max(1, (int) Math.round(point.perSecond() * SECONDS));
    double[] firsts = arrivals(point, count, random);
    double[] seconds = arrivals(point, count, random);
    List<Session> sessions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Turn one = turn(point, firsts[i], Content.of(2L * i));
      Turn two = turn(point, QUIET_SECONDS + seconds[i], Content.of(2L * i + 1));
      sessions.add(
          new Session(
              point.workload() + "-" + i, one.atNanos(), 0, Answers.MISS, List.of(one, two)));
    }
    return sessions;
  }

  private static double[] arrivals(GridPoint point, int count, RandomGenerator random) {
    double[] at = new double[count];
    double now = 0;
    for (int i = 0; i < count; i++) {
      now += Arrivals.gapSeconds(point.perSecond(), random);
      at[i] = now;
    }
    return at;
  }

  private static Turn turn(GridPoint point, double atSeconds, Content content) {
    return new Turn(
        point.inputTokens(), point.outputTokens(), Math.round(atSeconds * 1e9), 0, content);
  }
}
