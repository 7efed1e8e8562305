package io.gru4j.data;

/**
 * Sorts numbers by exact times without changing the order of equal ones: by insertion where there
 * are few, else byte by byte from the lowest (radix sort).
 */
final class TimeSort {
  private static final int FEW = 64;
  private static final int RADIX = 256;

  private TimeSort() {}

  /** Sorts {@code times[from, to)} ascending, and {@code numbers} along with them. */
  static void sort(long[] times, int[] numbers, int from, int to) {
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    boolean sorted = true;
    for (int i = from; i < to; i++) {
      sorted &= times[i] >= most;
      least = Math.min(least, times[i]);
      most = Math.max(most, times[i]);
    }
    if (sorted) {
      return;
    }
    if (to - from <= FEW) {
      insertionSort(times, numbers, from, to);
    } else {
      radixSort(times, numbers, from, to, least, most - least); // unsigned, if it overflows
    }
  }

  private static void insertionSort(long[] times, int[] numbers, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long time = times[i];
      int number = numbers[i];
      int j = i;
      for (; j > from && times[j - 1] > time; j--) {
        times[j] = times[j - 1];
        numbers[j] = numbers[j - 1];
      }
      times[j] = time;
      numbers[j] = number;
    }
  }

  private static void radixSort(
      long[] times, int[] numbers, int from, int to, long least, long range) {
    int n = to - from;
    long[] otherTimes = new long[n];
    int[] otherNumbers = new int[n];
    for (int shift = 0; shift < 64 && range >>> shift != 0; shift += 8) {
      int[] ends = new int[RADIX + 1];
      for (int i = from; i < to; i++) {
        ends[(int) (times[i] - least >>> shift & RADIX - 1) + 1]++;
      }
      for (int digit = 0; digit < RADIX; digit++) {
        ends[digit + 1] += ends[digit];
      }
      for (int i = from; i < to; i++) {
        int at = ends[(int) (times[i] - least >>> shift & RADIX - 1)]++;
        otherTimes[at] = times[i];
        otherNumbers[at] = numbers[i];
      }
      System.arraycopy(otherTimes, 0, times, from, n);
      System.arraycopy(otherNumbers, 0, numbers, from, n);
    }
  }
}
