package io.gru4j.algorithms;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;

/**
 * What learns from sessions and then scores the next item of every user: an {@link Estimator}, or a
 * {@link Baseline}.
 */
public interface NextItemPredictor {

  /**
   * Learns. What an earlier fit learned is forgotten.
   *
   * @param x users x items; a user is a session
   * @return this
   * @throws IllegalArgumentException if {@code x} has no timestamps where their order is learned
   */
  NextItemPredictor fit(InteractionMatrix x);

  /**
   * Scores the next item of every user.
   *
   * @param x users x items, of as many items as were learned from
   * @return users x items; rows of users without history are empty
   * @throws IllegalStateException if nothing was fitted
   * @throws IllegalArgumentException if {@code x} has another number of items
   */
  CsrMatrix predict(InteractionMatrix x);

  /**
   * Scores the next item of every user and keeps of each user the {@code most} largest scores of
   * those that {@link #predict(InteractionMatrix)} keeps; of equal ones the smaller items.
   *
   * @param x users x items, of as many items as were learned from
   * @param most at least 1
   * @return users x items; rows of users without history are empty
   * @throws IllegalStateException if nothing was fitted
   * @throws IllegalArgumentException if {@code x} has another number of items, or {@code most} is
   *     below 1
   */
  CsrMatrix predict(InteractionMatrix x, int most);
}
