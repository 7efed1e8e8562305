package io.gru4j.tensor;

/**
 * Seeded random numbers whose sequence is part of this project's contract: the same seed gives the
 * same numbers on every JVM.
 *
 * <p>SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators",
 * figure 16). The state is one long, so a stream can be stored and continued. Not thread-safe;
 * {@link #at} is.
 *
 * {@snippet class="io.gru4j.tensor.JavadocExamplesTest" region="random"}
 */
public final class RandomStream {

  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  /**
   * Starts a stream.
   *
   * @param seed any value
   */
  public RandomStream(long seed) {
    this.state = seed;
  }

  /**
   * Returns the next 64 random bits.
   *
   * @return any long
   */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /**
   * Returns the 64 bits at a position of the stream that starts with {@code seed}; the parallel
   * counterpart of {@link #nextLong}.
   *
   * @param seed the stream's seed
   * @param position 0 for the stream's first number
   * @return the same bits that {@code position + 1} calls of {@link #nextLong} end with
   */
  public static long at(long seed, long position) {
    return mix(seed + (position + 1) * GOLDEN_GAMMA);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /**
   * Returns a float uniform in [0, 1), a multiple of 2^-24.
   *
   * @return the next float
   */
  public float nextFloat() {
    return toFloat(nextLong());
  }

  /**
   * Maps 64 random bits to a float uniform in [0, 1), a multiple of 2^-24.
   *
   * @param bits random bits, of which the highest 24 are used
   * @return the float
   */
  public static float toFloat(long bits) {
    return (bits >>> 40) * 0x1p-24f;
  }

  /**
   * Returns a double uniform in [0, 1), a multiple of 2^-53.
   *
   * @return the next double
   */
  public double nextDouble() {
    return toDouble(nextLong());
  }

  /**
   * Maps 64 random bits to a double uniform in [0, 1), a multiple of 2^-53.
   *
   * @param bits random bits, of which the highest 53 are used
   * @return the double
   */
  public static double toDouble(long bits) {
    return (bits >>> 11) * 0x1p-53;
  }

  /**
   * Returns an int uniform in [0, bound), without bias (Lemire 2019, arXiv:1805.10941, algorithm
   * 5).
   *
   * @param bound positive
   * @return the next int
   * @throws IllegalArgumentException if {@code bound} is not positive
   */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be > 0, got " + bound);
    }
    long product = (nextLong() >>> 32) * bound;
    long low = product & 0xffffffffL;
    if (low < bound) {
      long threshold = (1L << 32) % bound;
      while (low < threshold) {
        product = (nextLong() >>> 32) * bound;
        low = product & 0xffffffffL;
      }
    }
    return (int) (product >>> 32);
  }
}
