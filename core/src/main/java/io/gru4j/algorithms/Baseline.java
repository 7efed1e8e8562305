package io.gru4j.algorithms;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.tensor.nn.TopK;
import java.util.List;

/**
 * A simple method to hold a network against: it has no gradient, counts, and is fitted in a second.
 * A network that does not beat all of them has learned too little.
 *
 * <p>A score is above 0 where something speaks for the item; all others have the score 0 and are on
 * no list. While nobody fits it, a baseline may be asked by any number of threads.
 */
public abstract sealed class Baseline implements NextItemPredictor, SessionScorer
    permits Popularity, MarkovChain, VSknn {

  Baseline() {}

  /**
   * Makes one of each kind, with its default settings.
   *
   * @return new baselines, none fitted: most popular, Markov chain, V-SkNN
   */
  public static List<Baseline> all() {
    return List.of(new Popularity(), new MarkovChain(), new VSknn());
  }

  /**
   * Returns what tables call it.
   *
   * @return such as {@code most popular}
   */
  public abstract String name();

  @Override
  public abstract Baseline fit(InteractionMatrix x);

  /** How many items there were; fails before the first fit. */
  abstract int numItems();

  /** {@inheritDoc} Items of score 0 are not stored. */
  @Override
  public CsrMatrix predict(InteractionMatrix x) {
    return predict(x, numItems());
  }

  @Override
  public CsrMatrix predict(InteractionMatrix x, int most) {
    if (x.numItems() != numItems()) {
      throw new IllegalArgumentException(
          "X: the baseline knows %d items, got a matrix of %d".formatted(numItems(), x.numItems()));
    }
    if (most < 1) {
      throw new IllegalArgumentException("most must be >= 1, got " + most);
    }
    CsrMatrix.Builder builder = CsrMatrix.builder(x.numUsers(), x.numItems());
    float[] scores = new float[x.numItems()];
    TopK top = new TopK(Math.max(1, Math.min(most, scores.length)));
    int[] items = new int[top.capacity()];
    float[] kept = new float[top.capacity()];
    for (int user = 0; user < x.numUsers(); user++) {
      int[] session = x.items(user);
      top.clear();
      if (session.length > 0) {
        score(session, session.length, scores);
        for (int item = 0; item < scores.length; item++) {
          if (scores[item] > 0) {
            top.offer(item, scores[item]);
          }
        }
      }
      int n = top.size();
      top.takeByClass(items, kept);
      builder.row(items, kept, n);
    }
    return builder.build();
  }

  /** Checks that scores have a place for each item. */
  final void checkScores(float[] scores) {
    if (scores.length != numItems()) {
      throw new IllegalArgumentException(
          "scores: expected " + numItems() + " elements, got " + scores.length);
    }
  }

  /** What to throw before the first fit. */
  static IllegalStateException notFitted() {
    return new IllegalStateException("the baseline is not fitted: call fit first");
  }
}
