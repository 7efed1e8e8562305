package io.gru4j.tensor;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/**
 * Worker threads that run the numbered tasks of one loop after another.
 *
 * <p>The caller takes part, so {@code threads} is the number of busy cores. Thread t of n starts
 * with the t-th n-th of the tasks, so that it finds in its cache what it wrote in the loop before;
 * when its own are done it takes what others have left. Which thread runs a task is left to chance.
 * So that results have the same bits for any number of threads, a loop is cut into tasks by the
 * shape of the problem alone, every task writes its own output, and parts of a sum are added in a
 * fixed order.
 *
 * <p>{@link #run} allocates nothing. It waits for tasks that have begun, never for a worker to
 * wake: where other processes keep the cores busy, the caller does the work of workers that get
 * none. Between loops the workers spin for a fraction of a millisecond, then sleep. One thread at a
 * time may call {@link #run}. {@link #close} ends the workers; those of an object that nobody
 * closed end after it has become unreachable. They never keep the JVM alive.
 *
 * {@snippet class="io.gru4j.tensor.JavadocExamplesTest" region="parallel"}
 */
public final class Parallel implements AutoCloseable {

  /** The body of a loop. */
  @FunctionalInterface
  public interface Task {
    /**
     * Runs one task.
     *
     * @param index number of the task, from 0
     */
    void run(int index);
  }

  private static final int MOST_THREADS = 1 << 16; // far above what systems start

  private static final Cleaner CLEANER = Cleaner.create();

  private final Workers workers;
  private final Cleaner.Cleanable closing;

  /**
   * Starts {@code threads - 1} daemon threads.
   *
   * @param threads number of threads that work, the caller of {@link #run} included; in [1, {@value
   *     #MOST_THREADS}]
   * @throws IllegalArgumentException if {@code threads} is out of range
   */
  public Parallel(int threads) {
    if (threads < 1 || threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "threads must be in [1, %d], got %d".formatted(MOST_THREADS, threads));
    }
    Workers started = new Workers(threads);
    workers = started;
    closing = CLEANER.register(this, started::close);
  }

  /**
   * Returns the number of threads that work, the caller included.
   *
   * @return at least 1
   */
  public int threads() {
    return workers.threads();
  }

  /**
   * Runs tasks 0 to {@code tasks - 1}, in any order and at the same time, and returns when all are
   * done. What they wrote is visible to the caller.
   *
   * @param tasks number of tasks
   * @param task the body
   * @throws RuntimeException the exception of a task; tasks not yet begun are then skipped
   * @throws IllegalStateException after {@link #close}, and while another loop is running
   */
  public void run(int tasks, Task task) {
    try {
      workers.run(tasks, task);
    } finally {
      Reference.reachabilityFence(this); // else a last loop might go on without workers
    }
  }

  /**
   * Ends the worker threads. A loop that another thread is running ends first; not to be called
   * from a task.
   */
  @Override
  public void close() {
    closing.clean();
  }
}
