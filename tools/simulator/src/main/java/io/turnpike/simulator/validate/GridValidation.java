package io.turnpike.simulator.validate;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.simulator.table.Figures;
import io.turnpike.simulator.validate.GridPoint.Latencies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The measured grid beside the simulated one.
 *
 * @param cells each measured cell with what was simulated
 */
record GridValidation(List<Cell> cells) {

  /** A gap between two modes that is measured larger than this is a real one. */
  private static final double REAL_GAP = 0.10;

  /**
   * A cell.
   *
   * @param point what was measured
   * @param simulated what the simulator gives
   */
  record Cell(GridPoint point, Latencies simulated) {

    double error(ToDoubleFunction<Latencies> metric) {
      return Figures.error(metric.applyAsDouble(simulated), metric.applyAsDouble(point.measured()));
    }
  }

  /**
   * How often the simulator names the faster of two modes.
   *
   * @param right comparisons in which it does
   * @param all comparisons whose measured gap is real
   */
  record Agreement(int right, int all) {
    double share() {
      return all == 0 ? 1 : right / (double) all;
    }
  }

  /** Simulates all points. */
  static GridValidation run(
      EngineProfile profile, HandoffCosts handoff, List<GridPoint> points, int runs) {
    GridSimulation simulation = new GridSimulation(profile, handoff, runs);
    return new GridValidation(
        points.stream().map(point -> new Cell(point, simulation.simulate(point))).toList());
  }

  /** Absolute errors of all cells. */
  double[] errors(ToDoubleFunction<Latencies> metric) {
    return cells.stream().mapToDouble(cell -> Math.abs(cell.error(metric))).toArray();
  }

  /** Winner agreement between the modes of a cell, each two of them, for one metric. */
  Agreement agreement(ToDoubleFunction<Latencies> metric) {
    Map<String, List<Cell>> byCell = new LinkedHashMap<>();
    for (Cell cell : cells) {
      String key = cell.point.workload() + "@" + cell.point.perSecond();
      byCell.computeIfAbsent(key, k -> new ArrayList<>()).add(cell);
    }
    int right = 0;
    int all = 0;
    for (List<Cell> modes : byCell.values()) {
      for (int i = 0; i < modes.size(); i++) {
        for (int j = i + 1; j < modes.size(); j++) {
          double measured =
              ratio(modes.get(i).point.measured(), modes.get(j).point.measured(), metric);
          double simulated = ratio(modes.get(i).simulated, modes.get(j).simulated, metric);
          if (Math.max(measured, 1 / measured) - 1 > REAL_GAP) {
            all++;
            right += (measured > 1) == (simulated > 1) ? 1 : 0;
          }
        }
      }
    }
    return new Agreement(right, all);
  }

  private static double ratio(Latencies one, Latencies other, ToDoubleFunction<Latencies> metric) {
    return metric.applyAsDouble(one) / metric.applyAsDouble(other);
  }
}
