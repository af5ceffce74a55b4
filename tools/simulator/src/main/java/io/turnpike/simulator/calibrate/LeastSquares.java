package io.turnpike.simulator.calibrate;

import java.util.Arrays;

/**
 * Linear least squares with coefficients that may not be negative, for a handful of them: solves,
 * takes the most negative one out, and again.
 */
final class LeastSquares {

  private static final double SINGULAR = 1e-12;

  private LeastSquares() {}

  /**
   * Coefficients of the columns so that rows times coefficients come near the targets, each row
   * weighted by one over its target: relative errors count.
   */
  static double[] fit(double[][] rows, double[] targets) {
    int columns = rows[0].length;
    boolean[] out = new boolean[columns];
    while (true) {
      double[] found = solve(rows, targets, out);
      int worst = -1;
      for (int i = 0; i < columns; i++) {
        if (found[i] < 0 && (worst < 0 || found[i] < found[worst])) {
          worst = i;
        }
      }
      if (worst < 0) {
        return found;
      }
      out[worst] = true;
    }
  }

  private static double[] solve(double[][] rows, double[] targets, boolean[] out) {
    int columns = rows[0].length;
    double[] scales = scales(rows);
    double[][] matrix = new double[columns][columns + 1];
    for (int r = 0; r < rows.length; r++) {
      double weight = 1 / (targets[r] * targets[r]);
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < columns; j++) {
          matrix[i][j] += weight * rows[r][i] / scales[i] * rows[r][j] / scales[j];
        }
        matrix[i][columns] += weight * rows[r][i] / scales[i] * targets[r];
      }
    }
    for (int i = 0; i < columns; i++) {
      if (out[i]) {
        Arrays.fill(matrix[i], 0);
        for (double[] row : matrix) {
          row[i] = 0;
        }
        matrix[i][i] = 1;
      }
    }
    double[] found = eliminate(matrix);
    for (int i = 0; i < columns; i++) {
      found[i] /= scales[i];
    }
    return found;
  }

  private static double[] scales(double[][] rows) {
    double[] scales = new double[rows[0].length];
    for (double[] row : rows) {
      for (int i = 0; i < scales.length; i++) {
        scales[i] = Math.max(scales[i], Math.abs(row[i]));
      }
    }
    return Arrays.stream(scales).map(scale -> scale == 0 ? 1 : scale).toArray();
  }

  /** Gauss with pivots; the last column is the right side. */
  private static double[] eliminate(double[][] matrix) {
    int size = matrix.length;
    for (int step = 0; step < size; step++) {
      int pivot = step;
      for (int row = step + 1; row < size; row++) {
        if (Math.abs(matrix[row][step]) > Math.abs(matrix[pivot][step])) {
          pivot = row;
        }
      }
      if (Math.abs(matrix[pivot][step]) < SINGULAR) {
        throw new IllegalArgumentException(
            "points: they do not tell the constants apart (expected: several batch sizes, contexts"
                + " and prompt lengths)");
      }
      double[] swapped = matrix[step];
      matrix[step] = matrix[pivot];
      matrix[pivot] = swapped;
      for (int row = 0; row < size; row++) {
        if (row != step) {
          double factor = matrix[row][step] / matrix[step][step];
          for (int column = step; column <= size; column++) {
            matrix[row][column] -= factor * matrix[step][column];
          }
        }
      }
    }
    double[] found = new double[size];
    for (int i = 0; i < size; i++) {
      found[i] = matrix[i][size] / matrix[i][i];
    }
    return found;
  }
}
