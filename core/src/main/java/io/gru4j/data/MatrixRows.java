package io.gru4j.data;

import java.util.Arrays;

/**
 * Collects rows of session, item and time as doubles, then makes an {@link InteractionMatrix} of
 * them. Times that a double cannot hold are kept exactly beside it, so that sessions are in their
 * order.
 */
final class MatrixRows implements ClickReading.Sink {
  private int[] users = new int[1 << 12];
  private int[] items = new int[1 << 12];
  private double[] times = new double[1 << 12];
  private long[] exact; // null: the doubles are the times
  private boolean fractions; // there are times that are no whole numbers
  private int n;
  private long unknown;
  private double largest;
  private double least = Double.POSITIVE_INFINITY;
  private double datesPerSecond; // 0: times were numbers

  @Override
  public boolean click(int session, int item, TimeReader time) {
    if (item < 0) {
      unknown++;
      return true;
    }
    if (n == users.length) {
      grow();
    }
    users[n] = session;
    items[n] = item;
    double number = time.number();
    if (time.isExact() || exact != null) {
      keepExactly(time);
    }
    times[n++] = number;
    least = Math.min(least, number);
    largest = Math.max(largest, number);
    return true;
  }

  private void keepExactly(TimeReader time) {
    if (!time.isExact() && time.number() != Math.rint(time.number())) {
      fractions = true;
    }
    if (exact == null && !fractions) {
      exact = new long[users.length];
      for (int i = 0; i < n; i++) {
        exact[i] = (long) times[i];
        fractions |= exact[i] != times[i];
      }
    }
    if (fractions) {
      exact = null;
    } else {
      exact[n] = time.isExact() ? time.exact() : (long) time.number();
    }
  }

  private void grow() {
    int capacity = (int) Math.min(ClickTable.MAX_ROWS, n + (n >> 1) + 1L);
    if (capacity == n) {
      throw new IllegalArgumentException("more than " + n + " clicks do not fit one matrix");
    }
    users = Arrays.copyOf(users, capacity);
    items = Arrays.copyOf(items, capacity);
    times = Arrays.copyOf(times, capacity);
    exact = exact == null ? null : Arrays.copyOf(exact, capacity);
  }

  /** Clicks on items that are not known. */
  long unknown() {
    return unknown;
  }

  /** Makes the matrix. */
  InteractionMatrix finish(int numUsers, int numItems, boolean dates) {
    if (dates && exact != null) {
      exact = Arrays.copyOf(exact, n);
      datesPerSecond = ClickTable.coarsest(exact).perSecond();
    }
    if (exact != null) {
      if (sorts()) {
        sortByTime();
      }
      for (int i = 0; i < n; i++) {
        times[i] = exact[i];
      }
    }
    return InteractionMatrix.of(numUsers, numItems, users, items, times, n);
  }

  /** Whether doubles would take different times for equal. */
  private boolean sorts() {
    for (int i = 0; i < n; i++) {
      if (Math.abs(exact[i]) > Decimal.EXACT) {
        return true;
      }
    }
    return false;
  }

  /** The matrix keeps the order of equal times, so rows that come in order stay in it. */
  private void sortByTime() {
    int[] order = new int[n];
    Arrays.setAll(order, row -> row);
    long[] keys = Arrays.copyOf(exact, n);
    TimeSort.sort(keys, order, 0, n);
    int[] sortedUsers = new int[n];
    int[] sortedItems = new int[n];
    for (int i = 0; i < n; i++) {
      sortedUsers[i] = users[order[i]];
      sortedItems[i] = items[order[i]];
    }
    users = sortedUsers;
    items = sortedItems;
    exact = keys;
  }

  /** The least time that is a number. */
  double least() {
    return least;
  }

  /** How many units of time make a second; 0 if it is not known. */
  double perSecond(TimeUnits unitOrNull) {
    if (datesPerSecond > 0) {
      return datesPerSecond;
    }
    TimeUnits unit = unitOrNull == null ? TimeUnits.guess(largest) : unitOrNull;
    return unit == null ? 0 : unit.perSecond();
  }
}
