package io.gru4j.http;

import java.time.Duration;

/**
 * How long what may take, by the clock that never goes back. A connection beyond its time is
 * closed.
 *
 * @param request from a request's first byte, or the connection's begin, to the request's last byte
 * @param response from there to the answer's last byte
 * @param idle of a connection between two requests
 * @param linger of a connection that is closed after its answer and whose client still sends
 * @param reload until {@code POST /reload} is answered; a reload that takes longer goes on, and the
 *     next one does not wait for it
 */
record Timeouts(
    Duration request, Duration response, Duration idle, Duration linger, Duration reload) {
  static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(120),
          Duration.ofSeconds(60),
          Duration.ofSeconds(2),
          Duration.ofSeconds(30));
}
