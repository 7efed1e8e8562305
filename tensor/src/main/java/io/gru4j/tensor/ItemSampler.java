package io.gru4j.tensor;

/**
 * Draws numbers 0 to n - 1, each with a chance of its own.
 *
 * <p>By inversion: a uniform number u stands for the first number whose cumulative chance is above
 * u. A guide table says where to look: of K equal parts of [0, 1), K at least n, it has the first
 * number of each (Chen and Asau 1974, "On generating random variates from an empirical
 * distribution"). Fewer than two comparisons are expected, whatever the chances are. Walker's alias
 * method draws faster, but the number that a u stands for then has no meaning of its own.
 *
 * <p>Immutable: any number of threads may draw.
 */
public final class ItemSampler {

  private final double[] cumulative; // the last is 1
  private final int[] guide; // [k]: first number whose cumulative chance is above k / K

  /**
   * Makes the tables.
   *
   * @param weights of each number, finite, at least 0, not all 0: its chance is its weight by their
   *     sum
   * @throws IllegalArgumentException if a weight is out of its range or there is none above 0
   */
  public ItemSampler(double[] weights) {
    cumulative = new double[weights.length];
    double sum = 0;
    int last = -1; // with a chance
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0 && weights[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weights must be finite and at least 0, got %s for number %d".formatted(weights[i], i));
      }
      sum += weights[i];
      cumulative[i] = sum;
      last = weights[i] > 0 ? i : last;
    }
    if (last < 0 || sum == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "weights must have a sum above 0 that is finite, got %s of %d weights"
              .formatted(sum, weights.length));
    }
    for (int i = 0; i < weights.length; i++) {
      cumulative[i] = i >= last ? 1 : cumulative[i] / sum;
    }
    guide = new int[parts(weights.length)];
    int i = 0;
    for (int k = 0; k < guide.length; k++) {
      while (cumulative[i] <= (double) k / guide.length) {
        i++;
      }
      guide[k] = i;
    }
  }

  private static int parts(int n) {
    return (int) Math.min(1 << 30, Math.max(1, 2L * Integer.highestOneBit(n))); // u * K is exact
  }

  /**
   * Returns the bytes of the tables.
   *
   * @param n how many numbers there are
   * @return the bytes
   */
  public static double bytes(int n) {
    return (double) Double.BYTES * n + (double) Integer.BYTES * parts(n);
  }

  /**
   * Returns the number that a uniform one stands for.
   *
   * @param u in [0, 1)
   * @return a number with a chance above 0
   * @throws IndexOutOfBoundsException if u is out of its range
   */
  public int at(double u) {
    int i = guide[(int) (u * guide.length)];
    while (cumulative[i] <= u) {
      i++;
    }
    return i;
  }
}
