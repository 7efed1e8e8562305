package io.gru4j.data;

import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * An immutable sparse (users x items) matrix of timestamps.
 *
 * <p>It is a {@link CsrMatrix} of doubles: a float has 24 bits, too few for a time in milliseconds.
 */
public final class TimestampMatrix {
  private final int numUsers;
  private final int numItems;
  private final int[] offsets;
  private final int[] items;
  private final double[] timestamps;

  /** Takes the arrays over: a user's items ascending. */
  TimestampMatrix(int numUsers, int numItems, int[] offsets, int[] items, double[] timestamps) {
    this.numUsers = numUsers;
    this.numItems = numItems;
    this.offsets = offsets;
    this.items = items;
    this.timestamps = timestamps;
  }

  /**
   * Returns the number of rows.
   *
   * @return the number of users
   */
  public int numUsers() {
    return numUsers;
  }

  /**
   * Returns the number of columns.
   *
   * @return the number of items
   */
  public int numItems() {
    return numItems;
  }

  /**
   * Returns the number of stored timestamps.
   *
   * @return the number of (user, item) pairs with a timestamp
   */
  public int nnz() {
    return items.length;
  }

  /**
   * Returns the items a user has a timestamp for.
   *
   * @param user in [0, numUsers)
   * @return the items, ascending; a copy
   */
  public int[] rowIndices(int user) {
    Objects.checkIndex(user, numUsers);
    return Arrays.copyOfRange(items, offsets[user], offsets[user + 1]);
  }

  /**
   * Returns a user's timestamps.
   *
   * @param user in [0, numUsers)
   * @return the timestamps in the order of {@link #rowIndices}; a copy
   */
  public double[] rowValues(int user) {
    Objects.checkIndex(user, numUsers);
    return Arrays.copyOfRange(timestamps, offsets[user], offsets[user + 1]);
  }

  /**
   * Returns the timestamp of a user and an item.
   *
   * @param user in [0, numUsers)
   * @param item in [0, numItems)
   * @return the timestamp, empty where there is none
   */
  public OptionalDouble get(int user, int item) {
    Objects.checkIndex(user, numUsers);
    Objects.checkIndex(item, numItems);
    int at = Arrays.binarySearch(items, offsets[user], offsets[user + 1], item);
    return at < 0 ? OptionalDouble.empty() : OptionalDouble.of(timestamps[at]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TimestampMatrix that
        && numUsers == that.numUsers
        && numItems == that.numItems
        && Arrays.equals(offsets, that.offsets)
        && Arrays.equals(items, that.items)
        && Arrays.equals(timestamps, that.timestamps);
  }

  @Override
  public int hashCode() {
    return Objects.hash(numUsers, numItems, Arrays.hashCode(items), Arrays.hashCode(timestamps));
  }

  /** Returns shape and size, such as {@code TimestampMatrix(3 users x 5 items, nnz 7)}. */
  @Override
  public String toString() {
    return "TimestampMatrix(" + numUsers + " users x " + numItems + " items, nnz " + nnz() + ")";
  }
}
