package io.gru4j.cli;

import io.gru4j.tensor.Matrix;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The first principal components of the rows of a matrix: the directions in which they vary most
 * about their mean, each at a right angle to those before.
 *
 * <p>They come from the eigenvectors of the smaller of two matrices, the rows' products with each
 * other or the columns', by Jacobi's rotations in double precision (Golub and Van Loan, Matrix
 * Computations, 8.5): the same bits on every machine. A component's sign is such that the
 * coordinate of the largest absolute value is positive.
 *
 * @param coordinates for each row its coordinate on each component
 * @param shares of the variance that each component has, in [0, 1]; 0 if all rows are equal
 */
record PrincipalComponents(double[][] coordinates, double[] shares) {
  private static final int MOST_SWEEPS = 60;

  /**
   * Finds them.
   *
   * @param rows at least one; not changed
   * @param count how many components; those that the rows do not have are zeros
   */
  static PrincipalComponents of(Matrix rows, int count) {
    int n = rows.rows();
    int d = rows.cols();
    double[][] x = centred(rows);
    boolean byRows = n <= d;
    double[][] a = byRows ? products(x) : products(transposed(x, d));
    double total = trace(a);
    double[][] vectors = diagonalise(a);
    int[] order =
        IntStream.range(0, a.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -a[i][i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[][] coordinates = new double[n][count];
    double[] shares = new double[count];
    for (int c = 0; c < Math.min(count, order.length); c++) {
      int at = order[c];
      double value = Math.max(0, a[at][at]);
      shares[c] = total > 0 ? value / total : 0;
      for (int i = 0; i < n; i++) {
        double sum = byRows ? Math.sqrt(value) * vectors[i][at] : 0;
        for (int j = 0; !byRows && j < d; j++) {
          sum += x[i][j] * vectors[j][at];
        }
        coordinates[i][c] = sum;
      }
      orient(coordinates, c);
    }
    return new PrincipalComponents(coordinates, shares);
  }

  private static double[][] centred(Matrix rows) {
    double[][] x = new double[rows.rows()][rows.cols()];
    for (int j = 0; j < rows.cols(); j++) {
      double mean = 0;
      for (int i = 0; i < x.length; i++) {
        mean += rows.get(i, j);
      }
      mean /= x.length;
      for (int i = 0; i < x.length; i++) {
        x[i][j] = rows.get(i, j) - mean;
      }
    }
    return x;
  }

  private static double[][] transposed(double[][] x, int cols) {
    double[][] t = new double[cols][x.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < cols; j++) {
        t[j][i] = x[i][j];
      }
    }
    return t;
  }

  /** The product of each row with each. */
  private static double[][] products(double[][] x) {
    double[][] a = new double[x.length][x.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int k = 0; k < x[i].length; k++) {
          sum += x[i][k] * x[j][k];
        }
        a[i][j] = sum;
        a[j][i] = sum;
      }
    }
    return a;
  }

  private static double trace(double[][] a) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i][i]).sum();
  }

  /** Makes a symmetric matrix diagonal; returns its eigenvectors, one a column. */
  private static double[][] diagonalise(double[][] a) {
    int n = a.length;
    double[][] v = new double[n][n];
    for (int i = 0; i < n; i++) {
      v[i][i] = 1;
    }
    double negligible = 1e-30 * square(trace(a));
    for (int sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a) > negligible; sweep++) {
      for (int p = 0; p < n - 1; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(a, v, p, q);
        }
      }
    }
    return v;
  }

  private static double square(double x) {
    return x * x;
  }

  private static double offDiagonal(double[][] a) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < i; j++) {
        sum += 2 * square(a[i][j]);
      }
    }
    return sum;
  }

  /** The rotation that makes a[p][q] zero. */
  private static void rotate(double[][] a, double[][] v, int p, int q) {
    if (a[p][q] == 0) {
      return;
    }
    double tau = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = Math.copySign(1, tau) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
    double c = 1 / Math.sqrt(1 + t * t);
    double s = t * c;
    for (int k = 0; k < a.length; k++) {
      double kp = a[k][p];
      double kq = a[k][q];
      a[k][p] = c * kp - s * kq;
      a[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < a.length; k++) {
      double pk = a[p][k];
      double qk = a[q][k];
      a[p][k] = c * pk - s * qk;
      a[q][k] = s * pk + c * qk;
      double kp = v[k][p];
      double kq = v[k][q];
      v[k][p] = c * kp - s * kq;
      v[k][q] = s * kp + c * kq;
    }
    a[p][q] = 0;
    a[q][p] = 0;
  }

  private static void orient(double[][] coordinates, int component) {
    double largest = 0;
    for (double[] row : coordinates) {
      largest = Math.abs(row[component]) > Math.abs(largest) ? row[component] : largest;
    }
    for (double[] row : coordinates) {
      row[component] = largest < 0 ? -row[component] : row[component];
    }
  }
}
