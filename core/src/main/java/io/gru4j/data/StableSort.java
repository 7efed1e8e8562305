package io.gru4j.data;

/** Sorts items by their timestamps without changing the order of equal ones. */
final class StableSort {
  private static final int RUN = 16;

  private double[] timesBuffer = new double[0];
  private int[] itemsBuffer = new int[0];

  /** Sorts {@code times[from, to)} ascending, and {@code items} along with it. */
  void sort(double[] times, int[] items, int from, int to) {
    if (isSorted(times, from, to)) {
      return;
    }
    for (int start = from; start < to; start = next(start, RUN, to)) {
      insertionSort(times, items, start, next(start, RUN, to));
    }
    if (to - from > RUN) {
      mergeRuns(times, items, from, to);
    }
  }

  private static boolean isSorted(double[] times, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (times[i] < times[i - 1]) {
        return false;
      }
    }
    return true;
  }

  private static void insertionSort(double[] times, int[] items, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      double time = times[i];
      int item = items[i];
      int j = i;
      for (; j > from && times[j - 1] > time; j--) {
        times[j] = times[j - 1];
        items[j] = items[j - 1];
      }
      times[j] = time;
      items[j] = item;
    }
  }

  /** Merges sorted runs of 16, then 32, 64, ...: the left run is copied out, then merged back. */
  private void mergeRuns(double[] times, int[] items, int from, int to) {
    if (timesBuffer.length < to - from) {
      timesBuffer = new double[to - from];
      itemsBuffer = new int[to - from];
    }
    for (long width = RUN; width < to - from; width *= 2) {
      for (int left = from; left < to; left = next(left, 2 * width, to)) {
        int right = next(left, width, to);
        int end = next(left, 2 * width, to);
        if (right < end && times[right] < times[right - 1]) {
          merge(times, items, left, right, end);
        }
      }
    }
  }

  private void merge(double[] times, int[] items, int left, int right, int end) {
    int n = right - left;
    System.arraycopy(times, left, timesBuffer, 0, n);
    System.arraycopy(items, left, itemsBuffer, 0, n);
    int i = 0;
    int j = right;
    int out = left;
    while (i < n) {
      // The right run goes first only if its time is truly smaller: that makes the sort stable.
      if (j < end && times[j] < timesBuffer[i]) {
        times[out] = times[j];
        items[out++] = items[j++];
      } else {
        times[out] = timesBuffer[i];
        items[out++] = itemsBuffer[i++];
      }
    }
  }

  private static int next(int start, long step, int to) {
    return (int) Math.min(to, start + step);
  }
}
