package io.turnpike.simulator.validate;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.table.Figures;
import io.turnpike.simulator.validate.GridPoint.Latencies;
import io.turnpike.simulator.validate.GridValidation.Agreement;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * All measured sets beside what the validated profile gives.
 *
 * @param profile the profile
 * @param handoff its connector
 * @param grid two GPUs, 84 cells
 * @param turns four GPUs, turn by turn
 * @param bursts one GPU
 */
record Validation(
    EngineProfile profile,
    HandoffCosts handoff,
    GridValidation grid,
    TurnsValidation turns,
    BurstValidation bursts) {

  /** Runs of each cell, as many arrivals more than the measurement's three. */
  static final int RUNS = 10;

  private static final List<ToDoubleFunction<Latencies>> METRICS =
      List.of(Latencies::ttft, Latencies::ttftP99, Latencies::tpot, Latencies::endToEnd);

  /**
   * One figure that is held.
   *
   * @param name what
   * @param value a share
   * @param bound what it may be at most, or at least
   * @param atLeast which of both
   */
  record Check(String name, double value, double bound, boolean atLeast) {
    boolean holds() {
      return atLeast ? value >= bound : value <= bound;
    }
  }

  static Validation run() {
    EngineProfile profile = Profiles.builtIn(Profiles.DEFAULT);
    HandoffCosts handoff = HandoffCosts.P2P_NCCL;
    return new Validation(
        profile,
        handoff,
        GridValidation.run(profile, handoff, GridPoint.all(MeasuredSets.grid()), RUNS),
        TurnsValidation.run(profile, handoff, MeasuredSets.turns()),
        BurstValidation.run(profile, MeasuredSets.bursts()));
  }

  /** The figures that the tests hold. */
  List<Check> checks() {
    return List.of(
        atMost("grid: TPOT", grid.errors(Latencies::tpot), 0.035),
        atMost("grid: E2E", grid.errors(Latencies::endToEnd), 0.05),
        atMost("grid: mean TTFT", grid.errors(Latencies::ttft), 0.10),
        atMost("grid: P99 TTFT", grid.errors(Latencies::ttftP99), 0.13),
        new Check("grid: winner agreement", agreement().share(), 0.90, true),
        atMost("bursts: decode TPOT, 10 to 250 decodes alone", bursts.aloneErrors(), 0.08),
        atMost("turns: TTFT per turn", turns.ttftErrors(), 0.12),
        atMost("turns: TPOT per turn", turns.tpotErrors(), 0.04));
  }

  /** Winner agreement over all four latencies. */
  Agreement agreement() {
    int right = 0;
    int all = 0;
    for (ToDoubleFunction<Latencies> metric : METRICS) {
      Agreement one = grid.agreement(metric);
      right += one.right();
      all += one.all();
    }
    return new Agreement(right, all);
  }

  private static Check atMost(String name, double[] errors, double bound) {
    return new Check(name + ", median absolute error", Figures.median(errors), bound, false);
  }
}
