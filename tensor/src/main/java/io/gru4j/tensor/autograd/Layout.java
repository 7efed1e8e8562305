package io.gru4j.tensor.autograd;

import io.gru4j.tensor.kernel.Kernels;

/**
 * How the elements of a parameter lie in one flat array: in rows or in panels.
 *
 * <p>In <em>rows</em> element (r, c) is at {@code offset + r * cols + c}. In <em>panels</em>, for
 * weights of a linear layer with {@code rows} outputs, 32 outputs lie side by side: element (r, c)
 * is at {@code offset + (r / 32 * cols + c) * 32 + r % 32}; the last panel is filled up with
 * outputs that stay zero. A parameter's values, its gradient and an optimizer's state have one
 * layout. Immutable.
 */
public final class Layout {

  /** Where element (0, 0) is. */
  public static final int OFFSET = Kernels.ALIGNED;

  private final String name;
  private final int rows;
  private final int cols;
  private final boolean panels;
  private final int length;

  Layout(String name, int rows, int cols, boolean panels) {
    double elements = panels ? panelsLength(rows, cols) : rowsLength(rows, cols);
    if (rows < 1 || cols < 1 || elements > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "%s: a (%d, %d) parameter has 1 to %d elements"
              .formatted(name, rows, cols, Integer.MAX_VALUE - 64));
    }
    this.name = name;
    this.rows = rows;
    this.cols = cols;
    this.panels = panels;
    this.length = (int) elements;
  }

  /** Elements, without what is before the first, and with those that fill up the last panel. */
  private static double panelsLength(long rows, long cols) {
    return (double) Kernels.PANEL * panelCount(rows) * cols;
  }

  private static double rowsLength(long rows, long cols) {
    return (double) rows * cols;
  }

  /**
   * As {@link Parameter#panelCount}, of a number that need not fit into an int.
   *
   * @param outputs at least 0
   * @return outputs / 32, rounded up
   */
  public static long panelCount(long outputs) {
    return Math.ceilDiv(outputs, Kernels.PANEL);
  }

  /**
   * Returns the bytes of one array in panels.
   *
   * @param rows number of outputs
   * @param cols number of inputs
   * @return the bytes, also of an array that is too long to be made
   */
  public static double panelsBytes(long rows, long cols) {
    return Float.BYTES * (OFFSET + panelsLength(rows, cols));
  }

  /**
   * Returns the bytes of one array in rows.
   *
   * @param rows number of rows
   * @param cols number of columns
   * @return the bytes, also of an array that is too long to be made
   */
  public static double rowsBytes(long rows, long cols) {
    return Float.BYTES * (OFFSET + rowsLength(rows, cols));
  }

  int length() {
    return length;
  }

  int index(int row, int col) {
    if (row < 0 || row >= rows || col < 0 || col >= cols) {
      throw new IndexOutOfBoundsException(
          "%s: (%d, %d) is outside (%d, %d)".formatted(name, row, col, rows, cols));
    }
    int panel = Kernels.PANEL;
    return OFFSET + (panels ? (row / panel * cols + col) * panel + row % panel : row * cols + col);
  }

  void checkRange(long from, int count) {
    if (from < 0 || count < 0 || from + count > (long) rows * cols) {
      throw new IndexOutOfBoundsException(
          "%s: %d values from %d on are not in %d x %d".formatted(name, count, from, rows, cols));
    }
  }

  /** As {@link Parameter#readRow}. */
  void readRow(float[] array, int row, float[] to, int at) {
    int o = index(row, 0);
    if (!panels) {
      System.arraycopy(array, o, to, at, cols);
      return;
    }
    for (int col = 0; col < cols; col++) {
      to[at + col] = array[o + col * Kernels.PANEL];
    }
  }

  /** Adds to one row, and returns by how much the sum of the squares grows. */
  double addRow(float[] array, int row, float[] d, int from) {
    int o = index(row, 0);
    int stride = panels ? Kernels.PANEL : 1;
    double change = 0;
    for (int col = 0; col < cols; col++) {
      float old = array[o + col * stride];
      float sum = old + d[from + col];
      array[o + col * stride] = sum;
      change += (double) sum * sum - (double) old * old;
    }
    return change;
  }

  /** As {@link Parameter#read(float[], long, float[], int)}. */
  void read(float[] array, long from, float[] to, int count) {
    checkRange(from, count);
    if (!panels) {
      System.arraycopy(array, OFFSET + (int) from, to, 0, count);
      return;
    }
    int row = (int) (from / cols);
    int col = (int) (from % cols);
    for (int i = 0; i < count; row++, col = 0) { // no division for each value
      int at = index(row, col);
      for (int end = Math.min(count, i + cols - col); i < end; i++) {
        to[i] = array[at];
        at += Kernels.PANEL;
      }
    }
  }

  /** As {@link Parameter#write(float[], long, float[], int)}. */
  void write(float[] array, long from, float[] values, int count) {
    checkRange(from, count);
    if (!panels) {
      System.arraycopy(values, 0, array, OFFSET + (int) from, count);
      return;
    }
    int row = (int) (from / cols);
    int col = (int) (from % cols);
    for (int i = 0; i < count; row++, col = 0) {
      int at = index(row, col);
      for (int end = Math.min(count, i + cols - col); i < end; i++) {
        array[at] = values[i];
        at += Kernels.PANEL;
      }
    }
  }
}
