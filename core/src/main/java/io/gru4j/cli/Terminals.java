package io.gru4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds whether stderr is a terminal, and its width, and whether stdin is one. Java can tell this
 * only of stdin and stdout together, so the start script finds it out and passes it on; without the
 * script, the links below Linux's /proc tell.
 */
final class Terminals {
  /** Set by the start script: columns, or 0 where stderr is no terminal. */
  static final String STDERR_COLUMNS = "gru4j.stderr.columns";

  /** Set by the start script: whether stdin is a terminal. */
  static final String STDIN = "gru4j.stdin.terminal";

  private static final int USUAL_COLUMNS = 80;
  private static final int MOST_COLUMNS = 10_000;

  private Terminals() {}

  /** The terminal's width when the JVM started; 0 where lines cannot be drawn over. */
  static int columns() {
    return columns(
        System.getProperty(STDERR_COLUMNS), System.getenv("TERM"), Path.of("/proc/self/fd/2"));
  }

  /** The same, from what the start script says, the kind of terminal, and stderr's link. */
  static int columns(String columns, String term, Path stderr) {
    if ("dumb".equals(term)) {
      return 0;
    }
    if (columns != null && columns.matches("[0-9]{1,9}")) {
      return Math.min(Integer.parseInt(columns), MOST_COLUMNS);
    }
    return isTerminal(stderr) ? USUAL_COLUMNS : 0;
  }

  /** Whether somebody types what comes from stdin. */
  static boolean typed() {
    return typed(System.getProperty(STDIN), Path.of("/proc/self/fd/0"));
  }

  /** The same, from what the start script says, and stdin's link. */
  static boolean typed(String terminal, Path stdin) {
    return terminal == null ? isTerminal(stdin) : Boolean.parseBoolean(terminal);
  }

  /** Whether a stream's link is one to a terminal; false if that is unknown. */
  private static boolean isTerminal(Path stream) {
    if (!Files.isSymbolicLink(stream)) {
      return false;
    }
    try {
      String device = Files.readSymbolicLink(stream).toString();
      return device.startsWith("/dev/pts/")
          || device.startsWith("/dev/tty")
          || device.equals("/dev/console");
    } catch (IOException e) {
      return false; // as above
    }
  }
}
