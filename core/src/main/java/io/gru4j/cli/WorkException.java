package io.gru4j.cli;

/** The command line is right, but the work cannot be done: exit status 1. */
public final class WorkException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says what is wrong. */
  public WorkException(String message) {
    super(message);
  }
}
