package io.gru4j.progress;

/** Training cannot continue: the loss or a parameter is not finite. */
public final class TrainingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Says what happened, where, and what may help.
   *
   * @param message names epoch, step and learning rate
   */
  public TrainingException(String message) {
    super(message);
  }
}
