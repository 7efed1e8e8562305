package io.gru4j.algorithms;

/** Scores the whole catalogue as the next click of a session. */
public interface SessionScorer {

  /**
   * Scores each item as the next of a session.
   *
   * @param items the session so far, oldest first, in its first {@code length} elements; each in
   *     [0, scores.length); not modified
   * @param length how many items the session has, 0 or more
   * @param scores out: a score for each item, greater is better; overwritten
   * @throws IndexOutOfBoundsException if an item is out of range
   */
  void score(int[] items, int length, float[] scores);
}
