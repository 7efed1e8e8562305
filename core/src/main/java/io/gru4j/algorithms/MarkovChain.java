package io.gru4j.algorithms;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;
import java.util.Arrays;

/**
 * The second baseline, a first-order Markov chain: the score of item j after item i is the number
 * of times j directly followed i in a training session. Only the last click of a session matters.
 * Immutable.
 */
public final class MarkovChain implements SessionScorer {
  private final CsrMatrix transitions;

  private MarkovChain(CsrMatrix transitions) {
    this.transitions = transitions;
  }

  /**
   * Counts which item follows which.
   *
   * @param sessions the training sessions, with timestamps
   * @return the fitted baseline
   * @throws IllegalArgumentException if there are no timestamps
   */
  public static MarkovChain fit(InteractionMatrix sessions) {
    if (!sessions.hasTimestamps()) {
      throw new IllegalArgumentException(
          "which item follows which needs timestamps, " + sessions + " has none");
    }
    int numItems = sessions.numItems();
    long[] pairs = pairs(sessions);
    Arrays.sort(pairs);
    CsrMatrix.Builder builder = CsrMatrix.builder(numItems, numItems);
    int[] next = new int[numItems];
    float[] counts = new float[numItems];
    int at = 0;
    for (int item = 0; item < numItems; item++) {
      int n = 0;
      while (at < pairs.length && (int) (pairs[at] >>> 32) == item) {
        int follower = (int) pairs[at++];
        if (n > 0 && next[n - 1] == follower) {
          counts[n - 1]++;
        } else {
          next[n] = follower;
          counts[n++] = 1;
        }
      }
      builder.row(next, counts, n);
    }
    return new MarkovChain(builder.build());
  }

  /** Each (item, next item) of each session as one number. */
  private static long[] pairs(InteractionMatrix sessions) {
    long[] pairs = new long[sessions.numInteractions() - sessions.numActiveUsers()];
    int n = 0;
    for (int user = 0; user < sessions.numUsers(); user++) {
      for (int position = 1; position < sessions.historyLength(user); position++) {
        int item = sessions.item(user, position - 1);
        pairs[n++] = (long) item << 32 | sessions.item(user, position);
      }
    }
    return pairs;
  }

  @Override
  public void score(int[] items, int length, float[] scores) {
    if (scores.length != transitions.cols()) {
      throw new IllegalArgumentException(
          "scores: expected " + transitions.cols() + " elements, got " + scores.length);
    }
    Arrays.fill(scores, 0);
    if (length > 0) {
      int last = items[length - 1];
      for (int k = 0; k < transitions.nnz(last); k++) {
        scores[transitions.index(last, k)] = transitions.value(last, k);
      }
    }
  }
}
