package io.gru4j.tensor.kernel;

/**
 * The loops that cost time, defined element by element.
 *
 * <p>A weight matrix of {@code N} outputs and {@code K} inputs is stored in <em>panels</em> of
 * {@link #PANEL} outputs: {@code w[panel][k][lane]}, output {@code panel * 32 + lane}. The product,
 * its two gradients and the optimizer then all read and write it in order. A block of results
 * {@code y[row][lane]} of one panel has a row stride ({@code ys}); the panels of one row have a
 * panel stride.
 */
public sealed interface Kernels permits ScalarKernels, VectorKernels {

  /** Outputs of one panel of a weight matrix. */
  int PANEL = 32;

  /**
   * The smallest probability that the softmax keeps. What is smaller weighs nothing, but it and its
   * products would be denormal numbers, which are slow on many processors.
   */
  float SMALLEST = 1e-30f;

  /** Virtual lanes on which sums across SIMD lanes are defined. */
  int LANES = 16;

  /** Returns a name for logs and reports: {@code scalar}, or {@code vector, 512 bit}. */
  String description();

  /**
   * One panel of a linear layer, {@code y[r][l] = bias[l] + sum_k x[r][k] * w[k][l]}: for each
   * element one fused chain over ascending {@code k} that starts with the bias.
   */
  void linearForward(
      float[] y,
      int yo,
      int ys,
      float[] x,
      int xo,
      int xs,
      float[] w,
      int wo,
      float[] bias,
      int bo,
      int rows,
      int K);

  /**
   * The weight gradient of {@link #linearForward}, {@code dw[k][l] += sum_r x[r][k] * dy[r][l]}:
   * one fused chain over ascending {@code r} that starts with the old {@code dw}.
   */
  void linearBackwardWeight(
      float[] dw,
      int dwo,
      float[] dy,
      int dyo,
      int dys,
      float[] x,
      int xo,
      int xs,
      int rows,
      int K);

  /**
   * The bias gradient of {@link #linearForward}, {@code db[l] += sum_r dy[r][l]}, over ascending
   * {@code r}.
   */
  void linearBackwardBias(float[] db, int dbo, float[] dy, int dyo, int dys, int rows);

  /**
   * The input gradient of {@link #linearForward} over several panels, {@code dx[r][k] += sum_p
   * sum_l dy[p][r][l] * w[p][k][l]}: 16 fused chains (lane {@code l} and {@code l + 16} share one)
   * over ascending {@code p}, folded by {@link ScalarMath#foldLanes}, then added to {@code dx}.
   *
   * @param dyps stride between the panels of {@code dy}; those of {@code w} are {@code K * 32}
   *     apart
   */
  void linearBackwardInput(
      float[] dx,
      int dxo,
      int dxs,
      float[] dy,
      int dyo,
      int dys,
      int dyps,
      float[] w,
      int wo,
      int rows,
      int K,
      int panels);

  /**
   * Returns the largest of {@code y[p][l]} over {@code panels} panels, {@code ps} floats apart; NaN
   * is passed over, -0 counts as 0, minus infinity if nothing else is there.
   */
  float rowMax(float[] y, int yo, int ps, int panels);

  /**
   * Replaces {@code y[p][l]} by {@code exp(y[p][l] - max)} and returns the sum: 16 chains over
   * ascending {@code p}, lane {@code l} before {@code l + 16}, folded.
   *
   * @param max not below any of them, NaN apart
   */
  float rowExpSum(float[] y, int yo, int ps, int panels, float max);

  /** {@code y[p][l] *= scale}; a product smaller in size than {@link #SMALLEST} becomes 0. */
  void rowScale(float[] y, int yo, int ps, int panels, float scale);

  /** Returns how many {@code y[p][l]} are at least {@code threshold}. */
  int rowCountAtLeast(float[] y, int yo, int ps, int panels, float threshold);

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

  /** Returns the sum of {@code x[i] * x[i]}: 16 fused chains over ascending {@code i}, folded. */
  float sumOfSquares(float[] x, int xo, int n);

  /**
   * Adagrad (Duchi et al. 2011) with gradient {@code d = scale * g[i]}: {@code s[i] += d * d}
   * (fused), {@code p[i] -= lr * (d / (sqrt(s[i]) + eps))} (fused).
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
      float eps);

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

  /** Returns one exponential, the bits that {@link #exp(float[], int, float[], int, int)} gives. */
  static float exp(float x) {
    return ScalarMath.exp(x);
  }

  /**
   * Returns the kernels this JVM uses: vector kernels where the module {@code jdk.incubator.vector}
   * is there, else scalar ones; the system property {@code gru4j.kernels=vector|scalar} forces one.
   */
  static Kernels get() {
    return KernelChoice.kernels();
  }
}
