package io.gru4j.serve;

/** The bytes are not a session that this model can continue; the message says why. */
public final class SessionFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong with the bytes. */
  public enum Reason {
    /** They are no session, or were changed or cut. */
    CORRUPT,
    /** They were written in a version of the format that is not known here. */
    OTHER_VERSION,
    /** They are a session of another model, whose hidden state means nothing here. */
    OTHER_MODEL
  }

  /** What is wrong. */
  private final Reason reason;

  SessionFormatException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * Returns what is wrong.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }
}
