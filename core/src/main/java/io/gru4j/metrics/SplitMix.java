package io.gru4j.metrics;

/**
 * A stream of pseudo-random numbers that is the same on every JDK: SplitMix64 (Steele, Lea and
 * Flood 2014, "Fast splittable pseudorandom number generators", with the constants of its mix64).
 */
final class SplitMix {
  private long state;

  SplitMix(long seed) {
    this.state = seed;
  }

  long nextLong() {
    state += 0x9e3779b97f4a7c15L;
    long z = state;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** A number in [0, bound), each as likely: of 32 bits, those beyond a multiple are drawn anew. */
  int nextInt(int bound) {
    long range = 1L << 32;
    long usable = range - range % bound;
    long bits;
    do {
      bits = nextLong() >>> 32;
    } while (bits >= usable);
    return (int) (bits % bound);
  }
}
