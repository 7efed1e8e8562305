package io.gru4j.tensor;

import io.gru4j.tensor.autograd.Parameter;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What tests compare with, in double precision: definitions that the plain network has not, values,
 * and gradients, of the plain network or by central differences. A matrix is {@code
 * double[rows][cols]}.
 */
public final class Reference {

  private static final double STEP = 1e-5;
  private static final double NUMERIC =
      1e-4; // allowed relative difference from central differences
  private static final double EXACT = 2e-5; // and from the plain network's gradients

  /** Reads one component of a gradient under test. */
  @FunctionalInterface
  public interface Gradient {
    float at(int row, int col);
  }

  private Reference() {}

  public static double[][] of(Matrix m) {
    double[][] x = new double[m.rows()][m.cols()];
    for (int r = 0; r < m.rows(); r++) {
      for (int c = 0; c < m.cols(); c++) {
        x[r][c] = m.get(r, c);
      }
    }
    return x;
  }

  public static double[][] of(Parameter p) {
    double[][] x = new double[p.rows()][p.cols()];
    for (int r = 0; r < p.rows(); r++) {
      for (int c = 0; c < p.cols(); c++) {
        x[r][c] = p.get(r, c);
      }
    }
    return x;
  }

  /** A parameter of one column, as a bias is. */
  public static double[] column(Parameter p) {
    double[] x = new double[p.rows()];
    Arrays.setAll(x, row -> p.get(row, 0));
    return x;
  }

  public static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += a[k] * b[k];
    }
    return sum;
  }

  /** sum(x * w), the random projection that makes a matrix a loss. */
  public static double project(double[][] x, double[][] w) {
    double sum = 0;
    for (int r = 0; r < x.length; r++) {
      sum += dot(x[r], w[r]);
    }
    return sum;
  }

  public static double[][] product(double[][] a, double[][] b, int cols) {
    double[][] y = new double[a.length][cols];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < cols; j++) {
        for (int k = 0; k < b.length; k++) {
          y[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return y;
  }

  public static double[][] transpose(double[][] a, int cols) {
    double[][] y = new double[cols][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < cols; j++) {
        y[j][i] = a[i][j];
      }
    }
    return y;
  }

  /** Rows of logits of a network's output layer. */
  public static double[][] linear(double[][] x, double[][] weight, double[] bias) {
    return Stream.of(x)
        .map(row -> PlainGru4Rec.FILE.productForward(weight, bias, row))
        .toArray(double[][]::new);
  }

  /** Mean cross-entropy over the rows with a target; 0 without such rows. */
  public static double crossEntropy(double[][] logits, int[] targets) {
    return IntStream.range(0, logits.length)
        .filter(m -> targets[m] >= 0)
        .mapToDouble(
            m ->
                PlainGru4Rec.FILE.crossEntropyForward(
                    logits[m], targets[m], new double[logits[m].length]))
        .average()
        .orElse(0);
  }

  /** Compares every component of a gradient with that of the plain network. */
  public static void assertGradient(String what, double[][] expected, Gradient actual) {
    double largest =
        Stream.of(expected).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
    for (int r = 0; r < expected.length; r++) {
      for (int c = 0; c < expected[r].length; c++) {
        assertGradient(what, r, c, expected[r][c], largest, actual, EXACT);
      }
    }
  }

  /** As the other, of a bias. */
  public static void assertGradient(String what, double[] expected, Gradient actual) {
    assertGradient(what, column(expected), actual);
  }

  private static double[][] column(double[] x) {
    return Arrays.stream(x).mapToObj(value -> new double[] {value}).toArray(double[][]::new);
  }

  private static void assertGradient(
      String what, int r, int c, double expected, double largest, Gradient gradient, double share) {
    float actual = gradient.at(r, c);
    // Floats carry about 1e-7 of the largest terms, which may cancel; differences about 1e-10.
    double allowed = share * (Math.abs(expected) + 0.05 * largest) + 1e-6;
    if (!(Math.abs(actual - expected) <= allowed)) {
      throw new AssertionError(
          "%s: gradient at (%d, %d) is %s, expected %s, allowed difference %s"
              .formatted(what, r, c, actual, expected, allowed));
    }
  }

  /**
   * Compares a gradient with central differences of a loss.
   *
   * @param what name for messages
   * @param x the matrix that the loss reads; changed and restored
   * @param loss the definition
   * @param gradient d loss / d x as the code under test has it
   * @param most at most about this many components are compared, spread evenly
   */
  public static void assertGradient(
      String what, double[][] x, DoubleSupplier loss, Gradient gradient, int most) {
    int cols = x.length == 0 ? 0 : x[0].length;
    int size = x.length * cols;
    int stride = Math.max(1, size / most);
    if (stride > 1 && cols % stride == 0) {
      stride++; // else only some columns would ever be looked at
    }
    int count = Math.ceilDiv(size, stride);
    double[] numeric = new double[count];
    double largest = 0;
    for (int i = 0; i < count; i++) {
      int r = i * stride / cols;
      int c = i * stride % cols;
      double old = x[r][c];
      x[r][c] = old + STEP;
      double above = loss.getAsDouble();
      x[r][c] = old - STEP;
      double below = loss.getAsDouble();
      x[r][c] = old;
      numeric[i] = (above - below) / (2 * STEP);
      largest = Math.max(largest, Math.abs(numeric[i]));
    }
    for (int i = 0; i < count; i++) {
      int r = i * stride / cols;
      int c = i * stride % cols;
      assertGradient(what, r, c, numeric[i], largest, gradient, NUMERIC);
    }
  }

  public static void assertClose(String what, double[][] expected, Matrix actual) {
    if (actual.rows() != expected.length) {
      throw new AssertionError(what + ": " + expected.length + " rows expected, got " + actual);
    }
    for (int r = 0; r < expected.length; r++) {
      for (int c = 0; c < expected[r].length; c++) {
        double e = expected[r][c];
        if (!(Math.abs(e - actual.get(r, c)) <= 2e-6 * (1 + Math.abs(e)))) {
          throw new AssertionError(
              "%s at (%d, %d): expected %s, got %s".formatted(what, r, c, e, actual.get(r, c)));
        }
      }
    }
  }
}
