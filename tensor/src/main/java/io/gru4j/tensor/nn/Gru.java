package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.kernel.Kernels;
import java.util.Arrays;

/**
 * One GRU layer over a chunk of time steps, and backpropagation through them.
 *
 * <pre>
 *   r  = sigmoid(Wir x + bir + Whr h + bhr)        reset gate
 *   z  = sigmoid(Wiz x + biz + Whz h + bhz)        update gate
 *   n  = tanh(Win x + bin + r * (Whn h + bhn))     new gate (candidate)
 *   h' = (1 - z) * n + z * h
 * </pre>
 *
 * <p>Source: Cho et al. 2014, arXiv:1406.1078, equations 5 to 8, in torch's variant: the reset gate
 * applies after the recurrent product, bias included (Chung et al. 2014, arXiv:1412.3555, write it
 * before). Hidasi et al. 2016 write the update gate the other way round.
 *
 * <p>Rows are sessions, the longest first, so those that still go on at step t are a prefix: {@code
 * activeRows[t]} of them. Input and output are packed by time: the rows of step 0, then those of
 * step 1, and so on, M in all. The state before the chunk comes from the caller and gets no
 * gradient: that is where backpropagation is truncated.
 *
 * <p>The input's part of the gates, {@code Wi x + bi}, does not depend on the steps before. So it
 * is computed first, for all rows. Where many sessions click the same item, it is computed once for
 * each of the D {@link DistinctRows}, and backward sums the gates' gradients over equal rows before
 * it multiplies them. Where sessions begin, the state is zero, and the recurrent part is its bias.
 *
 * <p>Sessions do not depend on one another, so the rest of forward and backward runs block by block
 * of rows through all steps. The weight gradients are summed afterwards, panel by panel of the
 * weights, over all rows in order. For the one kind of product that there is ({@code
 * Kernels.product}), each block's rows are packed, and backward needs the weights transposed as
 * well, and inputs and states packed by columns.
 */
public final class Gru {

  /** Rows that one task takes through time. */
  private static final int BLOCK = 32;

  private static final int SCRATCH_ROWS = 128; // at least BLOCK
  private static final float[] ZEROS = new float[PANEL];

  private final GruParameters parameters;
  private final Parallel parallel;
  private final Kernels kernels = Kernels.get();
  private final int E;
  private final int H;
  private final int panels;
  private final int gates; // row stride of the gate buffers: 3H rounded up to a multiple of 32

  private final Variable output;
  private final Matrix gx; // forward: gate values; backward: gradient of the input product
  private final Matrix gxDistinct; // the same of the distinct inputs: product, then gradient
  private final Matrix
      gh; // forward: last H per row kept; backward: gradient of the recurrent product
  private final Matrix before; // the state before the chunk
  private final Matrix dBefore; // gradient of the state before each step of a row; dropped at t = 0

  private final Parallel.Task inputTask = this::inputBlock;
  private final Parallel.Task forwardTask = this::forwardBlock;
  private final Parallel.Task backwardTask = this::backwardBlock;
  private final Parallel.Task weightTask = this::weightPanel;
  private final Tape.Operation backward = this::backward;
  private final Parallel.Task transposeWeightsTask = this::transposeWeights;
  private final Parallel.Task inputGradTask = this::inputGradBlock;
  private final Parallel.Task packStatesTask = this::packStates;
  private final ThreadLocal<float[]> scratch =
      ThreadLocal.withInitial(() -> new float[SCRATCH_ROWS * PANEL]);
  private final ThreadLocal<float[]> packed; // rows that go into a product
  private float[] weightIhT; // [k / 32][gate][k % 32]
  private float[] weightHhT;
  private float[] inputColumns = new float[0]; // packed, [k / 4][d][k % 4]
  private float[] beforeColumns = new float[0]; // [k / 4][m][k % 4]
  private int inputStride; // of k / 4
  private int beforeStride;

  private Variable input;
  private DistinctRows distinct; // which of the inputs a row has; null if each has its own
  private boolean fromZero; // all states before the chunk are zero
  private boolean ihIsNew; // nothing was added to the gradients of the weights yet
  private boolean hhIsNew;
  private int[] activeRows = new int[0];
  private int[] start = new int[1];
  private int T;

  /**
   * Creates the layer.
   *
   * @param parameters its weights
   * @param parallel runs the work
   */
  public Gru(GruParameters parameters, Parallel parallel) {
    this.parameters = parameters;
    this.parallel = parallel;
    this.E = parameters.inputs();
    this.H = parameters.hidden();
    this.panels = Parameter.panelCount(3 * H);
    this.gates = panels * PANEL;
    int packedLength = Kernels.packedLength(BLOCK, Math.max(E, gates));
    this.packed = ThreadLocal.withInitial(() -> new float[packedLength]);
    this.output = new Variable(Matrix.zeros(0, H));
    this.gx = Matrix.zeros(0, gates);
    this.gxDistinct = Matrix.zeros(0, gates);
    this.gh = Matrix.zeros(0, gates);
    this.before = Matrix.zeros(0, H);
    this.dBefore = Matrix.zeros(0, H);
  }

  /**
   * Runs the layer over a chunk.
   *
   * @param tape records the operation
   * @param x shape (M, E), packed by time
   * @param activeRows rows of each of the T steps, not increasing; their sum is M
   * @param T number of steps, at least 1
   * @param state shape (at least activeRows[0], H) in: the state before the chunk; out: each row's
   *     state after its last step here
   * @return shape (M, H), packed by time, valid until the next call
   * @throws IllegalArgumentException if shapes do not agree
   */
  public Variable forward(Tape tape, Variable x, int[] activeRows, int T, Matrix state) {
    return forward(tape, x, null, activeRows, T, state);
  }

  /**
   * Runs the layer over a chunk in which rows share inputs.
   *
   * @param tape records the operation
   * @param x shape (D, E): the distinct inputs, in the order of their numbers
   * @param distinct of the M rows, packed by time; kept until backward, not copied. Null if each
   *     row has an input of its own
   * @param activeRows rows of each of the T steps, not increasing; their sum is M
   * @param T number of steps, at least 1
   * @param state shape (at least activeRows[0], H) in: the state before the chunk; out: each row's
   *     state after its last step here
   * @return shape (M, H), packed by time, valid until the next call
   * @throws IllegalArgumentException if shapes do not agree
   */
  public Variable forward(
      Tape tape, Variable x, DistinctRows distinct, int[] activeRows, int T, Matrix state) {
    pack(activeRows, T);
    int M = start[T];
    if (distinct != null && distinct.rows() != M) {
      throw new IllegalArgumentException(
          "GRU over %d rows: got the distinct ones of %d".formatted(M, distinct.rows()));
    }
    int D = distinct == null ? M : distinct.count();
    if (distinct != null && x.rows() != D) {
      throw new IllegalArgumentException(
          "GRU over %d distinct rows: got input %s".formatted(D, x.value()));
    }
    if (x.rows() != D || x.cols() != E || state.cols() != H || state.rows() < activeRows[0]) {
      throw new IllegalArgumentException(
          "GRU of %d inputs and %d hidden units over %d rows: got input %s and state %s"
              .formatted(E, H, M, x.value(), state));
    }
    input = x;
    this.distinct = distinct;
    output.reset(M);
    gx.resizeRows(M);
    gxDistinct.resizeRows(distinct == null ? 0 : M); // a later chunk may have fewer equal ones
    gh.resizeRows(M);
    before.resizeRows(activeRows[0]);
    System.arraycopy(state.data(), 0, before.data(), 0, activeRows[0] * H);
    fromZero = isZero(before.data(), 0, activeRows[0] * H);
    parallel.run(Math.ceilDiv(D, BLOCK), inputTask);
    parallel.run(Math.ceilDiv(activeRows[0], BLOCK), forwardTask);
    for (int t = 0; t < T; t++) {
      int first = t + 1 < T ? activeRows[t + 1] : 0; // rows that end at step t
      int count = (activeRows[t] - first) * H;
      System.arraycopy(
          output.value().data(), (start[t] + first) * H, state.data(), first * H, count);
    }
    tape.record(backward);
    return output;
  }

  private void pack(int[] activeRows, int T) {
    if (T < 1) {
      throw new IllegalArgumentException("a chunk has at least 1 time step, got " + T);
    }
    if (start.length <= T) {
      start = new int[T + 1];
    }
    for (int t = 0; t < T; t++) {
      if (activeRows[t] < 0 || t > 0 && activeRows[t] > activeRows[t - 1]) {
        throw new IllegalArgumentException(
            "activeRows[%d] = %d: rows may only end, the longest come first"
                .formatted(t, activeRows[t]));
      }
      start[t + 1] = start[t] + activeRows[t];
    }
    this.activeRows = activeRows;
    this.T = T;
  }

  private static boolean isZero(float[] x, int from, int n) {
    for (int i = from; i < from + n; i++) {
      if (x[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** The part of the gates that each input gives; in backward, its gradient. */
  private float[] inputGates() {
    return (distinct == null ? gx : gxDistinct).data();
  }

  private void inputBlock(int block) {
    int d = block * BLOCK;
    int rows = Math.min(input.rows() - d, BLOCK);
    float[] x = input.value().data();
    inputProducts(kernels, parameters, x, d * E, inputGates(), d * gates, rows, packed.get());
  }

  private void forwardBlock(int block) {
    int from = block * BLOCK;
    float[] out = output.value().data();
    for (int t = 0; t < T && activeRows[t] > from; t++) {
      int rows = Math.min(activeRows[t] - from, BLOCK);
      int m = start[t] + from;
      float[] h = t == 0 ? before.data() : out;
      int ho = (t == 0 ? from : start[t - 1] + from) * H;
      readInputGates(m, rows);
      recurrentProducts(kernels, parameters, h, ho, gh.data(), m * gates, rows, packed.get());
      for (int i = 0; i < rows; i++) {
        int g = (m + i) * gates;
        kernels.gruForward(gx.data(), g, gh.data(), g, h, ho + i * H, out, (m + i) * H, H);
      }
    }
  }

  private void readInputGates(int m, int rows) {
    if (distinct == null) {
      return; // they are there
    }
    for (int i = m; i < m + rows; i++) {
      System.arraycopy(gxDistinct.data(), distinct.number(i) * gates, gx.data(), i * gates, gates);
    }
  }

  /**
   * {@code gx = x Wih^T + bih} for some rows.
   *
   * @param scratch for the rows of x: {@link Kernels#packedLength} of them and their width
   */
  static void inputProducts(
      Kernels kernels,
      GruParameters p,
      float[] x,
      int xo,
      float[] gx,
      int go,
      int rows,
      float[] scratch) {
    linear(kernels, p.weightIh(), p.biasIh(), x, xo, gx, go, rows, scratch);
  }

  /**
   * The same of the states, {@code gh = h Whh^T + bhh}. Where all of them are zero the product is
   * left out, even if it would turn a bias of -0 into 0 or meet weights that are not finite.
   */
  static void recurrentProducts(
      Kernels kernels,
      GruParameters p,
      float[] h,
      int ho,
      float[] gh,
      int go,
      int rows,
      float[] scratch) {
    int gates = p.biasHh().length();
    if (!isZero(h, ho, rows * p.hidden())) {
      linear(kernels, p.weightHh(), p.biasHh(), h, ho, gh, go, rows, scratch);
      return;
    }
    for (int r = 0; r < rows; r++) { // sessions begin: there is nothing to multiply
      System.arraycopy(p.biasHh().value(), p.biasHh().offset(), gh, go + r * gates, gates);
    }
  }

  private static void linear(
      Kernels kernels,
      Parameter w,
      Parameter b,
      float[] x,
      int xo,
      float[] y,
      int yo,
      int rows,
      float[] scratch) {
    int K = w.cols();
    int stride = QUAD * K;
    kernels.packRows(scratch, 0, stride, x, xo, K, rows, K);
    int panels = Parameter.panelCount(w.rows());
    int ys = panels * PANEL;
    for (int p = 0; p < panels; p++) {
      int o = yo + p * PANEL;
      int bo = b.offset() + p * PANEL;
      int wo = w.offset() + p * K * PANEL;
      kernels.product(
          y, o, ys, b.value(), bo, 0, scratch, 0, stride, w.value(), wo, rows, K, PANEL);
    }
  }

  private void backward() {
    if (start[T] == 0) {
      return;
    }
    dBefore.resizeRows(activeRows[0]);
    allocate();
    parallel.run(panels, transposeWeightsTask);
    parallel.run(Math.ceilDiv(activeRows[0], BLOCK), backwardTask);
    parallel.run(Math.ceilDiv(input.rows(), BLOCK), inputGradTask);
    parallel.run(Math.ceilDiv(start[T], BLOCK), packStatesTask);
    weightGrads();
  }

  private void allocate() {
    if (weightIhT == null) {
      weightIhT = new float[Math.ceilDiv(E, PANEL) * PANEL * gates];
      weightHhT = new float[Math.ceilDiv(H, PANEL) * PANEL * gates];
    }
    inputStride = Kernels.columnsStride(input.rows());
    beforeStride = Kernels.columnsStride(start[T]);
    if (beforeColumns.length < Math.ceilDiv(H, QUAD) * beforeStride) { // M, and so D, is larger
      inputColumns = new float[Math.ceilDiv(E, QUAD) * beforeStride];
      beforeColumns = new float[Math.ceilDiv(H, QUAD) * beforeStride];
    }
  }

  private void backwardBlock(int block) {
    int from = block * BLOCK;
    float[] out = output.value().data();
    float[] dOut = output.grad().data();
    float[] dh = dBefore.data();
    int last = T - 1;
    while (last > 0 && activeRows[last] <= from) {
      last--;
    }
    for (int t = last; t >= 0; t--) {
      int rows = Math.min(activeRows[t] - from, BLOCK);
      int m = start[t] + from;
      float[] h = t == 0 ? before.data() : out;
      int ho = (t == 0 ? from : start[t - 1] + from) * H;
      for (int i = 0; i < rows; i++) {
        boolean goesOn = t + 1 < T && activeRows[t + 1] > from + i;
        int row = (m + i) * H;
        int d = (from + i) * H;
        if (goesOn) { // the next step's gradient of this step's output
          kernels.axpy(1f, dh, d, dOut, row, H);
        }
        Arrays.fill(dh, d, d + H, 0f);
        int g = (m + i) * gates;
        kernels.gruBackward(gx.data(), g, gh.data(), g, h, ho + i * H, dOut, row, dh, d, H);
      }
      if (t > 0) {
        inputGrad(gh.data(), m * gates, rows, weightHhT, H, dh, from * H);
      }
    }
  }

  /** Gradient of some inputs; packs them by columns for that of the weights. */
  private void inputGradBlock(int block) {
    int d = block * BLOCK;
    int rows = Math.min(input.rows() - d, BLOCK);
    if (distinct != null) {
      for (int i = d; i < d + rows; i++) {
        sumOfEqualRows(i);
      }
    }
    inputGrad(inputGates(), d * gates, rows, weightIhT, E, input.grad().data(), d * E);
    packColumns(inputColumns, d, inputStride, input.value().data(), d * E, E, rows);
  }

  /** Sums the gradients of the gates over the rows that have one input, in their order. */
  private void sumOfEqualRows(int d) {
    int first = distinct.start(d);
    System.arraycopy(
        gx.data(), distinct.member(first) * gates, gxDistinct.data(), d * gates, gates);
    for (int i = first + 1; i < distinct.start(d + 1); i++) {
      kernels.axpy(1f, gx.data(), distinct.member(i) * gates, gxDistinct.data(), d * gates, gates);
    }
  }

  /** {@code dx += dGates W} for some rows, 32 inputs at a time. */
  private void inputGrad(
      float[] dGates, int go, int rows, float[] weightT, int inputs, float[] dx, int dxo) {
    float[] sums = scratch.get();
    float[] a = packed.get();
    int stride = QUAD * gates;
    kernels.packRows(a, 0, stride, dGates, go, gates, rows, gates);
    for (int k = 0; k < inputs; k += PANEL) {
      int columns = Math.min(PANEL, inputs - k);
      kernels.product(
          sums, 0, PANEL, ZEROS, 0, 0, a, 0, stride, weightT, k * gates, rows, gates, columns);
      for (int i = 0; i < rows; i++) {
        kernels.axpy(1f, sums, i * PANEL, dx, dxo + i * inputs + k, columns);
      }
    }
  }

  /** Transposes one panel of gates of the weights: to {@code [k / 32][gate][k % 32]}. */
  private void transposeWeights(int panel) {
    transposePanel(parameters.weightIh(), panel, weightIhT);
    if (T > 1) {
      transposePanel(parameters.weightHh(), panel, weightHhT);
    }
  }

  private void transposePanel(Parameter weight, int panel, float[] weightT) {
    int inputs = weight.cols();
    for (int k = 0; k < inputs; k += PANEL) {
      kernels.transpose(
          weightT,
          k * gates + panel * PANEL * PANEL,
          PANEL,
          weight.value(),
          weight.offset() + (panel * inputs + k) * PANEL,
          PANEL,
          Math.min(PANEL, inputs - k),
          PANEL);
    }
  }

  /** Packs the states before some rows by columns. */
  private void packStates(int block) {
    int from = block * BLOCK;
    int to = Math.min(start[T], from + BLOCK);
    for (int t = fromZero ? 1 : 0; t < T; t++) {
      float[] h = t == 0 ? before.data() : output.value().data();
      int ho = t == 0 ? 0 : start[t - 1] * H;
      int m = Math.max(from, start[t]);
      int rows = Math.min(to, start[t + 1]) - m;
      if (rows > 0) {
        packColumns(beforeColumns, m, beforeStride, h, ho + (m - start[t]) * H, H, rows);
      }
    }
  }

  private void packColumns(
      float[] columns, int m, int stride, float[] x, int xo, int width, int rows) {
    kernels.packColumns(columns, m * QUAD, stride, x, xo, width, width, rows);
  }

  private void weightGrads() {
    ihIsNew = parameters.weightIh().beginGrad();
    hhIsNew = parameters.weightHh().beginGrad();
    parameters.biasIh().grad(); // zeros, if nothing was added yet: before the threads add
    parameters.biasHh().grad();
    parallel.run(2 * panels, weightTask);
  }

  /**
   * Gradients of one panel of gates: of the input weights for even tasks, of the recurrent ones for
   * odd.
   */
  private void weightPanel(int task) {
    int c = task / 2 * PANEL;
    GruParameters p = parameters;
    if (task % 2 == 0) {
      int D = input.rows();
      float[] dGates = inputGates();
      weightPanel(p.weightIh(), ihIsNew, p.biasIh(), c, dGates, inputColumns, inputStride, 0, D);
    } else {
      int from = fromZero ? start[1] : 0; // states of zeros give nothing
      float[] dGates = gh.data();
      int M = start[T];
      weightPanel(
          p.weightHh(), hhIsNew, p.biasHh(), c, dGates, beforeColumns, beforeStride, from, M);
    }
  }

  /**
   * Adds the gradients of all rows to the bias, and those of the rows from {@code from} on to the
   * weights.
   */
  private void weightPanel(
      Parameter w,
      boolean isNew,
      Parameter b,
      int c,
      float[] dGates,
      float[] columns,
      int stride,
      int from,
      int rows) {
    float[] dy = scratch.get();
    float[] dW = w.gradOrNull();
    float[] db = b.gradOrNull();
    int o = w.offset() + c * w.cols();
    if (isNew && from == rows) {
      Arrays.fill(dW, o, o + w.cols() * PANEL, 0f);
    }
    kernels.addRows(db, b.offset() + c, dGates, c, gates, from);
    for (int m = from; m < rows; m += SCRATCH_ROWS) {
      int n = Math.min(SCRATCH_ROWS, rows - m);
      kernels.copyPanels(dy, 0, PANEL, dGates, m * gates + c, gates, n);
      boolean begins = isNew && m == from;
      float[] init = begins ? ZEROS : dW;
      int io = begins ? 0 : o;
      int is = begins ? 0 : PANEL;
      kernels.product(
          dW, o, PANEL, init, io, is, columns, m * QUAD, stride, dy, 0, w.cols(), n, PANEL);
      kernels.addRows(db, b.offset() + c, dy, 0, PANEL, n);
    }
  }
}
