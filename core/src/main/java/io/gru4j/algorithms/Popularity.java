package io.gru4j.algorithms;

import io.gru4j.data.InteractionMatrix;

/**
 * The first baseline: an item's score is the number of times it was clicked in the training
 * sessions, whatever the session. Immutable.
 */
public final class Popularity implements SessionScorer {
  private final float[] counts;

  private Popularity(float[] counts) {
    this.counts = counts;
  }

  /**
   * Counts clicks.
   *
   * @param sessions the training sessions
   * @return the fitted baseline
   */
  public static Popularity fit(InteractionMatrix sessions) {
    float[] counts = new float[sessions.numItems()]; // exact up to 2^24 clicks on one item
    for (int user = 0; user < sessions.numUsers(); user++) {
      for (int position = 0; position < sessions.historyLength(user); position++) {
        counts[sessions.item(user, position)]++;
      }
    }
    return new Popularity(counts);
  }

  @Override
  public void score(int[] items, int length, float[] scores) {
    if (scores.length != counts.length) {
      throw new IllegalArgumentException(
          "scores: expected " + counts.length + " elements, got " + scores.length);
    }
    System.arraycopy(counts, 0, scores, 0, counts.length);
  }
}
