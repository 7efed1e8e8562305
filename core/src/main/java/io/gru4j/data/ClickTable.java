package io.gru4j.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects rows of session, item and exact time, then makes {@link Clicks} of them. Rows are kept
 * in chunks, so that growing copies nothing and a chunk can go as soon as it was read.
 */
final class ClickTable {
  private static final int CHUNK = 1 << 16;
  static final int MAX_ROWS = InteractionMatrix.MAX_INTERACTIONS;

  private final List<int[]> sessions = new ArrayList<>();
  private final List<int[]> items = new ArrayList<>();
  private final List<long[]> times = new ArrayList<>();
  private int n;
  private int decimals;
  private long largest = Long.MIN_VALUE;
  private long least = Long.MAX_VALUE;

  /**
   * Adds a row; false, and nothing is added, if its time and the others do not fit 64 bits with as
   * many decimals as the one with most has.
   *
   * @param time digits without the point
   * @param timeDecimals how many stand behind the point, 0 to 18
   */
  boolean add(int session, int item, long time, int timeDecimals) {
    if (n == MAX_ROWS) {
      throw new IllegalArgumentException("more than " + n + " clicks do not fit one table");
    }
    long scaled = time;
    if (timeDecimals != decimals) {
      try {
        if (timeDecimals > decimals) {
          rescale(timeDecimals);
        } else {
          scaled = Math.multiplyExact(time, TimeScale.power(decimals - timeDecimals));
        }
      } catch (ArithmeticException e) {
        return false;
      }
    }
    if ((n & CHUNK - 1) == 0) {
      sessions.add(new int[CHUNK]);
      items.add(new int[CHUNK]);
      times.add(new long[CHUNK]);
    }
    int chunk = n / CHUNK;
    int at = n++ & CHUNK - 1;
    sessions.get(chunk)[at] = session;
    items.get(chunk)[at] = item;
    times.get(chunk)[at] = scaled;
    least = Math.min(least, scaled);
    largest = Math.max(largest, scaled);
    return true;
  }

  private void rescale(int newDecimals) {
    long factor = TimeScale.power(newDecimals - decimals);
    if (n > 0) {
      long newLargest = Math.multiplyExact(largest, factor);
      least = Math.multiplyExact(least, factor);
      largest = newLargest;
    }
    for (long[] chunk : times) {
      for (int i = 0; i < CHUNK; i++) {
        chunk[i] *= factor;
      }
    }
    decimals = newDecimals;
  }

  /** The least time. */
  long least() {
    return least;
  }

  /**
   * Makes the clicks; the table is empty afterwards.
   *
   * @param dates whether the times are nanoseconds of dates
   * @param unitOrNull of times that are numbers; null: it is guessed
   */
  Clicks finish(IdMap sessionIds, IdMap itemIds, boolean dates, TimeUnits unitOrNull) {
    int[] offsets = new int[sessionIds.size() + 1];
    for (int row = 0; row < n; row++) {
      offsets[sessions.get(row / CHUNK)[row & CHUNK - 1] + 1]++;
    }
    for (int session = 0; session < sessionIds.size(); session++) {
      offsets[session + 1] += offsets[session];
    }
    int[] next = offsets.clone();
    int[] sortedItems = new int[n];
    long[] sortedTimes = new long[n];
    for (int chunk = 0; chunk < sessions.size(); chunk++) {
      int[] session = sessions.set(chunk, null);
      int[] item = items.set(chunk, null);
      long[] time = times.set(chunk, null);
      int rows = Math.min(CHUNK, n - chunk * CHUNK);
      for (int i = 0; i < rows; i++) {
        int at = next[session[i]]++;
        sortedItems[at] = item[i];
        sortedTimes[at] = time[i];
      }
    }
    int[] keys = new int[sessionIds.size()];
    for (int session = 0; session < keys.length; session++) {
      keys[session] = session;
      TimeSort.sort(sortedTimes, sortedItems, offsets[session], offsets[session + 1]);
    }
    TimeScale scale =
        dates ? coarsest(sortedTimes) : TimeScale.ofNumbers(largest, decimals, unitOrNull);
    return new Clicks(sessionIds, itemIds, keys, null, offsets, sortedItems, sortedTimes, scale);
  }

  /** Turns nanoseconds into the largest unit in which all of them are whole. */
  static TimeScale coarsest(long[] nanos) {
    long divisor = 1_000_000_000;
    for (long each : nanos) {
      while (divisor > 1 && each % divisor != 0) {
        divisor /= 1000;
      }
    }
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] /= divisor;
    }
    return new TimeScale(1_000_000_000 / divisor, 0);
  }
}
