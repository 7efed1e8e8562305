package io.gru4j.tensor.nn;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.ProductKernels;
import java.util.List;

/**
 * The hidden states of some sessions in a trained network, which take one item at a time: embedding
 * and GRU layers without a tape.
 *
 * <p>A row's bits do not depend on the other rows, and T single time steps equal a chunk of T of
 * them in {@link Gru}. Parameters are only read, so any number of threads may work on states of
 * their own.
 */
public final class GruState {

  private final ProductKernels productKernels = Kernels.get().products();
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final Parameter embedding;
  private final List<GruParameters> layers;
  private final ItemGates itemGates; // of all items that will come; or null
  private final Matrix[] hidden;
  private final Matrix[] next;
  private final Matrix[] gx;
  private final Matrix[] gh;
  private final Matrix x;
  private final float[] scratch; // rows that go into a product, packed

  /**
   * Creates states of zeros.
   *
   * @param embedding shape (items, E)
   * @param layers GRU layers, the first on the embedding
   * @param rows number of sessions
   */
  public GruState(Parameter embedding, List<GruParameters> layers, int rows) {
    this(embedding, layers, rows, null);
  }

  /**
   * Creates states of zeros that use items' parts of the first layer's gates which were computed
   * before.
   *
   * @param embedding shape (items, E)
   * @param layers GRU layers, the first on the embedding
   * @param rows number of sessions
   * @param itemGates of every item that {@link #advance} will get, or null to compute them each
   *     time
   * @throws IllegalArgumentException if they are of another embedding or layer
   */
  public GruState(Parameter embedding, List<GruParameters> layers, int rows, ItemGates itemGates) {
    this.embedding = embedding;
    this.layers = List.copyOf(layers);
    this.itemGates = itemGates;
    if (itemGates != null && !itemGates.areOf(embedding, layers.getFirst())) {
      throw new IllegalArgumentException("the items' gates are of another embedding or layer");
    }
    int n = layers.size();
    hidden = new Matrix[n];
    next = new Matrix[n];
    gx = new Matrix[n];
    gh = new Matrix[n];
    x = Matrix.zeros(rows, embedding.cols());
    int widest = embedding.cols();
    for (int i = 0; i < n; i++) {
      int H = layers.get(i).hidden();
      int gates = layers.get(i).gates();
      widest = Math.max(widest, H);
      hidden[i] = Matrix.zeros(rows, H);
      next[i] = Matrix.zeros(rows, H);
      gx[i] = Matrix.zeros(rows, gates);
      gh[i] = Matrix.zeros(rows, gates);
    }
    scratch = new float[(int) scratchLength(rows, widest)];
  }

  /**
   * Returns the bytes of the states and their buffers.
   *
   * @param E width of the embedding
   * @param hiddenSizes hidden units of each layer
   * @param rows number of sessions
   * @return the bytes, also of buffers that are too long to be made
   */
  public static double bytes(int E, int[] hiddenSizes, int rows) {
    double layers = 0;
    int widest = E;
    for (int H : hiddenSizes) {
      layers += 2 * Matrix.bytes(rows, H) + 2 * Matrix.bytes(rows, GruParameters.gates(H));
      widest = Math.max(widest, H);
    }
    return Matrix.bytes(rows, E) + layers + Float.BYTES * scratchLength(rows, widest);
  }

  private static double scratchLength(int rows, int widest) {
    return Buffers.packedRows(rows, widest);
  }

  /** Sets all states to zero, the beginning of a session. */
  public void reset() {
    for (Matrix h : hidden) {
      h.fill(0f);
    }
  }

  /**
   * Moves the first {@code rows} sessions on by one item each.
   *
   * @param items numbers of the items, at least {@code rows} of them
   * @param rows how many sessions, at most those the state was made for
   * @throws IndexOutOfBoundsException if an item is unknown to the embedding
   * @throws IllegalArgumentException if it is none of those whose gates were made
   */
  public void advance(int[] items, int rows) {
    for (int i = 0; i < hidden.length; i++) {
      GruParameters layer = layers.get(i);
      float[] h = hidden[i].data();
      if (i == 0 && itemGates != null) {
        itemGates.read(items, rows, gx[0].data());
      } else {
        float[] in = i == 0 ? embedded(items, rows) : hidden[i - 1].data();
        linear(layer.weightIh(), layer.biasIh(), in, gx[i], rows);
      }
      int H = layer.hidden();
      if (Gru.isZero(h, 0, rows * H)) {
        Gru.fillWithBias(layer, gh[i].data(), 0, rows);
      } else {
        linear(layer.weightHh(), layer.biasHh(), h, gh[i], rows);
      }
      for (int r = 0; r < rows; r++) {
        int g = r * gx[i].cols();
        elementKernels.gruForward(
            gx[i].data(), g, gh[i].data(), g, h, r * H, next[i].data(), r * H, H);
      }
      System.arraycopy(next[i].data(), 0, h, 0, rows * H);
    }
  }

  private void linear(Parameter weight, Parameter bias, float[] x, Matrix y, int rows) {
    PanelLinear.forward(productKernels, weight, bias, x, 0, y.data(), 0, rows, scratch);
  }

  private float[] embedded(int[] items, int rows) {
    Embedding.lookUp(embedding, items, rows, x.data());
    return x.data();
  }

  /**
   * Returns the state of the top layer, the output layer's input.
   *
   * @return shape (rows, H), not a copy
   */
  public Matrix top() {
    return hidden[hidden.length - 1];
  }

  /**
   * Returns the state of one layer.
   *
   * @param layer number of the layer, from 0
   * @return shape (rows, H), not a copy
   */
  public Matrix layer(int layer) {
    return hidden[layer];
  }

  /**
   * Returns the values that the gates of one layer had in the last {@link #advance}.
   *
   * @param layer number of the layer, from 0
   * @return shape (rows, at least 3H): r, z and n of each row, then padding; not a copy
   */
  public Matrix gates(int layer) {
    return gx[layer];
  }

  /** As {@link #gates}, the products with the state before: the last H numbers, those of n. */
  Matrix recurrent(int layer) {
    return gh[layer];
  }
}
