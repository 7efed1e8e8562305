package io.gru4j.tensor.nn;

import io.gru4j.tensor.kernel.Kernels;

/**
 * The largest logit and the sum of e = exp(logit - largest) of each tile of classes and distinct
 * row, and what follows from them for the row.
 */
final class TileSums {
  private final int tiles;
  private int U; // rows
  float[] max = new float[0]; // [tile][u]
  float[] sum = new float[0]; // [tile][u] sum of e; in the end the factor of e

  TileSums(int tiles) {
    this.tiles = tiles;
  }

  private static double length(int tiles, int M) {
    return (double) tiles * M;
  }

  /** The bytes of both for M rows. */
  static double bytes(int tiles, int M) {
    return 2 * Float.BYTES * length(tiles, M);
  }

  /** Makes room for M rows, however many of them are distinct. */
  void allocate(int M) {
    max = Buffers.atLeast(max, length(tiles, M));
    sum = Buffers.atLeast(sum, length(tiles, M));
  }

  /** Begins with U distinct rows. */
  void begin(int U) {
    this.U = U;
  }

  /** Where the numbers of a tile and a row are. */
  int at(int tile, int u) {
    return tile * U + u;
  }

  /** The largest logit of a row. */
  float largest(int u) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = u; i < tiles * U; i += U) {
      largest = Math.max(largest, max[i]);
    }
    return largest;
  }

  /**
   * The sum of exp(logit - largest) of a row over all tiles. Leaves exp(tile's largest - largest)
   * in the place of each tile's sum.
   */
  double total(int u, float largest) {
    double total = 0;
    for (int i = u; i < tiles * U; i += U) {
      float scale = Kernels.exp(max[i] - largest);
      total += sum[i] * (double) scale;
      sum[i] = scale;
    }
    return total;
  }

  /**
   * Turns what {@link #total} has left into the factors that make e of a row a part of dLogits.
   *
   * @param copies rows that are equal to this one
   * @param divisor the row's total, times the rows that have a target
   */
  void toFactors(int u, int copies, double divisor) {
    for (int i = u; i < tiles * U; i += U) {
      float factor = (float) ((double) sum[i] * copies / divisor);
      sum[i] = factor >= Kernels.SMALLEST ? factor : 0f;
    }
  }
}
