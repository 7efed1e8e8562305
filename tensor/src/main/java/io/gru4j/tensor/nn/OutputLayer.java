package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.ProductKernels;
import io.gru4j.tensor.kernel.RowKernels;
import java.util.Arrays;

/**
 * The linear layer over all classes with its softmax cross-entropy, fused.
 *
 * <pre>
 *   logits = hidden W^T + b                                              (M, V)
 *   loss   = 1/n * sum_m ( logsumexp(logits[m,:]) - logits[m, target[m]] )  over the n rows that have a target
 *   dLogits = (softmax(logits) - onehot(target)) / n
 *   dHidden += dLogits W,  dW += dLogits^T hidden,  db += sum_m dLogits[m,:]
 * </pre>
 *
 * <p>{@link LabelSmoothing} can spread part of a target's probability over all classes.
 *
 * <p>Equal rows of hidden have the same softmax. It is computed once for each of the U {@link
 * DistinctRows}, and counts in dW and db as often as the row occurs.
 *
 * <p>The catalogue is walked in <em>tiles</em> of up to 1024 classes, and rows in blocks of 128, so
 * that the result of one product is still in cache for the next. The logits of a panel's rows are
 * adjacent in memory, so they are written from front to back. Forward keeps, for each tile and row,
 * the largest logit m and the sum of e = exp(logit - m), with e in the logits' place: exp is taken
 * once. While a tile's weights are in cache, e W is summed too ({@link HiddenGradient}): a step
 * reads the weights once. When all tiles are done, the row's log-sum-exp follows from those, and
 * the factors that make e a probability (sums of e within a tile are in float, across tiles in
 * double). Backward sums dW and db from e, beside hidden states scaled by those factors, and then
 * takes the targets' part away; dHidden only has to be put together. If the M x V values exceed
 * {@link #LOGITS_BUDGET} bytes they are not kept but made again in backward, to the same bits.
 *
 * <p>Tiles belong to at most 16 <em>slots</em>, each with its own part of dHidden, added in order
 * of slots. Tiles, blocks and slots depend on U and V only, so threads do not change a bit.
 */
public final class OutputLayer {

  /** Bytes of logits that are kept from forward to backward; beyond, they are recomputed. */
  static final long LOGITS_BUDGET = 1L << 28;

  private static final int BLOCK = 128; // rows
  private static final int BACKWARD_BLOCK = 4 * BLOCK;
  private static final int HIDDEN_ROWS = 16; // of one task that puts dHidden together

  private final Parameter weight;
  private final Parameter bias;
  private final Parallel parallel;
  private final ProductKernels productKernels = Kernels.get().products();
  private final RowKernels rowKernels = Kernels.get().rows();
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final long logitsBudget;
  private final int V;
  private final int H;
  private final ClassTiles tiles;

  private final Variable loss = new Variable(Matrix.zeros(1, 1));
  private final ThreadLocal<float[]> tileScratch; // logits that are not kept
  private final DistinctRows distinct = new DistinctRows();
  private float[] logits = new float[0]; // [panel][u][32], then e in their place
  private float[] targetLogit = new float[0]; // [m]
  private double[] rowLoss = new double[0]; // [m]
  private float[] states = new float[0]; // the distinct rows of hidden, [u][h]
  private float[] hiddenRows = new float[0]; // the same packed, [u / 4][h][u % 4]

  private final TileSums tileSums;
  private final HiddenGradient hiddenGradient;
  private final WeightGradient weightGradient;
  private LabelSmoothing smoothing;

  private final Parallel.Task packTask = this::packBlock;
  private final Parallel.Task forwardTask = this::forwardSlot;
  private final Parallel.Task normaliseTask = this::normaliseBlock;
  private final Parallel.Task backwardTask = this::backwardSlot;
  private final Parallel.Task hiddenTask = this::backwardHidden;
  private final Tape.Operation backward = this::backward;

  private Variable hidden;
  private int[] targets;
  private int M; // rows
  private int n; // of them with a target
  private int U; // and different from one another
  private int panelStride; // of the logits
  private boolean kept;
  private double lossValue;

  /**
   * Creates the layer.
   *
   * @param weight shape (V, H), in panels
   * @param bias shape (V, 1), in panels; its padding is set to minus infinity, a class that never
   *     occurs
   * @param parallel runs the work
   */
  public OutputLayer(Parameter weight, Parameter bias, Parallel parallel) {
    this(weight, bias, parallel, LOGITS_BUDGET);
  }

  OutputLayer(Parameter weight, Parameter bias, Parallel parallel, long logitsBudget) {
    this.weight = weight;
    this.bias = bias;
    this.parallel = parallel;
    this.logitsBudget = logitsBudget;
    this.V = weight.rows();
    this.H = weight.cols();
    this.tiles = ClassTiles.of(V);
    int tileLength = (int) tiles.tileLength(BACKWARD_BLOCK);
    this.tileScratch = ThreadLocal.withInitial(() -> new float[tileLength]);
    this.smoothing = new LabelSmoothing(weight, bias, 0);
    this.tileSums = new TileSums(tiles.tiles());
    this.hiddenGradient = new HiddenGradient(weight, tiles, BLOCK);
    this.weightGradient = new WeightGradient(weight, bias, tiles.tiles(), BLOCK, BACKWARD_BLOCK);
    Arrays.fill(
        bias.value(), bias.offset() + V, bias.offset() + bias.length(), Float.NEGATIVE_INFINITY);
  }

  /**
   * Returns the bytes of the layer's buffers.
   *
   * @param V number of classes
   * @param H hidden units
   * @param M the most rows
   * @param share of label smoothing
   * @param threads threads that work
   * @return the bytes, also of buffers that are too long to be made
   */
  public static double bytes(int V, int H, int M, double share, int threads) {
    return bytes(V, H, M, share, threads, LOGITS_BUDGET);
  }

  /**
   * Returns the bytes of the longest of these buffers, the logits.
   *
   * @param V number of classes
   * @param M the most rows
   * @return at most those that are kept
   */
  public static double logitsBytes(int V, int M) {
    return Math.min(Float.BYTES * ClassTiles.of(V).logitsLength(M), LOGITS_BUDGET);
  }

  static double bytes(int V, int H, int M, double share, int threads, long logitsBudget) {
    ClassTiles tiles = ClassTiles.of(V);
    double logits = Float.BYTES * tiles.logitsLength(M);
    boolean kept = logits <= logitsBudget; // of all rows; those of fewer may be
    double ofThread =
        (kept ? 0 : Float.BYTES * tiles.tileLength(BACKWARD_BLOCK))
            + HiddenGradient.threadBytes(H, tiles, BLOCK, M)
            + WeightGradient.threadBytes(H, BACKWARD_BLOCK);
    return Math.min(logits, logitsBudget)
        + TileSums.bytes(tiles.tiles(), M)
        + Float.BYTES * (M + Buffers.rows(M, H)) // M: targetLogit
        + (double) Double.BYTES * M // rowLoss
        + Float.BYTES * Buffers.packedRows(M, H)
        + DistinctRows.bytes(M)
        + HiddenGradient.bytes(H, tiles, M)
        + WeightGradient.bytes(H, tiles.tiles(), M)
        + LabelSmoothing.bytes(H, share)
        + Variable.bytes(1, 1) // loss
        + threads * ofThread;
  }

  /**
   * Sets the label smoothing; 0 at first.
   *
   * @param share of a target's probability that is spread evenly over all classes, in [0, 1)
   * @return this
   * @throws IllegalArgumentException if it is out of its range
   */
  public OutputLayer labelSmoothing(double share) {
    smoothing = new LabelSmoothing(weight, bias, share);
    return this;
  }

  /**
   * Computes the loss.
   *
   * @param tape records the operation
   * @param hidden shape (M, H)
   * @param targets class of each row in [0, V), or -1 for a row that does not count; kept until
   *     backward, not copied
   * @return shape (1, 1): the mean loss in nats, 0 if no row counts; {@link #lossValue} has it in
   *     double
   * @throws IllegalArgumentException if {@code hidden} has not H columns
   * @throws IndexOutOfBoundsException if a target is outside [-1, V)
   */
  public Variable forward(Tape tape, Variable hidden, int[] targets) {
    if (hidden.cols() != H) {
      throw new IllegalArgumentException(
          "output layer of %d inputs: got %s".formatted(H, hidden.value()));
    }
    this.hidden = hidden;
    this.targets = targets;
    this.M = hidden.rows();
    this.n = countTargets();
    loss.reset(1);
    lossValue = 0;
    if (n > 0) {
      allocate();
      U = distinct.find(hidden.value().data(), targets, M, H);
      panelStride = (int) ClassTiles.panelStride(kept ? U : BACKWARD_BLOCK);
      tileSums.begin(U);
      hiddenGradient.begin(U);
      weightGradient.begin(U);
      smoothing.begin(parallel);
      parallel.run(Math.ceilDiv(n, BLOCK), packTask);
      parallel.run(tiles.slots(), forwardTask);
      parallel.run(Math.ceilDiv(U, BLOCK), normaliseTask);
      for (int m = 0; m < M; m++) {
        lossValue += targets[m] >= 0 ? rowLoss[m] : 0;
      }
      lossValue /= n;
    }
    loss.value().set(0, 0, (float) lossValue);
    tape.record(backward);
    return loss;
  }

  /**
   * Returns the loss of the last forward pass.
   *
   * @return mean over the rows that count, in nats, accumulated in double
   */
  public double lossValue() {
    return lossValue;
  }

  private int countTargets() {
    int count = 0;
    for (int m = 0; m < M; m++) {
      if (targets[m] < -1 || targets[m] >= V) {
        throw new IndexOutOfBoundsException(
            "targets[%d] = %d is outside [0, %d)".formatted(m, targets[m], V));
      }
      count += targets[m] >= 0 ? 1 : 0;
    }
    return count;
  }

  /** For M rows, though U would be enough now: a later step of M rows may have fewer equal ones. */
  private void allocate() {
    double needed = tiles.logitsLength(M);
    kept = needed * Float.BYTES <= logitsBudget;
    if (kept) {
      logits = Buffers.atLeast(logits, needed);
    }
    tileSums.allocate(M);
    targetLogit = Buffers.atLeast(targetLogit, M);
    if (rowLoss.length < M) {
      rowLoss = new double[M];
    }
    states = Buffers.atLeast(states, Buffers.rows(M, H));
    hiddenRows = Buffers.atLeast(hiddenRows, Buffers.packedRows(M, H));
    hiddenGradient.allocate(M);
    weightGradient.allocate(M);
  }

  /** Packs some distinct rows by rows and by columns, and sorts as many targets. */
  private void packBlock(int block) {
    int from = block * BLOCK;
    int rows = Math.min(BLOCK, U - from);
    if (rows > 0) {
      float[] h = hidden.value().data();
      for (int u = from; u < from + rows; u++) {
        System.arraycopy(h, distinct.first(u) * H, states, u * H, H);
      }
      productKernels.packRows(hiddenRows, from * H, QUAD * H, states, from * H, H, rows, H);
      weightGradient.pack(states, from, rows);
    }
    weightGradient.sortTargets(from, Math.min(n, from + BLOCK), distinct, targets);
  }

  private void forwardSlot(int slot) {
    int start = tiles.ofSlot(slot);
    for (int tile = start; tile < tiles.ofSlot(slot + 1); tile++) {
      for (int u = 0; u < U; u += BLOCK) {
        forwardTile(slot, tile == start, tile, u, Math.min(BLOCK, U - u));
      }
    }
  }

  private void forwardTile(int slot, boolean start, int tile, int u, int rows) {
    int first = tiles.start(tile);
    int count = tiles.start(tile + 1) - first;
    float[] y = kept ? logits : tileScratch.get();
    int yo = tileOffset(tile, u);
    makeLogits(first, count, u, rows, y, yo);
    int at = tileSums.at(tile, u);
    for (int r = 0; r < rows; r++) {
      int row = yo + r * PANEL;
      for (int i = distinct.start(u + r); i < distinct.start(u + r + 1); i++) {
        int m = distinct.member(i);
        int panel = targets[m] / PANEL;
        if (panel >= first && panel < first + count) {
          targetLogit[m] = y[row + (panel - first) * panelStride + targets[m] % PANEL];
          hiddenGradient.keepTarget(m, targets[m]);
        }
      }
      float max = rowKernels.rowMax(y, row, panelStride, count);
      tileSums.max[at + r] = max;
      tileSums.sum[at + r] = rowKernels.rowExpSum(y, row, panelStride, count, max);
    }
    hiddenGradient.add(slot, start, first, count, u, rows, y, yo, panelStride, tileSums.max, at);
  }

  private int tileOffset(int tile, int u) {
    return weight.offset() + (kept ? tiles.start(tile) * panelStride + u * PANEL : 0);
  }

  private void makeLogits(int first, int count, int u, int rows, float[] y, int yo) {
    float[] w = weight.value();
    float[] b = bias.value();
    for (int p = first; p < first + count; p++) {
      int bo = bias.offset() + p * PANEL;
      int wo = weight.offset() + p * H * PANEL;
      productKernels.product(
          y, yo, PANEL, b, bo, 0, hiddenRows, u * H, QUAD * H, w, wo, rows, H, PANEL);
      yo += panelStride;
    }
  }

  /** Turns the tiles' sums of some distinct rows into the rows' losses and the factors of e. */
  private void normaliseBlock(int block) {
    int to = Math.min(U, (block + 1) * BLOCK);
    float[] h = hidden.value().data();
    for (int u = block * BLOCK; u < to; u++) {
      float max = tileSums.largest(u);
      double sum = tileSums.total(u, max);
      double logSumExp = max + StrictMath.log(sum);
      int end = distinct.start(u + 1);
      for (int i = distinct.start(u); i < end; i++) {
        int m = distinct.member(i);
        rowLoss[m] = logSumExp - smoothing.expectedLogit(targetLogit[m], h, m * H);
      }
      tileSums.toFactors(u, end - distinct.start(u), sum * n);
      hiddenGradient.normalise(u, max, sum * n);
    }
  }

  private void backward() {
    if (n == 0) {
      return;
    }
    float[] h = hidden.value().data();
    float scale = loss.grad().get(0, 0);
    smoothing.beginBackward(h, targets, M, scale, n);
    weightGradient.beginBackward(h, n, scale, smoothing);
    parallel.run(tiles.slots(), backwardTask);
    parallel.run(Math.ceilDiv(M, HIDDEN_ROWS), hiddenTask);
    weight.noteGradSumOfSquares(weightGradient.sumOfSquares());
  }

  private void backwardSlot(int slot) {
    for (int tile = tiles.ofSlot(slot); tile < tiles.ofSlot(slot + 1); tile++) {
      for (int u = 0; u < U; u += BACKWARD_BLOCK) {
        backwardTile(tile, u, Math.min(BACKWARD_BLOCK, U - u));
      }
    }
  }

  private void backwardTile(int tile, int u, int rows) {
    int first = tiles.start(tile);
    int count = tiles.start(tile + 1) - first;
    float[] e = kept ? logits : tileScratch.get();
    int eo = tileOffset(tile, u);
    int at = tileSums.at(tile, u);
    if (!kept) {
      makeLogits(first, count, u, rows, e, eo);
      for (int r = 0; r < rows; r++) {
        rowKernels.rowExpSum(e, eo + r * PANEL, panelStride, count, tileSums.max[at + r]);
      }
    }
    boolean last = u + rows == U;
    weightGradient.add(tile, first, count, u, rows, last, e, eo, panelStride, tileSums.sum, at);
  }

  private void backwardHidden(int task) {
    float scale = loss.grad().get(0, 0);
    float ofTarget = smoothing.ofTarget(scale, n);
    float[] dHidden = hidden.grad().data();
    int end = Math.min(M, (task + 1) * HIDDEN_ROWS);
    for (int m = task * HIDDEN_ROWS; m < end; m++) {
      int u = distinct.number(m);
      if (u >= 0) {
        hiddenGradient.finish(u, m, scale, ofTarget, dHidden, m * H);
        smoothing.takeFromHidden(dHidden, m * H, scale, n);
      }
    }
  }
}
