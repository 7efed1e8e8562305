package io.gru4j.metrics;

/**
 * Which rank an item has among items of the same score. Figures that count ties differently cannot
 * be compared: a scorer that gives all items one score is right about nothing with {@link
 * #AGAINST}, and about everything with {@link #FOR}.
 */
public enum Ties {
  /** The last of the ranks: 1 + the number of other items whose score is at least as high. */
  AGAINST,

  /** The first of the ranks: 1 + the number of items whose score is higher. */
  FOR,

  /** The mean of the first and the last, which may lie between two whole numbers. */
  MIDDLE;

  /**
   * Returns the rank of an item.
   *
   * @param first 1 + the number of items whose score is higher
   * @param last 1 + the number of other items whose score is at least as high
   * @return in [first, last], a multiple of a half
   */
  public double rank(int first, int last) {
    return switch (this) {
      case AGAINST -> last;
      case FOR -> first;
      case MIDDLE -> first + (last - first) / 2.0;
    };
  }
}
