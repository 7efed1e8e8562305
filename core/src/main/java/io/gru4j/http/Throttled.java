package io.gru4j.http;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Lines of one kind for the log: at most one in a minute, which counts those before it.
 * Thread-safe.
 */
final class Throttled {
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Consumer<String> log;
  private final LongSupplier nanoTime;
  private long last;
  private boolean said;
  private long unsaid;
  private String unsaidLine;

  Throttled(Consumer<String> log) {
    this(log, System::nanoTime);
  }

  Throttled(Consumer<String> log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
  }

  /** Logs a line now, or counts it where another one has just been logged. */
  void say(String line) {
    String whole;
    synchronized (this) {
      if (isPause()) {
        unsaid++;
        unsaidLine = line;
        return;
      }
      whole = next(line, unsaid);
    }
    log.accept(whole);
  }

  /** Logs what was counted and has had no line for a minute; to be called now and then. */
  void sayUnsaid() {
    String whole;
    synchronized (this) {
      if (unsaid == 0 || isPause()) {
        return;
      }
      whole = next(unsaidLine, unsaid - 1);
    }
    log.accept(whole);
  }

  private boolean isPause() {
    return said && nanoTime.getAsLong() - last < PAUSE_NANOS;
  }

  private String next(String line, long before) {
    unsaid = 0;
    said = true;
    last = nanoTime.getAsLong();
    return before == 0 ? line : line + " (and " + before + " times before, unsaid)";
  }
}
