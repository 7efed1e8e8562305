package io.gru4j.bench;

import io.gru4j.tensor.Matrix;

/** Compares a product with the definition, in double, at places spread over the result. */
final class GemmCheck {

  private GemmCheck() {}

  /**
   * Checks about a hundred elements, the four corners among them.
   *
   * @param a shape (M, K), elements at most 1 in size
   * @param b shape (K, N), elements at most 1 in size
   * @param c their product, row by row
   * @throws IllegalStateException if an element is off by more than 1e-6 K; the message names it
   */
  static void check(Matrix a, Matrix b, float[] c) {
    int rows = a.rows();
    int cols = b.cols();
    for (int i = 0; i < 10; i++) {
      for (int j = 0; j < 10; j++) {
        int row = (int) ((rows - 1L) * i / 9);
        int col = (int) ((cols - 1L) * j / 9);
        double expected = 0;
        for (int k = 0; k < a.cols(); k++) {
          expected += (double) a.get(row, k) * b.get(k, col);
        }
        double actual = c[row * cols + col];
        if (!(Math.abs(actual - expected) <= 1e-6 * a.cols())) {
          throw new IllegalStateException(
              "C[%d][%d] is %s, expected %s".formatted(row, col, actual, expected));
        }
      }
    }
  }
}
