package io.gru4j.tensor.nn;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.kernel.ElementKernels;
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
 * <p>Rows are sessions, the longest first, so those that still go on at time t are a prefix: {@code
 * activeRows[t]} of them. Input and output are packed by time: the rows of time 0, then those of
 * time 1, and so on, M in all. The state before the chunk comes from the caller and gets no
 * gradient: that is where backpropagation is truncated.
 *
 * <p>What the inputs give to the gates needs no order: {@link GruInputs} makes it first. Sessions
 * do not depend on one another, so the rest of forward and backward runs block by block of rows
 * through time. The weight gradients are summed afterwards, panel by panel of the weights, over all
 * rows in order. The products and their gradients are those of {@link PanelLinear}.
 */
public final class Gru {

  /** Rows that one task takes through time. */
  static final int BLOCK = 32;

  private final GruParameters parameters;
  private final Parallel parallel;
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final int E;
  private final int H;
  private final int gates; // from one row's gates to the next: 3H filled up to whole panels
  private final GruInputs inputs; // gx = Wi x + bi
  private final PanelLinear recurrent; // gh = Wh h + bh

  private final Variable output; // h of every row
  private final Matrix before; // h before the chunk
  private final Matrix
      dBefore; // dh before each time step of a row; that before the chunk is dropped

  // Backward turns what forward has left here into its gradient, in the same memory.
  private final Matrix gx; // forward leaves the values of the gates r, z, n
  private final Matrix dgx;
  private final Matrix gh; // forward leaves the last H numbers, those of the new gate
  private final Matrix dgh;

  private final Parallel.Task forwardTask = this::forwardBlock;
  private final Parallel.Task transposeTask = this::transposeWeights;
  private final Parallel.Task backwardTask = this::backwardBlock;
  private final Parallel.Task packStatesTask = this::packStates;
  private final Parallel.Task weightGradientTask = this::weightGradient;
  private final Tape.Operation backward = this::backward;

  private final TimeSteps time = new TimeSteps();
  private boolean fromZero; // all states before the chunk are zero

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
    this.gates = parameters.gates();
    this.output = new Variable(Matrix.zeros(0, H));
    this.before = Matrix.zeros(0, H);
    this.dBefore = Matrix.zeros(0, H);
    this.gx = Matrix.zeros(0, gates);
    this.dgx = gx;
    this.gh = Matrix.zeros(0, gates);
    this.dgh = gh;
    PanelLinear.Scratch scratch = PanelLinear.Scratch.of(BLOCK, Math.max(E, gates));
    this.inputs = new GruInputs(parameters, parallel, scratch, gx);
    this.recurrent = new PanelLinear(parameters.weightHh(), parameters.biasHh(), scratch);
  }

  /**
   * Returns the bytes of the layer's buffers.
   *
   * @param E width of the input
   * @param H hidden units
   * @param M the most rows of a chunk
   * @param T the most time steps
   * @param sessions the most rows of a time step
   * @param shared whether rows share inputs
   * @param threads threads that work
   * @return the bytes, also of buffers that are too long to be made
   */
  public static double bytes(
      int E, int H, int M, int T, int sessions, boolean shared, int threads) {
    long gates = GruParameters.gates(H);
    return Variable.bytes(M, H) // output
        + 2 * Matrix.bytes(sessions, H) // before, dBefore
        + 2 * Matrix.bytes(M, gates) // gx, gh
        + GruInputs.bytes(E, H, M, shared)
        + PanelLinear.bytes(H, GruParameters.outputs(H), M)
        + TimeSteps.bytes(T)
        + threads * PanelLinear.Scratch.bytes(BLOCK, Math.max(E, gates));
  }

  /**
   * Runs the layer over a chunk.
   *
   * @param tape records the operation
   * @param x shape (M, E), packed by time
   * @param activeRows rows of each of the T time steps, not increasing; their sum is M
   * @param T number of time steps, at least 1
   * @param state shape (at least activeRows[0], H) in: the state before the chunk; out: each row's
   *     state after its last time step here
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
   * @param activeRows rows of each of the T time steps, not increasing; their sum is M
   * @param T number of time steps, at least 1
   * @param state shape (at least activeRows[0], H) in: the state before the chunk; out: each row's
   *     state after its last time step here
   * @return shape (M, H), packed by time, valid until the next call
   * @throws IllegalArgumentException if shapes do not agree
   */
  public Variable forward(
      Tape tape, Variable x, DistinctRows distinct, int[] activeRows, int T, Matrix state) {
    time.set(activeRows, T);
    check(x, distinct, state);
    int M = time.rows();
    int rows = time.active(0);
    output.reset(M);
    gx.resizeRows(M);
    gh.resizeRows(M);
    before.resizeRows(rows);
    System.arraycopy(state.data(), 0, before.data(), 0, rows * H);
    fromZero = isZero(before.data(), 0, rows * H);
    inputs.forward(x, distinct);
    parallel.run(Math.ceilDiv(rows, BLOCK), forwardTask);
    giveBackStates(state);
    tape.record(backward);
    return output;
  }

  private void check(Variable x, DistinctRows distinct, Matrix state) {
    int M = time.rows();
    if (distinct != null && distinct.rows() != M) {
      throw new IllegalArgumentException(
          "GRU over %d rows: got the distinct ones of %d".formatted(M, distinct.rows()));
    }
    int D = distinct == null ? M : distinct.count();
    if (distinct != null && x.rows() != D) {
      throw new IllegalArgumentException(
          "GRU over %d distinct rows: got input %s".formatted(D, x.value()));
    }
    if (x.rows() != D || x.cols() != E || state.cols() != H || state.rows() < time.active(0)) {
      throw new IllegalArgumentException(
          "GRU of %d inputs and %d hidden units over %d rows: got input %s and state %s"
              .formatted(E, H, M, x.value(), state));
    }
  }

  /** The states before time t, of all its rows. */
  private float[] statesBefore(int t) {
    return (t == 0 ? before : output.value()).data();
  }

  /** Where in {@link #statesBefore} the state of a row is. */
  private int stateBefore(int t, int row) {
    return (t == 0 ? row : time.start(t - 1) + row) * H;
  }

  /** Some sessions' time steps, one after the other. */
  private void forwardBlock(int block) {
    int from = block * BLOCK;
    float[] hNext = output.value().data();
    for (int t = 0; time.active(t) > from; t++) {
      int rows = Math.min(time.active(t) - from, BLOCK);
      int m = time.start(t) + from;
      float[] h = statesBefore(t);
      int ho = stateBefore(t, from);
      inputs.read(m, rows);
      if (isZero(h, ho, rows * H)) {
        fillWithBias(parameters, gh.data(), m * gates, rows);
      } else {
        recurrent.forward(h, ho, gh.data(), m * gates, rows);
      }
      for (int i = 0; i < rows; i++) {
        int g = (m + i) * gates;
        elementKernels.gruForward(gx.data(), g, gh.data(), g, h, ho + i * H, hNext, (m + i) * H, H);
      }
    }
  }

  static boolean isZero(float[] x, int from, int n) {
    for (int i = from; i < from + n; i++) {
      if (x[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * The recurrent product of states that are all zero, as they are where sessions begin: the bias.
   * The product is left out even if it would turn a bias of -0 into 0 or meet weights that are not
   * finite.
   */
  static void fillWithBias(GruParameters p, float[] gh, int gho, int rows) {
    int gates = p.gates();
    for (int r = 0; r < rows; r++) {
      System.arraycopy(p.biasHh().value(), p.biasHh().offset(), gh, gho + r * gates, gates);
    }
  }

  /** Copies each row's state after its last time step. */
  private void giveBackStates(Matrix state) {
    for (int t = 0; t < time.count(); t++) {
      int first = time.active(t + 1); // rows from here on end at time t
      int from = (time.start(t) + first) * H;
      int count = (time.active(t) - first) * H;
      System.arraycopy(output.value().data(), from, state.data(), first * H, count);
    }
  }

  private void backward() {
    int M = time.rows();
    if (M == 0) {
      return;
    }
    dBefore.resizeRows(time.active(0));
    inputs.beginBackward();
    recurrent.beginBackward(M, M);
    parallel.run(recurrent.panels(), transposeTask);
    parallel.run(Math.ceilDiv(time.active(0), BLOCK), backwardTask);
    inputs.gradient();
    parallel.run(Math.ceilDiv(M, BLOCK), packStatesTask);
    parallel.run(2 * recurrent.panels(), weightGradientTask);
  }

  private void transposeWeights(int panel) {
    inputs.transpose(panel);
    if (time.count() > 1) {
      recurrent.transpose(panel);
    }
  }

  /** Some sessions' time steps, from the last to the first. */
  private void backwardBlock(int block) {
    int from = block * BLOCK;
    float[] dhNext = output.grad().data();
    float[] dh = dBefore.data();
    int last = time.count() - 1;
    while (last > 0 && time.active(last) <= from) {
      last--;
    }
    for (int t = last; t >= 0; t--) {
      int rows = Math.min(time.active(t) - from, BLOCK);
      int m = time.start(t) + from;
      float[] h = statesBefore(t);
      int ho = stateBefore(t, from);
      for (int i = 0; i < rows; i++) {
        int row = (m + i) * H;
        int d = (from + i) * H;
        boolean goesOn = time.active(t + 1) > from + i;
        if (goesOn) { // what time t + 1 says of this state
          elementKernels.axpy(1f, dh, d, dhNext, row, H);
        }
        Arrays.fill(dh, d, d + H, 0f);
        int g = (m + i) * gates;
        elementKernels.gruBackward(
            dgx.data(), g, dgh.data(), g, h, ho + i * H, dhNext, row, dh, d, H);
      }
      if (t > 0) {
        recurrent.inputGradient(dgh.data(), m * gates, rows, dh, from * H);
      }
    }
  }

  /** Packs the states before some rows, for the gradient of the recurrent weights. */
  private void packStates(int block) {
    int from = block * BLOCK;
    int to = Math.min(time.rows(), from + BLOCK);
    for (int t = fromZero ? 1 : 0; t < time.count(); t++) {
      int m = Math.max(from, time.start(t));
      int rows = Math.min(to, time.start(t + 1)) - m;
      if (rows > 0) {
        recurrent.packInputs(statesBefore(t), stateBefore(t, m - time.start(t)), m, rows);
      }
    }
  }

  /** One panel's gradients: those of the input weights first, then those of the recurrent ones. */
  private void weightGradient(int task) {
    int panels = recurrent.panels();
    if (task < panels) {
      inputs.weightGradient(task);
    } else {
      int from = fromZero ? time.start(1) : 0; // states of zeros give nothing
      recurrent.weightGradient(task - panels, dgh.data(), from, time.rows());
    }
  }
}
