package io.gru4j.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of a {@link Parallel} and the loop that they run. Nothing in here leads to the {@link
 * Parallel}, not even between loops: so it can become unreachable while the threads wait.
 */
final class Workers {
  private static final int SPINS = 20_000;
  private static final int APART = 16; // longs between two counters

  private static final int IDLE = 0;
  private static final int RUNNING = 1;
  private static final int CLOSED = 2;

  private final Worker[] workers;
  private final AtomicLongArray notTaken; // tasks of a share, tagged; in cache lines of its own
  private final AtomicInteger notDone = new AtomicInteger();
  private Parallel.Task
      task; // this and the next: to be read by whoever has taken a task not yet done
  private int tasks;
  private volatile int round;
  private final AtomicInteger state = new AtomicInteger(IDLE);
  private volatile boolean closing; // refuses new loops while close waits for the last one
  private volatile Throwable failure;

  /** Starts {@code threads - 1} daemon threads. */
  Workers(int threads) {
    workers = new Worker[threads - 1];
    notTaken = new AtomicLongArray((threads + 1) * APART);
    int started = 0;
    try {
      while (started < workers.length) {
        workers[started] = new Worker(started + 1);
        workers[started].start();
        started++;
      }
    } finally {
      if (started < workers.length) { // the system refuses another thread: none may be left
        state.set(CLOSED);
        for (int i = 0; i < started; i++) {
          LockSupport.unpark(workers[i]);
        }
      }
    }
  }

  int threads() {
    return workers.length + 1;
  }

  /** See {@link Parallel#run}. */
  void run(int tasks, Parallel.Task task) {
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

  private void runWithWorkers(int tasks, Parallel.Task task) {
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
    this.task = null; // all have read it, and it may lead to the Parallel
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

  /** Waits a moment; after many moments lets others have the core, there may be more threads. */
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
    } catch (Throwable e) { // a worker goes on whatever happens; run throws it
      failure = e;
    } finally {
      notDone.decrementAndGet();
    }
  }

  /** See {@link Parallel#close}. */
  void close() {
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
              LockSupport.park(Workers.this);
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
