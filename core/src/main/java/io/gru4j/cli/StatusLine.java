package io.gru4j.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A line on stderr that says how far work is: on a terminal it is drawn over again and again,
 * elsewhere a line is added now and then.
 */
final class StatusLine {
  private static final long NANOS_BETWEEN_BARS = 100_000_000L;
  private static final long NANOS_BETWEEN_LINES = 20_000_000_000L;

  private final Console console;
  private long lastShown = System.nanoTime();
  private static volatile StatusLine onTerminal; // the one that is drawn now, or null

  private int drawn;

  StatusLine(Console console) {
    this.console = console;
  }

  /** Whether the line may be shown again; if so, it counts as shown. */
  boolean isDue() {
    long now = System.nanoTime();
    if (now - lastShown < (console.terminal() ? NANOS_BETWEEN_BARS : NANOS_BETWEEN_LINES)) {
      return false;
    }
    lastShown = now;
    return true;
  }

  /** Counts as shown: something else was printed. */
  void shown() {
    lastShown = System.nanoTime();
  }

  /**
   * A stream for others who print on the same terminal, such as loggers: what they print stands on
   * lines of its own, the status line is removed before.
   */
  static PrintStream above(OutputStream err) {
    OutputStream lines =
        new FilterOutputStream(err) {
          @Override
          public void write(int b) throws IOException {
            removeStatus();
            out.write(b);
          }

          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            removeStatus();
            out.write(bytes, from, length);
          }
        };
    return new PrintStream(lines, true, StandardCharsets.UTF_8);
  }

  private static void removeStatus() {
    StatusLine drawn = onTerminal;
    if (drawn != null) {
      drawn.draw("");
    }
  }

  /** Draws over the line on a terminal; an empty text removes it. Loggers call from any thread. */
  synchronized void draw(String text) {
    if (text.length() + drawn == 0) {
      return;
    }
    onTerminal = text.isEmpty() ? null : this;
    String rest = " ".repeat(Math.max(0, drawn - text.length()));
    console.err().print("\r" + text + rest + (text.isEmpty() ? "\r" : ""));
    console.err().flush();
    drawn = text.length();
  }
}
