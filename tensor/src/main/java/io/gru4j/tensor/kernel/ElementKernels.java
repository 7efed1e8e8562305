package io.gru4j.tensor.kernel;

/**
 * What is done to each element of flat arrays of n values: functions, optimizers, the GRU cell; and
 * the sum of squares.
 */
public sealed interface ElementKernels permits ScalarElements, VectorElements {

  /**
   * One row of the GRU cell (equations in {@code io.gru4j.tensor.nn.Gru}), after the two products.
   *
   * @param gx (3H) in: input products with bias, gates r, z, n; out: the gates' values
   * @param gh (3H) in: recurrent products with bias; the last H, needed by the backward pass, stay
   * @param h (H) in: the state before
   * @param hNext (H) out: the state after
   */
  void gruForward(
      float[] gx,
      int gxo,
      float[] gh,
      int gho,
      float[] h,
      int ho,
      float[] hNext,
      int hNexto,
      int H);

  /**
   * The gradient of {@link #gruForward} for one row.
   *
   * @param gx (3H) in: the gates' values; out: gradient of the input products
   * @param gh (3H) in: the last H as left by forward; out: gradient of the recurrent products
   * @param h (H) the state before
   * @param dhNext (H) gradient of the state after
   * @param dh (H) in/out: {@code += z * dhNext}, the part that does not pass through the products
   */
  void gruBackward(
      float[] gx,
      int gxo,
      float[] gh,
      int gho,
      float[] h,
      int ho,
      float[] dhNext,
      int dhNexto,
      float[] dh,
      int dho,
      int H);

  /** {@code y[i] = exp(x[i])}; see {@link ScalarMath#exp}. */
  void exp(float[] y, int yo, float[] x, int xo, int n);

  /** {@code y[i] = 1 / (1 + exp(-x[i]))}; see {@link ScalarMath#sigmoid}. */
  void sigmoid(float[] y, int yo, float[] x, int xo, int n);

  /** {@code y[i] = tanh(x[i])}; see {@link ScalarMath#tanh}. */
  void tanh(float[] y, int yo, float[] x, int xo, int n);

  /** {@code y[i] = a[i] * b[i]}. */
  void multiply(float[] y, int yo, float[] a, int ao, float[] b, int bo, int n);

  /** {@code y[i] += a * x[i]}, fused. */
  void axpy(float a, float[] x, int xo, float[] y, int yo, int n);

  /**
   * Returns the sum of {@code x[i] * x[i]}: 64 fused chains over ascending {@code i}, chains {@code
   * c} and {@code c + 32} added, then {@code c} and {@code c + 16}, and the 16 that are left
   * folded.
   */
  float sumOfSquares(float[] x, int xo, int n);

  /** Returns the sum of {@code x[i] * y[i]}, with the chains of {@link #sumOfSquares}. */
  float dot(float[] x, int xo, float[] y, int yo, int n);

  /**
   * Adagrad (Duchi et al. 2011) with gradient {@code d = scale * g[i]}: {@code s[i] += d * d}
   * (fused), {@code p[i] -= lr * (d / (sqrt(s[i] + epsInside) + eps))} (fused).
   */
  void adagrad(
      float[] p,
      int po,
      float[] s,
      int so,
      float[] g,
      int go,
      int n,
      float scale,
      float lr,
      float epsInside,
      float eps);

  /**
   * Adagrad with momentum, {@code d} and {@code s} as in {@link #adagrad}: {@code b[i] = momentum *
   * b[i] + d / (sqrt(s[i] + epsInside) + eps)} (fused), {@code p[i] -= lr * b[i]} (fused).
   */
  void adagradMomentum(
      float[] p,
      int po,
      float[] s,
      float[] b,
      int so,
      float[] g,
      int go,
      int n,
      float scale,
      float lr,
      float epsInside,
      float eps,
      float momentum);

  /**
   * SGD with momentum and gradient {@code d = scale * g[i]}: {@code b[i] = momentum * b[i] + d}
   * (fused), {@code p[i] -= lr * b[i]} (fused).
   */
  void sgdMomentum(
      float[] p,
      int po,
      float[] b,
      int bo,
      float[] g,
      int go,
      int n,
      float scale,
      float lr,
      float momentum);
}
