package io.gru4j.tensor.kernel;

/**
 * The elementwise steps of the pairwise losses over a row of n negatives, as plain loops. Each
 * element is on its own and nothing is fused, so the JIT may vectorise them as it likes: the bits
 * are the same.
 */
public final class PairwiseLoops {

  private PairwiseLoops() {}

  /** {@code y[i] = c - x[i]}. */
  public static void subtractFrom(float c, float[] x, int xo, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = c - x[xo + i];
    }
  }

  /** {@code y[i] = x[i] - c}. */
  public static void subtract(float[] x, int xo, float c, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[xo + i] - c;
    }
  }

  /** {@code y[i] = x[i] * x[i]}. */
  public static void square(float[] x, int xo, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[xo + i] * x[xo + i];
    }
  }

  /** {@code y[i] = x[i] + logWeight[i]}. */
  public static void weigh(float[] x, int xo, float[] logWeight, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[xo + i] + logWeight[i];
    }
  }

  /** {@code y[i] = min(x[i], most) + logWeight[i]}. */
  public static void weighAtMost(
      float most, float[] x, int xo, float[] logWeight, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.min(x[xo + i], most) + logWeight[i];
    }
  }

  /** {@code y[i] = a[i] * (1 - a[i])}: the derivative of a sigmoid. */
  public static void slopes(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] * (1f - a[i]);
    }
  }

  /** {@code y[i] *= max(a[i], 1 - a[i])}. */
  public static void timesLarger(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] *= Math.max(a[i], 1f - a[i]);
    }
  }

  /** {@code y[i] = min(x[i], 0)}. */
  public static void atMostZero(float[] x, int xo, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.min(x[xo + i], 0f);
    }
  }

  /** The elu, {@code x[i] = alpha * (e[i] - 1)} where {@code x[i]} is not above 0. */
  public static void elu(float alpha, float[] e, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      float v = x[xo + i];
      x[xo + i] = v > 0f ? v : alpha * (e[i] - 1f);
    }
  }

  /** {@code d[i] *= 1} where the elu's value y is above 0, {@code y[i] + alpha} elsewhere. */
  public static void timesEluSlope(float alpha, float[] y, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] *= y[i] > 0f ? 1f : y[i] + alpha;
    }
  }

  /**
   * The gradient of bpr-max for the negatives, {@code d[i] = likelihood * (w - r a[i]) + penalty *
   * w * (2 x + x^2 - mean)} with {@code w = e[i] * perSum} and {@code r = u[i] * perLikelihood}.
   */
  public static void bprMax(
      float likelihood,
      float penalty,
      float mean,
      float perSum,
      float perLikelihood,
      float[] e,
      float[] u,
      float[] a,
      float[] x,
      int xo,
      float[] d,
      int dO,
      int n) {
    for (int i = 0; i < n; i++) {
      float w = e[i] * perSum;
      float r = u[i] * perLikelihood;
      float v = x[xo + i];
      d[dO + i] = likelihood * (w - r * a[i]) + penalty * w * (2f * v + v * v - mean);
    }
  }

  /** The gradient of top1 for the negatives, {@code d[i] = scale * (b (1 - b) + 2 x c (1 - c))}. */
  public static void top1(float scale, float[] b, float[] c, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      x[xo + i] = scale * (b[i] * (1f - b[i]) + 2f * x[xo + i] * (c[i] * (1f - c[i])));
    }
  }

  /**
   * The gradient of top1-max for the negatives, {@code d[i] = scale e (b (1 - b) + 2 x c (1 - c) +
   * b + c - mean)}.
   */
  public static void top1Max(
      float scale, float mean, float[] e, float[] b, float[] c, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      float slopes = b[i] * (1f - b[i]) + 2f * x[xo + i] * (c[i] * (1f - c[i]));
      x[xo + i] = scale * e[i] * (slopes + b[i] + c[i] - mean);
    }
  }

  /** {@code y[p][l] *= factor}: a row of 32 lanes of some panels, {@code ps} apart. */
  public static void scaleRow(float[] y, int yo, int ps, int panels, float factor) {
    for (int p = 0; p < panels; p++) {
      int o = yo + p * ps;
      for (int i = o; i < o + Kernels.PANEL; i++) {
        y[i] *= factor;
      }
    }
  }
}
