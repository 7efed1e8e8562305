package io.gru4j.tensor;

import java.util.Arrays;
import java.util.Objects;

/**
 * A dense row-major matrix of floats: element (r, c) is {@code data()[r * cols() + c]}.
 *
 * <p>The number of columns is fixed; the number of rows may change, so that one buffer serves
 * batches of any size without allocation. Not thread-safe; threads may write different rows.
 */
public final class Matrix {

  private final int cols;
  private int rows;
  private float[] data;

  private Matrix(int rows, int cols, float[] data) {
    this.rows = rows;
    this.cols = cols;
    this.data = data;
  }

  /**
   * Returns a matrix of zeros.
   *
   * @param rows number of rows, at least 0
   * @param cols number of columns, at least 0
   * @return a new matrix of shape (rows, cols)
   * @throws IllegalArgumentException if a size is negative or rows * cols exceeds the largest array
   */
  public static Matrix zeros(int rows, int cols) {
    return new Matrix(rows, cols, new float[length(rows, cols)]);
  }

  /**
   * Returns a matrix with the given values.
   *
   * @param rows number of rows
   * @param cols number of columns
   * @param values rows * cols values, row by row; copied
   * @return a new matrix of shape (rows, cols)
   * @throws IllegalArgumentException if the number of values is not rows * cols
   */
  public static Matrix of(int rows, int cols, float... values) {
    if (values.length != length(rows, cols)) {
      throw new IllegalArgumentException(
          "a (%d, %d) matrix has %d values, got %d"
              .formatted(rows, cols, rows * cols, values.length));
    }
    return new Matrix(rows, cols, values.clone());
  }

  private static int length(int rows, int cols) {
    if (rows < 0 || cols < 0) {
      throw new IllegalArgumentException(
          "a matrix has sizes >= 0, got (%d, %d)".formatted(rows, cols));
    }
    double length = length((long) rows, cols);
    if (length > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "a (%d, %d) matrix has %.0f values, more than one Java array holds"
              .formatted(rows, cols, length));
    }
    return (int) length;
  }

  private static double length(long rows, long cols) {
    return (double) rows * cols;
  }

  /**
   * Returns the bytes of a matrix's values.
   *
   * @param rows the most rows that it has had
   * @param cols number of columns
   * @return the bytes, also of a matrix that is too large to be made
   */
  public static double bytes(long rows, long cols) {
    return Float.BYTES * length(rows, cols);
  }

  /**
   * Returns the number of rows.
   *
   * @return rows, at least 0
   */
  public int rows() {
    return rows;
  }

  /**
   * Returns the number of columns.
   *
   * @return columns, at least 0
   */
  public int cols() {
    return cols;
  }

  /**
   * Returns the backing array, row-major, not a copy; it may be longer than rows * cols.
   *
   * @return the array, until the next {@link #resizeRows}
   */
  public float[] data() {
    return data;
  }

  /**
   * Returns one element.
   *
   * @param row row in [0, rows)
   * @param col column in [0, cols)
   * @return the element
   * @throws IndexOutOfBoundsException if an index is out of range
   */
  public float get(int row, int col) {
    return data[index(row, col)];
  }

  /**
   * Sets one element.
   *
   * @param row row in [0, rows)
   * @param col column in [0, cols)
   * @param value the new value
   * @throws IndexOutOfBoundsException if an index is out of range
   */
  public void set(int row, int col, float value) {
    data[index(row, col)] = value;
  }

  private int index(int row, int col) {
    return Objects.checkIndex(row, rows) * cols + Objects.checkIndex(col, cols);
  }

  /**
   * Changes the number of rows. The content is undefined afterwards. Memory is allocated only when
   * the matrix grows beyond every earlier size.
   *
   * @param rows the new number of rows, at least 0
   * @return this
   */
  public Matrix resizeRows(int rows) {
    int length = length(rows, cols);
    if (length > data.length) {
      data = new float[length];
    }
    this.rows = rows;
    return this;
  }

  /**
   * Sets every element.
   *
   * @param value the value
   */
  public void fill(float value) {
    Arrays.fill(data, 0, rows * cols, value);
  }

  /**
   * Returns the elements as a new array of length rows * cols.
   *
   * @return a copy, row by row
   */
  public float[] toArray() {
    return Arrays.copyOf(data, rows * cols);
  }

  /** Returns the shape, for messages: {@code (512, 100)}. */
  @Override
  public String toString() {
    return "(" + rows + ", " + cols + ")";
  }
}
