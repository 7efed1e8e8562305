package io.gru4j.cli;

/** The command line is right, but the work cannot be done: exit status 1. */
final class WorkException extends Exception {
  private static final long serialVersionUID = 1L;

  WorkException(String message) {
    super(message);
  }
}
