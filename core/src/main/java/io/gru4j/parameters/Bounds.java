package io.gru4j.parameters;

/**
 * The values that a parameter may have: bounds of a number, and all of it in words.
 *
 * @param least the smallest number; NaN where no number is a value
 * @param most the largest, or the bound below which they are
 * @param mostIncluded whether {@code most} is one of them
 * @param asFloat whether the bounds hold for the number as training uses it, a float
 * @param words what messages and help call the values
 */
record Bounds(double least, double most, boolean mostIncluded, boolean asFloat, String words) {

  /** Every long is below 2^63. */
  static final Bounds NOT_NEGATIVE_LONGS =
      new Bounds(0, 0x1p63, true, false, "an integer in [0, 2^63)");

  static final Bounds POSITIVE_FLOATS =
      new Bounds(
          Float.MIN_VALUE, Float.MAX_VALUE, true, true, "a float in [1.4e-45, 3.4028235e38]");

  static final Bounds NOT_NEGATIVE_REALS =
      new Bounds(0, Double.MAX_VALUE, true, false, "a finite number >= 0");

  static final Bounds FRACTIONS = new Bounds(0, 1, false, true, "a float in [0, 1)");

  static final Bounds FRACTIONS_OR_ONE = new Bounds(0, 1, true, true, "a float in [0, 1]");

  static Bounds integers(int least, int most) {
    return new Bounds(least, most, true, false, "an integer in [" + least + ", " + most + "]");
  }

  /** No numbers: the values are words. */
  static Bounds of(String words) {
    return new Bounds(Double.NaN, Double.NaN, false, false, words);
  }

  boolean contain(long value) {
    return value >= least && value <= most;
  }

  boolean contain(double value) {
    double used = asFloat ? (float) value : value;
    boolean belowMost = mostIncluded ? used <= most : used < most;
    boolean sign = !asFloat || value >= 0; // -1e-60 is -0.0 as a float
    return used >= least && belowMost && sign; // NaN is not
  }
}
