package io.gru4j.tensor.kernel;

/**
 * The elementwise steps of the losses that compare a target with negatives, over a row of n scores,
 * n a multiple of {@link Kernels#PANEL}. Arrays without an offset are scratch, from 0 on.
 */
public sealed interface PairwiseKernels permits ScalarPairwise, VectorPairwise {

  /** {@code y[i] = c - x[i]}. */
  void subtractFrom(float c, float[] x, int xo, float[] y, int n);

  /** {@code y[i] = x[i] - c}. */
  void subtract(float[] x, int xo, float c, float[] y, int n);

  /** {@code y[i] = x[i] * x[i]}. */
  void square(float[] x, int xo, float[] y, int n);

  /** {@code y[i] = x[i] + logWeight[i]}. */
  void weigh(float[] x, int xo, float[] logWeight, float[] y, int n);

  /**
   * {@code y[i] = x[i] + logWeight[i]} where {@code x[i]} is below {@code most}, {@code most +
   * logWeight[i]} elsewhere.
   */
  void weighAtMost(float most, float[] x, int xo, float[] logWeight, float[] y, int n);

  /** {@code y[i] = a[i] * (1 - a[i])}: the derivative of a sigmoid. */
  void slopes(float[] a, float[] y, int n);

  /** {@code y[i] *= a[i]}, or {@code 1 - a[i]} where that is larger. */
  void timesLarger(float[] a, float[] y, int n);

  /** {@code y[i] = x[i]} where that is below 0, 0 elsewhere. */
  void atMostZero(float[] x, float[] y, int n);

  /**
   * The elu with {@code e[i] = exp(x[i])}: {@code x[i] = alpha * (e[i] - 1)} where {@code x[i]} is
   * not above 0.
   */
  void elu(float alpha, float[] e, float[] x, int n);

  /**
   * {@code d[i] *= y[i] + alpha}, the elu's derivative where its value {@code y[i]} is not above 0;
   * elsewhere it is 1.
   */
  void timesEluSlope(float alpha, float[] y, float[] d, int n);

  /**
   * The gradient of bpr-max for the negatives, {@code d[i] = likelihood * (w - r a[i]) + penalty *
   * w * (2 x[i] + x[i]^2 - mean)} with {@code w = e[i] * perSum} and {@code r = u[i] *
   * perLikelihood}; nothing is fused.
   */
  void bprMax(
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
      int n);

  /**
   * The gradient of top1 for the negatives, {@code x[i] = scale * (b (1 - b) + 2 x[i] (c (1 -
   * c)))}; nothing is fused.
   */
  void top1(float scale, float[] b, float[] c, float[] x, int xo, int n);

  /**
   * The gradient of top1-max for the negatives, {@code x[i] = scale e[i] (b (1 - b) + 2 x[i] (c (1
   * - c)) + b + c - mean)}; nothing is fused.
   */
  void top1Max(float scale, float mean, float[] e, float[] b, float[] c, float[] x, int xo, int n);

  /** {@code y[p][l] *= factor}: a row of 32 lanes of some panels, {@code ps} apart. */
  void scaleRow(float[] y, int yo, int ps, int panels, float factor);
}
