package io.gru4j.cli;

import java.io.PrintStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lines for stderr from threads that must not wait for it: a pipe that nobody reads is full after
 * 64 KiB. A thread of its own prints; what finds no place is counted, and the count is printed.
 * Thread-safe.
 */
final class LogQueue implements AutoCloseable {
  private static final int LINES = 256;
  private static final long END_MILLIS = 1000;

  private final PrintStream err;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES);
  private final AtomicLong lost = new AtomicLong();
  private final Thread printer;
  private volatile boolean closed;

  /** Prints to {@code err} from now on. */
  LogQueue(PrintStream err) {
    this.err = err;
    printer = Thread.ofPlatform().daemon().name("gru4j-log").start(this::print);
  }

  /** Has a line printed soon, without waiting for it. */
  void println(String line) {
    if (!lines.offer(line)) {
      lost.incrementAndGet();
    }
  }

  private void print() {
    try {
      while (!closed || !lines.isEmpty()) {
        String line = lines.poll(END_MILLIS / 10, TimeUnit.MILLISECONDS);
        if (line != null) {
          err.println(line);
        }
        long count = lost.getAndSet(0);
        if (count > 0) {
          err.println("gru4j: " + count + " lines are lost: stderr was not read");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until all is printed, but not for a reader who does not come. */
  @Override
  public void close() {
    closed = true;
    try {
      printer.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
