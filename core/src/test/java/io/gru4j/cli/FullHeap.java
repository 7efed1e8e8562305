package io.gru4j.cli;

import java.util.ArrayList;
import java.util.List;

/** {@code gru4j serve} in a JVM whose heap something else fills, again and again. */
public final class FullHeap {
  private static final List<long[]> HELD = new ArrayList<>();

  private FullHeap() {}

  /** Serves the model that is named, and fills the heap as soon as a line comes in. */
  public static void main(String[] args) throws Exception {
    Thread filler = new Thread(FullHeap::fill);
    filler.setDaemon(true);
    filler.start();
    Main.main(new String[] {"serve", "--model", args[0], "--port", "0"});
  }

  private static void fill() {
    try {
      System.in.read();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    for (int size = 1 << 20; ; size = Math.max(16, size / 2)) {
      try {
        while (true) {
          HELD.add(new long[size]);
        }
      } catch (OutOfMemoryError e) {
        Thread.onSpinWait(); // and on with smaller ones
      }
    }
  }
}
