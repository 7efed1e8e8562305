package io.gru4j.tensor.nn;

/**
 * Which rows of a chunk belong to which time step. Rows are sessions, the longest first, so those
 * that still go on at time t are a prefix of them. All rows of a chunk lie one after the other:
 * packed by time.
 */
final class TimeSteps {
  private int[] active = new int[0];
  private int[] start = new int[1];
  private int T;

  /**
   * Takes over a chunk.
   *
   * @param activeRows rows of each time step; kept, not copied
   * @throws IllegalArgumentException if there is no time step, or rows begin after the first one
   */
  void set(int[] activeRows, int T) {
    if (T < 1) {
      throw new IllegalArgumentException("a chunk has at least 1 time step, got " + T);
    }
    if (start.length <= T) {
      start = new int[T + 1];
    }
    for (int t = 0; t < T; t++) {
      if (activeRows[t] < 0 || t > 0 && activeRows[t] > activeRows[t - 1]) {
        throw new IllegalArgumentException(
            "activeRows[%d] = %d: rows may only end, the longest come first"
                .formatted(t, activeRows[t]));
      }
      start[t + 1] = start[t] + activeRows[t];
    }
    this.active = activeRows;
    this.T = T;
  }

  /** The bytes of its arrays. */
  static double bytes(int T) {
    return Integer.BYTES * (T + 1.0);
  }

  /** Time steps. */
  int count() {
    return T;
  }

  /** Rows of all time steps together, M. */
  int rows() {
    return start[T];
  }

  /** Rows at time t; 0 after the last time step. */
  int active(int t) {
    return t < T ? active[t] : 0;
  }

  /** Where the rows of time t begin among all. */
  int start(int t) {
    return start[t];
  }
}
