package io.gru4j.data;

import java.util.Arrays;
import java.util.Objects;

/**
 * An immutable sparse matrix of floats in compressed sparse row form.
 *
 * <p>Row {@code r} stores its entries at ascending columns. An entry that is stored may be 0: that
 * an item was scored and that its score is 0 are different facts. At most 2<sup>31</sup> - 9
 * entries are stored.
 */
public final class CsrMatrix {

  /** The longest array that every JVM can make. */
  private static final int MAX_ENTRIES = Integer.MAX_VALUE - 8; // of an array

  private static final int MAX_ROWS = MAX_ENTRIES - 1; // each row's start, and the end

  private final int rows;
  private final int cols;
  private final int[] offsets; // row r is [offsets[r], offsets[r + 1])
  private final int[] indices;
  private final float[] values;

  private CsrMatrix(int rows, int cols, int[] offsets, int[] indices, float[] values) {
    this.rows = rows;
    this.cols = cols;
    this.offsets = offsets;
    this.indices = indices;
    this.values = values;
  }

  /**
   * Makes a matrix of its three arrays, which are checked and copied.
   *
   * @param rows number of rows, 0 or more
   * @param cols number of columns, 0 or more
   * @param indptr (rows + 1) where each row starts, ascending, from 0 to the number of entries
   * @param indices (nnz) the column of each entry, ascending within a row
   * @param values (nnz) the entries
   * @return the matrix
   * @throws IllegalArgumentException if the arrays do not describe such a matrix
   */
  public static CsrMatrix of(int rows, int cols, int[] indptr, int[] indices, float[] values) {
    checkShape(rows, cols);
    if (indptr.length != rows + 1) {
      throw new IllegalArgumentException(
          "indptr: expected "
              + (rows + 1L)
              + " numbers for "
              + rows
              + " rows, got "
              + indptr.length);
    }
    if (indices.length != values.length) {
      throw new IllegalArgumentException(
          indices.length + " indices but " + values.length + " values");
    }
    if (indptr[0] != 0 || indptr[rows] != indices.length) {
      throw new IllegalArgumentException(
          "indptr must run from 0 to "
              + indices.length
              + ", got "
              + indptr[0]
              + " to "
              + indptr[rows]);
    }
    for (int row = 0; row < rows; row++) {
      if (indptr[row + 1] < indptr[row] || indptr[row + 1] > indices.length) {
        throw new IllegalArgumentException(
            "indptr["
                + (row + 1)
                + "] = "
                + indptr[row + 1]
                + " is outside ["
                + indptr[row]
                + ", "
                + indices.length
                + "]");
      }
      checkColumns(row, indices, indptr[row], indptr[row + 1], cols);
    }
    return new CsrMatrix(rows, cols, indptr.clone(), indices.clone(), values.clone());
  }

  /**
   * Starts a matrix that is filled row by row.
   *
   * @param rows number of rows, 0 or more
   * @param cols number of columns, 0 or more
   * @return a builder at row 0
   * @throws IllegalArgumentException if a size is negative, or there are more rows than an array
   *     has starts for
   */
  public static Builder builder(int rows, int cols) {
    return builder(rows, cols, 0);
  }

  /**
   * Starts a matrix that is filled row by row, with room for its entries: if there are just as
   * many, they are copied once.
   *
   * @param rows number of rows, 0 or more
   * @param cols number of columns, 0 or more
   * @param entries number of entries to make room for; more than an array holds count as none, more
   *     than rows times columns as that many
   * @return a builder at row 0
   * @throws IllegalArgumentException if a size is negative, or there are more rows than an array
   *     has starts for
   */
  public static Builder builder(int rows, int cols, long entries) {
    checkShape(rows, cols);
    if (entries < 0) {
      throw new IllegalArgumentException("room for " + entries + " entries");
    }
    long room = Math.min(entries, (long) rows * cols);
    return new Builder(rows, cols, room > MAX_ENTRIES ? 0 : (int) room);
  }

  /**
   * Returns the number of rows.
   *
   * @return the number of rows
   */
  public int rows() {
    return rows;
  }

  /**
   * Returns the number of columns.
   *
   * @return the number of columns
   */
  public int cols() {
    return cols;
  }

  /**
   * Returns the number of stored entries.
   *
   * @return the number of stored entries, zeros that are stored included
   */
  public int nnz() {
    return indices.length;
  }

  /**
   * Returns the number of entries stored in a row.
   *
   * @param row in [0, rows)
   * @return the number of entries stored in the row
   */
  public int nnz(int row) {
    Objects.checkIndex(row, rows);
    return offsets[row + 1] - offsets[row];
  }

  /**
   * Returns the columns stored in a row.
   *
   * @param row in [0, rows)
   * @return the columns, ascending; a copy
   */
  public int[] rowIndices(int row) {
    Objects.checkIndex(row, rows);
    return Arrays.copyOfRange(indices, offsets[row], offsets[row + 1]);
  }

  /**
   * Returns the values stored in a row.
   *
   * @param row in [0, rows)
   * @return the values in the order of {@link #rowIndices}; a copy
   */
  public float[] rowValues(int row) {
    Objects.checkIndex(row, rows);
    return Arrays.copyOfRange(values, offsets[row], offsets[row + 1]);
  }

  /**
   * Returns the column of one stored entry, without copying the row.
   *
   * @param row in [0, rows)
   * @param k which entry of the row, in [0, nnz(row))
   * @return its column
   */
  public int index(int row, int k) {
    return indices[offsets[row] + Objects.checkIndex(k, nnz(row))];
  }

  /**
   * Returns the value of one stored entry, without copying the row.
   *
   * @param row in [0, rows)
   * @param k which entry of the row, in [0, nnz(row))
   * @return its value
   */
  public float value(int row, int k) {
    return values[offsets[row] + Objects.checkIndex(k, nnz(row))];
  }

  /**
   * Returns one element.
   *
   * @param row in [0, rows)
   * @param col in [0, cols)
   * @return the stored value, or 0 where nothing is stored
   */
  public float get(int row, int col) {
    int at = find(row, col);
    return at < 0 ? 0f : values[at];
  }

  /**
   * Says whether an element is stored, which it may be with the value 0.
   *
   * @param row in [0, rows)
   * @param col in [0, cols)
   * @return whether it is stored
   */
  public boolean isStored(int row, int col) {
    return find(row, col) >= 0;
  }

  private int find(int row, int col) {
    Objects.checkIndex(row, rows);
    Objects.checkIndex(col, cols);
    return Arrays.binarySearch(indices, offsets[row], offsets[row + 1], col);
  }

  /**
   * Compares shape, stored columns and values; values are equal when their bits are (NaN equals
   * NaN, 0 differs from -0).
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof CsrMatrix that
        && rows == that.rows
        && cols == that.cols
        && Arrays.equals(offsets, that.offsets)
        && Arrays.equals(indices, that.indices)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(rows, cols, Arrays.hashCode(indices), Arrays.hashCode(values));
  }

  /**
   * Returns the shape and the number of stored entries, such as {@code CsrMatrix(3 x 5, nnz 7)}.
   */
  @Override
  public String toString() {
    return "CsrMatrix(" + rows + " x " + cols + ", nnz " + nnz() + ")";
  }

  private static void checkShape(int rows, int cols) {
    if (rows < 0 || rows > MAX_ROWS || cols < 0) {
      throw new IllegalArgumentException(
          "a sparse matrix has rows in [0, %d] and columns in [0, %d], got %d rows and %d columns"
              .formatted(MAX_ROWS, Integer.MAX_VALUE, rows, cols));
    }
  }

  private static void checkColumns(int row, int[] indices, int from, int to, int cols) {
    int previous = -1;
    for (int k = from; k < to; k++) {
      if (indices[k] < 0 || indices[k] >= cols) {
        throw new IllegalArgumentException(
            "row " + row + ": column " + indices[k] + " is outside [0, " + cols + ")");
      }
      if (indices[k] <= previous) {
        throw new IllegalArgumentException(
            "row "
                + row
                + ": column "
                + indices[k]
                + " comes after "
                + previous
                + ", columns must ascend");
      }
      previous = indices[k];
    }
  }

  /** Fills a {@link CsrMatrix} from its first row to its last. Not thread-safe. */
  public static final class Builder {
    private static final int[] NO_COLUMNS = {};
    private static final float[] NO_ENTRIES = {};

    private final int rows;
    private final int cols;
    private final int[] offsets;
    private int row;
    private int nnz;
    private int[] indices;
    private float[] values;

    private Builder(int rows, int cols, int entries) {
      this.rows = rows;
      this.cols = cols;
      this.offsets = new int[rows + 1];
      this.indices = new int[entries];
      this.values = new float[entries];
    }

    /**
     * Adds the next row.
     *
     * @param columns its columns, ascending; copied
     * @param entries its values; copied
     * @return this builder
     * @throws IllegalArgumentException if the arrays differ in length, or a column is out of range
     *     or not above the one before it
     * @throws IllegalStateException if the matrix is full
     */
    public Builder row(int[] columns, float[] entries) {
      if (columns.length != entries.length) {
        throw new IllegalArgumentException(
            "row " + row + ": " + columns.length + " columns but " + entries.length + " values");
      }
      return row(columns, entries, columns.length);
    }

    /**
     * Adds the next row, the first {@code length} elements of two arrays.
     *
     * @param columns its columns, ascending; copied
     * @param entries its values; copied
     * @param length how many elements of both belong to the row
     * @return this builder
     * @throws IllegalArgumentException if a column is out of range or not above the one before it,
     *     or the matrix would hold too many entries
     * @throws IllegalStateException if the matrix is full
     */
    public Builder row(int[] columns, float[] entries, int length) {
      if (row == rows) {
        throw new IllegalStateException("all " + rows + " rows are there already");
      }
      Objects.checkFromIndexSize(0, length, Math.min(columns.length, entries.length));
      checkColumns(row, columns, 0, length, cols);
      reserve(length);
      System.arraycopy(columns, 0, indices, nnz, length);
      System.arraycopy(entries, 0, values, nnz, length);
      nnz += length;
      offsets[++row] = nnz;
      return this;
    }

    /**
     * Adds a row without entries.
     *
     * @return this builder
     * @throws IllegalStateException if the matrix is full
     */
    public Builder emptyRow() {
      return row(NO_COLUMNS, NO_ENTRIES, 0);
    }

    /**
     * Returns the matrix; rows that were not added are empty.
     *
     * @return the matrix
     */
    public CsrMatrix build() {
      int[] starts = offsets.clone();
      Arrays.fill(starts, row + 1, rows + 1, nnz);
      if (nnz == indices.length) { // a builder that gets more rows uses longer arrays
        return new CsrMatrix(rows, cols, starts, indices, values);
      }
      return new CsrMatrix(
          rows, cols, starts, Arrays.copyOf(indices, nnz), Arrays.copyOf(values, nnz));
    }

    private void reserve(int more) {
      long needed = (long) nnz + more;
      if (needed > MAX_ENTRIES) {
        throw new IllegalArgumentException(
            "row "
                + row
                + ": a sparse matrix holds at most "
                + MAX_ENTRIES
                + " entries, this row makes it "
                + needed);
      }
      if (needed > indices.length) {
        long roomy = Math.max(16, 2L * indices.length);
        int capacity = (int) Math.min(MAX_ENTRIES, Math.max(needed, roomy));
        indices = Arrays.copyOf(indices, capacity);
        values = Arrays.copyOf(values, capacity);
      }
    }
  }
}
