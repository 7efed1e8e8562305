package io.gru4j.tensor;

/** Draws numbers 0 to n - 1 with given chances. Immutable. */
public final class ItemSampler {
  /**
   * @param weights (n) at least 0, not all 0; the chance is the weight by their sum
   */
  public ItemSampler(double[] weights) {}

  /**
   * The number that a uniform number u in [0, 1) stands for: the first whose cumulative chance,
   * rounded to float, is above u.
   */
  public int at(float u) {
    throw new UnsupportedOperationException();
  }
}
