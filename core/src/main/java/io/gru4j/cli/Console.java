package io.gru4j.cli;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads and prints.
 *
 * @param in sessions to recommend for, UTF-8
 * @param out results
 * @param err progress and errors
 * @param columns the width of the terminal on {@code err}, where a line can be drawn again; 0 if it
 *     is no terminal
 * @param typed whether somebody types what {@code in} brings
 */
public record Console(
    InputStream in, PrintStream out, PrintStream err, int columns, boolean typed) {
  /** A console where nobody types. */
  public Console(InputStream in, PrintStream out, PrintStream err, int columns) {
    this(in, out, err, columns, false);
  }

  boolean terminal() {
    return columns > 0;
  }
}
