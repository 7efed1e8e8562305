package io.gru4j.tensor.nn;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.ProductKernels;
import java.util.Arrays;

/**
 * The items' parts of the gates of the first GRU layer, {@code W_ih x + b_ih}, computed once for
 * all time steps that click the same item.
 *
 * <p>The same bits as a time step computes. Immutable; parameters must not change while it is used.
 */
public final class ItemGates {

  private static final int BLOCK = 96; // items at a time
  private static final int TASK = 8 * BLOCK;

  private final Parameter embedding;
  private final GruParameters layer;
  private final int gates; // of one item, filled up to panels
  private final float[] values; // [i][gate]
  private final int[] places; // of an item among them, or -1

  private ItemGates(Parameter embedding, GruParameters layer, int count) {
    this.embedding = embedding;
    this.layer = layer;
    this.gates = layer.gates();
    this.values = new float[(int) length(layer.hidden(), count)];
    this.places = new int[embedding.rows()];
    Arrays.fill(places, -1);
  }

  /**
   * Returns the bytes that the gates of some items take.
   *
   * @param H hidden units of the first GRU layer
   * @param count number of items
   * @return the bytes, also of more gates than one array holds
   */
  public static double bytes(int H, double count) {
    return Float.BYTES * length(H, count);
  }

  private static double length(int H, double count) {
    return count * GruParameters.gates(H);
  }

  /**
   * Returns the bytes of the table that says where an item's gates are.
   *
   * @param items number of items of the embedding
   * @return the bytes
   */
  public static double tableBytes(int items) {
    return (double) Integer.BYTES * items;
  }

  /**
   * Makes the gates of some items.
   *
   * @param embedding shape (items, E)
   * @param layer the GRU layer on the embedding
   * @param items their numbers, each once
   * @param parallel runs the work; the result does not depend on it
   * @return the gates
   * @throws IndexOutOfBoundsException if an item is unknown to the embedding
   * @throws IllegalArgumentException if one array does not hold as many
   */
  public static ItemGates of(
      Parameter embedding, GruParameters layer, int[] items, Parallel parallel) {
    if (length(layer.hidden(), items.length) > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "the gates of %d items are more than one array holds".formatted(items.length));
    }
    ItemGates result = new ItemGates(embedding, layer, items.length);
    for (int i = 0; i < items.length; i++) {
      result.places[items[i]] = i;
    }
    parallel.run(Math.ceilDiv(items.length, TASK), task -> result.make(items, task));
    return result;
  }

  private void make(int[] items, int task) {
    ProductKernels productKernels = Kernels.get().products();
    int E = embedding.cols();
    int[] block = new int[BLOCK];
    float[] x = new float[BLOCK * E];
    float[] scratch = new float[Kernels.packedLength(BLOCK, E)];
    int end = Math.min(items.length, (task + 1) * TASK);
    for (int i = task * TASK; i < end; i += BLOCK) {
      int n = Math.min(BLOCK, end - i);
      System.arraycopy(items, i, block, 0, n);
      Embedding.lookUp(embedding, block, n, x);
      PanelLinear.forward(
          productKernels, layer.weightIh(), layer.biasIh(), x, 0, values, i * gates, n, scratch);
    }
  }

  /** Whether they were made from this embedding and this layer. */
  boolean areOf(Parameter embedding, GruParameters layer) {
    return this.embedding == embedding && this.layer == layer;
  }

  /** Copies the gates of some items, to be turned into those of a time step. */
  void read(int[] items, int rows, float[] to) {
    for (int r = 0; r < rows; r++) {
      int place = places[items[r]];
      if (place < 0) {
        throw new IllegalArgumentException("the gates of item " + items[r] + " were not made");
      }
      System.arraycopy(values, place * gates, to, r * gates, gates);
    }
  }
}
