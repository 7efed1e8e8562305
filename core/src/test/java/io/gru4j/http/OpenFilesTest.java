package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenFilesTest {
  @Test
  void aLimitThatLeavesFewerConnectionsIsSaidWithWhatWouldBeEnough() {
    OpenFiles files = new OpenFiles(64, 10);
    assertEquals(30, files.connections());
    String line =
        "the limit of open files, ulimit -n 64, has room for 30 connections at once: 10 files are"
            + " open and 24 kept free; for 1000 connections raise it to 1034 (ulimit -n,"
            + " LimitNOFILE= of systemd)";
    assertEquals(Optional.of(line), files.shortage(30, 1000));
    assertTrue(files.shortage(500, 16).orElseThrow().contains("for 500 connections raise it"));
  }

  @Test
  void whereSomethingElseBoundsTheConnectionsNothingIsSaid() {
    OpenFiles files = new OpenFiles(64, 10);
    assertEquals(Optional.empty(), files.shortage(29, 1000)); // asked for
    assertEquals(Optional.empty(), files.shortage(30, 30)); // as many as the heap has room for
    assertEquals(Optional.empty(), new OpenFiles(4096, 10).shortage(1000, 1000));
  }

  @Test
  void someConnectionsAreAlwaysPossible() {
    assertEquals(4, new OpenFiles(32, 10).connections());
  }
}
