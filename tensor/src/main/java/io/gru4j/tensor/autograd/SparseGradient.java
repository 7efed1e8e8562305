package io.gru4j.tensor.autograd;

import io.gru4j.tensor.kernel.Kernels;
import java.util.Arrays;

/**
 * The gradient of an embedding table: only the rows that were looked up, in the order of their
 * first addition. Their places are numbered from 0 on.
 *
 * <p>The arrays grow to the most rows that a step looks up. Not thread-safe.
 */
public final class SparseGradient {
  private final int rows;
  private final int cols;
  private final int[] placeOf; // [row]: its place + 1, or 0
  private int[] touched = new int[16]; // [place]: the row
  private int touchedRows;
  private float[] values = new float[0]; // row touched[place] is at Layout.OFFSET + place * cols

  SparseGradient(int rows, int cols) {
    this.rows = rows;
    this.cols = cols;
    this.placeOf = new int[rows];
  }

  /**
   * Returns the most bytes that it may take.
   *
   * @param rows number of rows of the table
   * @param cols number of columns
   * @param touched different rows that one step looks up at most; 0 before the first step
   * @return the bytes, also of arrays that are too long to be made
   */
  public static double bytes(int rows, int cols, int touched) {
    double places = Math.max(16, 2.0 * (touched - 1)); // doubled
    double values = touched == 0 ? 0 : roomyLength(rows, cols, touched);
    return Integer.BYTES * (rows + places) + Float.BYTES * values;
  }

  /** Half as much again as so many rows take, but not more than all. */
  private static double roomyLength(int rows, int cols, int touched) {
    double needed = length(cols, touched);
    return Math.min(needed + Math.floor(needed / 2), length(cols, rows));
  }

  private static double length(int cols, int touched) {
    return Layout.OFFSET + (double) touched * cols;
  }

  /** Forgets all rows. */
  void clear() {
    for (int i = 0; i < touchedRows; i++) {
      placeOf[touched[i]] = 0;
    }
    touchedRows = 0;
  }

  /** Adds to one row. */
  void addRow(int row, float[] d, int from) {
    int place = placeOf[row] - 1;
    if (place >= 0) {
      Kernels.get().elements().axpy(1f, d, from, values, Layout.OFFSET + place * cols, cols);
    } else {
      int at = newPlace(row); // which may replace the array
      System.arraycopy(d, from, values, at, cols);
    }
  }

  /** Gives a row a place if it has none, with zeros unless it will be written. */
  void touch(int row, boolean written) {
    if (placeOf[row] == 0) {
      int at = newPlace(row);
      if (!written) {
        Arrays.fill(values, at, at + cols, 0f);
      }
    }
  }

  /** Gives a row the next place; returns where its values start, which are undefined. */
  private int newPlace(int row) {
    int place = touchedRows++;
    placeOf[row] = touchedRows;
    if (place == touched.length) {
      touched = Arrays.copyOf(touched, 2 * place);
    }
    touched[place] = row;
    if (values.length < length(cols, touchedRows)) {
      boolean first = values.length == 0;
      double roomy = first ? length(cols, 1) : roomyLength(rows, cols, touchedRows);
      values = Arrays.copyOf(values, (int) roomy);
    }
    return Layout.OFFSET + place * cols;
  }

  /** The rows' gradients, one after the other. */
  float[] values() {
    return values;
  }

  int touchedRows() {
    return touchedRows;
  }

  int touchedRow(int place) {
    return touched[place];
  }

  /** The place of a row, or -1 if nothing was added to it. */
  int place(int row) {
    return placeOf[row] - 1;
  }
}
