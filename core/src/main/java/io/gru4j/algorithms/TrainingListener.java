package io.gru4j.algorithms;

import io.gru4j.model.EpochSummary;

/**
 * Is told how training goes, on the thread that trains.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="listener"}
 */
public interface TrainingListener {

  /**
   * Called after each batch.
   *
   * @param progress where the epoch stands
   */
  default void onBatch(BatchProgress progress) {}

  /**
   * Called after each epoch, validation included.
   *
   * @param epoch what it came to
   */
  default void onEpoch(EpochSummary epoch) {}
}
