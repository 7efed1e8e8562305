package io.gru4j.algorithms;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.metrics.RankMetrics;

/**
 * Measures how well the next click is predicted: after every prefix of every test session, the item
 * that was clicked next is ranked among the whole catalogue.
 *
 * <p>Ties count against the scorer: the rank is 1 + the number of other items whose score is not
 * below that of the item clicked. So a scorer that gives all items the same score is right about
 * nothing.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="baseline"}
 */
public final class NextClickEvaluation {
  private NextClickEvaluation() {}

  /**
   * Ranks each click but the first of each session.
   *
   * @param scorer what is measured
   * @param sessions the test sessions; those of one click have nothing to predict
   * @param cutoffs the values of k wanted, each 1 or more
   * @return the metrics of all ranks
   */
  public static RankMetrics evaluate(
      SessionScorer scorer, InteractionMatrix sessions, int... cutoffs) {
    RankMetrics metrics = new RankMetrics(cutoffs);
    float[] scores = new float[sessions.numItems()];
    for (int user = 0; user < sessions.numUsers(); user++) {
      int[] items = sessions.items(user);
      for (int length = 1; length < items.length; length++) {
        scorer.score(items, length, scores);
        metrics.add(rank(scores, items[length]));
      }
    }
    return metrics;
  }

  /**
   * Returns the rank of an item, ties against it.
   *
   * @param scores of all items; NaN counts as equal to anything
   * @param target the item, in [0, scores.length)
   * @return 1 + the number of other items whose score is not below the target's
   */
  public static int rank(float[] scores, int target) {
    float score = scores[target];
    int rank = 0;
    for (float other : scores) {
      rank += other < score ? 0 : 1; // the target itself is the 1
    }
    return rank;
  }
}
