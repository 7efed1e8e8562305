package io.gru4j.progress;

/**
 * Training was asked to stop, by the estimator's {@code stop} or by an interrupt of its thread, and
 * has done so between two steps.
 */
public final class TrainingStoppedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Says where training stopped.
   *
   * @param message names epoch and step
   */
  public TrainingStoppedException(String message) {
    super(message);
  }
}
