package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Layout;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.ProductKernels;
import io.gru4j.tensor.kernel.RowKernels;
import java.util.Arrays;

/**
 * The linear layer over V classes, scored for the targets of all rows and for S samples that all
 * rows share. A row's own target is compared with the targets of the other rows and with the
 * samples (Hidasi and Karatzoglou 2018, arXiv:1706.03847, section 3.1).
 *
 * <pre>
 *   column j    = one of C = M + S: the rows' targets, then the samples; class y[j]
 *   score[m, j] = hidden[m,:] . W[y[j],:] + b[y[j]]
 *   loss        = 1/divisor * sum_m loss of row m, of which column m is the target
 *   dHidden     += dScore W[y,:],   dW[y,:] += dScore^T hidden,   db[y] += sum_m dScore[m,:]
 * </pre>
 *
 * <p>The same class may stand in several columns, and a negative may be the row's target. All its
 * columns have one score, so each of the D {@linkplain DistinctRows distinct} classes is scored
 * once, and counts as often as it stands there; its gradient is the sum over its columns. The rows
 * of W are gathered, and then a step is three products of (M, H) and (D, H): it costs the same for
 * every V. {@link SharedLoss} turns scores into gradients.
 *
 * <p>Classes are worked on in panels of 32, in the order in which they first occur, and panels in
 * slots, each with its own part of dHidden, added in order of slots. Panels, slots and blocks of
 * rows depend on M and D alone, so threads do not change a bit.
 */
public final class SharedNegatives {

  private static final int ROWS = 8; // of a task that turns scores into gradients
  private static final int HIDDEN_ROWS = 16; // of a task that puts the hidden gradient together
  static final int SLOT = 16; // panels, at most: their weights fit the second cache
  private static final int PANELS = 4; // of a task
  private static final float[] ZEROS = new float[PANEL];

  private final Parameter weight;
  private final Parameter bias;
  private final SharedLoss rule;
  private final Parallel parallel;
  private final int V;
  private final int H;
  private final int unitPanels; // of 32 hidden units
  private final ProductKernels productKernels = Kernels.get().products();
  private final RowKernels rowKernels = Kernels.get().rows();
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final Variable loss = new Variable(Matrix.zeros(1, 1));
  private final DistinctRows distinct = new DistinctRows();
  private final ThreadLocal<GatherScratch> scratch;

  private int[] columns = new int[0]; // [j]: class
  private int[] classes = new int[0]; // [d]: distinct ones
  private float[] hiddenRows = new float[0]; // packed, [m / 4][h][m % 4]
  private float[] hiddenUnits = new float[0]; // [h / 32][m][h % 32]
  private float[] scores = new float[0]; // [d / 32][m][d % 32], then their gradients
  private float[] hiddenSums = new float[0]; // [slot][h / 32][m][h % 32]

  private final Parallel.Task scoreTask = this::score;
  private final Parallel.Task lossTask = this::losses;
  private final Parallel.Task hiddenTask = this::hiddenGradient;
  private final Parallel.Task slotTask = this::backwardSlot;
  private final Tape.Operation backward = this::backward;

  private Variable hidden;
  private int M;
  private int D;
  private int panels; // of D classes
  private int slots; // of panels
  private boolean weightGradIsNew; // its rows must be written
  private boolean biasGradIsNew;
  private double lossValue;

  private SharedNegatives(Parameter weight, Parameter bias, SharedLoss rule, Parallel parallel) {
    if (!weight.isSparse() || !bias.isSparse()) {
      throw new IllegalArgumentException(
          "weight and bias must have sparse gradients: " + weight.name() + ", " + bias.name());
    }
    this.weight = weight;
    this.bias = bias;
    this.rule = rule;
    this.parallel = parallel;
    this.V = weight.rows();
    this.H = weight.cols();
    this.unitPanels = Parameter.panelCount(H);
    this.scratch = ThreadLocal.withInitial(() -> new GatherScratch(H));
  }

  /**
   * Makes the layer with softmax cross-entropy, {@code -ln(softmax(o)[i] + 1e-24)} of {@code o =
   * score - correction}.
   *
   * @param weight shape (V, H), in rows with a sparse gradient
   * @param bias shape (V, 1), in rows with a sparse gradient
   * @param divisor of the sum of the rows' losses, at least the number of rows
   * @param targetCorrection (V) what is taken off the score of a class that stands in one of the
   *     first {@code divisor} columns; null for 0
   * @param sampleCorrection (V) the same of the other columns; null for 0
   * @param parallel runs the work
   * @return the layer
   * @throws IllegalArgumentException if a gradient is not sparse or the divisor is below 1
   */
  public static SharedNegatives crossEntropy(
      Parameter weight,
      Parameter bias,
      int divisor,
      float[] targetCorrection,
      float[] sampleCorrection,
      Parallel parallel) {
    SharedLoss rule = SharedLoss.crossEntropy(divisor, targetCorrection, sampleCorrection);
    return new SharedNegatives(weight, bias, rule, parallel);
  }

  /**
   * Makes the layer with bpr-max, {@code -ln(q + 1e-24) + bpreg * sum_j w_j o_j^2} over the
   * negatives j, with {@code o = elu(score)}, w their softmax and q the sum of {@code w_j s(o_i -
   * o_j)}.
   *
   * @param weight shape (V, H), in rows with a sparse gradient
   * @param bias shape (V, 1), in rows with a sparse gradient
   * @param divisor of the sum of the rows' losses, at least the number of rows
   * @param bpreg weight of the negatives' squared scores, at least 0
   * @param elu at least 0: scores below 0 become {@code elu * (exp(score) - 1)}; 0 leaves all as
   *     they are
   * @param parallel runs the work
   * @return the layer
   * @throws IllegalArgumentException if a gradient is not sparse, the divisor is below 1, or bpreg
   *     or elu is negative
   */
  public static SharedNegatives bprMax(
      Parameter weight, Parameter bias, int divisor, double bpreg, double elu, Parallel parallel) {
    return new SharedNegatives(weight, bias, SharedLoss.bprMax(divisor, bpreg, elu), parallel);
  }

  private static double sumsLength(int H, int M, double C) {
    return Math.ceil(Layout.panelCount((long) C) / (double) SLOT) * M * Buffers.padded(H);
  }

  /**
   * Returns the bytes of the layer's buffers.
   *
   * @param H hidden units
   * @param M the most rows
   * @param S the most samples
   * @param threads threads that work
   * @return the bytes, also of buffers that are too long to be made
   */
  public static double bytes(int H, int M, int S, int threads) {
    double C = (double) M + S;
    double padded = Buffers.padded((long) C);
    double floats =
        Buffers.packedRows(M, H) // hiddenRows
            + M * Buffers.padded(H) // hiddenUnits
            + sumsLength(H, M, C)
            + padded * M; // scores
    return Integer.BYTES * 2 * C // columns, classes
        + DistinctRows.bytes((int) Math.min(Integer.MAX_VALUE, C))
        + Float.BYTES * floats
        + SharedLoss.bytes(M, padded, threads)
        + Variable.bytes(1, 1) // loss
        + threads * GatherScratch.bytes(H, M);
  }

  /**
   * Computes the loss.
   *
   * @param tape records the operation
   * @param hidden shape (M, H), M at least 1
   * @param targets class of each row, in [0, V)
   * @param samples classes in [0, V) that all rows share
   * @param S how many of them, at least 1 where M is 1
   * @return shape (1, 1): the loss
   * @throws IllegalArgumentException if {@code hidden} has not H columns, or a single row has no
   *     sample
   * @throws IndexOutOfBoundsException if a class is outside [0, V)
   */
  public Variable forward(Tape tape, Variable hidden, int[] targets, int[] samples, int S) {
    if (hidden.cols() != H) {
      throw new IllegalArgumentException(
          "output layer of %d inputs: got %s".formatted(H, hidden.value()));
    }
    this.hidden = hidden;
    this.M = hidden.rows();
    if (M + S < 2) {
      throw new IllegalArgumentException("a single row without samples has no negatives");
    }
    loss.reset(1);
    findClasses(targets, samples, S);
    allocate(M + S);
    rule.begin(columns, M, M + S, distinct, panels * PANEL);
    float[] h = hidden.value().data();
    productKernels.packRows(hiddenRows, 0, QUAD * H, h, 0, H, M, H);
    parallel.run(Math.ceilDiv(panels, PANELS), scoreTask);
    parallel.run(Math.ceilDiv(M, ROWS), lossTask);
    lossValue = rule.sum(M);
    loss.value().set(0, 0, (float) lossValue);
    tape.record(backward);
    return loss;
  }

  /**
   * Returns the loss of the last forward pass.
   *
   * @return what {@link #forward} returned, accumulated in double
   */
  public double lossValue() {
    return lossValue;
  }

  private void findClasses(int[] targets, int[] samples, int S) {
    int C = M + S;
    if (columns.length < C) {
      columns = new int[C];
      classes = new int[C];
    }
    System.arraycopy(targets, 0, columns, 0, M);
    System.arraycopy(samples, 0, columns, M, S);
    for (int j = 0; j < C; j++) {
      if (columns[j] < 0 || columns[j] >= V) {
        throw new IndexOutOfBoundsException(
            "class %d of column %d is outside [0, %d)".formatted(columns[j], j, V));
      }
    }
    D = distinct.find(columns, C);
    panels = Parameter.panelCount(D);
    slots = Math.ceilDiv(panels, SLOT);
    for (int d = 0; d < D; d++) {
      classes[d] = columns[distinct.first(d)];
    }
  }

  /** For all C columns: a later step may have fewer equal ones. */
  private void allocate(int C) {
    double padded = Buffers.padded(C);
    hiddenRows = Buffers.atLeast(hiddenRows, Buffers.packedRows(M, H));
    hiddenUnits = Buffers.atLeast(hiddenUnits, M * Buffers.padded(H));
    hiddenSums = Buffers.atLeast(hiddenSums, sumsLength(H, M, C));
    scores = Buffers.atLeast(scores, padded * M);
  }

  /** Gathers the classes' rows of W and scores them, a panel at a time. */
  private void score(int task) {
    GatherScratch scratch = this.scratch.get();
    float[] w = weight.value();
    float[] b = bias.value();
    int end = Math.min(panels, (task + 1) * PANELS);
    for (int p = task * PANELS; p < end; p++) {
      int first = p * PANEL;
      int count = Math.min(PANEL, D - first);
      for (int i = 0; i < count; i++) {
        int c = classes[first + i];
        System.arraycopy(w, weight.offset() + c * H, scratch.rows, i * H, H);
        scratch.biases[i] = b[bias.offset() + c] + rule.toBias(first + i);
      }
      for (int i = count; i < PANEL; i++) {
        Arrays.fill(scratch.rows, i * H, (i + 1) * H, 0f);
        scratch.biases[i] = rule.padding();
      }
      productKernels.transpose(scratch.panel, 0, PANEL, scratch.rows, 0, H, PANEL, H);
      productKernels.product(
          scores,
          first * M,
          PANEL,
          scratch.biases,
          0,
          0,
          hiddenRows,
          0,
          QUAD * H,
          scratch.panel,
          0,
          M,
          H,
          PANEL);
    }
  }

  /** Copies a row of H values to {@code [h / 32][row][h % 32]}, of so many rows. */
  private void toUnits(float[] x, int xo, float[] y, int row, int rows) {
    int whole = H / PANEL;
    productKernels.copyPanels(y, row * PANEL, rows * PANEL, x, xo, PANEL, whole);
    int rest = H - whole * PANEL;
    if (rest > 0) {
      System.arraycopy(x, xo + whole * PANEL, y, (whole * rows + row) * PANEL, rest);
    }
  }

  private void losses(int task) {
    int end = Math.min(M, (task + 1) * ROWS);
    for (int m = task * ROWS; m < end; m++) {
      rule.row(m, distinct.number(m), scores, m * PANEL, M * PANEL, panels);
    }
  }

  private void backward() {
    weightGradIsNew = weight.touchRows(classes, D);
    biasGradIsNew = bias.touchRows(classes, D);
    float[] h = hidden.value().data();
    for (int m = 0; m < M; m++) {
      toUnits(h, m * H, hiddenUnits, m, M);
    }
    parallel.run(slots, slotTask);
    parallel.run(Math.ceilDiv(M, HIDDEN_ROWS), hiddenTask);
  }

  private int firstPanel(int slot) {
    return (int) ((long) slot * panels / slots);
  }

  /** A slot's part of the hidden gradient, and the gradients of its classes. */
  private void backwardSlot(int slot) {
    GatherScratch scratch = this.scratch.get();
    int from = firstPanel(slot);
    int count = firstPanel(slot + 1) - from;
    float[] w = weight.value();
    float[] units = scratch.units;
    for (int d = 0; d < count * PANEL; d++) {
      int c = classes[Math.min(D - 1, from * PANEL + d)]; // behind the last, scores have gradient 0
      toUnits(w, weight.offset() + c * H, units, d, count * PANEL);
    }
    productKernels.blockProduct(
        hiddenSums,
        slot * unitPanels * M * PANEL,
        M * PANEL,
        scores,
        from * M * PANEL,
        M * PANEL,
        units,
        0,
        scratch.block,
        count,
        M,
        H);
    for (int p = from; p < from + count; p++) {
      classGradients(scratch, p);
    }
  }

  private void classGradients(GatherScratch scratch, int panel) {
    float[] packed = scratch.packed(M);
    float[] grads = scratch.grads;
    float[] dW = weight.gradOrNull();
    float[] db = bias.gradOrNull();
    float lossGrad = loss.grad().get(0, 0);
    int first = panel * PANEL;
    int count = Math.min(PANEL, D - first);
    int from = first * M;
    int stride = unitPanels * PANEL;
    productKernels.packColumns(packed, 0, QUAD * M, scores, from, PANEL, PANEL, M);
    for (int k = 0; k < H; k += PANEL) {
      int n = Math.min(PANEL, H - k);
      productKernels.product(
          grads, k, stride, ZEROS, 0, 0, packed, 0, QUAD * M, hiddenUnits, k * M, count, M, n);
    }
    Arrays.fill(scratch.biases, 0f);
    rowKernels.addRows(scratch.biases, 0, scores, from, PANEL, M);
    for (int i = 0; i < count; i++) {
      int c = classes[first + i];
      int w = weight.offset() + weight.touchedPlace(c) * H;
      int b = bias.offset() + bias.touchedPlace(c);
      if (weightGradIsNew) {
        Arrays.fill(dW, w, w + H, 0f);
      }
      elementKernels.axpy(lossGrad, grads, i * stride, dW, w, H);
      db[b] = (biasGradIsNew ? 0f : db[b]) + lossGrad * scratch.biases[i];
    }
  }

  /** Adds the slots' parts for some rows, in order of slots. */
  private void hiddenGradient(int task) {
    float lossGrad = loss.grad().get(0, 0);
    float[] dHidden = hidden.grad().data();
    int end = Math.min(M, (task + 1) * HIDDEN_ROWS);
    for (int m = task * HIDDEN_ROWS; m < end; m++) {
      for (int k = 0; k < H; k += PANEL) {
        int n = Math.min(PANEL, H - k);
        for (int slot = 0; slot < slots; slot++) {
          int o = (slot * unitPanels * PANEL + k) * M + m * PANEL;
          elementKernels.axpy(lossGrad, hiddenSums, o, dHidden, m * H + k, n);
        }
      }
    }
  }
}
