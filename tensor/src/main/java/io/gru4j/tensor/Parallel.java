package io.gru4j.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

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
 * wake: where other processes keep the cores busy, the caller does the work of the workers that get
 * no core. Between loops the workers spin for a fraction of a millisecond, then sleep. One thread
 * at a time may call {@link #run}. {@link #close} ends the workers.
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

  private static final int SPINS = 20_000;
  private static final int APART = 16; // longs between two counters

  private static final int IDLE = 0;
  private static final int RUNNING = 1;
  private static final int CLOSED = 2;

  private final Worker[] workers;
  private final AtomicLongArray notTaken; // tasks of a share, tagged; in cache lines of its own
  private final AtomicInteger notDone = new AtomicInteger();
  private Task task; // this and the next: read by a thread that has taken a task not yet done
  private int tasks;
  private volatile int round;
  private final AtomicInteger state = new AtomicInteger(IDLE);
  private volatile boolean closing; // refuses new loops while close waits for the last one
  private volatile Throwable failure;

  /**
   * Starts {@code threads - 1} daemon threads.
   *
   * @param threads number of threads that work, the caller of {@link #run} included; at least 1
   * @throws IllegalArgumentException if {@code threads} is below 1
   */
  public Parallel(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be >= 1, got " + threads);
    }
    workers = new Worker[threads - 1];
    notTaken = new AtomicLongArray((threads + 1) * APART);
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  /**
   * Returns the number of threads that work, the caller included.
   *
   * @return at least 1
   */
  public int threads() {
    return workers.length + 1;
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
    if (closing) {
      throw new IllegalStateException("run after close");
    }
    if (!state.compareAndSet(IDLE, RUNNING)) {
      throw new IllegalStateException(
          closing
              ? "run after close"
              : "run while another loop is running: one thread at a time, and not from a task");
    }
    try {
      if (workers.length == 0 || tasks <= 1) {
        for (int i = 0; i < tasks; i++) {
          task.run(i);
        }
      } else {
        runWithWorkers(tasks, task);
      }
    } finally {
      state.set(IDLE);
    }
  }

  private void runWithWorkers(int tasks, Task task) {
    this.task = task;
    this.tasks = tasks;
    notDone.set(tasks);
    int round = this.round + 1;
    for (int share = 0; share <= workers.length; share++) {
      int number = shareStart(share + 1) - shareStart(share);
      notTaken.set((share + 1) * APART, tagged(round, number));
    }
    this.round = round;
    for (Worker worker : workers) {
      if (worker.asleep) {
        LockSupport.unpark(worker);
      }
    }
    work(0, round);
    for (int spins = 0; notDone.get() > 0; spins++) {
      spinOrYield(spins);
    }
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      if (thrown instanceof Error error) {
        throw error;
      }
      if (thrown instanceof RuntimeException exception) {
        throw exception;
      }
      throw new IllegalStateException("a task has thrown a checked exception", thrown);
    }
  }

  /**
   * Waits a moment. After many moments it yields the core: there may be more threads than cores.
   */
  private static void spinOrYield(int spins) {
    if (spins < SPINS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  private int shareStart(int share) {
    return (int) ((long) share * tasks / threads());
  }

  private void work(int thread, int round) {
    for (int i = 0; i < threads(); i++) {
      int share = (thread + i) % threads();
      for (int left = take(share, round); left > 0; left = take(share, round)) {
        runTaken(shareStart(share + 1) - left);
      }
    }
  }

  /**
   * Takes a task of a share, if this round is still running. A worker that comes late leaves the
   * next round's tasks to those that begin it with their own shares.
   *
   * @return the number of tasks that were left, 0 if there was none to take
   */
  private int take(int share, int round) {
    int counter = (share + 1) * APART;
    while (true) {
      long seen = notTaken.get(counter);
      int left = (int) seen;
      if (left == 0 || seen != tagged(round, left)) {
        return 0;
      }
      if (notTaken.compareAndSet(counter, seen, seen - 1)) {
        return left;
      }
    }
  }

  private static long tagged(int round, int tasks) {
    return (long) round << 32 | tasks;
  }

  private void runTaken(int index) {
    try {
      if (failure == null) {
        task.run(index);
      }
    } catch (Throwable e) { // a worker continues after any failure; run throws it
      failure = e;
    } finally {
      notDone.decrementAndGet();
    }
  }

  /**
   * Ends the worker threads. A loop that another thread is running ends first; not to be called
   * from a task.
   */
  @Override
  public void close() {
    closing = true;
    for (int spins = 0; !state.compareAndSet(IDLE, CLOSED); spins++) {
      if (state.get() == CLOSED) {
        return;
      }
      spinOrYield(spins);
    }
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
    boolean interrupted = false;
    for (Worker worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Worker extends Thread {

    private final int number;
    volatile boolean asleep;

    Worker(int number) {
      super("gru4j-worker-" + number);
      this.number = number;
      setDaemon(true);
    }

    @Override
    public void run() {
      int seen = 0;
      while (true) {
        for (int spins = 0; round == seen && state.get() != CLOSED; spins++) {
          if (spins < SPINS) {
            Thread.onSpinWait();
          } else {
            asleep = true;
            if (round == seen && state.get() != CLOSED) {
              LockSupport.park(Parallel.this);
            }
            asleep = false;
          }
        }
        if (round == seen) {
          return; // closed
        }
        seen = round;
        work(number, seen);
      }
    }
  }
}
