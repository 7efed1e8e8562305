package io.gru4j.algorithms;

import io.gru4j.tensor.Parallel;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The threads of an estimator: started when they are first needed, and for one work at a time.
 *
 * <p>Two works at once would share the threads, the model and the request to stop.
 */
final class WorkerThreads implements AutoCloseable {
  private int threads = Runtime.getRuntime().availableProcessors();
  private Parallel parallel; // null: not started
  private final AtomicBoolean working = new AtomicBoolean(); // whoever works has the threads

  /** What may fail as the work does. */
  @FunctionalInterface
  interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** Ends the threads; the next ones are as many as this says, the caller's included. */
  void setNumber(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1, got " + threads);
    }
    close();
    this.threads = threads;
  }

  int number() {
    return threads;
  }

  /**
   * Works, if nobody else does.
   *
   * @throws IllegalStateException if somebody does
   */
  <T, E extends Exception> T alone(Work<T, E> work) throws E {
    if (!working.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "this estimator is at work in fit, predict or score, or in a listener of its fit: take"
              + " another object for what is to run beside it");
    }
    try {
      return work.run();
    } finally {
      working.set(false);
    }
  }

  /** Returns the threads, which it starts if there are none. */
  synchronized Parallel parallel() {
    if (parallel == null) {
      parallel = new Parallel(threads);
    }
    return parallel;
  }

  /** Ends the threads; they start again when needed. */
  @Override
  public synchronized void close() {
    if (parallel != null) {
      parallel.close();
      parallel = null;
    }
  }
}
