package io.gru4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds whether stderr is a terminal, and its width. Java can tell this only of stdin and stdout,
 * so the start script finds it out and passes it on; without the script, the link of stderr below
 * Linux's /proc tells.
 */
final class StderrTerminal {
  /** Set by the start script: columns, or 0 where stderr is no terminal. */
  static final String PROPERTY = "gru4j.stderr.columns";

  private static final int USUAL_COLUMNS = 80;
  private static final int MOST_COLUMNS = 10_000;

  private StderrTerminal() {}

  /** The terminal's width when the JVM started; 0 where lines cannot be drawn over. */
  static int columns() {
    return columns(System.getProperty(PROPERTY), System.getenv("TERM"), Path.of("/proc/self/fd/2"));
  }

  /** The same, from what the start script says, the kind of terminal, and stderr's link. */
  static int columns(String columns, String term, Path stderr) {
    if ("dumb".equals(term)) {
      return 0;
    }
    if (columns != null && columns.matches("[0-9]{1,9}")) {
      return Math.min(Integer.parseInt(columns), MOST_COLUMNS);
    }
    if (!Files.isSymbolicLink(stderr)) {
      return 0; // unknown, and plain lines are right everywhere
    }
    try {
      String device = Files.readSymbolicLink(stderr).toString();
      boolean terminal =
          device.startsWith("/dev/pts/")
              || device.startsWith("/dev/tty")
              || device.equals("/dev/console");
      return terminal ? USUAL_COLUMNS : 0;
    } catch (IOException e) {
      return 0; // as above
    }
  }
}
