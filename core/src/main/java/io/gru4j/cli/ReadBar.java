package io.gru4j.cli;

import io.gru4j.data.ReadListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Shows on stderr how far the reading of files is: a bar that moves on a terminal, elsewhere a line
 * now and then. Where the files' size is not known there are rows alone.
 */
final class ReadBar implements ReadListener {
  private static final int BAR = 24;

  private final Console console;
  private final long bytes; // of all files; 0: not known
  private final long start = System.nanoTime();
  private final StatusLine status;

  ReadBar(Console console, List<Path> files) {
    this.console = console;
    this.status = new StatusLine(console);
    this.bytes = size(files);
  }

  private static long size(List<Path> files) {
    long size = 0;
    for (Path file : files) {
      try {
        if (!Files.isRegularFile(file)) {
          return 0; // a pipe, standard input
        }
        size += Files.size(file);
      } catch (IOException e) {
        return 0; // the reading says what is wrong
      }
    }
    return size;
  }

  @Override
  public void onRows(long rows, long read) {
    if (!status.isDue()) {
      return;
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    String line = line(rows, read, bytes, seconds, console.terminal());
    if (console.terminal()) {
      status.draw(line.substring(0, Math.min(line.length(), Math.max(0, console.columns() - 1))));
    } else {
      console.err().println(line);
    }
  }

  /** The state in one line. */
  static String line(long rows, long read, long bytes, double seconds, boolean withBar) {
    String rate = String.format(Locale.ROOT, "%,d rows, %,.0f rows/s", rows, rows / seconds);
    if (bytes == 0) {
      return "reading: " + rate;
    }
    double share = Math.clamp((double) read / bytes, 0, 1);
    int filled = (int) (share * BAR);
    String bar = withBar ? "[" + "#".repeat(filled) + "-".repeat(BAR - filled) + "] " : "";
    String eta = Numbers.duration(share == 0 ? Double.NaN : seconds / share - seconds);
    return String.format(Locale.ROOT, "reading %s%.0f%%, %s, ETA %s", bar, 100 * share, rate, eta);
  }

  /** Removes the bar. */
  void done() {
    status.draw("");
  }
}
