package io.gru4j.algorithms;

import io.gru4j.data.InteractionMatrix;

/**
 * The first baseline: an item's score is the number of times it was clicked in the training
 * sessions, whatever the session.
 */
public final class Popularity extends Baseline {
  private float[] counts; // null: not fitted

  /** Makes a baseline that is not fitted. */
  public Popularity() {}

  @Override
  public String name() {
    return "most popular";
  }

  /** {@inheritDoc} Counts clicks; more than 2<sup>24</sup> are rounded. */
  @Override
  public Popularity fit(InteractionMatrix x) {
    int[] clicks = x.itemClicks();
    float[] scores = new float[clicks.length];
    for (int item = 0; item < scores.length; item++) {
      scores[item] = clicks[item];
    }
    counts = scores;
    return this;
  }

  @Override
  int numItems() {
    if (counts == null) {
      throw notFitted();
    }
    return counts.length;
  }

  @Override
  public void score(int[] items, int length, float[] scores) {
    checkScores(scores);
    System.arraycopy(counts, 0, scores, 0, counts.length);
  }
}
