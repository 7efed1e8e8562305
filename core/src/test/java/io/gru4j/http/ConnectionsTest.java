package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  /** However few connections there may be, those in the queue need not wait long. */
  @Test
  void theWholeQueueHasItsTurnWithinSeconds() {
    for (int limit = 1; limit <= ServerLimits.CONNECTIONS; limit++) {
      long rounds = HttpListener.BACKLOG / limit + 1;
      Duration all = new Connections(limit).grace().multipliedBy(rounds);
      assertTrue(all.compareTo(Duration.ofSeconds(2)) <= 0, limit + ": " + all);
    }
    assertEquals(Duration.ofMillis(200), new Connections(1000).grace());
  }
}
