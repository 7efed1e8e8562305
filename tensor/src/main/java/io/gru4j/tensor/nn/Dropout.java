package io.gru4j.tensor.nn;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.kernel.Kernels;

/**
 * Inverted dropout: {@code y = mask * x}, the mask 0 with probability p, else {@code 1 / (1 - p)}.
 *
 * <p>Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from
 * overfitting", section 10, in the form that leaves prediction unchanged.
 */
public final class Dropout {

  private final float probability;
  private final Variable output;
  private final Matrix mask;
  private final Tape.Operation backward = this::backward;
  private Variable input;

  /**
   * Creates the layer.
   *
   * @param probability of a value to be dropped, in [0, 1)
   * @param cols number of columns of the input
   * @throws IllegalArgumentException if the probability is out of its range
   */
  public Dropout(float probability, int cols) {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), got " + probability);
    }
    this.probability = probability;
    this.output = new Variable(Matrix.zeros(0, cols));
    this.mask = Matrix.zeros(0, cols);
  }

  /**
   * Returns the bytes of the layer's buffers.
   *
   * @param probability of a value to be dropped
   * @param M the most rows of an input
   * @param cols number of columns of the input
   * @return the bytes, also of buffers that are too long to be made; 0 if it drops nothing
   */
  public static double bytes(float probability, int M, int cols) {
    return probability == 0 ? 0 : Variable.bytes(M, cols) + Matrix.bytes(M, cols);
  }

  /**
   * Returns whether it drops anything.
   *
   * @return false if the probability is 0
   */
  public boolean isOn() {
    return probability > 0;
  }

  /**
   * Drops values.
   *
   * @param tape records the operation
   * @param x shape (M, cols)
   * @param seed decides, with a value's position, whether it is dropped; another one each step
   * @return shape (M, cols), valid until the next call; {@code x} itself if the probability is 0
   */
  public Variable forward(Tape tape, Variable x, long seed) {
    if (probability == 0) {
      return x;
    }
    input = x;
    output.reset(x.rows());
    mask.resizeRows(x.rows());
    int n = x.rows() * x.cols();
    float kept = 1f / (1f - probability);
    float[] m = mask.data();
    for (int i = 0; i < n; i++) {
      m[i] = RandomStream.toFloat(RandomStream.at(seed, i)) < probability ? 0f : kept;
    }
    Kernels.get().elements().multiply(output.value().data(), 0, x.value().data(), 0, m, 0, n);
    tape.record(backward);
    return output;
  }

  private void backward() {
    int n = output.rows() * output.cols();
    float[] dY = output.grad().data();
    Kernels.get().elements().multiply(dY, 0, dY, 0, mask.data(), 0, n);
    Kernels.get().elements().axpy(1f, dY, 0, input.grad().data(), 0, n);
  }
}
