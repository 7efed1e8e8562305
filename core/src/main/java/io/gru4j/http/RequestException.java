package io.gru4j.http;

import io.gru4j.file.OneLine;

/**
 * A request cannot be answered as asked. The message says what is wrong and what would be right.
 */
final class RequestException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String header;
  private final String value;

  RequestException(int status, String message) {
    this(status, message, null, null);
  }

  /** With a header that the status asks for, such as {@code Allow}. */
  RequestException(int status, String message, String header, String value) {
    super(message, null, false, false);
    this.status = status;
    this.header = header;
    this.value = value;
  }

  int status() {
    return status;
  }

  /** A header of the answer, or null. */
  String header() {
    return header;
  }

  String value() {
    return value;
  }

  /** A stranger's text, in quotes, fit for a message. */
  static String quote(String text) {
    return OneLine.quoted(text);
  }
}
