package io.gru4j.tensor.nn;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The K best of a stream of scored classes: higher scores first, of equal scores the lower class.
 *
 * <p>A bounded heap whose root is the worst kept; allocates nothing after construction. Not
 * thread-safe.
 */
public final class TopK {

  private final int[] classes;
  private final float[] scores;
  private int k;
  private int size;
  private IntPredicate rejected;

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
    this.k = k;
    classes = new int[k];
    scores = new float[k];
  }

  /**
   * Returns the largest number that may be kept.
   *
   * @return the K of the constructor
   */
  public int capacity() {
    return scores.length;
  }

  /**
   * Empties the selection and sets what it keeps from now on.
   *
   * @param k how many to keep, in [1, {@link #capacity}]
   * @param rejected classes that are never kept; asked only of those that would be kept, in the
   *     order in which they are offered. Null rejects none
   * @throws IllegalArgumentException if {@code k} is out of range
   */
  public void keep(int k, IntPredicate rejected) {
    if (k < 1 || k > scores.length) {
      throw new IllegalArgumentException(
          "k must be in [1, %d], got %d".formatted(scores.length, k));
    }
    this.k = k;
    this.rejected = rejected;
    size = 0;
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
    return size < k ? Float.NEGATIVE_INFINITY : scores[0];
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
    if (size == k && !worse(scores[0], classes[0], score, c)
        || rejected != null && rejected.test(c)) {
      return;
    }
    if (size < k) {
      int i = size++;
      while (i > 0 && worse(score, c, scores[(i - 1) / 2], classes[(i - 1) / 2])) {
        move((i - 1) / 2, i);
        i = (i - 1) / 2;
      }
      set(i, c, score);
    } else {
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
