package io.gru4j.tensor.nn;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One sequence's way through trained GRU layers, with every gate and state of it: to look at, and
 * for the way back from the last state to the inputs.
 *
 * <p>Forward is {@link GruState}, backward is that of {@link Gru} without the weights' gradients:
 * the parameters are only read. A backward pass takes several gradients of the last state at once,
 * a row each, for the same sequence; so forward is made once for all of them. Not thread-safe.
 */
public final class GruTrace {
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final int T;
  private final Matrix x; // (T, E)
  private final List<Layer> layers = new ArrayList<>();

  /** What one layer has done, and its way back. */
  private static final class Layer {
    final int H;
    final Matrix states; // (T + 1, H): row t is the state before time step t
    final Matrix gates; // (T, gates)
    final Matrix recurrent; // (T, gates), of which the last H of 3H are known
    final PanelLinear inputProduct;
    final PanelLinear recurrentProduct;
    boolean transposed;

    Layer(GruParameters p, int T) {
      H = p.hidden();
      states = Matrix.zeros(T + 1, H);
      gates = Matrix.zeros(T, p.gates());
      recurrent = Matrix.zeros(T, p.gates());
      PanelLinear.Scratch scratch =
          PanelLinear.Scratch.of(Gru.BLOCK, Math.max(p.inputs(), p.gates()));
      inputProduct = new PanelLinear(p.weightIh(), p.biasIh(), scratch);
      recurrentProduct = new PanelLinear(p.weightHh(), p.biasHh(), scratch);
    }

    void keep(GruState state, int layer, int t) {
      copyRow(state.gates(layer), gates, t);
      copyRow(state.recurrent(layer), recurrent, t);
      copyRow(state.layer(layer), states, t + 1);
    }

    private static void copyRow(Matrix from, Matrix to, int row) {
      System.arraycopy(from.data(), 0, to.data(), row * to.cols(), to.cols());
    }

    void transpose() {
      if (!transposed) {
        for (PanelLinear product : List.of(inputProduct, recurrentProduct)) {
          product.beginInputGradient();
          for (int panel = 0; panel < product.panels(); panel++) {
            product.transpose(panel);
          }
        }
        transposed = true;
      }
    }
  }

  /** The gradients of one layer for up to a block of rows, at one time step. */
  private static final class Gradients {
    final float[] dgx;
    final float[] dgh;
    final float[] dNext; // of the state after the time step
    final float[] dState; // of the state before it
    final float[] dx;

    Gradients(Layer layer, int inputs) {
      int gates = layer.gates.cols();
      dgx = new float[Gru.BLOCK * gates];
      dgh = new float[Gru.BLOCK * gates];
      dNext = new float[Gru.BLOCK * layer.H];
      dState = new float[Gru.BLOCK * layer.H];
      dx = new float[Gru.BLOCK * inputs];
    }
  }

  /**
   * Runs a sequence from a state of zeros.
   *
   * @param embedding shape (items, E)
   * @param layers GRU layers, the first on the embedding
   * @param items numbers of the T inputs in the embedding, at least 1
   * @throws IndexOutOfBoundsException if an item is unknown to the embedding
   */
  public GruTrace(Parameter embedding, List<GruParameters> layers, int[] items) {
    this.T = items.length;
    this.x = Matrix.zeros(T, embedding.cols());
    Embedding.lookUp(embedding, items, T, x.data());
    layers.forEach(layer -> this.layers.add(new Layer(layer, T)));
    GruState state = new GruState(embedding, layers, 1);
    for (int t = 0; t < T; t++) {
      state.advance(new int[] {items[t]}, 1);
      for (int i = 0; i < layers.size(); i++) {
        this.layers.get(i).keep(state, i, t);
      }
    }
  }

  /**
   * Returns the states of one layer.
   *
   * @param layer number of the layer, from 0
   * @return shape (T + 1, H): row t is the state before time step t, row T the last; not a copy
   */
  public Matrix states(int layer) {
    return layers.get(layer).states;
  }

  /**
   * Returns the values that the gates of one layer had.
   *
   * @param layer number of the layer, from 0
   * @return shape (T, at least 3H): r, z and n of each time step, then padding; not a copy
   */
  public Matrix gates(int layer) {
    return layers.get(layer).gates;
  }

  /**
   * Takes gradients of the top layer's last state back to the inputs, and multiplies each of those
   * with its input.
   *
   * @param dLast shape (K, H): gradients of K functions of that state
   * @return shape (K, T): the sum over the components of input t of component times derivative of
   *     function k by it; the sum is taken in double
   */
  public Matrix gradientTimesInput(Matrix dLast) {
    int K = dLast.rows();
    Matrix result = Matrix.zeros(K, T);
    List<Gradients> gradients = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).transpose();
      gradients.add(new Gradients(layers.get(i), i == 0 ? x.cols() : layers.get(i - 1).H));
    }
    for (int from = 0; from < K; from += Gru.BLOCK) {
      int rows = Math.min(Gru.BLOCK, K - from);
      int top = layers.size() - 1;
      gradients.forEach(each -> Arrays.fill(each.dState, 0f)); // nothing comes after the last step
      int H = layers.get(top).H;
      System.arraycopy(dLast.data(), from * H, gradients.get(top).dState, 0, rows * H);
      for (int t = T - 1; t >= 0; t--) {
        for (int i = top; i >= 0; i--) {
          backward(i, t, rows, gradients, i == top);
        }
        timesInput(gradients.getFirst().dx, t, rows, result, from);
      }
    }
    return result;
  }

  /** One time step of one layer; the gradient of its state is what the one after it has left. */
  private void backward(int i, int t, int rows, List<Gradients> all, boolean isTop) {
    Layer layer = layers.get(i);
    Gradients d = all.get(i);
    int H = layer.H;
    System.arraycopy(d.dState, 0, d.dNext, 0, rows * H);
    if (!isTop) {
      elementKernels.axpy(1f, all.get(i + 1).dx, 0, d.dNext, 0, rows * H);
    }
    Arrays.fill(d.dState, 0f);
    int gates = layer.gates.cols();
    for (int r = 0; r < rows; r++) {
      int g = r * gates;
      System.arraycopy(layer.gates.data(), t * gates, d.dgx, g, gates);
      System.arraycopy(layer.recurrent.data(), t * gates, d.dgh, g, gates);
      elementKernels.gruBackward(
          d.dgx, g, d.dgh, g, layer.states.data(), t * H, d.dNext, r * H, d.dState, r * H, H);
    }
    if (t > 0) {
      layer.recurrentProduct.inputGradient(d.dgh, 0, rows, d.dState, 0);
    }
    Arrays.fill(d.dx, 0f);
    layer.inputProduct.inputGradient(d.dgx, 0, rows, d.dx, 0);
  }

  private void timesInput(float[] dx, int t, int rows, Matrix result, int from) {
    int E = x.cols();
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int e = 0; e < E; e++) {
        sum += (double) x.data()[t * E + e] * dx[r * E + e];
      }
      result.data()[(from + r) * T + t] = (float) sum;
    }
  }
}
