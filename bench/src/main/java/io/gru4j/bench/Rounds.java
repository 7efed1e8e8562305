package io.gru4j.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The measured side of a {@link PeersTable} row, in a JVM of its own: it prepares and warms up,
 * then makes one round whenever it is told to, and waits in between, so that two sides can take
 * turns.
 */
final class Rounds {

  private final BufferedReader in =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
  private boolean ready;

  /** Says that the last round is over (or, the first time, the warm-up) and waits for the next. */
  boolean next() {
    if (!ready) {
      ready = true;
      System.out.println("= ready");
    }
    try {
      return in.readLine() != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Hands in the figures of a round. */
  void report(double... figures) {
    System.out.println(
        Arrays.stream(figures)
            .mapToObj(Double::toString)
            .collect(Collectors.joining(" ", "= ", "")));
  }

  /** Runs something as often as asked and reports the seconds of each, after a warm-up. */
  void time(double warmUpSeconds, Runnable work) {
    long start = System.nanoTime();
    int calls = 0;
    do {
      work.run();
      calls++;
    } while ((System.nanoTime() - start) * 1e-9 < warmUpSeconds);
    int perRound = (int) Math.max(1, calls / (4 * warmUpSeconds)); // about a quarter of a second
    while (next()) {
      long from = System.nanoTime();
      for (int i = 0; i < perRound; i++) {
        work.run();
      }
      report((System.nanoTime() - from) * 1e-9 / perRound);
    }
  }
}
