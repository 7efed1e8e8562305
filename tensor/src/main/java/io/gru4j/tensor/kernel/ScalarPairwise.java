package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;

/**
 * Pairwise losses as plain loops: the definition of {@link VectorPairwise}, and its test oracle.
 */
public final class ScalarPairwise implements PairwiseKernels {

  /** Creates the kernels; they have no state. */
  public ScalarPairwise() {}

  @Override
  public void subtractFrom(float c, float[] x, int xo, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = c - x[xo + i];
    }
  }

  @Override
  public void subtract(float[] x, int xo, float c, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[xo + i] - c;
    }
  }

  @Override
  public void square(float[] x, int xo, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[xo + i] * x[xo + i];
    }
  }

  @Override
  public void weigh(float[] x, int xo, float[] logWeight, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[xo + i] + logWeight[i];
    }
  }

  @Override
  public void weighAtMost(float most, float[] x, int xo, float[] logWeight, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float v = x[xo + i];
      y[i] = (v < most ? v : most) + logWeight[i];
    }
  }

  @Override
  public void slopes(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] * (1f - a[i]);
    }
  }

  @Override
  public void timesLarger(float[] a, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float other = 1f - a[i];
      y[i] *= a[i] < other ? other : a[i];
    }
  }

  @Override
  public void atMostZero(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] < 0f ? x[i] : 0f;
    }
  }

  @Override
  public void elu(float alpha, float[] e, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] > 0f ? x[i] : alpha * (e[i] - 1f);
    }
  }

  @Override
  public void timesEluSlope(float alpha, float[] y, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] *= y[i] > 0f ? 1f : y[i] + alpha;
    }
  }

  @Override
  public void bprMax(
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
      float v = x[xo + i];
      float w = e[i] * perSum;
      float r = u[i] * perLikelihood;
      d[dO + i] = likelihood * (w - r * a[i]) + penalty * w * (2f * v + v * v - mean);
    }
  }

  @Override
  public void top1(float scale, float[] b, float[] c, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      float slope = c[i] * (1f - c[i]);
      x[xo + i] = scale * (b[i] * (1f - b[i]) + 2f * x[xo + i] * slope);
    }
  }

  @Override
  public void top1Max(
      float scale, float mean, float[] e, float[] b, float[] c, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      float slope = c[i] * (1f - c[i]);
      float slopes = b[i] * (1f - b[i]) + 2f * x[xo + i] * slope;
      x[xo + i] = scale * e[i] * (slopes + b[i] + c[i] - mean);
    }
  }

  @Override
  public void scaleRow(float[] y, int yo, int ps, int panels, float factor) {
    for (int p = 0; p < panels; p++) {
      for (int i = yo + p * ps; i < yo + p * ps + PANEL; i++) {
        y[i] *= factor;
      }
    }
  }
}
