package io.gru4j.tensor.autograd;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A named matrix that training changes, with its gradient: weights, biases, an embedding table.
 *
 * <p>The values lie in one flat array, in rows or in panels ({@link Layout}). Optimizers work on
 * the flat array and need not know which.
 *
 * <p>The gradient has the same layout, or, for an embedding table, only the rows that were looked
 * up ({@link #touchedRows}). {@link #zeroGrad} is lazy: the first operation that adds after it may
 * write instead. Not thread-safe; threads may write different elements.
 */
public final class Parameter {

  private final String name;
  private final int rows;
  private final int cols;
  private final Layout layout;
  private final boolean bias;
  private final float[] value; // null if they are mapped
  private final MappedRows mapped; // or null: the values are an array
  private float[] grad;
  private boolean gradIsZero = true;
  private double gradSumOfSquares = Double.NaN;

  private final SparseGradient sparse; // or null: the gradient is dense

  private Parameter(String name, int rows, int cols, boolean panels, boolean sparse, boolean bias) {
    this(name, rows, cols, panels, sparse, bias, null);
  }

  private Parameter(
      String name,
      int rows,
      int cols,
      boolean panels,
      boolean sparse,
      boolean bias,
      MappedRows mapped) {
    this.name = name;
    this.rows = rows;
    this.cols = cols;
    this.bias = bias;
    this.layout = new Layout(name, rows, cols, panels);
    this.mapped = mapped;
    this.value = mapped == null ? newArray() : null;
    this.sparse = sparse ? new SparseGradient(rows, cols) : null;
  }

  /**
   * Returns a parameter of zeros in rows.
   *
   * @param name torch's name of it, for files and messages
   * @param rows number of rows, at least 1
   * @param cols number of columns, at least 1
   * @return a new parameter
   * @throws IllegalArgumentException if it has more elements than an array holds
   */
  public static Parameter ofRows(String name, int rows, int cols) {
    return new Parameter(name, rows, cols, false, false, false);
  }

  /**
   * Returns a parameter of zeros in panels, for the weights of a linear layer.
   *
   * @param name torch's name of it, for files and messages
   * @param rows number of outputs, at least 1
   * @param cols number of inputs, at least 1
   * @return a new parameter
   * @throws IllegalArgumentException if it has more elements than an array holds
   */
  public static Parameter ofPanels(String name, int rows, int cols) {
    return new Parameter(name, rows, cols, true, false, false);
  }

  /**
   * Returns a bias of zeros in panels: one number for each output of a linear layer. Weight decay
   * leaves it alone, and its first values have a rule of their own.
   *
   * @param name torch's name of it, for files and messages
   * @param outputs number of outputs, at least 1
   * @return a new parameter of shape (outputs, 1)
   * @throws IllegalArgumentException if it has more elements than an array holds
   */
  public static Parameter ofBias(String name, int outputs) {
    return new Parameter(name, outputs, 1, true, false, true);
  }

  /**
   * Returns a parameter of zeros in rows with a sparse gradient, for an embedding table.
   *
   * @param name torch's name of it, for files and messages
   * @param rows number of rows, at least 1
   * @param cols number of columns, at least 1
   * @return a new parameter
   * @throws IllegalArgumentException if it has more elements than an array holds
   */
  public static Parameter ofSparseRows(String name, int rows, int cols) {
    return new Parameter(name, rows, cols, false, true, false);
  }

  /**
   * Returns an embedding table whose values lie in a mapped file and take no heap: a row is read
   * where it is looked up. {@link #value}, {@link #set} and {@link #write} copy all of them to an
   * array first, which then is what counts.
   *
   * @param name torch's name of it, for files and messages
   * @param rows number of rows, at least 1
   * @param cols number of columns, at least 1
   * @param values floats in little-endian order, row by row; must stay as they are, or a row may be
   *     another, or fail to be read with an {@link IllegalStateException}
   * @return a new parameter
   * @throws IllegalArgumentException if it has more elements than an array holds, or there are not
   *     as many values
   */
  public static Parameter ofMappedRows(String name, int rows, int cols, MemorySegment values) {
    if (values.byteSize() != Float.BYTES * (long) rows * cols) {
      throw new IllegalArgumentException(
          "%s: a (%d, %d) parameter has %d bytes, got %d"
              .formatted(name, rows, cols, Float.BYTES * (long) rows * cols, values.byteSize()));
    }
    return new Parameter(name, rows, cols, false, true, false, new MappedRows(name, values));
  }

  /**
   * Returns a bias of zeros in rows with a sparse gradient, for an output layer that scores some of
   * its outputs at a time. In all else as {@link #ofBias}.
   *
   * @param name torch's name of it, for files and messages
   * @param outputs number of outputs, at least 1
   * @return a new parameter of shape (outputs, 1)
   * @throws IllegalArgumentException if it has more elements than an array holds
   */
  public static Parameter ofSparseBias(String name, int outputs) {
    return new Parameter(name, outputs, 1, false, true, true);
  }

  /**
   * Returns how many panels of 32 hold a number of outputs.
   *
   * @param outputs at least 0
   * @return outputs / 32, rounded up
   */
  public static int panelCount(int outputs) {
    return (int) Layout.panelCount(outputs);
  }

  /**
   * Returns a new array of zeros that is laid out like {@link #value}, such as for an optimizer's
   * state.
   *
   * @return an array of {@code offset + length} floats
   */
  public float[] newArray() {
    return new float[Layout.OFFSET + layout.length()];
  }

  /**
   * Returns the name.
   *
   * @return torch's name, such as {@code rnn.weight_ih_l0}
   */
  public String name() {
    return name;
  }

  /**
   * Returns whether it is a bias.
   *
   * @return true if it was made by {@link #ofBias} or {@link #ofSparseBias}
   */
  public boolean isBias() {
    return bias;
  }

  /**
   * Returns the number of rows.
   *
   * @return at least 1
   */
  public int rows() {
    return rows;
  }

  /**
   * Returns the number of columns.
   *
   * @return at least 1
   */
  public int cols() {
    return cols;
  }

  /**
   * Returns the flat array of values, not a copy.
   *
   * @return the array; the values are at {@link #offset} to {@code offset + length - 1}
   */
  public float[] value() {
    return mapped == null ? value : mapped.array();
  }

  /**
   * Returns whether the values lie in a mapped file, and not in an array yet.
   *
   * @return false once {@link #value} was called
   */
  public boolean isMapped() {
    return mapped != null && mapped.arrayOrNull() == null;
  }

  /**
   * Returns where the values start in {@link #value} and the gradient in {@link #grad}.
   *
   * @return the index of element (0, 0)
   */
  public int offset() {
    return Layout.OFFSET;
  }

  /**
   * Returns the number of stored values, those that fill up the last panel included.
   *
   * @return at least rows * cols
   */
  public int length() {
    return layout.length();
  }

  /**
   * Returns one value.
   *
   * @param row row in [0, rows)
   * @param col column in [0, cols)
   * @return the value
   */
  public float get(int row, int col) {
    int index = layout.index(row, col);
    if (isMapped()) {
      float[] one = new float[1];
      mapped.copy(index - Layout.OFFSET, one, 0, 1);
      return one[0];
    }
    return value()[index];
  }

  /**
   * Sets one value.
   *
   * @param row row in [0, rows)
   * @param col column in [0, cols)
   * @param x the new value
   */
  public void set(int row, int col, float x) {
    value()[layout.index(row, col)] = x;
  }

  /**
   * Copies part of the values, row by row, to an array: layout and padding stay inside.
   *
   * @param from number of the first value, counted row by row: row * cols + column
   * @param to receives the values
   * @param count number of values
   */
  public void read(long from, float[] to, int count) {
    if (isMapped()) {
      layout.checkRange(from, count);
      mapped.copy(from, to, 0, count);
    } else {
      read(value(), from, to, count);
    }
  }

  /**
   * As {@link #read(long, float[], int)}, from another array that is laid out like {@link #value},
   * such as an optimizer's state.
   *
   * @param array at least as long as {@link #value}
   * @param from number of the first value, counted row by row: row * cols + column
   * @param to receives the values
   * @param count number of values
   */
  public void read(float[] array, long from, float[] to, int count) {
    layout.read(array, from, to, count);
  }

  /**
   * Copies values, row by row, from an array; the opposite of {@link #read}.
   *
   * @param from number of the first value, counted row by row: row * cols + column
   * @param values the values
   * @param count number of values
   */
  public void write(long from, float[] values, int count) {
    write(value(), from, values, count);
  }

  /**
   * As {@link #write(long, float[], int)}, to another array that is laid out like {@link #value}.
   *
   * @param array at least as long as {@link #value}
   * @param from number of the first value, counted row by row: row * cols + column
   * @param values the values
   * @param count number of values
   */
  public void write(float[] array, long from, float[] values, int count) {
    layout.write(array, from, values, count);
  }

  /**
   * Returns the gradient of one value.
   *
   * @param row row in [0, rows)
   * @param col column in [0, cols)
   * @return the derivative of the loss by that value; 0 after {@link #zeroGrad}
   */
  public float gradAt(int row, int col) {
    int index = layout.index(row, col);
    if (isSparse()) {
      int place = sparse.place(row);
      return place < 0 ? 0f : sparse.values()[Layout.OFFSET + place * cols + col];
    }
    return gradIsZero ? 0f : grad[index];
  }

  /** Sets the gradient to zero. */
  public void zeroGrad() {
    gradIsZero = true;
    gradSumOfSquares = Double.NaN;
    if (sparse != null) {
      sparse.clear();
    }
  }

  /**
   * Returns the gradient's array for adding to it: zeros after {@link #zeroGrad}.
   *
   * @return the array, laid out like {@link #value}; for a sparse parameter see {@link #touchedRow}
   */
  public float[] grad() {
    if (beginGrad()) {
      Arrays.fill(grad, 0f);
    }
    return grad;
  }

  /**
   * Starts adding to the gradient, for an operation that writes all of it: returns true after
   * {@link #zeroGrad}, when what the array of {@link #grad} holds is undefined and counts as zero.
   *
   * @return whether the caller must write every element instead of adding
   */
  public boolean beginGrad() {
    if (isSparse()) {
      throw new IllegalStateException(name + " has a sparse gradient");
    }
    gradSumOfSquares = Double.NaN;
    if (grad == null) {
      grad = newArray();
    }
    boolean zero = gradIsZero;
    gradIsZero = false;
    return zero;
  }

  /**
   * Returns the gradient's array as it is, for reading.
   *
   * @return the array, or null while there is no gradient
   */
  public float[] gradOrNull() {
    if (sparse != null) {
      return sparse.touchedRows() == 0 ? null : sparse.values();
    }
    return gradIsZero ? null : grad;
  }

  /**
   * Returns the sum of the squares of the gradient, if the operation that made it has noted it.
   *
   * @return the sum, or NaN if it is not known
   */
  public double gradSumOfSquares() {
    return gradSumOfSquares;
  }

  /**
   * Notes the sum of the squares of the gradient, so that clipping need not read it again. The next
   * change of the gradient forgets it.
   *
   * @param sum the sum
   */
  public void noteGradSumOfSquares(double sum) {
    gradSumOfSquares = sum;
  }

  /**
   * Returns whether the gradient holds only the rows that were looked up.
   *
   * @return true for an embedding table
   */
  public boolean isSparse() {
    return sparse != null;
  }

  /**
   * Copies one row of the values.
   *
   * @param row row in [0, rows)
   * @param to receives {@code cols} values
   * @param at where in {@code to} they start
   */
  public void readRow(int row, float[] to, int at) {
    if (isMapped()) {
      mapped.copy(layout.index(row, 0) - Layout.OFFSET, to, at, cols);
    } else {
      layout.readRow(value(), row, to, at);
    }
  }

  /**
   * Adds to the gradient of one row. A noted {@linkplain #gradSumOfSquares sum of squares} is
   * updated.
   *
   * @param row row in [0, rows)
   * @param d array with the gradient of that row
   * @param from where in {@code d} it starts; {@code cols} values
   */
  public void addRowGrad(int row, float[] d, int from) {
    if (sparse != null) {
      sparse.addRow(row, d, from);
    } else {
      double noted = gradSumOfSquares; // which grad() forgets
      double change = layout.addRow(grad(), row, d, from);
      gradSumOfSquares = Double.isNaN(noted) ? noted : Math.max(0, noted + change);
    }
  }

  /**
   * Gives some rows of a sparse gradient a place, with a gradient of zeros where they had none.
   * Threads may then add to different ones, each at {@code offset + touchedPlace(row) * cols} of
   * {@link #gradOrNull}.
   *
   * @param rows the rows, each in [0, rows)
   * @param count how many of the array, from its start
   * @return whether no row had a gradient before; the caller must then write every element of these
   *     rows instead of adding, since what they hold is undefined
   */
  public boolean touchRows(int[] rows, int count) {
    boolean fresh = sparse.touchedRows() == 0;
    for (int i = 0; i < count; i++) {
      sparse.touch(rows[i], fresh);
    }
    return fresh;
  }

  /**
   * Returns how many rows of a sparse gradient were added to since {@link #zeroGrad}. The gradient
   * of row {@link #touchedRow}(i) is at {@code offset + i * cols} of {@link #gradOrNull}.
   *
   * @return at least 0
   */
  public int touchedRows() {
    return sparse == null ? 0 : sparse.touchedRows();
  }

  /**
   * Returns one of the rows that were added to, in order of their first addition.
   *
   * @param i number in [0, {@link #touchedRows})
   * @return the row
   */
  public int touchedRow(int i) {
    return sparse.touchedRow(i);
  }

  /**
   * Returns where the gradient of a row is among the touched ones.
   *
   * @param row row in [0, rows)
   * @return i so that {@link #touchedRow}(i) is the row, or -1 if it was not added to
   */
  public int touchedPlace(int row) {
    return sparse.place(row);
  }
}
