package io.gru4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.DoublePredicate;

/**
 * Tells which user interacted with which item, and when: an immutable (users x items) matrix that
 * remembers every interaction, repeated ones too, as RecPack's class of this name does.
 *
 * <p>Users are 0..numUsers-1 and items 0..numItems-1; many of either may have no interaction.
 * Timestamps are finite doubles, or the matrix has none. Within a user the interactions are kept in
 * timestamp order; those of equal time, and all of them where there are no timestamps, keep the
 * order they were given in. (RecPack leaves the order of equal times open.)
 *
 * <p>Filters return a new matrix of the same shape, so user and item numbers do not change. An
 * interaction takes 12 bytes, 4 without timestamp, and a user 4; there are at most 2<sup>31</sup> -
 * 9 interactions. Instances may be shared between threads.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="matrix"}
 */
public final class InteractionMatrix {
  /** JVMs refuse larger arrays. */
  static final int MAX_INTERACTIONS = Integer.MAX_VALUE - 8;

  private static final int MAX_USERS = MAX_INTERACTIONS - 1; // each user's start, and the end

  private final int numUsers;
  private final int numItems;
  private final int[] offsets; // user u is [offsets[u], offsets[u + 1]) of the arrays below
  private final int[] items;
  private final double[] timestamps; // null: none

  private InteractionMatrix(
      int numUsers, int numItems, int[] offsets, int[] items, double[] timestamps) {
    this.numUsers = numUsers;
    this.numItems = numItems;
    this.offsets = offsets;
    this.items = items;
    this.timestamps = timestamps;
  }

  /**
   * Makes a matrix from parallel arrays, one element an interaction, in any order.
   *
   * @param numUsers number of users, 0 or more
   * @param numItems number of items, 0 or more
   * @param users each in [0, numUsers)
   * @param items each in [0, numItems)
   * @param timestampsOrNull each finite; null for a matrix without timestamps
   * @return the matrix; the arrays are copied
   * @throws IllegalArgumentException if the lengths differ, an id is out of range or a timestamp is
   *     not finite; the message names the row
   */
  public static InteractionMatrix of(
      int numUsers, int numItems, int[] users, int[] items, double[] timestampsOrNull) {
    if (users.length != items.length
        || (timestampsOrNull != null && timestampsOrNull.length != users.length)) {
      throw new IllegalArgumentException(
          "InteractionMatrix: "
              + users.length
              + " users, "
              + items.length
              + " items"
              + (timestampsOrNull == null ? "" : ", " + timestampsOrNull.length + " timestamps")
              + ": the lengths must be equal");
    }
    return of(numUsers, numItems, users, items, timestampsOrNull, users.length);
  }

  /** As the public factory, for the first {@code length} elements of arrays that may be longer. */
  static InteractionMatrix of(
      int numUsers, int numItems, int[] users, int[] items, double[] timestamps, int length) {
    checkShape(numUsers, numItems);
    int[] offsets = new int[numUsers + 1];
    for (int row = 0; row < length; row++) {
      int user = users[row];
      if (user < 0 || user >= numUsers) {
        throw fault(row, "user " + user + " is outside [0, " + numUsers + ")");
      }
      if (items[row] < 0 || items[row] >= numItems) {
        throw fault(row, "item " + items[row] + " is outside [0, " + numItems + ")");
      }
      if (timestamps != null && !Double.isFinite(timestamps[row])) {
        throw fault(row, "timestamp " + timestamps[row] + " is not a finite number");
      }
      offsets[user + 1]++;
    }
    for (int user = 0; user < numUsers; user++) {
      offsets[user + 1] += offsets[user];
    }
    int[] next = Arrays.copyOf(offsets, numUsers);
    int[] sortedItems = new int[length];
    double[] sortedTimes = timestamps == null ? null : new double[length];
    for (int row = 0; row < length; row++) {
      int at = next[users[row]]++;
      sortedItems[at] = items[row];
      if (timestamps != null) {
        sortedTimes[at] = timestamps[row];
      }
    }
    if (timestamps != null) {
      StableSort sort = new StableSort();
      for (int user = 0; user < numUsers; user++) {
        sort.sort(sortedTimes, sortedItems, offsets[user], offsets[user + 1]);
      }
    }
    return new InteractionMatrix(numUsers, numItems, offsets, sortedItems, sortedTimes);
  }

  /**
   * Starts a matrix whose sessions and items have ids of any text.
   *
   * @return a builder without a click
   */
  public static InteractionsBuilder builder() {
    return new InteractionsBuilder();
  }

  private static IllegalArgumentException fault(int row, String what) {
    return new IllegalArgumentException("InteractionMatrix: row " + row + ": " + what);
  }

  private static void checkShape(int numUsers, int numItems) {
    if (numUsers < 0 || numUsers > MAX_USERS || numItems < 0) {
      throw new IllegalArgumentException(
          ("InteractionMatrix: cannot have %d users and %d items, users are in [0, %d] and items in"
                  + " [0, %d]")
              .formatted(numUsers, numItems, MAX_USERS, Integer.MAX_VALUE));
    }
  }

  /**
   * Makes a matrix with timestamps from rows, in any order.
   *
   * @param numUsers number of users, 0 or more
   * @param numItems number of items, 0 or more
   * @param rows the interactions
   * @return the matrix
   * @throws IllegalArgumentException if an id is out of range or a timestamp is not finite; the
   *     message names the row
   */
  public static InteractionMatrix of(int numUsers, int numItems, Collection<Interaction> rows) {
    int[] users = new int[rows.size()];
    int[] items = new int[rows.size()];
    double[] timestamps = new double[rows.size()];
    int row = 0;
    for (Interaction interaction : rows) {
      users[row] = interaction.user();
      items[row] = interaction.item();
      timestamps[row++] = interaction.timestamp();
    }
    return of(numUsers, numItems, users, items, timestamps);
  }

  /**
   * Reads a matrix that {@link #save} wrote.
   *
   * @param file a file in the format described there; gzip is recognised by its first bytes
   * @return the matrix
   * @throws SessionFileException if the file is not such a file; the message names file, line and
   *     fault
   * @throws IOException if it cannot be read
   */
  public static InteractionMatrix load(Path file) throws IOException {
    return InteractionFile.read(file);
  }

  /**
   * Writes this matrix as text, to a temporary file beside {@code file} that is forced to disk and
   * then renamed: a crash leaves the old file or the new one, complete.
   *
   * <p>The format is UTF-8 text with lines ending in a line feed, one interaction a line, sorted by
   * user, then time; gzip'd if the name ends in {@code .gz}. Without timestamps the third column is
   * absent. Numbers are decimal, and doubles read back as the same double.
   *
   * <pre>
   * #gru4j-interactions version=1 users=6 items=8 rows=2
   * user    item    timestamp          (separated by tabs)
   * 0       7       1600000367
   * 4       2       1600000342.5
   * </pre>
   *
   * @param file where to
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    InteractionFile.write(this, file);
  }

  /**
   * Returns the number of users, with or without interactions.
   *
   * @return the number of rows
   */
  public int numUsers() {
    return numUsers;
  }

  /**
   * Returns the number of items, with or without interactions.
   *
   * @return the number of columns
   */
  public int numItems() {
    return numItems;
  }

  /**
   * Returns whether another matrix has as many users and items.
   *
   * @param other the other matrix
   * @return whether the shapes are equal
   */
  public boolean sameShape(InteractionMatrix other) {
    return numUsers == other.numUsers && numItems == other.numItems;
  }

  /**
   * Returns whether interactions have timestamps.
   *
   * @return whether there are timestamps
   */
  public boolean hasTimestamps() {
    return timestamps != null;
  }

  /**
   * Returns the number of interactions, repeated ones counted each time.
   *
   * @return the number of interactions
   */
  public int numInteractions() {
    return items.length;
  }

  /**
   * Returns the users that have an interaction.
   *
   * @return the users, ascending
   */
  public int[] activeUsers() {
    int[] users = new int[numActiveUsers()];
    int n = 0;
    for (int user = 0; user < numUsers; user++) {
      if (historyLength(user) > 0) {
        users[n++] = user;
      }
    }
    return users;
  }

  /**
   * Returns how many users have an interaction.
   *
   * @return the number of active users
   */
  public int numActiveUsers() {
    int n = 0;
    for (int user = 0; user < numUsers; user++) {
      if (historyLength(user) > 0) {
        n++;
      }
    }
    return n;
  }

  /**
   * Returns the items that have an interaction.
   *
   * @return the items, ascending
   */
  public int[] activeItems() {
    return activeItemSet().stream().toArray();
  }

  /**
   * Returns how many items have an interaction.
   *
   * @return the number of active items
   */
  public int numActiveItems() {
    return activeItemSet().cardinality();
  }

  /**
   * Returns how many interactions each item has.
   *
   * @return (numItems) counts, repeated interactions counted each time
   */
  public int[] itemClicks() {
    int[] clicks = new int[numItems];
    for (int item : items) {
      clicks[item]++;
    }
    return clicks;
  }

  private BitSet activeItemSet() {
    BitSet active = new BitSet(numItems);
    for (int item : items) {
      active.set(item);
    }
    return active;
  }

  /**
   * Returns the share of (user, item) pairs with at least one interaction.
   *
   * @return a number in [0, 1]; 0 for a matrix without users or items
   */
  public double density() {
    double pairs = (double) numUsers * numItems;
    return pairs == 0 ? 0 : values().nnz() / pairs;
  }

  /**
   * Returns how often each user interacted with each item.
   *
   * @return (numUsers x numItems) counts; pairs without interaction are not stored
   */
  public CsrMatrix values() {
    return counts(false);
  }

  /**
   * Returns which user interacted with which item.
   *
   * @return (numUsers x numItems) 1 for each pair with an interaction; others are not stored
   */
  public CsrMatrix binaryValues() {
    return counts(true);
  }

  private CsrMatrix counts(boolean binary) {
    CsrMatrix.Builder builder = CsrMatrix.builder(numUsers, numItems);
    int longest = longestHistory();
    int[] sorted = new int[longest];
    float[] counts = new float[longest];
    for (int user = 0; user < numUsers; user++) {
      int length = historyLength(user);
      System.arraycopy(items, offsets[user], sorted, 0, length);
      Arrays.sort(sorted, 0, length);
      int distinct = 0;
      for (int k = 0; k < length; k++) {
        if (distinct > 0 && sorted[distinct - 1] == sorted[k]) {
          counts[distinct - 1] += binary ? 0 : 1;
        } else {
          sorted[distinct] = sorted[k];
          counts[distinct++] = 1;
        }
      }
      builder.row(sorted, counts, distinct);
    }
    return builder.build();
  }

  private int longestHistory() {
    int longest = 0;
    for (int user = 0; user < numUsers; user++) {
      longest = Math.max(longest, historyLength(user));
    }
    return longest;
  }

  /**
   * Returns when each user last interacted with each item.
   *
   * @return (numUsers x numItems) the greatest timestamp of each pair that has an interaction
   * @throws IllegalStateException if there are no timestamps
   */
  public TimestampMatrix lastTimestampsMatrix() {
    requireTimestamps("the last timestamps");
    int[] rowEnds = new int[numUsers + 1];
    int[] lastItems = new int[items.length];
    double[] lastTimes = new double[items.length];
    int n = 0;
    for (int user = 0; user < numUsers; user++) {
      // (item, position) as one number: sorted by item, the last position of each item is its last.
      int from = offsets[user];
      long[] keys = new long[historyLength(user)];
      for (int k = 0; k < keys.length; k++) {
        keys[k] = (long) items[from + k] << 32 | k;
      }
      Arrays.sort(keys);
      for (int k = 0; k < keys.length; k++) {
        int item = (int) (keys[k] >>> 32);
        if (k + 1 == keys.length || (int) (keys[k + 1] >>> 32) != item) {
          lastItems[n] = item;
          lastTimes[n++] = timestamps[from + (int) keys[k]];
        }
      }
      rowEnds[user + 1] = n;
    }
    return new TimestampMatrix(
        numUsers, numItems, rowEnds, Arrays.copyOf(lastItems, n), Arrays.copyOf(lastTimes, n));
  }

  /**
   * Returns the number of interactions of a user.
   *
   * @param user in [0, numUsers)
   * @return the number of interactions, 0 or more
   */
  public int historyLength(int user) {
    Objects.checkIndex(user, numUsers);
    return offsets[user + 1] - offsets[user];
  }

  /**
   * Returns a user's items in timestamp order; equal times keep the order they were given in.
   *
   * @param user in [0, numUsers)
   * @return the items, repeated ones each time; a copy
   * @throws IllegalStateException if there are no timestamps
   */
  public int[] sortedItems(int user) {
    requireTimestamps("items in timestamp order");
    return items(user);
  }

  /**
   * Returns a user's items: in timestamp order if there are timestamps, else in the order given.
   *
   * @param user in [0, numUsers)
   * @return the items, repeated ones each time; a copy
   */
  public int[] items(int user) {
    Objects.checkIndex(user, numUsers);
    return Arrays.copyOfRange(items, offsets[user], offsets[user + 1]);
  }

  /**
   * Returns a user's timestamps.
   *
   * @param user in [0, numUsers)
   * @return the timestamps, ascending, in the order of {@link #sortedItems}; a copy
   * @throws IllegalStateException if there are no timestamps
   */
  public double[] timestamps(int user) {
    requireTimestamps("timestamps");
    Objects.checkIndex(user, numUsers);
    return Arrays.copyOfRange(timestamps, offsets[user], offsets[user + 1]);
  }

  /**
   * Returns one item of a user's history without copying the history.
   *
   * @param user in [0, numUsers)
   * @param position in [0, historyLength(user)), in the order of {@link #items(int)}
   * @return the item
   */
  public int item(int user, int position) {
    Objects.checkIndex(position, historyLength(user));
    return items[offsets[user] + position];
  }

  /**
   * Returns one timestamp of a user's history without copying the history.
   *
   * @param user in [0, numUsers)
   * @param position in [0, historyLength(user)), in the order of {@link #items(int)}
   * @return the timestamp
   * @throws IllegalStateException if there are no timestamps
   */
  public double timestamp(int user, int position) {
    requireTimestamps("timestamps");
    Objects.checkIndex(position, historyLength(user));
    return timestamps[offsets[user] + position];
  }

  /** The item of the interaction that stands at a place of all, from 0. */
  int itemAt(int at) {
    return items[at];
  }

  /** The timestamp of the interaction that stands at a place of all, from 0. */
  double timestampAt(int at) {
    return timestamps[at];
  }

  private void requireTimestamps(String what) {
    if (timestamps == null) {
      throw new IllegalStateException(
          "InteractionMatrix: has no timestamps, " + what + " cannot be had");
    }
  }

  /**
   * Returns the interactions of both matrices. Of a user's interactions at the same time, this
   * matrix's come first.
   *
   * @param other a matrix of the same shape, with timestamps if this one has them
   * @return all interactions of both, those that are in both twice
   * @throws IllegalArgumentException if the shapes differ, only one has timestamps, or both have
   *     more interactions than a matrix holds
   */
  public InteractionMatrix union(InteractionMatrix other) {
    if (!sameShape(other)) {
      throw new IllegalArgumentException(
          "InteractionMatrix: the union needs equal shapes, got "
              + shape()
              + " and "
              + other.shape());
    }
    if (hasTimestamps() != other.hasTimestamps()) {
      throw new IllegalArgumentException(
          "InteractionMatrix: the union needs timestamps in both matrices or in neither, "
              + (hasTimestamps() ? "the second" : "the first")
              + " has none");
    }
    int n = unionRows(items.length, other.items.length);
    int[] users = Arrays.copyOf(users(), n);
    System.arraycopy(other.users(), 0, users, items.length, other.items.length);
    int[] allItems = Arrays.copyOf(items, n);
    System.arraycopy(other.items, 0, allItems, items.length, other.items.length);
    double[] allTimes = null;
    if (timestamps != null) {
      allTimes = Arrays.copyOf(timestamps, n);
      System.arraycopy(other.timestamps, 0, allTimes, items.length, other.items.length);
    }
    return of(numUsers, numItems, users, allItems, allTimes, n);
  }

  static int unionRows(int first, int second) {
    long rows = (long) first + second;
    if (rows > MAX_INTERACTIONS) {
      throw new IllegalArgumentException(
          "InteractionMatrix: the union of a matrix of %d rows and one of %d has %d, at most %d fit"
              .formatted(first, second, rows, MAX_INTERACTIONS));
    }
    return (int) rows;
  }

  /** The user of each interaction. */
  private int[] users() {
    int[] users = new int[items.length];
    for (int user = 0; user < numUsers; user++) {
      Arrays.fill(users, offsets[user], offsets[user + 1], user);
    }
    return users;
  }

  /**
   * Keeps the interactions of some users.
   *
   * @param users each in [0, numUsers); may repeat
   * @return a matrix of the same shape
   * @throws IllegalArgumentException if a user is out of range
   */
  public InteractionMatrix usersIn(int... users) {
    BitSet kept = idSet(users, numUsers, "user");
    return filter((user, at) -> kept.get(user));
  }

  /**
   * Keeps the interactions of some users.
   *
   * @param users each in [0, numUsers)
   * @return a matrix of the same shape
   * @throws IllegalArgumentException if a user is out of range
   */
  public InteractionMatrix usersIn(Collection<Integer> users) {
    return usersIn(users.stream().mapToInt(Integer::intValue).toArray());
  }

  /**
   * Keeps the interactions with some items.
   *
   * @param items each in [0, numItems); may repeat
   * @return a matrix of the same shape
   * @throws IllegalArgumentException if an item is out of range
   */
  public InteractionMatrix itemsIn(int... items) {
    BitSet kept = idSet(items, numItems, "item");
    return filter((user, at) -> kept.get(this.items[at]));
  }

  /**
   * Keeps the interactions with some items.
   *
   * @param items each in [0, numItems)
   * @return a matrix of the same shape
   * @throws IllegalArgumentException if an item is out of range
   */
  public InteractionMatrix itemsIn(Collection<Integer> items) {
    return itemsIn(items.stream().mapToInt(Integer::intValue).toArray());
  }

  private static BitSet idSet(int[] ids, int size, String what) {
    BitSet set = new BitSet(size);
    for (int id : ids) {
      if (id < 0 || id >= size) {
        throw new IllegalArgumentException(
            "InteractionMatrix: " + what + " " + id + " is outside [0, " + size + ")");
      }
      set.set(id);
    }
    return set;
  }

  /**
   * Keeps the interactions after a time.
   *
   * @param timestamp the time
   * @return a matrix of the same shape
   * @throws IllegalArgumentException if the time is NaN
   * @throws IllegalStateException if there are no timestamps
   */
  public InteractionMatrix timestampsGt(double timestamp) {
    return timestampsFilter(timestamp, t -> t > timestamp);
  }

  /**
   * Keeps the interactions at or after a time.
   *
   * @param timestamp the time
   * @return a matrix of the same shape
   * @throws IllegalArgumentException if the time is NaN
   * @throws IllegalStateException if there are no timestamps
   */
  public InteractionMatrix timestampsGte(double timestamp) {
    return timestampsFilter(timestamp, t -> t >= timestamp);
  }

  /**
   * Keeps the interactions before a time.
   *
   * @param timestamp the time
   * @return a matrix of the same shape
   * @throws IllegalArgumentException if the time is NaN
   * @throws IllegalStateException if there are no timestamps
   */
  public InteractionMatrix timestampsLt(double timestamp) {
    return timestampsFilter(timestamp, t -> t < timestamp);
  }

  /**
   * Keeps the interactions at or before a time.
   *
   * @param timestamp the time
   * @return a matrix of the same shape
   * @throws IllegalArgumentException if the time is NaN
   * @throws IllegalStateException if there are no timestamps
   */
  public InteractionMatrix timestampsLte(double timestamp) {
    return timestampsFilter(timestamp, t -> t <= timestamp);
  }

  private InteractionMatrix timestampsFilter(double timestamp, DoublePredicate kept) {
    requireTimestamps("a filter by time");
    if (Double.isNaN(timestamp)) {
      throw new IllegalArgumentException("InteractionMatrix: cannot compare timestamps with NaN");
    }
    return filter((user, at) -> kept.test(timestamps[at]));
  }

  /** Which interactions to keep, by user and by index into {@link #items}. */
  interface Keep {
    boolean test(int user, int at);
  }

  InteractionMatrix filter(Keep keep) {
    int[] keptOffsets = new int[numUsers + 1];
    int[] keptItems = new int[items.length];
    double[] keptTimes = timestamps == null ? null : new double[items.length];
    int n = 0;
    for (int user = 0; user < numUsers; user++) {
      for (int at = offsets[user]; at < offsets[user + 1]; at++) {
        if (keep.test(user, at)) {
          keptItems[n] = items[at];
          if (keptTimes != null) {
            keptTimes[n] = timestamps[at];
          }
          n++;
        }
      }
      keptOffsets[user + 1] = n;
    }
    return new InteractionMatrix(
        numUsers,
        numItems,
        keptOffsets,
        Arrays.copyOf(keptItems, n),
        keptTimes == null ? null : Arrays.copyOf(keptTimes, n));
  }

  /** The index of a user's first interaction. */
  int offset(int user) {
    return offsets[user];
  }

  /**
   * Forgets the timestamps.
   *
   * @return the same interactions, each user's in the order they are in here
   */
  public InteractionMatrix withoutTimestamps() {
    return new InteractionMatrix(numUsers, numItems, offsets, items, null);
  }

  /**
   * Returns all interactions, sorted by user, then time. For small matrices and tests: each
   * interaction becomes an object.
   *
   * @return the rows
   * @throws IllegalStateException if there are no timestamps
   */
  public List<Interaction> rows() {
    requireTimestamps("rows");
    Interaction[] rows = new Interaction[items.length];
    int[] users = users();
    for (int at = 0; at < rows.length; at++) {
      rows[at] = new Interaction(users[at], items[at], timestamps[at]);
    }
    return List.of(rows);
  }

  /** Compares the shape and each user's items and timestamps in order. */
  @Override
  public boolean equals(Object other) {
    return other instanceof InteractionMatrix that
        && sameShape(that)
        && Arrays.equals(offsets, that.offsets)
        && Arrays.equals(items, that.items)
        && Arrays.equals(timestamps, that.timestamps);
  }

  @Override
  public int hashCode() {
    return Objects.hash(numUsers, numItems, Arrays.hashCode(items), Arrays.hashCode(timestamps));
  }

  /** Returns shape and size, such as {@code InteractionMatrix(6 users x 8 items, 42 rows)}. */
  @Override
  public String toString() {
    return "InteractionMatrix(" + shape() + ", " + items.length + " rows)";
  }

  private String shape() {
    return numUsers + " users x " + numItems + " items";
  }
}
