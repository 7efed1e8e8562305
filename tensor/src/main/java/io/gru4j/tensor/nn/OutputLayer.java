package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.kernel.Kernels;
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
 * <p>With label smoothing s (Szegedy et al. 2016, arXiv:1512.00567, section 7) the target's
 * probability is 1 - s and every class, the target too, has s / V more: {@code loss_m =
 * logsumexp(logits[m,:]) - (1 - s) logits[m, target] - s/V sum_v logits[m,v]}, and onehot above
 * becomes {@code (1 - s) onehot + s/V}.
 *
 * <p>The catalogue is walked in <em>tiles</em> of up to 1024 classes, and rows in chunks of 128, so
 * that what one product makes the next finds in cache. Forward keeps, for each tile and row, the
 * largest logit m and the sum of e = exp(logit - m), with e in the logits' place: exp is taken
 * once. When all tiles are done, the row's log-sum-exp follows from those, and the factor that
 * makes e a gradient (sums of e within a tile are in float, across tiles in double). Backward
 * scales e by it, then takes the three sums. If the M x V values exceed {@link #LOGITS_BUDGET}
 * bytes they are not kept but made again in backward, to the same bits.
 *
 * <p>Tiles belong to at most 16 <em>slots</em>, each with its own partial dHidden, added in order
 * of slots. Tiles, chunks and slots depend on M and V only, so threads do not change a bit.
 */
public final class OutputLayer {

  /** Bytes of logits that are kept from forward to backward; beyond, they are recomputed. */
  static final long LOGITS_BUDGET = 1L << 28;

  static final int MAX_TILE_PANELS = 32;
  private static final int MIN_TILE_PANELS = 4;
  private static final int MAX_SLOTS = 16;
  private static final int CHUNK = 128;
  private static final float[] ZEROS = new float[PANEL];
  private static final float[] ONES = new float[PANEL];

  static {
    Arrays.fill(ONES, 1f);
  }

  private final Parameter weight;
  private final Parameter bias;
  private final Parallel parallel;
  private final Kernels kernels = Kernels.get();
  private final long logitsBudget;
  private final int V;
  private final int H;
  private final int panels;
  private final int tilePanels;
  private final int tiles;
  private final int slots;
  private final int blocks; // of 32 hidden units

  private final Variable loss = new Variable(Matrix.zeros(1, 1));
  private final ThreadLocal<float[]> scratch;
  private final ThreadLocal<float[]> transposed; // a panel of weights: [h / 32][class][h % 32]
  private final double[] squares; // of dW, by tile
  private float[] logits = new float[0];
  private float[] tileMax = new float[0]; // [tile][m]
  private float[] tileSum = new float[0]; // [tile][m] sum of e; then the factor of e
  private float[] targetLogit = new float[0];
  private double[] rowLoss = new double[0];
  private float[] hiddenT = new float[0]; // [h][m]
  private int hiddenStride;
  private float[] partial = new float[0]; // dHidden by slot: [slot][h / 32][m][h % 32]

  private final Parallel.Task forwardTask = this::forwardTile;
  private final Parallel.Task normaliseTask = this::normaliseChunk;
  private final Parallel.Task backwardTask = this::backwardSlot;
  private final Parallel.Task sumTask = this::sumPartials;
  private final Tape.Operation backward = this::backward;

  private Variable hidden;
  private int[] targets;
  private int M;
  private int n;
  private boolean kept;
  private double lossValue;
  private float[] dW;
  private float[] db;
  private boolean dWIsNew;
  private boolean dbIsNew;
  private double smoothing;
  private double[] tileLogits = new double[0]; // [tile][m] sum of logits, for smoothing

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
    this.tilePanels = Math.clamp(Math.ceilDiv(panels, MAX_SLOTS), MIN_TILE_PANELS, MAX_TILE_PANELS);
    this.tiles = Math.ceilDiv(panels, tilePanels);
    this.slots = Math.min(MAX_SLOTS, tiles);
    this.blocks = Math.ceilDiv(H, PANEL);
    this.squares = new double[tiles];
    int scratchLength = weight.offset() + tilePanels * panelStride(CHUNK);
    this.scratch = ThreadLocal.withInitial(() -> new float[scratchLength]);
    this.transposed = ThreadLocal.withInitial(() -> new float[blocks * PANEL * PANEL]);
    Arrays.fill(
        bias.value(), bias.offset() + V, bias.offset() + bias.length(), Float.NEGATIVE_INFINITY);
  }

  /**
   * Sets the label smoothing of the steps to come; 0 at first.
   *
   * @param share s in [0, 1)
   * @return this
   * @throws IllegalArgumentException if it is out of its range
   */
  public OutputLayer labelSmoothing(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("label smoothing must be in [0, 1), got " + share);
    }
    smoothing = share;
    return this;
  }

  /** An odd number of rows, so that the panels of one row do not fall into the same cache sets. */
  static int panelStride(int rows) {
    return (rows | 1) * PANEL;
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
      parallel.run(tiles, forwardTask);
      parallel.run(Math.ceilDiv(M, CHUNK), normaliseTask);
      for (int m = 0; m < M; m++) {
        lossValue += rowLoss[m];
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

  private void allocate() {
    long needed = (long) panels * panelStride(M) + weight.offset();
    kept = needed * Float.BYTES <= logitsBudget;
    if (kept && logits.length < needed) {
      logits = new float[(int) needed];
    }
    int sums = length((long) tiles * M);
    if (tileMax.length < sums) {
      tileMax = new float[sums];
      tileSum = new float[sums];
    }
    if (smoothing != 0 && tileLogits.length < sums) {
      tileLogits = new double[sums];
    }
    if (rowLoss.length < M) {
      rowLoss = new double[M];
      targetLogit = new float[M];
    }
    int partials = length((long) slots * blocks * M * PANEL);
    if (partial.length < partials) {
      partial = new float[partials];
    }
    hiddenStride = panelStride(Math.ceilDiv(M, PANEL));
    if (hiddenT.length < H * hiddenStride) {
      hiddenT = new float[length((long) H * hiddenStride)];
    }
  }

  private int length(long floats) {
    if (floats > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "%d rows x %d hidden units over %d classes need a buffer of %d floats, more than one array"
                  .formatted(M, H, V, floats)
              + " holds: take fewer rows (smaller batches, fewer time steps) at a time");
    }
    return (int) floats;
  }

  private int tileEnd(int tile) {
    return Math.min(panels, (tile + 1) * tilePanels);
  }

  private void forwardTile(int tile) {
    int first = tile * tilePanels;
    for (int m = 0; m < M; m += CHUNK) {
      int rows = Math.min(CHUNK, M - m);
      float[] y = kept ? logits : scratch.get();
      int ps = panelStride(kept ? M : CHUNK);
      int yo = weight.offset() + (kept ? first * ps + m * PANEL : 0);
      makeLogits(tile, m, rows, y, yo, ps);
      for (int r = 0; r < rows; r++) {
        int row = yo + r * PANEL;
        int target = targets[m + r];
        if (target >= 0 && target / PANEL >= first && target / PANEL < tileEnd(tile)) {
          targetLogit[m + r] = y[row + (target / PANEL - first) * ps + target % PANEL];
        }
        if (smoothing != 0) {
          tileLogits[tile * M + m + r] = sumOfLogits(tile, y, row, ps);
        }
        float max = kernels.rowMax(y, row, ps, tileEnd(tile) - first);
        tileMax[tile * M + m + r] = max;
        tileSum[tile * M + m + r] = kernels.rowExpSum(y, row, ps, tileEnd(tile) - first, max);
      }
    }
  }

  /** Adds a row's logits of a tile: panels in float, the lanes of their sum in double. */
  private double sumOfLogits(int tile, float[] y, int row, int ps) {
    float[] lanes = transposed.get(); // only backward needs it otherwise
    Arrays.fill(lanes, 0, PANEL, 0f);
    int first = tile * tilePanels;
    int whole = Math.min(tileEnd(tile), V / PANEL) - first;
    kernels.addRows(lanes, 0, y, row, ps, whole);
    double sum = 0;
    for (int lane = 0; lane < PANEL; lane++) {
      sum += lanes[lane];
    }
    if (first + whole < tileEnd(tile)) { // the last panel, whose filling is minus infinity
      for (int lane = 0; lane < V % PANEL; lane++) {
        sum += y[row + whole * ps + lane];
      }
    }
    return sum;
  }

  private void makeLogits(int tile, int m, int rows, float[] y, int yo, int ps) {
    float[] h = hidden.value().data();
    for (int p = tile * tilePanels; p < tileEnd(tile); p++) {
      int w = weight.offset() + p * H * PANEL;
      int b = bias.offset() + p * PANEL;
      kernels.product(
          y, yo, PANEL, bias.value(), b, 0, h, m * H, H, weight.value(), w, rows, H, PANEL);
      yo += ps;
    }
  }

  /**
   * Turns the tiles' sums of some rows into the rows' losses and the factors of e, and transposes
   * these rows of hidden for backward.
   */
  private void normaliseChunk(int chunk) {
    int from = chunk * CHUNK;
    int to = Math.min(M, from + CHUNK);
    for (int m = from; m < to; m++) {
      float max = Float.NEGATIVE_INFINITY;
      for (int i = m; i < tiles * M; i += M) {
        max = Math.max(max, tileMax[i]);
      }
      double sum = 0;
      for (int i = m; i < tiles * M; i += M) {
        sum += tileSum[i] * (double) Kernels.exp(tileMax[i] - max);
      }
      boolean counts = targets[m] >= 0;
      rowLoss[m] = counts ? max + StrictMath.log(sum) - expectedLogit(m) : 0;
      for (int i = m; i < tiles * M; i += M) {
        tileSum[i] = counts ? (float) (Kernels.exp(tileMax[i] - max) / (sum * n)) : 0f;
      }
    }
    float[] h = hidden.value().data();
    for (int k = 0; k < H; k++) {
      for (int m = from; m < to; m++) {
        hiddenT[k * hiddenStride + m] = h[m * H + k];
      }
    }
  }

  /** The row's mean logit, by the probabilities that it should have. */
  private double expectedLogit(int m) {
    if (smoothing == 0) {
      return targetLogit[m];
    }
    double sum = 0;
    for (int i = m; i < tiles * M; i += M) {
      sum += tileLogits[i];
    }
    return (1 - smoothing) * targetLogit[m] + smoothing / V * sum;
  }

  private void backward() {
    if (n == 0) {
      return;
    }
    dWIsNew = weight.beginGrad();
    dbIsNew = bias.beginGrad();
    dW = weight.gradOrNull();
    db = bias.gradOrNull();
    parallel.run(slots, backwardTask);
    parallel.run(Math.ceilDiv(M, CHUNK), sumTask);
    double sum = 0;
    for (int tile = 0; tile < tiles; tile++) {
      sum += squares[tile];
    }
    weight.noteGradSumOfSquares(sum);
  }

  private void backwardSlot(int slot) {
    int dx = slot * blocks * M * PANEL;
    Arrays.fill(partial, dx, dx + blocks * M * PANEL, 0f);
    int end = (slot + 1) * tiles / slots;
    for (int tile = slot * tiles / slots; tile < end; tile++) {
      squares[tile] = 0;
      for (int m = 0; m < M; m += CHUNK) {
        backwardTile(tile, m, Math.min(CHUNK, M - m), dx);
      }
    }
  }

  private void backwardTile(int tile, int m, int rows, int dx) {
    int first = tile * tilePanels;
    float[] y = kept ? logits : scratch.get();
    int ps = panelStride(kept ? M : CHUNK);
    int yo = weight.offset() + (kept ? first * ps + m * PANEL : 0);
    if (!kept) {
      makeLogits(tile, m, rows, y, yo, ps);
      for (int r = 0; r < rows; r++) {
        kernels.rowExpSum(y, yo + r * PANEL, ps, tileEnd(tile) - first, tileMax[tile * M + m + r]);
      }
    }
    for (int p = first; p < tileEnd(tile); p++) {
      makeGradient(tile, p, m, rows, y, yo);
      backwardPanel(p, m, rows, y, yo, dx);
      if (m + rows == M) {
        squares[tile] += kernels.sumOfSquares(dW, weight.offset() + p * H * PANEL, H * PANEL);
      }
      yo += ps;
    }
  }

  /** Replaces e of some rows of one panel by dLogits. */
  private void makeGradient(int tile, int p, int m, int rows, float[] y, int yo) {
    float scale = loss.grad().get(0, 0);
    kernels.scaleRows(y, yo, PANEL, tileSum, tile * M + m, scale, rows);
    float all = (float) (scale * smoothing / V / n);
    float one = smoothing == 0 ? scale / n : (float) (scale * (1 - smoothing) / n);
    for (int r = 0; r < rows; r++) {
      int lane = targets[m + r] - p * PANEL;
      if (smoothing != 0 && targets[m + r] >= 0) {
        kernels.axpy(-all, ONES, 0, y, yo + r * PANEL, Math.min(PANEL, V - p * PANEL));
      }
      if (lane >= 0 && lane < PANEL) {
        y[yo + r * PANEL + lane] -= one;
      }
    }
  }

  /** Adds what some rows of one panel of dLogits give to dW, db and the slot's dHidden. */
  private void backwardPanel(int p, int m, int rows, float[] y, int yo, int dx) {
    int w = weight.offset() + p * H * PANEL;
    int b = bias.offset() + p * PANEL;
    boolean start = dWIsNew && m == 0;
    kernels.product(
        dW,
        w,
        PANEL,
        start ? ZEROS : dW,
        start ? 0 : w,
        start ? 0 : PANEL,
        hiddenT,
        m,
        hiddenStride,
        y,
        yo,
        H,
        rows,
        PANEL);
    if (dbIsNew && m == 0) {
      Arrays.fill(db, b, b + PANEL, 0f);
    }
    kernels.addRows(db, b, y, yo, PANEL, rows);
    float[] t = transposed.get();
    for (int block = 0; block < blocks; block++) {
      int k = block * PANEL;
      int columns = Math.min(PANEL, H - k);
      kernels.transpose(t, k * PANEL, weight.value(), w + k * PANEL, columns);
      int d = dx + (block * M + m) * PANEL;
      kernels.product(
          partial, d, PANEL, partial, d, PANEL, y, yo, PANEL, t, k * PANEL, rows, PANEL, columns);
    }
  }

  /** Adds the slots' dHidden of some rows, in order of slots. */
  private void sumPartials(int chunk) {
    int from = chunk * CHUNK;
    int rows = Math.min(CHUNK, M - from);
    float[] dHidden = hidden.grad().data();
    for (int block = 0; block < blocks; block++) {
      int sum = (block * M + from) * PANEL;
      for (int slot = 1; slot < slots; slot++) {
        int part = sum + slot * blocks * M * PANEL;
        kernels.axpy(1f, partial, part, partial, sum, rows * PANEL);
      }
      int k = block * PANEL;
      for (int r = 0; r < rows; r++) {
        int d = (from + r) * H + k;
        kernels.axpy(1f, partial, sum + r * PANEL, dHidden, d, Math.min(PANEL, H - k));
      }
    }
  }
}
