package io.gru4j.tensor.kernel;

/**
 * The loops that cost time, defined element by element.
 *
 * <p>A weight matrix of {@code N} outputs and {@code K} inputs is stored in <em>panels</em> of
 * {@link #PANEL} outputs: {@code w[panel][k][lane]}, output {@code panel * 32 + lane}. The product,
 * its two gradients and the optimizer then all read and write it in order. A block of results
 * {@code y[panel][row][lane]} has its rows 32 apart, and a stride from panel to panel ({@code ps}).
 */
public sealed interface Kernels permits ScalarKernels, VectorKernels {

  /** Outputs of one panel of a weight matrix. */
  int PANEL = 32;

  /**
   * Where the data of a long array should start, in floats. The header takes 16 bytes and these
   * take 48, which is one cache line together, and the garbage collector aligns long arrays to
   * cache lines. A vector load that crosses two lines costs as much as two loads.
   */
  int ALIGNED = 12;

  /**
   * The smallest exponential, and the smallest factor of them, that the softmax keeps. Smaller
   * numbers would not change a result, but they and their products would be denormal, which is slow
   * on many processors.
   */
  float SMALLEST = 1e-30f;

  /** Rows that lie side by side in a packed block: see {@link #product}. */
  int QUAD = 4;

  /** Rows that {@link #blockProduct} packs at a time. */
  int BLOCK_ROWS = 48;

  /** Virtual lanes on which sums across SIMD lanes are defined. */
  int LANES = 16;

  /** Returns a name for logs and reports: {@code scalar}, or {@code vector, 512 bit}. */
  String description();

  /**
   * The product of a packed block by a panel, {@code c[r][l] = init[r][l] + sum_k a[r][k] *
   * b[k][l]}: for each element one fused chain over ascending {@code k} that starts with {@code
   * init}. All three products of a linear layer are of this kind: its output, with {@code a} its
   * input, {@code b} a panel of its weights and {@code init} the bias; the gradient of a panel of
   * its weights, with {@code a} the input transposed and {@code b} the output's gradient; the
   * gradient of its input, with {@code a} the output's gradient and {@code b} the weights
   * transposed.
   *
   * <p>In a packed block four rows lie side by side, {@code a[r / 4][k][r % 4]}: see {@link
   * #packRows} and {@link #packColumns}. The places of missing rows may hold anything.
   *
   * @param c out: {@code rows} rows, {@code cs} apart, at least {@link #PANEL}; may be {@code
   *     init}, if {@code io = co} and {@code is = cs}
   * @param init the start, rows {@code is} apart: 0 if it is the same for all
   * @param a packed: {@code rows} rows of {@code K} values, each four of them {@code ap} apart
   * @param b {@code K} rows, {@link #PANEL} apart
   * @param columns 1 to {@link #PANEL}; what stands behind them in a row of {@code c} is undefined,
   *     so all {@link #PANEL} values of a row of {@code c} and {@code init} must exist
   */
  void product(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int rows,
      int K,
      int columns);

  /**
   * Returns how many steps of k {@link #product} should get at a time. Fewer steps fit a nearer
   * cache, but c is read and written more often. The bits are the same.
   */
  int productDepth();

  /**
   * Packs a block for {@link #product}, {@code y[r / 4][k][r % 4] = x[r][k]}; places of rows that
   * are not there stay.
   *
   * @param y out: each four rows {@code yp} apart
   * @param x {@code rows} rows of {@code K} values, {@code xs} apart
   */
  void packRows(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K);

  /**
   * Packs a transposed block for {@link #product}, {@code y[r / 4][k][r % 4] = x[k][r]}; places of
   * rows that are not there stay.
   *
   * @param y out: each four rows {@code yp} apart
   * @param x {@code K} rows of {@code rows} values, {@code xs} apart
   */
  void packColumns(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K);

  /**
   * Copies parts of 32 values, {@code y[p][l] = x[p][l]}: a row of a matrix, whose parts lie {@link
   * #PANEL} apart, to the panels, or back.
   *
   * @param y out: the parts {@code yps} apart
   * @param x the parts {@code xps} apart
   */
  void copyPanels(float[] y, int yo, int yps, float[] x, int xo, int xps, int panels);

  /** Returns how long a packed block of so many rows of {@code K} values is. */
  static int packedLength(int rows, int K) {
    return Math.ceilDiv(rows, QUAD) * QUAD * K;
  }

  /**
   * Returns a distance between groups of four packed columns of so many rows: an odd number of
   * cache lines, so that a walk over the groups meets every set of the cache.
   */
  static int columnsStride(int rows) {
    return (Math.ceilDiv(rows, QUAD) | 1) * QUAD * QUAD;
  }

  /**
   * Transposes a block, {@code y[c][r] = x[r][c]}.
   *
   * @param y out: {@code columns} rows, {@code ys} apart; what stands behind {@code rows} in one
   *     stays
   * @param x {@code rows} rows, {@code xs} apart
   */
  void transpose(float[] y, int yo, int ys, float[] x, int xo, int xs, int rows, int columns);

  /**
   * The product of a block of results by a matrix, {@code c[r][j] = sum_i y[r][i] * b[i][j]}: for
   * each element one fused chain from 0 over ascending {@code i}. With {@code b} a part of the
   * weights, transposed, it is the gradient of a linear layer's input. Unlike in {@link #product}
   * the rows are not packed; this kernel packs them itself where that is faster.
   *
   * @param c out, another array than {@code y} and {@code b}: {@code rows} rows of 32 columns,
   *     {@link #PANEL} apart, then the next 32 columns, {@code cps} further. What stands behind
   *     {@code columns} in a row is undefined, so all of its 32 values must exist
   * @param y panels {@code yps} apart, of {@code rows} rows of 32 values
   * @param b 32 columns of all its {@code 32 panels} rows, {@link #PANEL} apart, then the next 32
   * @param scratch at least {@link #blockScratch} long; what it holds afterwards does not matter
   * @param panels may be 0, and so may {@code rows} and {@code columns}
   */
  void blockProduct(
      float[] c,
      int co,
      int cps,
      float[] y,
      int yo,
      int yps,
      float[] b,
      int bo,
      float[] scratch,
      int panels,
      int rows,
      int columns);

  /** Returns how much scratch {@link #blockProduct} wants for so many panels. */
  static int blockScratch(int panels) {
    return packedLength(BLOCK_ROWS, panels * PANEL);
  }

  /**
   * Products summed over the lanes of panels, kept on 16 virtual lanes: {@code sums[r][k][j]} is
   * one fused chain from 0 over ascending {@code p} of {@code y[r][p][l] * w[p][k][l]}, lane {@code
   * l = j} before {@code l = j + 16}. Folded over {@code j} it is the gradient of a linear layer's
   * input, {@code sum_classes y[r][class] * w[class][k]}; unlike {@link #blockProduct} it needs no
   * transposed copy of the weights, so for few rows it costs less.
   *
   * @param sums out: {@code rows} rows, {@code ss} apart, of {@code K} times 16 values
   * @param y panels {@code yps} apart, of {@code rows} rows of 32 lanes
   * @param w panels {@code wps} apart, not 0, of {@code K} rows of 32 lanes
   */
  void laneProducts(
      float[] sums,
      int so,
      int ss,
      float[] y,
      int yo,
      int yps,
      float[] w,
      int wo,
      int wps,
      int panels,
      int rows,
      int K);

  /**
   * Sums on 16 virtual lanes, {@code y[i]} = the sum of {@code x[16 i]} to {@code x[16 i + 15]}:
   * halves, added pairwise.
   */
  void foldLanes(float[] y, int yo, float[] x, int xo, int n);

  /** Adds rows of 32 lanes, {@code sum[l] += sum_r y[r][l]}, over ascending {@code r}. */
  void addRows(float[] sum, int so, float[] y, int yo, int ys, int rows);

  /**
   * Adds rows of 32 lanes, {@code sum[l] += sum_r factor[r] * y[r][l]}: four fused chains from 0,
   * each over every fourth {@code r}, chain {@code c = r % 4} before {@code c + 2}, folded.
   *
   * @param y rows {@link #PANEL} apart
   */
  void addScaledRows(float[] sum, int so, float[] factor, int fo, float[] y, int yo, int rows);

  /**
   * Combines rows of 32 lanes, {@code y[l] += sum_r factor[r] * x[r][l]}: one fused chain over
   * ascending {@code r} that starts with {@code y[l]}.
   *
   * @param x rows {@code xs} apart
   */
  void combineRows(float[] y, int yo, float[] factor, int fo, float[] x, int xo, int xs, int rows);

  /**
   * Returns the largest of {@code y[p][l]} over {@code panels} panels, {@code ps} apart; NaN is
   * passed over, -0 counts as 0, minus infinity if nothing else is there.
   */
  float rowMax(float[] y, int yo, int ps, int panels);

  /**
   * Finds the largest value of each lane, {@code max[l] = max_p y[p][l]}; NaN is passed over, of
   * zeros the first stays, minus infinity if nothing else is there.
   */
  void laneMax(float[] max, int mo, float[] y, int yo, int ps, int panels);

  /**
   * Replaces {@code y[p][l]} by {@code exp(y[p][l] - max)}, or by 0 where that is below {@link
   * #SMALLEST}, and returns the sum: 16 chains over ascending {@code p}, lane {@code l} before
   * {@code l + 16}, folded.
   *
   * @param max not below any of them, NaN apart
   */
  float rowExpSum(float[] y, int yo, int ps, int panels, float max);

  /**
   * Finds the lanes of each row of 32 that are at least the row's threshold: bit l of {@code
   * lanes[r]} is {@code y[r][l] >= threshold[r]}, false for NaN. Rows are {@link #PANEL} apart.
   */
  void lanesAtLeast(int[] lanes, float[] y, int yo, float[] threshold, int rows);

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

  /**
   * Returns the sum of {@code x[i] * x[i]}: 64 fused chains over ascending {@code i}, chains {@code
   * c} and {@code c + 32} added, then {@code c} and {@code c + 16}, and the 16 that are left
   * folded.
   */
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
   * Returns {@code a * b + c} rounded once, the bits of {@link Math#fma(float, float, float)}, but
   * not its time where the JVM has no instruction for it.
   */
  static float fma(float a, float b, float c) {
    return FusedMultiplyAdd.fma(a, b, c);
  }

  /**
   * Returns the kernels this JVM uses: vector kernels where the module {@code jdk.incubator.vector}
   * is there, its vectors have 128 bits or more, and fused multiply-add is an instruction; else
   * scalar ones. The system property {@code gru4j.kernels=vector|scalar} forces one kind, {@code
   * gru4j.vectorBits=128|256|512} a width.
   *
   * @throws IllegalArgumentException at every call, if such a property has another value
   * @throws IllegalStateException at every call, if vectors are forced and cannot be had
   */
  static Kernels get() {
    return KernelChoice.kernels();
  }
}
