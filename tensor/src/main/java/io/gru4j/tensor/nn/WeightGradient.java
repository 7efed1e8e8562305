package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;

import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.ProductKernels;
import io.gru4j.tensor.kernel.RowKernels;
import java.util.Arrays;

/**
 * The gradients of the output layer's weights and biases, from the exponentials that forward left:
 *
 * <pre>
 *   dW[j,:] += scale * sum_m ( factor[m] e[m,j] - [target[m] = j] / n ) hidden[m,:],  db[j] alike
 * </pre>
 *
 * <p>The factors that make e a probability go to the hidden states, which are fewer: they are
 * scaled once for each tile of classes and block of rows. Then e is multiplied panel by panel of
 * the weights, and in the end the targets' part is taken away. The sum of the squares of dW is
 * added up while a panel is in cache.
 */
final class WeightGradient {
  private static final float[] ZEROS = new float[PANEL];

  private final ElementKernels elementKernels = Kernels.get().elements();
  private final ProductKernels productKernels = Kernels.get().products();
  private final RowKernels rowKernels = Kernels.get().rows();
  private final Parameter weight;
  private final Parameter bias;
  private final int H;
  private final int targetBlock; // rows whose targets are sorted together
  private final int most; // rows that are added at a time
  private final int scaledStride;
  private final ThreadLocal<float[]> scaledScratch; // hidden states by columns, times factors
  private final ThreadLocal<float[]> factorScratch; // [u], then each four times
  private final double[] squares; // of dW, by tile

  private float[] hiddenColumns = new float[0]; // the distinct rows packed, [h / 4][u][h % 4]
  private int columnsStride; // of h / 4
  private long[] byTarget = new long[0]; // target << 32 | m, a block's rows in ascending order

  private LabelSmoothing smoothing;
  private float[] hidden; // all rows
  private int n; // rows with a target
  private float scale;
  private float ofTarget;
  private float[] dW;
  private float[] db;
  private boolean dWIsNew;
  private boolean dbIsNew;

  /**
   * Makes what does not depend on the number of rows.
   *
   * @param targetBlock rows whose targets are sorted together
   * @param most rows that are added at a time
   */
  WeightGradient(Parameter weight, Parameter bias, int tiles, int targetBlock, int most) {
    this.weight = weight;
    this.bias = bias;
    this.H = weight.cols();
    this.targetBlock = targetBlock;
    this.most = most;
    this.scaledStride = Kernels.columnsStride(most);
    int scaledLength = (int) Buffers.packedColumns(most, H);
    this.scaledScratch = ThreadLocal.withInitial(() -> new float[scaledLength]);
    this.factorScratch = ThreadLocal.withInitial(() -> new float[factorLength(most)]);
    this.squares = new double[tiles];
  }

  private static int factorLength(int most) {
    return most * (1 + QUAD);
  }

  /** The bytes of the buffers for M rows. */
  static double bytes(int H, int tiles, int M) {
    return Float.BYTES * Buffers.packedColumns(M, H)
        + (double) Long.BYTES * M // byTarget
        + (double) Double.BYTES * tiles; // squares
  }

  /** The bytes of one thread. */
  static double threadBytes(int H, int most) {
    return Float.BYTES * (Buffers.packedColumns(most, H) + factorLength(most));
  }

  /** Makes room for M rows, however many of them are distinct. */
  void allocate(int M) {
    hiddenColumns = Buffers.atLeast(hiddenColumns, Buffers.packedColumns(M, H));
    if (byTarget.length < M) {
      byTarget = new long[M];
    }
  }

  /** Begins with U distinct rows. */
  void begin(int U) {
    columnsStride = Kernels.columnsStride(U);
  }

  /** Packs some distinct rows, {@code [u][h]}. */
  void pack(float[] states, int from, int rows) {
    productKernels.packColumns(
        hiddenColumns, from * QUAD, columnsStride, states, from * H, H, H, rows);
  }

  /** Sorts the targets of one block of the rows that have one. */
  void sortTargets(int from, int to, DistinctRows distinct, int[] targets) {
    for (int i = from; i < to; i++) {
      int m = distinct.member(i);
      insertByTarget(from, i, (long) targets[m] << 32 | m);
    }
  }

  /** Inserts the i-th row into its block's; few enough for this, and Arrays.sort allocates. */
  private void insertByTarget(int from, int i, long key) {
    for (; i > from && byTarget[i - 1] > key; i--) {
      byTarget[i] = byTarget[i - 1];
    }
    byTarget[i] = key;
  }

  /**
   * Begins a backward pass.
   *
   * @param n rows that have a target
   * @param scale the loss's gradient
   */
  void beginBackward(float[] hidden, int n, float scale, LabelSmoothing smoothing) {
    this.hidden = hidden;
    this.n = n;
    this.scale = scale;
    this.smoothing = smoothing;
    ofTarget = smoothing.ofTarget(scale, n);
    dWIsNew = weight.beginGrad();
    dbIsNew = bias.beginGrad();
    dW = weight.gradOrNull();
    db = bias.gradOrNull();
    Arrays.fill(squares, 0);
  }

  /**
   * Adds the part of some rows to a tile's gradients. Panel by panel: its dW stays in cache while
   * the rows pass.
   *
   * @param first the tile's first panel, and {@code count} how many
   * @param u first of the distinct rows, and {@code rows} how many
   * @param last whether these are the last rows
   * @param e the tile's exponentials from {@code eo}, {@code [panel][row][32]}, panels {@code eps}
   *     apart
   * @param factor of e of each row, from {@code fo}
   */
  void add(
      int tile,
      int first,
      int count,
      int u,
      int rows,
      boolean last,
      float[] e,
      int eo,
      int eps,
      float[] factor,
      int fo) {
    scaleHidden(u, rows, factor, fo);
    for (int p = first; p < first + count; p++) {
      addToBias(p, u, rows, e, eo);
      addToWeights(p, u, rows, e, eo);
      eo += eps;
      if (last) {
        takeTargets(p);
        squares[tile] +=
            elementKernels.sumOfSquares(dW, weight.offset() + p * H * PANEL, H * PANEL);
      }
    }
  }

  /** The hidden states of some rows by columns, times the tile's factors of e. */
  private void scaleHidden(int u, int rows, float[] factor, int fo) {
    float[] factors = factorScratch.get();
    for (int r = 0; r < rows; r++) {
      float f = factor[fo + r] * scale;
      factors[r] = f;
      Arrays.fill(factors, most + r * QUAD, most + (r + 1) * QUAD, f);
    }
    float[] scaled = scaledScratch.get();
    for (int q = 0; q < Math.ceilDiv(H, QUAD); q++) {
      int from = q * columnsStride + u * QUAD;
      elementKernels.multiply(
          scaled, q * scaledStride, hiddenColumns, from, factors, most, rows * QUAD);
    }
  }

  private void addToBias(int p, int u, int rows, float[] e, int eo) {
    int b = bias.offset() + p * PANEL;
    if (u == 0) {
      if (dbIsNew) {
        Arrays.fill(db, b, b + PANEL, 0f);
      }
      smoothing.takeFromBias(db, b, p);
    }
    rowKernels.addScaledRows(db, b, factorScratch.get(), 0, e, eo, rows);
  }

  private void addToWeights(int p, int u, int rows, float[] e, int eo) {
    float[] scaled = scaledScratch.get();
    int w = weight.offset() + p * H * PANEL;
    boolean start = dWIsNew && u == 0;
    float[] init = start ? ZEROS : dW;
    int io = start ? 0 : w;
    int is = start ? 0 : PANEL;
    productKernels.product(
        dW, w, PANEL, init, io, is, scaled, 0, scaledStride, e, eo, H, rows, PANEL);
    if (u == 0) {
      smoothing.takeFromWeights(dW, w, p);
    }
  }

  /** Subtracts the part of all rows' targets from db and dW of one panel. */
  private void takeTargets(int p) {
    for (int from = 0; from < n; from += targetBlock) {
      int to = Math.min(n, from + targetBlock);
      int i = Arrays.binarySearch(byTarget, from, to, (long) p * PANEL << 32);
      for (i = i < 0 ? -i - 1 : i; i < to && byTarget[i] >> 32 < (p + 1) * PANEL; i++) {
        takeTarget((int) (byTarget[i] >> 32), (int) byTarget[i]);
      }
    }
  }

  /** Subtracts the part of one row's target from db and dW. */
  private void takeTarget(int target, int m) {
    db[bias.offset() + target] -= ofTarget;
    int w = weight.offset() + target / PANEL * H * PANEL + target % PANEL;
    for (int k = 0; k < H; k++) {
      dW[w + k * PANEL] = Kernels.fma(-ofTarget, hidden[m * H + k], dW[w + k * PANEL]);
    }
  }

  /** The sum of the squares of dW, when all tiles are done. */
  double sumOfSquares() {
    double sum = 0;
    for (double ofTile : squares) {
      sum += ofTile;
    }
    return sum;
  }
}
