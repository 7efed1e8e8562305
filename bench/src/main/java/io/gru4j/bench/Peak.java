package io.gru4j.bench;

import io.gru4j.tensor.Parallel;

/** The multiply-adds a second that this machine makes on registers alone, measured here and now. */
final class Peak {

  private static final int CALLS = 100;

  private Peak() {}

  /**
   * Measures for about a third of a second.
   *
   * @param threads how many work at once
   * @return GFLOP/s of all threads together, the best of ten runs after a warm-up
   */
  static double gflops(int threads) {
    double best = 0;
    try (Parallel parallel = new Parallel(threads)) {
      float[] sums = new float[threads * 64];
      for (int run = 0; run < 20; run++) {
        long start = System.nanoTime();
        parallel.run(
            threads,
            task -> {
              for (int i = 0; i < CALLS; i++) {
                sums[64 * task] += PeakBenchmark.multiplyAdds(0.5f, 1f);
              }
            });
        double seconds = (System.nanoTime() - start) * 1e-9;
        if (run >= 10) {
          best = Math.max(best, threads * CALLS * PeakBenchmark.GFLOP / seconds);
        }
      }
      if (sums[0] == 0) {
        throw new IllegalStateException("nothing was computed");
      }
    }
    return best;
  }
}
