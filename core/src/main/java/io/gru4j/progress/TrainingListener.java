package io.gru4j.progress;

import io.gru4j.model.EpochSummary;
import java.util.List;

/**
 * Receives the progress of a training, on the thread that trains, and may end it early.
 *
 * <p>After each batch: {@link #onBatch}, then {@link #isCancelled}. After the last batch of each
 * epoch: {@link #onEpoch}, then {@link #isCancelled}. An exception of a listener ends {@code fit}
 * with that exception; the best model so far, if there is one, is kept.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="listener"}
 */
public interface TrainingListener {

  /**
   * Called before a training continues from a checkpoint. {@link #onEpoch} is not called again for
   * the epochs before it.
   *
   * @param history the complete epochs until then
   */
  default void onResume(List<EpochSummary> history) {}

  /**
   * Called within a batch that takes long, as one with a very long session does: between two of its
   * steps, some times a second. Training is not cancelled there.
   *
   * @param progress where the epoch stands; its batch is the one that goes on
   */
  default void onStep(BatchProgress progress) {}

  /**
   * Called after each batch.
   *
   * @param progress where the epoch stands
   */
  default void onBatch(BatchProgress progress) {}

  /**
   * Called after each complete epoch, validation included.
   *
   * @param epoch the result of the epoch
   */
  default void onEpoch(EpochSummary epoch) {}

  /**
   * Says whether {@link #onUpdateNorms} is called. It takes a copy of the parameters, and no time
   * in a step. Asked once, before the first step.
   *
   * @return false as it is here
   */
  default boolean wantsUpdateNorms() {
    return false;
  }

  /**
   * Called before {@link #onEpoch}, of epochs that were trained from their beginning on.
   *
   * @param epoch from 1
   * @param parts of the network, from the embedding up
   */
  default void onUpdateNorms(int epoch, List<UpdateNorm> parts) {}

  /**
   * Called when training goes on although something failed: a checkpoint that cannot be written, or
   * is damaged. By default the warning is logged.
   *
   * @param warning one line that says what and why
   */
  default void onWarning(String warning) {
    System.getLogger("io.gru4j").log(System.Logger.Level.WARNING, "{0}", warning);
  }

  /**
   * Says whether training ends now. {@code fit} then returns as it does after the last epoch:
   *
   * <ul>
   *   <li>between two epochs, with the model that {@code max_epochs} of this number would give, bit
   *       for bit;
   *   <li>within an epoch, which then is not judged, not reported and not in the model's history:
   *       with the model of the best complete epoch; if no epoch was judged, or with {@code
   *       keep_last}, with the parameters as they are after the last batch.
   * </ul>
   *
   * <p>Cancelling after the last batch of an epoch does not cut it: it is judged and reported
   * first.
   *
   * @return false to go on; a flag that another thread sets must be volatile
   */
  default boolean isCancelled() {
    return false;
  }
}
