package io.gru4j.http;

import java.util.Map;

/**
 * What a client may cost. Beyond a limit it gets a 4xx or 503; a connection that the JDK's server
 * gives up before there is a request is closed without an answer.
 */
final class ServerLimits {
  /** Bytes of a body. More is answered with 413. */
  static final int BODY_BYTES = 256 << 10;

  /** Characters of a session's token: what is given out fits into the body of the next request. */
  static final int TOKEN_CHARS = BODY_BYTES - (16 << 10);

  /** Bytes beyond {@link #BODY_BYTES} that are read and thrown away, so that the 413 arrives. */
  static final int DISCARDED_BYTES = 8 << 20;

  /** Bytes of all headers. More is answered with 431, four times as much with a close. */
  static final int HEADER_BYTES = 16 << 10;

  /** Values in the JSON of a body. */
  static final int JSON_VALUES = 50_000;

  /** Clicks in one request; each is a step of the GRU. */
  static final int CLICKS = 1_000;

  /** Items in one answer. */
  static final int TOP = 1_000;

  /** Characters of a search for items. */
  static final int SEARCH_CHARS = 200;

  /** Seconds that requests in flight get to end when the server closes. */
  static final int DRAIN_SECONDS = 10;

  /**
   * Properties that the JDK's server reads once a JVM, before its first server is made; a value
   * given on the command line of the JVM stays.
   */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "jdk.httpserver.maxConnections", "1000", // more are closed at once
          "sun.net.httpserver.maxIdleConnections", "1000",
          "sun.net.httpserver.idleInterval", "60", // seconds
          "sun.net.httpserver.maxReqTime", "10", // seconds from a request's first byte to its last
          "sun.net.httpserver.maxRspTime", "120", // seconds from there to the answer's last byte
          "sun.net.httpserver.maxReqHeaders", "100",
          "sun.net.httpserver.maxReqHeaderSize", Integer.toString(4 * HEADER_BYTES),
          "sun.net.httpserver.drainAmount", Integer.toString(BODY_BYTES),
          // Without it a kept connection waits up to 40 ms for the client's acknowledgement.
          "sun.net.httpserver.nodelay", "true");

  private ServerLimits() {}

  static void apply() {
    PROPERTIES.forEach(
        (name, value) -> {
          if (System.getProperty(name) == null) {
            System.setProperty(name, value);
          }
        });
  }
}
