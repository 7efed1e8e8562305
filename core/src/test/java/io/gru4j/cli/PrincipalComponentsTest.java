package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Matrix;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Against power iteration on the covariance, with what was found taken out. */
class PrincipalComponentsTest {

  private static Matrix random(int n, int d, long seed) {
    Random random = new Random(seed);
    Matrix rows = Matrix.zeros(n, d);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        // Columns of unlike spread, so that the first components stand out.
        rows.set(i, j, (float) (3 + random.nextGaussian() * 4 / (1 + 2 * j)));
      }
    }
    return rows;
  }

  private static double[][] covariance(Matrix rows, double[] mean) {
    int d = rows.cols();
    double[][] c = new double[d][d];
    for (int j = 0; j < d; j++) {
      for (int i = 0; i < rows.rows(); i++) {
        mean[j] += rows.get(i, j) / (double) rows.rows();
      }
    }
    for (int i = 0; i < rows.rows(); i++) {
      for (int j = 0; j < d; j++) {
        for (int k = 0; k < d; k++) {
          c[j][k] += (rows.get(i, j) - mean[j]) * (rows.get(i, k) - mean[k]);
        }
      }
    }
    return c;
  }

  private static double norm(double[] v) {
    double sum = 0;
    for (double x : v) {
      sum += x * x;
    }
    return Math.sqrt(sum);
  }

  private static double[] times(double[][] c, double[] v) {
    double[] product = new double[v.length];
    for (int j = 0; j < v.length; j++) {
      for (int k = 0; k < v.length; k++) {
        product[j] += c[j][k] * v[k];
      }
    }
    return product;
  }

  /** More rows than columns and fewer: both ways to the same. */
  @Property(tries = 100)
  void coordinatesAreThoseOfPowerIteration(
      @ForAll @IntRange(min = 2, max = 40) int n,
      @ForAll @IntRange(min = 1, max = 20) int d,
      @ForAll long seed) {
    Matrix rows = random(n, d, seed);
    PrincipalComponents found = PrincipalComponents.of(rows, 2);
    double[] mean = new double[d];
    double[][] c = covariance(rows, mean);
    double total = 0;
    for (int j = 0; j < d; j++) {
      total += c[j][j];
    }
    double before = Double.NaN;
    for (int component = 0; component < Math.min(2, Math.min(n - 1, d)); component++) {
      double[] v = new double[d];
      for (int j = 0; j < d; j++) {
        v[j] = 1 + j / 7.0;
      }
      double value = 0;
      for (int i = 0; i < 20_000; i++) {
        double[] next = times(c, v);
        value = norm(next);
        if (value == 0) {
          break;
        }
        for (int j = 0; j < d; j++) {
          v[j] = next[j] / value;
        }
      }
      assertEquals(value / total, found.shares()[component], 1e-6, "share, seed " + seed);
      double[] next = new double[d];
      for (int j = 0; j < d; j++) {
        for (int k = 0; k < d; k++) {
          c[j][k] -= value * v[j] * v[k];
        }
      }
      double after = power(c, next);
      boolean apart = value > 1.05 * after && !(value > before / 1.05) && value > 1e-6 * total;
      for (int i = 0; apart && i < n; i++) {
        double expected = 0;
        for (int j = 0; j < d; j++) {
          expected += (rows.get(i, j) - mean[j]) * v[j];
        }
        double actual = found.coordinates()[i][component];
        assertEquals(Math.abs(expected), Math.abs(actual), 1e-4 * Math.sqrt(total), "seed " + seed);
      }
      before = value;
    }
  }

  private static double power(double[][] c, double[] v) {
    java.util.Arrays.fill(v, 1);
    double value = 0;
    for (int i = 0; i < 2_000; i++) {
      double[] next = times(c, v);
      value = norm(next);
      if (value == 0) {
        return 0;
      }
      for (int j = 0; j < v.length; j++) {
        v[j] = next[j] / value;
      }
    }
    return value;
  }

  /** Of 200 items of 100 components, as the report has them. */
  @Test
  void coordinatesOfTwoComponentsAreUncorrelatedAndCentred() {
    PrincipalComponents found = PrincipalComponents.of(random(200, 100, 1), 2);
    double[] sums = new double[3];
    double[] squares = new double[2];
    for (double[] at : found.coordinates()) {
      sums[0] += at[0];
      sums[1] += at[1];
      sums[2] += at[0] * at[1];
      squares[0] += at[0] * at[0];
      squares[1] += at[1] * at[1];
    }
    assertArrayEquals(new double[3], sums, 1e-6);
    assertTrue(squares[0] > squares[1] && squares[1] > 0);
    assertEquals(squares[0] / squares[1], found.shares()[0] / found.shares()[1], 1e-6);
  }

  @Test
  void theLargestCoordinateIsPositiveAndEqualRowsHaveNone() {
    Matrix rows = Matrix.of(3, 2, 0, 0, 1, 1, 10, 10);
    PrincipalComponents found = PrincipalComponents.of(rows, 2);
    assertEquals(1, found.shares()[0], 1e-12);
    assertTrue(found.coordinates()[2][0] > 0);
    assertEquals(Math.sqrt(2) * (10 - 11 / 3.0), found.coordinates()[2][0], 1e-9);
    PrincipalComponents none = PrincipalComponents.of(Matrix.of(2, 3, 1, 2, 3, 1, 2, 3), 2);
    assertArrayEquals(new double[2], none.shares());
    assertArrayEquals(new double[2], none.coordinates()[1]);
    assertEquals(0, PrincipalComponents.of(Matrix.of(1, 1, 5), 2).coordinates()[0][1]);
  }
}
