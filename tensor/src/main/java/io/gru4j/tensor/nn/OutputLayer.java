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
 * <p>The catalogue is walked in <em>tiles</em> of up to 1024 classes, and rows in chunks of 128, so
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
 * of slots. Tiles, chunks and slots depend on U and V only, so threads do not change a bit.
 */
public final class OutputLayer {

  /** Bytes of logits that are kept from forward to backward; beyond, they are recomputed. */
  static final long LOGITS_BUDGET = 1L << 28;

  static final int MAX_TILE_PANELS = 32;
  private static final int MIN_TILE_PANELS = 4; // or a little less, since tiles are alike
  private static final int MAX_SLOTS = 16;
  private static final int CHUNK = 128; // rows
  private static final int GROUP = 4 * CHUNK; // rows that backward takes at a time
  private static final int SCALED_STRIDE = Kernels.columnsStride(GROUP);
  private static final int HIDDEN_ROWS = 16; // of one task that sums dHidden
  private static final float[] ZEROS = new float[PANEL];

  private final Parameter weight;
  private final Parameter bias;
  private final Parallel parallel;
  private final ProductKernels productKernels = Kernels.get().products();
  private final RowKernels rowKernels = Kernels.get().rows();
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final long logitsBudget;
  private final int V;
  private final int H;
  private final int panels;
  final int tiles;
  final int slots;

  private final Variable loss = new Variable(Matrix.zeros(1, 1));
  private final ThreadLocal<float[]> tileScratch; // logits that are not kept
  private final ThreadLocal<float[]> scaledScratch; // hidden states by columns, times factors
  private final ThreadLocal<float[]> factorScratch; // [u], then each four times
  private final double[] squares; // of dW, by tile
  private final DistinctRows distinct = new DistinctRows();
  private float[] logits = new float[0]; // [panel][u][32], then e in their place
  private float[] tileMax = new float[0]; // [tile][u]
  private float[] tileSum = new float[0]; // [tile][u] sum of e; then the factor of e
  private float[] targetLogit = new float[0]; // [m]
  private double[] rowLoss = new double[0]; // [m]
  private long[] byTarget = new long[0]; // target << 32 | m, a chunk's rows in ascending order
  private float[] states = new float[0]; // the distinct rows of hidden, [u][h]
  private float[] hiddenRows = new float[0]; // the same packed, [u / 4][h][u % 4]
  private float[] hiddenColumns = new float[0]; // packed, [h / 4][u][h % 4]
  private int columnsStride; // of h / 4

  private final HiddenGradient hiddenGradient;
  private LabelSmoothing smoothing;

  private final Parallel.Task packTask = this::packChunk;
  private final Parallel.Task forwardTask = this::forwardSlot;
  private final Parallel.Task normaliseTask = this::normaliseChunk;
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
  private float[] dW;
  private float[] db;
  private boolean dWIsNew;
  private boolean dbIsNew;

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
    this.panels = Parameter.panelCount(V);
    this.slots = Math.min(MAX_SLOTS, Math.ceilDiv(panels, MIN_TILE_PANELS));
    this.tiles = slots * Math.ceilDiv(panels, slots * MAX_TILE_PANELS); // as many in each slot
    this.squares = new double[tiles];
    int tilePanels = Math.ceilDiv(panels, tiles);
    int tileLength = weight.offset() + tilePanels * panelStride(GROUP);
    this.tileScratch = ThreadLocal.withInitial(() -> new float[tileLength]);
    int scaledLength = Math.ceilDiv(H, QUAD) * SCALED_STRIDE;
    this.scaledScratch = ThreadLocal.withInitial(() -> new float[scaledLength]);
    this.factorScratch = ThreadLocal.withInitial(() -> new float[GROUP * (1 + QUAD)]);
    this.smoothing = new LabelSmoothing(weight, bias, 0);
    this.hiddenGradient = new HiddenGradient(weight, tilePanels, slots, CHUNK);
    Arrays.fill(
        bias.value(), bias.offset() + V, bias.offset() + bias.length(), Float.NEGATIVE_INFINITY);
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
      columnsStride = Kernels.columnsStride(U);
      panelStride = panelStride(kept ? U : GROUP);
      hiddenGradient.begin(U);
      smoothing.begin(parallel);
      parallel.run(Math.ceilDiv(n, CHUNK), packTask);
      parallel.run(slots, forwardTask);
      parallel.run(Math.ceilDiv(U, CHUNK), normaliseTask);
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
    long needed = (long) panels * panelStride(M) + weight.offset();
    kept = needed * Float.BYTES <= logitsBudget;
    if (kept) {
      logits = atLeast(logits, needed);
    }
    tileMax = atLeast(tileMax, (long) tiles * M);
    tileSum = atLeast(tileSum, (long) tiles * M);
    targetLogit = atLeast(targetLogit, M);
    if (rowLoss.length < M) {
      rowLoss = new double[M];
      byTarget = new long[M];
    }
    states = atLeast(states, (long) M * H);
    hiddenRows = atLeast(hiddenRows, Math.ceilDiv(M, QUAD) * QUAD * (long) H);
    hiddenColumns = atLeast(hiddenColumns, Math.ceilDiv(H, QUAD) * (long) Kernels.columnsStride(M));
    hiddenGradient.allocate(M);
  }

  private static int panelStride(int rows) {
    return rows * PANEL + PANEL / 2; // an odd number of cache lines
  }

  /** Returns the buffer, or a longer one. */
  static float[] atLeast(float[] buffer, long length) {
    if (length > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "the output layer needs a buffer of %d floats, more than one array holds"
                  .formatted(length)
              + ": take fewer rows (smaller batches, fewer time steps) at a time");
    }
    return buffer.length < length ? new float[(int) length] : buffer;
  }

  /** First panel of a tile: they are as alike as can be, and so the shares of the threads. */
  int tileStart(int tile) {
    return (int) Math.ceilDiv((long) tile * panels, tiles);
  }

  /** Packs some distinct rows by rows and by columns, and sorts as many targets. */
  private void packChunk(int chunk) {
    int from = chunk * CHUNK;
    int rows = Math.min(CHUNK, U - from);
    if (rows > 0) {
      float[] h = hidden.value().data();
      for (int u = from; u < from + rows; u++) {
        System.arraycopy(h, distinct.first(u) * H, states, u * H, H);
      }
      productKernels.packRows(hiddenRows, from * H, QUAD * H, states, from * H, H, rows, H);
      productKernels.packColumns(
          hiddenColumns, from * QUAD, columnsStride, states, from * H, H, H, rows);
    }
    for (int i = from; i < Math.min(n, from + CHUNK); i++) {
      insertByTarget(from, i);
    }
  }

  /** Inserts the i-th row into its chunk's; few enough for this, and Arrays.sort allocates. */
  private void insertByTarget(int from, int i) {
    int m = distinct.member(i);
    long key = (long) targets[m] << 32 | m;
    for (; i > from && byTarget[i - 1] > key; i--) {
      byTarget[i] = byTarget[i - 1];
    }
    byTarget[i] = key;
  }

  private void forwardSlot(int slot) {
    int start = slot * tiles / slots;
    int end = (slot + 1) * tiles / slots;
    for (int tile = start; tile < end; tile++) {
      for (int u = 0; u < U; u += CHUNK) {
        forwardTile(slot, tile == start, tile, u, Math.min(CHUNK, U - u));
      }
    }
  }

  private void forwardTile(int slot, boolean start, int tile, int u, int rows) {
    int first = tileStart(tile);
    int count = tileStart(tile + 1) - first;
    float[] y = kept ? logits : tileScratch.get();
    int yo = tileOffset(tile, u);
    makeLogits(first, count, u, rows, y, yo);
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
      tileMax[tile * U + u + r] = max;
      tileSum[tile * U + u + r] = rowKernels.rowExpSum(y, row, panelStride, count, max);
    }
    hiddenGradient.add(
        slot, start, first, count, u, rows, y, yo, panelStride, tileMax, tile * U + u);
  }

  private int tileOffset(int tile, int u) {
    return weight.offset() + (kept ? tileStart(tile) * panelStride + u * PANEL : 0);
  }

  private void makeLogits(int first, int count, int u, int rows, float[] y, int yo) {
    for (int p = first; p < first + count; p++) {
      productKernels.product(
          y,
          yo,
          PANEL,
          bias.value(),
          bias.offset() + p * PANEL,
          0,
          hiddenRows,
          u * H,
          QUAD * H,
          weight.value(),
          weight.offset() + p * H * PANEL,
          rows,
          H,
          PANEL);
      yo += panelStride;
    }
  }

  /** Turns the tiles' sums of some distinct rows into the rows' losses and the factors of e. */
  private void normaliseChunk(int chunk) {
    int to = Math.min(U, (chunk + 1) * CHUNK);
    float[] h = hidden.value().data();
    for (int u = chunk * CHUNK; u < to; u++) {
      float max = Float.NEGATIVE_INFINITY;
      for (int i = u; i < tiles * U; i += U) {
        max = Math.max(max, tileMax[i]);
      }
      double sum = 0;
      for (int i = u; i < tiles * U; i += U) {
        float scale = Kernels.exp(tileMax[i] - max);
        sum += tileSum[i] * (double) scale;
        tileSum[i] = scale;
      }
      double logSumExp = max + StrictMath.log(sum);
      int end = distinct.start(u + 1);
      for (int i = distinct.start(u); i < end; i++) {
        int m = distinct.member(i);
        rowLoss[m] = logSumExp - smoothing.expectedLogit(targetLogit[m], h, m * H);
      }
      int copies = end - distinct.start(u);
      for (int i = u; i < tiles * U; i += U) {
        float factor = (float) ((double) tileSum[i] * copies / (sum * n));
        tileSum[i] = factor >= Kernels.SMALLEST ? factor : 0f;
      }
      hiddenGradient.normalise(u, max, sum * n);
    }
  }

  private void backward() {
    if (n == 0) {
      return;
    }
    dWIsNew = weight.beginGrad();
    dbIsNew = bias.beginGrad();
    dW = weight.gradOrNull();
    db = bias.gradOrNull();
    smoothing.beginBackward(hidden.value().data(), targets, M, loss.grad().get(0, 0), n);
    parallel.run(slots, backwardTask);
    parallel.run(Math.ceilDiv(M, HIDDEN_ROWS), hiddenTask);
    double sum = 0;
    for (int tile = 0; tile < tiles; tile++) {
      sum += squares[tile];
    }
    weight.noteGradSumOfSquares(sum);
  }

  private void backwardSlot(int slot) {
    int end = (slot + 1) * tiles / slots;
    for (int tile = slot * tiles / slots; tile < end; tile++) {
      squares[tile] = 0;
      for (int u = 0; u < U; u += GROUP) {
        backwardTile(tile, u, Math.min(GROUP, U - u));
      }
    }
  }

  /** Panel by panel: its dW stays in cache while the rows pass. */
  private void backwardTile(int tile, int u, int rows) {
    int first = tileStart(tile);
    int count = tileStart(tile + 1) - first;
    float[] e = kept ? logits : tileScratch.get();
    int eo = tileOffset(tile, u);
    if (!kept) {
      makeLogits(first, count, u, rows, e, eo);
      for (int r = 0; r < rows; r++) {
        float max = tileMax[tile * U + u + r];
        rowKernels.rowExpSum(e, eo + r * PANEL, panelStride, count, max);
      }
    }
    scaleHidden(tile, u, rows);
    for (int p = first; p < first + count; p++) {
      backwardPanel(p, u, rows, e, eo + (p - first) * panelStride);
      if (u + rows == U) {
        takeTargets(p);
        squares[tile] +=
            elementKernels.sumOfSquares(dW, weight.offset() + p * H * PANEL, H * PANEL);
      }
    }
  }

  /** The hidden states of some rows by columns, times the tile's factors of e. */
  private void scaleHidden(int tile, int u, int rows) {
    float scale = loss.grad().get(0, 0);
    float[] factors = factorScratch.get();
    for (int r = 0; r < rows; r++) {
      float factor = tileSum[tile * U + u + r] * scale;
      factors[r] = factor;
      Arrays.fill(factors, GROUP + r * QUAD, GROUP + (r + 1) * QUAD, factor);
    }
    float[] scaled = scaledScratch.get();
    for (int q = 0; q < Math.ceilDiv(H, QUAD); q++) {
      int from = q * columnsStride + u * QUAD;
      elementKernels.multiply(
          scaled, q * SCALED_STRIDE, hiddenColumns, from, factors, GROUP, rows * QUAD);
    }
  }

  /** Adds the part of some rows to db and dW of one panel. */
  private void backwardPanel(int p, int u, int rows, float[] e, int eo) {
    addToBias(p, u, rows, e, eo);
    addToWeights(p, u, rows, e, eo);
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
        dW, w, PANEL, init, io, is, scaled, 0, SCALED_STRIDE, e, eo, H, rows, PANEL);
    if (u == 0) {
      smoothing.takeFromWeights(dW, w, p);
    }
  }

  /** Subtracts the part of all rows' targets from db and dW of one panel. */
  private void takeTargets(int p) {
    float ofTarget = smoothing.ofTarget(loss.grad().get(0, 0), n);
    for (int from = 0; from < n; from += CHUNK) {
      int to = Math.min(n, from + CHUNK);
      int i = Arrays.binarySearch(byTarget, from, to, (long) p * PANEL << 32);
      for (i = i < 0 ? -i - 1 : i; i < to && byTarget[i] >> 32 < (p + 1) * PANEL; i++) {
        takeTarget((int) (byTarget[i] >> 32), (int) byTarget[i], ofTarget);
      }
    }
  }

  /** Subtracts the part of one row's target from db and dW. */
  private void takeTarget(int target, int m, float ofTarget) {
    db[bias.offset() + target] -= ofTarget;
    float[] h = hidden.value().data();
    int w = weight.offset() + target / PANEL * H * PANEL + target % PANEL;
    for (int k = 0; k < H; k++) {
      dW[w + k * PANEL] = Kernels.fma(-ofTarget, h[m * H + k], dW[w + k * PANEL]);
    }
  }

  private void backwardHidden(int chunk) {
    float scale = loss.grad().get(0, 0);
    float ofTarget = smoothing.ofTarget(scale, n);
    float[] dHidden = hidden.grad().data();
    int end = Math.min(M, (chunk + 1) * HIDDEN_ROWS);
    for (int m = chunk * HIDDEN_ROWS; m < end; m++) {
      int u = distinct.number(m);
      if (u >= 0) {
        hiddenGradient.finish(u, m, scale, ofTarget, dHidden, m * H);
        smoothing.takeFromHidden(dHidden, m * H, scale, n);
      }
    }
  }
}
