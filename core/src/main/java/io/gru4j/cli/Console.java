package io.gru4j.cli;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads and prints.
 *
 * @param in sessions to recommend for, UTF-8
 * @param out results
 * @param err progress and errors
 * @param terminal whether {@code err} is a terminal on which a line can be drawn over
 */
record Console(InputStream in, PrintStream out, PrintStream err, boolean terminal) {}
