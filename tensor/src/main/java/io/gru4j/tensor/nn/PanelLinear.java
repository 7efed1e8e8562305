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
 * A linear layer whose weights lie in panels, and its gradients: the two products of a GRU.
 *
 * <pre>
 *   y   = x W^T + b       forward
 *   dx += dy W            inputGradient, from W transposed
 *   dW += dy^T x          weightGradient, from x packed by columns
 *   db += sum of dy       weightGradient
 * </pre>
 *
 * <p>Rows of {@code x} are {@code inputs} apart, rows of {@code y} and {@code dy} {@link #outputs}
 * apart. Methods take some rows or one panel at a time: different threads may work on different
 * ones. A backward pass is {@link #beginBackward}, then {@link #transpose} of every panel before
 * {@link #inputGradient}, and {@link #packInputs} of every row before {@link #weightGradient}.
 */
final class PanelLinear {

  /** Rows of dy that the weight gradient takes at a time. */
  private static final int GRADIENT_ROWS = 128;

  private static final float[] ZEROS = new float[PANEL];

  private final ProductKernels productKernels = Kernels.get().products();
  private final RowKernels rowKernels = Kernels.get().rows();
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final Parameter weight;
  private final Parameter bias;
  private final Scratch scratch;
  private final int inputs;
  private final int panels;
  private final int outputs;

  private float[] transposed; // the weights, [k / 32][output][k % 32]
  private float[] columns = new float[0]; // the inputs packed, [k / 4][row][k % 4]
  private int columnsStride; // from one k / 4 to the next
  private boolean gradIsNew; // nothing was added to the gradient of the weights yet

  /**
   * What a thread needs for itself; the layers of one GRU share it.
   *
   * @param packed rows of a block, packed for a product
   * @param panel one panel's values of some rows
   */
  record Scratch(ThreadLocal<float[]> packed, ThreadLocal<float[]> panel) {
    /**
     * For blocks of so many rows, at most {@value PanelLinear#GRADIENT_ROWS}, of so many values.
     */
    static Scratch of(int rows, int width) {
      int length = (int) Buffers.packedRows(rows, width);
      return new Scratch(
          ThreadLocal.withInitial(() -> new float[length]),
          ThreadLocal.withInitial(() -> new float[GRADIENT_ROWS * PANEL]));
    }

    /** The bytes of one thread. */
    static double bytes(int rows, double width) {
      return Float.BYTES * (Buffers.packedRows(rows, width) + GRADIENT_ROWS * PANEL);
    }
  }

  PanelLinear(Parameter weight, Parameter bias, Scratch scratch) {
    this.weight = weight;
    this.bias = bias;
    this.scratch = scratch;
    this.inputs = weight.cols();
    this.panels = Parameter.panelCount(weight.rows());
    this.outputs = panels * PANEL;
  }

  /**
   * The bytes of a layer's buffers, {@link Scratch} apart.
   *
   * @param room the most rows
   */
  static double bytes(int inputs, long outputs, int room) {
    return Float.BYTES * (transposedLength(inputs, outputs) + Buffers.packedColumns(room, inputs));
  }

  private static double transposedLength(int inputs, long outputs) {
    return Buffers.padded(inputs) * Buffers.padded(outputs);
  }

  /** Panels of outputs. */
  int panels() {
    return panels;
  }

  /** Outputs, filled up to whole panels. */
  int outputs() {
    return outputs;
  }

  /** {@code y = x W^T + b} for some rows. */
  void forward(float[] x, int xo, float[] y, int yo, int rows) {
    forward(productKernels, weight, bias, x, xo, y, yo, rows, scratch.packed.get());
  }

  /**
   * The same without a layer, for prediction.
   *
   * @param packed {@link Kernels#packedLength} of the rows and their width
   */
  static void forward(
      ProductKernels productKernels,
      Parameter weight,
      Parameter bias,
      float[] x,
      int xo,
      float[] y,
      int yo,
      int rows,
      float[] packed) {
    int K = weight.cols();
    int stride = QUAD * K;
    productKernels.packRows(packed, 0, stride, x, xo, K, rows, K);
    int panels = Parameter.panelCount(weight.rows());
    float[] w = weight.value();
    float[] b = bias.value();
    for (int p = 0; p < panels; p++) {
      int o = yo + p * PANEL;
      int bo = bias.offset() + p * PANEL;
      int wo = weight.offset() + p * K * PANEL;
      productKernels.product(
          y, o, panels * PANEL, b, bo, 0, packed, 0, stride, w, wo, rows, K, PANEL);
    }
  }

  /**
   * Makes room for the gradients of so many rows.
   *
   * @param room rows that a later chunk may have: buffers grow to them at once
   */
  void beginBackward(int rows, int room) {
    beginInputGradient();
    columnsStride = Kernels.columnsStride(rows);
    columns = Buffers.atLeast(columns, Buffers.packedColumns(room, inputs));
    gradIsNew = weight.beginGrad();
    bias.grad(); // zeros, if nothing was added yet: before the threads add
  }

  /** As {@link #beginBackward} for {@link #inputGradient} alone: the parameters are only read. */
  void beginInputGradient() {
    if (transposed == null) {
      transposed = new float[(int) transposedLength(inputs, outputs)];
    }
  }

  /** Transposes one panel of the weights, for {@link #inputGradient}. */
  void transpose(int panel) {
    for (int k = 0; k < inputs; k += PANEL) {
      productKernels.transpose(
          transposed,
          k * outputs + panel * PANEL * PANEL,
          PANEL,
          weight.value(),
          weight.offset() + (panel * inputs + k) * PANEL,
          PANEL,
          Math.min(PANEL, inputs - k),
          PANEL);
    }
  }

  /** {@code dx += dy W} for some rows, 32 inputs at a time. */
  void inputGradient(float[] dy, int dyo, int rows, float[] dx, int dxo) {
    float[] packed = scratch.packed.get();
    float[] sums = scratch.panel.get();
    int stride = QUAD * outputs;
    productKernels.packRows(packed, 0, stride, dy, dyo, outputs, rows, outputs);
    for (int k = 0; k < inputs; k += PANEL) {
      int n = Math.min(PANEL, inputs - k);
      int wo = k * outputs;
      productKernels.product(
          sums, 0, PANEL, ZEROS, 0, 0, packed, 0, stride, transposed, wo, rows, outputs, n);
      for (int i = 0; i < rows; i++) {
        elementKernels.axpy(1f, sums, i * PANEL, dx, dxo + i * inputs + k, n);
      }
    }
  }

  /**
   * Packs some inputs by columns, for {@link #weightGradient}; {@code m} is the first row's number.
   */
  void packInputs(float[] x, int xo, int m, int rows) {
    productKernels.packColumns(columns, m * QUAD, columnsStride, x, xo, inputs, inputs, rows);
  }

  /**
   * One panel's part of {@code dW += dy^T x} and {@code db += sum of dy}, over ascending rows.
   *
   * @param dy row 0 is at the start of the array
   * @param from rows before this one have an input of zeros and give to the bias alone
   * @param rows how many rows there are
   */
  void weightGradient(int panel, float[] dy, int from, int rows) {
    float[] some = scratch.panel.get();
    float[] dW = weight.gradOrNull();
    float[] db = bias.gradOrNull();
    int c = panel * PANEL;
    int o = weight.offset() + c * inputs;
    int bo = bias.offset() + c;
    if (gradIsNew && from == rows) {
      Arrays.fill(dW, o, o + inputs * PANEL, 0f);
    }
    rowKernels.addRows(db, bo, dy, c, outputs, from);
    for (int m = from; m < rows; m += GRADIENT_ROWS) {
      int n = Math.min(GRADIENT_ROWS, rows - m);
      productKernels.copyPanels(some, 0, PANEL, dy, m * outputs + c, outputs, n);
      boolean begins = gradIsNew && m == from;
      float[] init = begins ? ZEROS : dW;
      int io = begins ? 0 : o;
      int is = begins ? 0 : PANEL;
      productKernels.product(
          dW, o, PANEL, init, io, is, columns, m * QUAD, columnsStride, some, 0, inputs, n, PANEL);
      rowKernels.addRows(db, bo, some, 0, PANEL, n);
    }
  }
}
