package io.gru4j.tensor.nn;

import java.util.Arrays;

/**
 * The K best of a stream of scored classes: higher scores first, of equal scores the lower class.
 *
 * <p>A bounded heap whose root is the worst kept; allocates nothing after construction. Not
 * thread-safe.
 */
public final class TopK {

  private final int[] classes;
  private final float[] scores;
  private int size;

  /**
   * Creates an empty selection.
   *
   * @param k how many to keep, at least 1
   * @throws IllegalArgumentException if {@code k} is below 1
   */
  public TopK(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be >= 1, got " + k);
    }
    classes = new int[k];
    scores = new float[k];
  }

  /** Empties the selection. */
  public void clear() {
    size = 0;
  }

  /**
   * Returns the score that a class offered later, with a higher number, must exceed to be kept.
   *
   * @return the worst kept score, or minus infinity while there is room
   */
  public float threshold() {
    return size < scores.length ? Float.NEGATIVE_INFINITY : scores[0];
  }

  /**
   * Offers a class. A score that is NaN or minus infinity is never kept.
   *
   * @param c its number
   * @param score its score
   */
  public void offer(int c, float score) {
    if (!(score > Float.NEGATIVE_INFINITY)) {
      return;
    }
    if (size < scores.length) {
      int i = size++;
      while (i > 0 && worse(score, c, scores[(i - 1) / 2], classes[(i - 1) / 2])) {
        move((i - 1) / 2, i);
        i = (i - 1) / 2;
      }
      set(i, c, score);
    } else if (worse(scores[0], classes[0], score, c)) {
      sink(0, size, c, score);
    }
  }

  private static boolean worse(float score, int c, float otherScore, int otherClass) {
    return score < otherScore || score == otherScore && c > otherClass;
  }

  private void sink(int i, int end, int c, float score) {
    while (2 * i + 1 < end) {
      int child = 2 * i + 1;
      if (child + 1 < end
          && worse(scores[child + 1], classes[child + 1], scores[child], classes[child])) {
        child++;
      }
      if (!worse(scores[child], classes[child], score, c)) {
        break;
      }
      move(child, i);
      i = child;
    }
    set(i, c, score);
  }

  private void move(int from, int to) {
    set(to, classes[from], scores[from]);
  }

  private void set(int i, int c, float score) {
    classes[i] = c;
    scores[i] = score;
  }

  /**
   * Puts the kept classes in order, best first. Afterwards only reading and {@link #clear} are
   * allowed.
   */
  public void sort() {
    for (int end = size - 1; end > 0; end--) { // heap sort: the worst goes to the end
      int c = classes[end];
      float score = scores[end];
      move(0, end);
      sink(0, end, c, score);
    }
  }

  /**
   * Returns how many classes are kept.
   *
   * @return in [0, K]
   */
  public int size() {
    return size;
  }

  /**
   * Returns one of the kept classes, after {@link #sort}.
   *
   * @param i place in [0, size), 0 the best
   * @return its number
   */
  public int classAt(int i) {
    return classes[i];
  }

  /**
   * Returns the score of one of the kept classes, after {@link #sort}.
   *
   * @param i place in [0, size), 0 the best
   * @return its score
   */
  public float scoreAt(int i) {
    return scores[i];
  }

  /** Returns classes and scores, for messages. */
  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(classes, size))
        + Arrays.toString(Arrays.copyOf(scores, size));
  }
}
