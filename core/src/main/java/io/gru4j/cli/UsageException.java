package io.gru4j.cli;

/** The command line is wrong: exit status 2. The message says what was wrong and what is right. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says what is wrong. */
  public UsageException(String message) {
    super(message);
  }
}
