package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReadBarTest {
  @Test
  void showsShareAndSpeed() {
    assertEquals(
        "reading [############------------] 50%, 1,000 rows, 500 rows/s, ETA 2.0 s",
        ReadBar.line(1000, 50, 100, 2, true));
    assertEquals(
        "reading 25%, 1,000 rows, 500 rows/s, ETA 6.0 s", ReadBar.line(1000, 25, 100, 2, false));
    assertEquals(
        "reading: 1,000 rows, 500 rows/s", ReadBar.line(1000, 50, 0, 2, true), "of a pipe");
  }
}
