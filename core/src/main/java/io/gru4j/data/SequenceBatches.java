package io.gru4j.data;

import java.util.Arrays;
import java.util.Objects;

/**
 * The batches of one epoch, cut as RecPack cuts them.
 *
 * <p>The users with interactions are cut into batches of {@code batchSize}, by ascending number or
 * in the order that the caller gives; the last batch may be smaller. Within a batch the longest
 * history comes first, and equal lengths keep their order. Nothing is shuffled here: a caller whose
 * epochs differ in order makes the batches of each epoch.
 *
 * <p>Batches are views of the matrix and of a few arrays computed once; reading from them allocates
 * nothing. They may be shared between threads.
 */
public final class SequenceBatches {
  private final InteractionMatrix sessions;
  private final SequenceBatch[] batches;

  private SequenceBatches(InteractionMatrix sessions, SequenceBatch[] batches) {
    this.sessions = sessions;
    this.batches = batches;
  }

  /**
   * Cuts a matrix into batches.
   *
   * @param sessions the interactions, with timestamps
   * @param batchSize rows of a batch, 1 or more
   * @return the batches; none if the matrix has no interactions
   * @throws IllegalArgumentException if there are no timestamps or the size is below 1
   */
  public static SequenceBatches of(InteractionMatrix sessions, int batchSize) {
    return of(sessions, sessions.activeUsers(), batchSize);
  }

  /**
   * Cuts some users of a matrix into batches, in a given order.
   *
   * @param sessions the interactions, with timestamps
   * @param users users with interactions, each once; taken over and changed
   * @param batchSize rows of a batch, 1 or more
   * @return the batches; none if there are no users
   * @throws IllegalArgumentException if there are no timestamps or the size is below 1
   */
  public static SequenceBatches of(InteractionMatrix sessions, int[] users, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be >= 1, got " + batchSize);
    }
    if (!sessions.hasTimestamps()) {
      throw new IllegalArgumentException("sequences need timestamps, " + sessions + " has none");
    }
    int n = users.length;
    SequenceBatch[] batches = new SequenceBatch[(int) ((n + (long) batchSize - 1) / batchSize)];
    for (int b = 0; b < batches.length; b++) {
      int from = b * batchSize;
      int to = (int) Math.min(n, (long) from + batchSize);
      longestFirst(sessions, users, from, to);
      batches[b] = new SequenceBatch(sessions, users, from, to);
    }
    return new SequenceBatches(sessions, batches);
  }

  /** Sorts users by history length, descending and stable. */
  private static void longestFirst(InteractionMatrix sessions, int[] users, int from, int to) {
    // One number as a key: shorter histories have greater keys, and the place in the batch decides
    // between equal lengths.
    long[] keys = new long[to - from];
    int[] before = Arrays.copyOfRange(users, from, to);
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (long) (Integer.MAX_VALUE - sessions.historyLength(before[i])) << 32 | i;
    }
    Arrays.sort(keys);
    for (int i = 0; i < keys.length; i++) {
      users[from + i] = before[(int) keys[i]];
    }
  }

  /**
   * Returns the number of batches.
   *
   * @return the number of batches
   */
  public int size() {
    return batches.length;
  }

  /**
   * Returns a batch.
   *
   * @param index in [0, size)
   * @return the batch
   */
  public SequenceBatch get(int index) {
    return batches[Objects.checkIndex(index, batches.length)];
  }

  /**
   * Returns the number that stands for no item.
   *
   * @return the number of items
   */
  public int padToken() {
    return sessions.numItems();
  }

  /**
   * Returns the number of targets of an epoch: each interaction but the first of its user.
   *
   * @return the number of targets
   */
  public long numTargets() {
    long targets = 0;
    for (SequenceBatch batch : batches) {
      targets += batch.numTargets();
    }
    return targets;
  }

  /**
   * Cuts the columns of a batch into chunks for truncated backpropagation through time: as few as
   * possible, none wider than {@code bptt}, widths that differ by at most 1, wider ones first.
   *
   * @param width columns of the batch (T), 0 or more
   * @param bptt columns of a chunk at most, 1 or more
   * @return the widths, which add up to {@code width}: 7 columns and bptt 3 give 3, 2, 2
   * @throws IllegalArgumentException if the width is negative or bptt below 1
   */
  public static int[] chunkWidths(int width, int bptt) {
    if (width < 0) {
      throw new IllegalArgumentException("the width must be >= 0 columns, got " + width);
    }
    if (bptt < 1) {
      throw new IllegalArgumentException("bptt must be >= 1 time step, got " + bptt);
    }
    int chunks = (int) ((width + (long) bptt - 1) / bptt);
    int[] widths = new int[chunks];
    for (int chunk = 0; chunk < chunks; chunk++) {
      widths[chunk] = width / chunks + (chunk < width % chunks ? 1 : 0);
    }
    return widths;
  }
}
