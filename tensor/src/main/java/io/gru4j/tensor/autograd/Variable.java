package io.gru4j.tensor.autograd;

import io.gru4j.tensor.Matrix;

/**
 * A matrix and its gradient, of the same shape: {@code grad[i]} is the derivative of the loss by
 * {@code value[i]}.
 */
public final class Variable {

  private final Matrix value;
  private final Matrix grad;

  /**
   * Wraps a matrix, with a gradient of zeros.
   *
   * @param value the matrix; shared, not copied
   */
  public Variable(Matrix value) {
    this.value = value;
    this.grad = Matrix.zeros(value.rows(), value.cols());
  }

  /**
   * Returns the bytes of value and gradient.
   *
   * @param rows the most rows that it has had
   * @param cols number of columns
   * @return the bytes, also of a variable that is too large to be made
   */
  public static double bytes(long rows, long cols) {
    return 2 * Matrix.bytes(rows, cols);
  }

  /**
   * Returns the matrix.
   *
   * @return shape (rows, cols), not a copy
   */
  public Matrix value() {
    return value;
  }

  /**
   * Returns the gradient.
   *
   * @return shape (rows, cols), not a copy
   */
  public Matrix grad() {
    return grad;
  }

  /**
   * Returns the number of rows.
   *
   * @return at least 0
   */
  public int rows() {
    return value.rows();
  }

  /**
   * Returns the number of columns.
   *
   * @return at least 0
   */
  public int cols() {
    return value.cols();
  }

  /**
   * Changes the number of rows of value and gradient, and sets the gradient to zero; the value is
   * undefined. Operations that own a buffer call this at each forward pass.
   *
   * @param rows the new number of rows
   * @return this
   */
  public Variable reset(int rows) {
    value.resizeRows(rows);
    grad.resizeRows(rows);
    grad.fill(0f);
    return this;
  }
}
