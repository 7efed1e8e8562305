package io.gru4j.training;

/** How often each item is clicked in the training data, and what shared samples make of it. */
final class ItemCounts {
  private final int[] counts; // [item]

  /** Takes the clicks of each item; not copied. */
  ItemCounts(int[] clicks) {
    counts = clicks;
  }

  /** Returns the clicks to the power alpha, which chances are proportional to; 0 without clicks. */
  double[] weights(double alpha) {
    double[] weights = new double[counts.length];
    for (int item = 0; item < weights.length; item++) {
      weights[item] = counts[item] == 0 ? 0 : StrictMath.pow(counts[item], alpha);
    }
    return weights;
  }

  /**
   * Returns the logarithm of each item's clicks times a factor, and of the pad token 0.
   *
   * @return one number a class, 0 for an item without clicks, which is never a column; null if the
   *     factor is 0
   */
  float[] logarithms(double factor) {
    if (factor == 0) {
      return null;
    }
    float[] logarithms = new float[counts.length + 1];
    for (int item = 0; item < counts.length; item++) {
      logarithms[item] = (float) (factor * StrictMath.log(Math.max(1, counts[item])));
    }
    return logarithms;
  }
}
