package io.gru4j.algorithms;

/** Training cannot go on: the loss or a parameter is not finite any more. */
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
