package io.gru4j.algorithms;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;
import java.util.Arrays;

/**
 * The second baseline, a first-order Markov chain: the score of item j after item i is the number
 * of times j directly followed i in a training session. Only the last click of a session matters.
 *
 * <p>Small counts are often equal, and a list needs some order: of equal counts, the item that
 * followed i first goes first (sessions in the order of their numbers). It is written into the
 * score as a fraction: the integer part of a score is the count, and g followers of equal count
 * have the fractions 1/(g + 1) to g/(g + 1). Items that never followed have the score 0.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="baseline"}
 */
public final class MarkovChain extends Baseline {
  private CsrMatrix counts; // (item, next item); null: not fitted

  /** Makes a baseline that is not fitted. */
  public MarkovChain() {}

  @Override
  public String name() {
    return "Markov chain";
  }

  /** {@inheritDoc} Counts which item follows which, so it needs timestamps. */
  @Override
  public MarkovChain fit(InteractionMatrix sessions) {
    if (!sessions.hasTimestamps()) {
      throw new IllegalArgumentException(
          "which item follows which needs timestamps, " + sessions + " has none");
    }
    int numItems = sessions.numItems();
    int[] ends = new int[numItems];
    int[] followers = followers(sessions, ends);
    CsrMatrix.Builder builder = CsrMatrix.builder(numItems, numItems);
    Row row = new Row(numItems);
    int from = 0;
    for (int item = 0; item < numItems; item++) {
      row.addTo(builder, followers, from, ends[item]);
      from = ends[item];
    }
    counts = builder.build();
    return this;
  }

  /** All followers of item 0 in the order they came, then those of item 1, ...; sets the ends. */
  private static int[] followers(InteractionMatrix sessions, int[] ends) {
    int[] starts = new int[ends.length + 1];
    for (int user = 0; user < sessions.numUsers(); user++) {
      for (int position = 1; position < sessions.historyLength(user); position++) {
        starts[sessions.item(user, position - 1) + 1]++;
      }
    }
    for (int item = 0; item < ends.length; item++) {
      starts[item + 1] += starts[item];
    }
    System.arraycopy(starts, 0, ends, 0, ends.length);
    int[] followers = new int[starts[ends.length]];
    for (int user = 0; user < sessions.numUsers(); user++) {
      for (int position = 1; position < sessions.historyLength(user); position++) {
        followers[ends[sessions.item(user, position - 1)]++] = sessions.item(user, position);
      }
    }
    return followers;
  }

  /** Makes one row of the matrix; its arrays serve all rows. */
  private static final class Row {
    private final int[] counts;
    private final float[] fractions;
    private final int[] distinct;
    private final float[] values;

    Row(int numItems) {
      counts = new int[numItems];
      fractions = new float[numItems];
      distinct = new int[numItems];
      values = new float[numItems];
    }

    void addTo(CsrMatrix.Builder builder, int[] followers, int from, int to) {
      int n = 0;
      for (int at = from; at < to; at++) {
        if (counts[followers[at]]++ == 0) {
          distinct[n++] = followers[at];
        }
      }
      // One number as a key: a smaller count has a smaller key, and of equal counts the later one
      // has.
      long[] keys = new long[n];
      for (int i = 0; i < n; i++) {
        keys[i] = (long) counts[distinct[i]] << 32 | (n - 1 - i);
      }
      Arrays.sort(keys);
      for (int start = 0; start < n; ) {
        int end = start;
        while (end < n && keys[end] >>> 32 == keys[start] >>> 32) {
          end++;
        }
        for (int k = start; k < end; k++) {
          int item = distinct[n - 1 - (int) keys[k]];
          fractions[item] = (k - start + 1f) / (end - start + 1f);
        }
        start = end;
      }
      Arrays.sort(distinct, 0, n);
      for (int i = 0; i < n; i++) {
        values[i] = counts[distinct[i]] + fractions[distinct[i]];
        counts[distinct[i]] = 0;
      }
      builder.row(distinct, values, n);
    }
  }

  @Override
  int numItems() {
    if (counts == null) {
      throw notFitted();
    }
    return counts.cols();
  }

  @Override
  public void score(int[] items, int length, float[] scores) {
    checkScores(scores);
    Arrays.fill(scores, 0);
    if (length > 0) {
      int last = items[length - 1];
      for (int k = 0; k < counts.nnz(last); k++) {
        scores[counts.index(last, k)] = counts.value(last, k);
      }
    }
  }
}
