package io.gru4j.http;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Lines of one kind for the log: at most one in ten seconds, which counts those before it. */
final class Throttled {
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Consumer<String> log;
  private long last;
  private boolean said;
  private long unsaid;

  Throttled(Consumer<String> log) {
    this.log = log;
  }

  void say(String line) {
    String whole;
    synchronized (this) {
      long now = System.nanoTime();
      if (said && now - last < PAUSE_NANOS) {
        unsaid++;
        return;
      }
      whole = unsaid == 0 ? line : line + " (and " + unsaid + " times before, unsaid)";
      unsaid = 0;
      said = true;
      last = now;
    }
    log.accept(whole);
  }
}
