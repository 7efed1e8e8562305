package io.gru4j.tensor.nn;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Bytes that this thread and the worker threads have allocated so far, from the JVM's thread
 * MXBean. It uses reflection, because the module under test does not read java.management.
 */
public final class Allocations {

  private final Object bean;
  private final Method allocated;
  private final List<Long> threads = new ArrayList<>();
  private final long cost;

  /** Counts this thread and the worker threads that run now. */
  public Allocations() throws ReflectiveOperationException {
    bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    allocated =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getThreadAllocatedBytes", long.class);
    threads.add(Thread.currentThread().threadId());
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("gru4j-worker")) {
        threads.add(thread.threadId());
      }
    }
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 1000; i++) {
      long before = bytes();
      least = Math.min(least, bytes() - before);
    }
    cost = least;
  }

  /**
   * Returns the bytes that a step allocates, the fewest of many rounds: until the JIT has compiled
   * everything, vectors are boxed, and that may take a while. Worker threads must have begun.
   */
  static long perStep(Runnable step) throws ReflectiveOperationException {
    Allocations allocations = new Allocations();
    int steps = 20;
    long fewest = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (fewest >= 20 * steps && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(30)) {
      long before = allocations.bytes();
      for (int i = 0; i < steps; i++) {
        step.run();
      }
      fewest = Math.min(fewest, allocations.bytes() - before - allocations.cost());
    }
    return Math.max(0, fewest) / steps;
  }

  /** Returns the bytes allocated so far; the call itself allocates some. */
  public long bytes() throws ReflectiveOperationException {
    long sum = 0;
    for (int i = 0; i < threads.size(); i++) {
      sum += (long) allocated.invoke(bean, threads.get(i));
    }
    return sum;
  }

  /** What one call of {@link #bytes} itself allocates, at least. */
  long cost() {
    return cost;
  }
}
