package io.gru4j.cli;

/**
 * A line on stderr that says how far work is: on a terminal it is drawn over again and again,
 * elsewhere a line is added now and then.
 */
final class StatusLine {
  private static final long NANOS_BETWEEN_BARS = 100_000_000L;
  private static final long NANOS_BETWEEN_LINES = 20_000_000_000L;

  private final Console console;
  private long lastShown = System.nanoTime();
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

  /** Draws over the line on a terminal; an empty text removes it. */
  void draw(String text) {
    if (text.length() + drawn == 0) {
      return;
    }
    String rest = " ".repeat(Math.max(0, drawn - text.length()));
    console.err().print("\r" + text + rest + (text.isEmpty() ? "\r" : ""));
    console.err().flush();
    drawn = text.length();
  }
}
