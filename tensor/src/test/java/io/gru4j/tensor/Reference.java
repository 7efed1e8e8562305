package io.gru4j.tensor;

import io.gru4j.tensor.autograd.Parameter;
import java.util.function.DoubleSupplier;

/**
 * The definitions once more, in double precision and plain loops, and gradients of them by central
 * differences. A matrix is {@code double[rows][cols]}.
 */
public final class Reference {

  private static final double STEP = 1e-5;

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

  public static double sigmoid(double x) {
    return x < 0 ? StrictMath.exp(x) / (1 + StrictMath.exp(x)) : 1 / (1 + StrictMath.exp(-x));
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

  public static double[][] rows(double[][] table, int[] indices, int count) {
    double[][] y = new double[count][];
    for (int m = 0; m < count; m++) {
      y[m] = table[indices[m]];
    }
    return y;
  }

  /** Weights of one GRU layer: gates stacked r, z, n. */
  public record GruWeights(double[][] ih, double[][] hh, double[][] bih, double[][] bhh) {}

  /** One step of torch's GRU cell. */
  public static double[] gruStep(double[] x, double[] h, GruWeights w) {
    int H = h.length;
    double[] next = new double[H];
    for (int i = 0; i < H; i++) {
      double r = sigmoid(dot(w.ih[i], x) + w.bih[i][0] + dot(w.hh[i], h) + w.bhh[i][0]);
      int j = H + i;
      double z = sigmoid(dot(w.ih[j], x) + w.bih[j][0] + dot(w.hh[j], h) + w.bhh[j][0]);
      int k = 2 * H + i;
      double n =
          StrictMath.tanh(dot(w.ih[k], x) + w.bih[k][0] + r * (dot(w.hh[k], h) + w.bhh[k][0]));
      next[i] = (1 - z) * n + z * h[i];
    }
    return next;
  }

  /** A chunk of steps, packed by time; {@code state} is replaced by each row's last state. */
  public static double[][] gru(
      double[][] x, int[] activeRows, int T, double[][] state, GruWeights w) {
    double[][] y = new double[x.length][];
    int m = 0;
    for (int t = 0; t < T; t++) {
      for (int b = 0; b < activeRows[t]; b++, m++) {
        y[m] = gruStep(x[m], state[b], w);
        state[b] = y[m];
      }
    }
    return y;
  }

  public static double[][] linear(double[][] x, double[][] weight, double[][] bias) {
    double[][] y = new double[x.length][weight.length];
    for (int m = 0; m < x.length; m++) {
      for (int j = 0; j < weight.length; j++) {
        y[m][j] = dot(x[m], weight[j]) + bias[j][0];
      }
    }
    return y;
  }

  /**
   * Mean over the rows with a target of logsumexp(logits) - logits[target]; 0 without such rows.
   */
  public static double crossEntropy(double[][] logits, int[] targets) {
    double loss = 0;
    int n = 0;
    for (int m = 0; m < logits.length; m++) {
      if (targets[m] < 0) {
        continue;
      }
      double max = Double.NEGATIVE_INFINITY;
      for (double logit : logits[m]) {
        max = Math.max(max, logit);
      }
      double sum = 0;
      for (double logit : logits[m]) {
        sum += Math.exp(logit - max); // quicker than StrictMath's, and its ulp will do
      }
      loss += max + StrictMath.log(sum) - logits[m][targets[m]];
      n++;
    }
    return n == 0 ? 0 : loss / n;
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
      float actual = gradient.at(r, c);
      // Floats carry about 1e-7 of the largest terms, which may cancel; differences about 1e-10.
      double allowed = 1e-4 * (Math.abs(numeric[i]) + 0.05 * largest) + 1e-6;
      if (!(Math.abs(actual - numeric[i]) <= allowed)) {
        throw new AssertionError(
            "%s: gradient at (%d, %d) is %s, numeric %s, allowed difference %s"
                .formatted(what, r, c, actual, numeric[i], allowed));
      }
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
