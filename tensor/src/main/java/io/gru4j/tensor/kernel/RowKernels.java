package io.gru4j.tensor.kernel;

/**
 * Sums, maxima and the softmax over rows of {@link Kernels#PANEL} lanes, those of the panels that
 * {@link ProductKernels} describes; each defined element by element.
 */
public sealed interface RowKernels permits ScalarRows, VectorRows {

  /** Adds rows of 32 lanes, {@code sum[l] += sum_r y[r][l]}, over ascending {@code r}. */
  void addRows(float[] sum, int so, float[] y, int yo, int ys, int rows);

  /**
   * Adds rows of 32 lanes, {@code sum[l] += sum_r factor[r] * y[r][l]}: four fused chains from 0,
   * each over every fourth {@code r}, chain {@code c = r % 4} before {@code c + 2}, folded.
   *
   * @param y rows {@link Kernels#PANEL} apart
   */
  void addScaledRows(float[] sum, int so, float[] factor, int fo, float[] y, int yo, int rows);

  /**
   * Combines rows of 32 lanes, {@code y[l] += sum_r factor[r] * x[r][l]}: one fused chain over
   * ascending {@code r} that starts with {@code y[l]}.
   *
   * @param x rows {@code xs} apart
   */
  void combineRows(float[] y, int yo, float[] factor, int fo, float[] x, int xo, int xs, int rows);

  /**
   * Returns the largest of {@code y[p][l]} over {@code panels} panels, {@code ps} apart; NaN is
   * passed over, -0 counts as 0, minus infinity if nothing else is there.
   */
  float rowMax(float[] y, int yo, int ps, int panels);

  /**
   * Finds the largest value of each lane, {@code max[l] = max_p y[p][l]}; NaN is passed over, of
   * zeros the first stays, minus infinity if nothing else is there.
   */
  void laneMax(float[] max, int mo, float[] y, int yo, int ps, int panels);

  /**
   * Replaces {@code y[p][l]} by {@code exp(y[p][l] - max)}, or by 0 where that is below {@link
   * Kernels#SMALLEST}, and returns the sum: 16 chains over ascending {@code p}, lane {@code l}
   * before {@code l + 16}, folded.
   *
   * @param max not below any of them, NaN apart
   */
  float rowExpSum(float[] y, int yo, int ps, int panels, float max);

  /**
   * Finds the lanes of each row of 32 that are at least the row's threshold: bit l of {@code
   * lanes[r]} is {@code y[r][l] >= threshold[r]}, false for NaN. Rows are {@link Kernels#PANEL}
   * apart.
   */
  void lanesAtLeast(int[] lanes, float[] y, int yo, float[] threshold, int rows);

  /** Returns how many {@code y[p][l]} are at least {@code threshold}. */
  int rowCountAtLeast(float[] y, int yo, int ps, int panels, float threshold);
}
