package io.turnpike.simulator.calibrate;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.FrontEndCosts;
import io.turnpike.cost.StepCosts;
import io.turnpike.simulator.table.CsvTable;
import io.turnpike.simulator.table.Figures;
import java.util.ArrayList;
import java.util.List;

/**
 * Step constants fitted to measured points of one engine.
 *
 * <pre>
 *   decode:   TPOT of a batch  = t0 + a·batch + b·batch·context
 *   prefill:  TTFT when idle   = fixed + c·new + d·new·prompt + history·(prompt − new)
 * </pre>
 *
 * {@code history} is the base's: it is the front end's price, not the device's.
 *
 * @param profile the base profile with the fitted constants
 * @param fixedMillis TTFT that depends on nothing; zero without prefill points
 * @param points each point with what the fit gives
 */
record Calibration(EngineProfile profile, double fixedMillis, List<Point> points) {

  private static final int LEAST_POINTS = 3;

  /**
   * A measured point.
   *
   * @param decode whether it is a decode point
   * @param batch running decodes
   * @param newTokens prompt tokens computed
   * @param contextTokens context of each decode, or tokens of the whole prompt
   * @param historyMillis what the base takes for the cached part of a prompt
   * @param measuredMillis TPOT or TTFT
   * @param fittedMillis what the fit gives
   */
  record Point(
      boolean decode,
      int batch,
      int newTokens,
      int contextTokens,
      double historyMillis,
      double measuredMillis,
      double fittedMillis) {

    double error() {
      return Figures.error(fittedMillis, measuredMillis);
    }

    private double[] columns() {
      return decode
          ? new double[] {1, batch, (double) batch * contextTokens}
          : new double[] {1, newTokens, (double) newTokens * contextTokens};
    }

    /** What is left for the constants to explain. */
    private double unexplainedMillis() {
      return measuredMillis - historyMillis;
    }

    private Point fitted(double[] constants) {
      double[] columns = columns();
      double millis = historyMillis;
      for (int i = 0; i < columns.length; i++) {
        millis += columns[i] * constants[i];
      }
      return new Point(
          decode, batch, newTokens, contextTokens, historyMillis, measuredMillis, millis);
    }
  }

  /**
   * Fits to a table; kinds of points that it lacks leave the base's constants.
   *
   * @param name of the profile
   */
  static Calibration fit(String name, EngineProfile base, CsvTable table) {
    List<Point> decodes = new ArrayList<>();
    List<Point> prefills = new ArrayList<>();
    for (CsvTable.Row row : table.rows()) {
      Point point = point(row, base);
      (point.decode ? decodes : prefills).add(point);
    }
    StepCosts steps = base.steps();
    FrontEndCosts front = base.frontEnd();
    List<Point> fitted = new ArrayList<>();
    double fixed = 0;
    if (!decodes.isEmpty()) {
      double[] constants = constants("decode", decodes);
      decodes.forEach(point -> fitted.add(point.fitted(constants)));
      steps =
          new StepCosts(
              constants[0],
              constants[1],
              constants[2],
              steps.prefillMillis(),
              steps.sendingPrefillMillis(),
              steps.attentionMillis(),
              steps.mixedMillis());
    }
    if (!prefills.isEmpty()) {
      double[] constants = constants("prefill", prefills);
      prefills.forEach(point -> fitted.add(point.fitted(constants)));
      fixed = constants[0];
      steps = withPrefill(steps, constants[1], constants[2]);
      front = withFixed(front, fixed - steps.mixedMillis());
    }
    EngineProfile profile =
        new EngineProfile(
            name, "calibrated, the rest as " + base.name(), steps, front, base.limits());
    return new Calibration(profile, fixed, fitted);
  }

  private static double[] constants(String kind, List<Point> points) {
    if (points.size() < LEAST_POINTS) {
      throw new IllegalArgumentException(
          "points: %d of kind %s (expected: %d or more)"
              .formatted(points.size(), kind, LEAST_POINTS));
    }
    double[][] rows = points.stream().map(Point::columns).toArray(double[][]::new);
    return LeastSquares.fit(rows, points.stream().mapToDouble(Point::unexplainedMillis).toArray());
  }

  /** Sending makes a prefill slower by the base's ratio. */
  private static StepCosts withPrefill(StepCosts steps, double prefill, double attention) {
    double ratio =
        steps.prefillMillis() == 0 ? 1 : steps.sendingPrefillMillis() / steps.prefillMillis();
    return new StepCosts(
        steps.baseMillis(),
        steps.decodeMillis(),
        steps.decodeContextMillis(),
        prefill,
        prefill * ratio,
        attention,
        steps.mixedMillis());
  }

  /** The fixed time is split as the base splits it. */
  private static FrontEndCosts withFixed(FrontEndCosts front, double millis) {
    double before = front.beforeMillis() + front.serialMillis() + front.afterMillis();
    double ratio = before == 0 ? 0 : Math.max(0, millis) / before;
    return new FrontEndCosts(
        front.beforeMillis() * ratio,
        front.serialMillis() * ratio,
        front.historyTokenMillis(),
        front.afterMillis() * ratio);
  }

  private static Point point(CsvTable.Row row, EngineProfile base) {
    String kind = row.text("kind");
    double millis = row.number("millis");
    return switch (kind) {
      case "decode" -> {
        positive(row, millis);
        yield new Point(true, row.count("batch"), 0, row.count("context_tokens"), 0, millis, 0);
      }
      case "prefill" -> {
        int fresh = row.count("new_tokens");
        int prompt = row.count("context_tokens");
        double history = base.frontEnd().historyTokenMillis() * (prompt - fresh);
        positive(row, millis - history);
        yield new Point(false, 0, fresh, prompt, history, millis, 0);
      }
      default ->
          throw new IllegalArgumentException(
              "line %d, kind: \"%s\" (expected: decode or prefill)".formatted(row.line(), kind));
    };
  }

  private static void positive(CsvTable.Row row, double millis) {
    if (!(millis > 0)) {
      throw new IllegalArgumentException(
          "line %d, millis: %s without the front end (expected: more than 0)"
              .formatted(row.line(), millis));
    }
  }
}
