package io.turnpike.simulator.calibrate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.DecompositionSolver;
import org.hipparchus.linear.QRDecomposer;

/**
 * Linear least squares with coefficients that may not be negative, for a handful of them: solves,
 * takes the most negative one out, and again.
 */
final class LeastSquares {

  private static final double SINGULAR = 1e-9;

  private LeastSquares() {}

  /**
   * Coefficients of the columns so that rows times coefficients come near the targets, each row
   * weighted by one over its target: relative errors count.
   */
  static double[] fit(double[][] rows, double[] targets) {
    List<Integer> columns = new ArrayList<>(IntStream.range(0, rows[0].length).boxed().toList());
    double[] found = new double[rows[0].length];
    while (!columns.isEmpty()) {
      double[] solved = solve(rows, targets, columns);
      int worst = 0;
      for (int i = 1; i < solved.length; i++) {
        worst = solved[i] < solved[worst] ? i : worst;
      }
      if (solved[worst] >= 0) {
        for (int i = 0; i < solved.length; i++) {
          found[columns.get(i)] = solved[i];
        }
        return found;
      }
      columns.subList(worst, worst + 1).clear();
    }
    return found;
  }

  /** Columns are scaled to the same size first, because contexts are large and batches small. */
  private static double[] solve(double[][] rows, double[] targets, List<Integer> columns) {
    double[] scales = columns.stream().mapToDouble(column -> scale(rows, column)).toArray();
    double[][] matrix = new double[rows.length][columns.size()];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < scales.length; i++) {
        matrix[row][i] = rows[row][columns.get(i)] / scales[i] / targets[row];
      }
    }
    DecompositionSolver solver =
        new QRDecomposer(SINGULAR).decompose(new Array2DRowRealMatrix(matrix));
    if (rows.length < scales.length || !solver.isNonSingular()) {
      throw new IllegalArgumentException(
          "points: they do not tell the constants apart (expected: several batch sizes, contexts"
              + " and prompt lengths)");
    }
    double[] found = solver.solve(new ArrayRealVector(rows.length, 1.0)).toArray();
    for (int i = 0; i < scales.length; i++) {
      found[i] /= scales[i];
    }
    return found;
  }

  private static double scale(double[][] rows, int column) {
    double most = 0;
    for (double[] row : rows) {
      most = Math.max(most, Math.abs(row[column]));
    }
    return most == 0 ? 1 : most;
  }
}
