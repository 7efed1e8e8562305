package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;

import io.gru4j.tensor.autograd.Layout;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.ProductKernels;

/**
 * Lengths of the layers' buffers, in elements.
 *
 * <p>A layer's static method {@code bytes} adds up the lengths by which the layer makes its
 * buffers, so what a network needs is known before it is made. Lengths are doubles: these are exact
 * for every array that can be made, and no product overflows for those that cannot.
 */
final class Buffers {
  private Buffers() {}

  /** Returns the buffer, or a longer one. */
  static float[] atLeast(float[] buffer, double length) {
    if (length > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "a layer needs a buffer of %.0f floats, more than one array holds".formatted(length)
              + ": take fewer rows (smaller batches, fewer time steps) at a time");
    }
    return buffer.length < length ? new float[(int) length] : buffer;
  }

  /** Columns filled up to whole panels. */
  static double padded(long cols) {
    return (double) PANEL * Layout.panelCount(cols);
  }

  /** Rows one after the other. */
  static double rows(int rows, int cols) {
    return (double) rows * cols;
  }

  /** Rows packed for a product, as {@link ProductKernels#packRows} does. */
  static double packedRows(int rows, double cols) {
    return Kernels.packedLength(rows, 1) * cols;
  }

  /** The same by columns, as {@link ProductKernels#packColumns} does. */
  static double packedColumns(int rows, long cols) {
    double stride =
        Math.max(Kernels.columnsStride(rows), (double) QUAD * rows); // if that overflows
    return Math.ceilDiv(cols, QUAD) * stride;
  }
}
