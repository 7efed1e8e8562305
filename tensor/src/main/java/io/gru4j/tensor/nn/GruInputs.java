package io.gru4j.tensor.nn;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;

/**
 * What a GRU's inputs give to its gates, {@code gx = Wi x + bi}, and the gradients of that.
 *
 * <p>It does not depend on the time steps before, so it is made of all rows at once. Where rows
 * share inputs (many sessions click the same item) it is made once for each of the D {@link
 * DistinctRows} and copied to the rows; in backward the rows' gradients are summed over equal ones,
 * in their order, before they meet inputs and weights.
 */
final class GruInputs {
  private final Parallel parallel;
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final int E;
  private final int gates;
  private final PanelLinear product;

  private final Matrix gx; // of every row
  private final Matrix dgx; // the same memory, in backward
  private final Matrix distinctGx; // of each distinct input
  private final Matrix dDistinctGx; // the same memory, in backward

  private final Parallel.Task forwardTask = this::forwardBlock;
  private final Parallel.Task gradientTask = this::gradientBlock;

  private Variable input;
  private DistinctRows distinct; // null: each row has an input of its own

  /**
   * The inputs of a layer.
   *
   * @param gx shape (M, gates) out: made by {@link #forward} and {@link #read}; in backward in:
   *     their gradient
   */
  GruInputs(GruParameters p, Parallel parallel, PanelLinear.Scratch scratch, Matrix gx) {
    this.parallel = parallel;
    this.E = p.inputs();
    this.gates = p.gates();
    this.product = new PanelLinear(p.weightIh(), p.biasIh(), scratch);
    this.gx = gx;
    this.dgx = gx;
    this.distinctGx = Matrix.zeros(0, gates);
    this.dDistinctGx = distinctGx;
  }

  /** The bytes of its buffers for M rows, of which some may share inputs. */
  static double bytes(int E, int H, int M, boolean shared) {
    return PanelLinear.bytes(E, GruParameters.outputs(H), M)
        + (shared ? Matrix.bytes(M, GruParameters.gates(H)) : 0);
  }

  /** Makes gx of all inputs. Where rows share them {@link #read} copies it to the rows. */
  void forward(Variable input, DistinctRows distinct) {
    this.input = input;
    this.distinct = distinct;
    distinctGx.resizeRows(distinct == null ? 0 : gx.rows()); // a later chunk may share less
    parallel.run(blocks(), forwardTask);
  }

  private int blocks() {
    return Math.ceilDiv(input.rows(), Gru.BLOCK);
  }

  private void forwardBlock(int block) {
    int d = block * Gru.BLOCK;
    int rows = Math.min(input.rows() - d, Gru.BLOCK);
    float[] y = (distinct == null ? gx : distinctGx).data();
    product.forward(input.value().data(), d * E, y, d * gates, rows);
  }

  /** Puts gx of some rows in its place; nothing to do where each has an input of its own. */
  void read(int m, int rows) {
    if (distinct == null) {
      return;
    }
    float[] from = distinctGx.data();
    for (int i = m; i < m + rows; i++) {
      System.arraycopy(from, distinct.number(i) * gates, gx.data(), i * gates, gates);
    }
  }

  void beginBackward() {
    product.beginBackward(input.rows(), gx.rows());
  }

  void transpose(int panel) {
    product.transpose(panel);
  }

  /** Adds to the inputs' gradients, from dgx. */
  void gradient() {
    parallel.run(blocks(), gradientTask);
  }

  private void gradientBlock(int block) {
    int d = block * Gru.BLOCK;
    int rows = Math.min(input.rows() - d, Gru.BLOCK);
    if (distinct != null) {
      for (int i = d; i < d + rows; i++) {
        sumOfEqualRows(i);
      }
    }
    product.inputGradient(gradients(), d * gates, rows, input.grad().data(), d * E);
    product.packInputs(input.value().data(), d * E, d, rows);
  }

  /** The gradient of each input's gx. */
  private float[] gradients() {
    return (distinct == null ? dgx : dDistinctGx).data();
  }

  private void sumOfEqualRows(int d) {
    float[] from = dgx.data();
    float[] sum = dDistinctGx.data();
    int first = distinct.start(d);
    System.arraycopy(from, distinct.member(first) * gates, sum, d * gates, gates);
    for (int i = first + 1; i < distinct.start(d + 1); i++) {
      elementKernels.axpy(1f, from, distinct.member(i) * gates, sum, d * gates, gates);
    }
  }

  /** Adds to one panel of the weights' and the bias' gradients; after {@link #gradient}. */
  void weightGradient(int panel) {
    product.weightGradient(panel, gradients(), 0, input.rows());
  }
}
