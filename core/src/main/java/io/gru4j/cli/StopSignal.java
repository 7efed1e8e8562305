package io.gru4j.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Lets SIGINT, SIGTERM and SIGHUP stop a command cleanly: the JVM ends only after the command has
 * ended, with 128 + the signal's number as exit status.
 *
 * <p>It is a shutdown hook: the JVM runs hooks for exactly these signals and sets the status
 * itself. {@code sun.misc.Signal} would need the module jdk.unsupported. A second signal changes
 * nothing; SIGKILL always ends the JVM.
 */
final class StopSignal implements AutoCloseable {
  private static final CountDownLatch COMMAND_ENDED = new CountDownLatch(1);

  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private final Thread hook;

  /**
   * Sets what a signal does after {@link #listen} was called.
   *
   * @param stop asks the work to end soon, on a thread of its own, and does not wait for it
   * @param err is told that it was asked
   */
  StopSignal(Runnable stop, PrintStream err) {
    this(stop, "stops after this step", err::println, FOREVER);
  }

  /**
   * As the other, for work that has only so long to end.
   *
   * @param stop asks the work to end soon
   * @param said what is said
   * @param err is told so
   * @param time until the JVM ends even if the work does not
   */
  StopSignal(Runnable stop, String said, Consumer<String> err, Duration time) {
    hook =
        new Thread(
            () -> {
              err.accept("gru4j: " + said);
              stop.run();
              awaitEnd(time.toNanos());
            },
            "gru4j-stop");
  }

  /** From now on a signal calls {@code stop}. */
  void listen() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private static void awaitEnd(long nanos) {
    long begin = System.nanoTime();
    boolean ended = false;
    while (!ended) {
      try {
        COMMAND_ENDED.await(nanos - (System.nanoTime() - begin), TimeUnit.NANOSECONDS);
        ended = true;
      } catch (InterruptedException e) {
        ended = false; // nothing interrupts a hook
      }
    }
  }

  /** Tells a waiting hook that the JVM may end: everything is written and printed. */
  static void commandEnded() {
    COMMAND_ENDED.countDown();
  }

  /** From now on a signal ends the JVM at once, unless one has come already. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // The JVM is about to end: the hook waits for the command.
    }
  }
}
