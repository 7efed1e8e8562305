package io.gru4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ParallelTest {

  @Property
  void everyTaskRunsOnceRoundAfterRound(
      @ForAll @IntRange(min = 1, max = 8) int threads, @ForAll @IntRange(max = 100) int tasks) {
    try (Parallel parallel = new Parallel(threads)) {
      assertEquals(threads, parallel.threads());
      AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
      int[] plain = new int[tasks]; // what tasks write is visible without a lock
      int rounds = 20;
      for (int round = 0; round < rounds; round++) {
        parallel.run(
            tasks,
            i -> {
              runs.incrementAndGet(i);
              plain[i] += i;
            });
      }
      for (int i = 0; i < tasks; i++) {
        assertEquals(rounds, runs.get(i));
        assertEquals(rounds * i, plain[i]);
      }
    }
  }

  /** Workers that come late, there are more than cores, run no task of an earlier loop again. */
  @Property(tries = 20)
  void lateWorkersRunTheLoopOfTheirTime(@ForAll Random random) {
    try (Parallel parallel = new Parallel(16)) {
      for (int round = 0; round < 500; round++) {
        int tasks = random.nextInt(2, 40);
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        parallel.run(tasks, runs::incrementAndGet);
        for (int i = 0; i < tasks; i++) {
          assertEquals(1, runs.get(i), "runs of task " + i + " of round " + round);
        }
      }
    }
  }

  /** While all threads are at work, each runs the tasks of its share: the caller the first. */
  @Test
  void threadsBeginWithTheirShares() {
    try (Parallel parallel = new Parallel(3)) {
      for (int round = 0; round < 50; round++) {
        Thread[] ran = new Thread[9];
        CountDownLatch all = new CountDownLatch(3);
        parallel.run(
            9,
            i -> {
              ran[i] = Thread.currentThread();
              if (i % 3 == 0) { // the first of a share: until all three threads have begun
                all.countDown();
                try {
                  all.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
            });
        assertSame(Thread.currentThread(), ran[0]);
        assertEquals("gru4j-worker-1", ran[3].getName());
        assertEquals("gru4j-worker-2", ran[6].getName());
      }
    }
  }

  /** A share whose thread is held up is finished by the others. */
  @Test
  void othersFinishAShare() {
    try (Parallel parallel = new Parallel(2)) {
      CountDownLatch others = new CountDownLatch(7);
      parallel.run(
          8,
          i -> {
            if (i == 0) { // ends only after all others, three of them in its own share
              try {
                others.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            } else {
              others.countDown();
            }
          });
      assertEquals(0, others.getCount());
    }
  }

  /** Tasks that wait for one another end only if there are as many threads. */
  @Test
  void theThreadsWorkAtTheSameTime() {
    try (Parallel parallel = new Parallel(3)) {
      Set<Thread> seen = ConcurrentHashMap.newKeySet();
      CountDownLatch all = new CountDownLatch(3);
      parallel.run(
          3,
          i -> {
            seen.add(Thread.currentThread());
            all.countDown();
            try {
              all.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      assertEquals(3, seen.size());
      assertTrue(seen.contains(Thread.currentThread()), "the caller takes part");
    }
  }

  /** The caller waits for a worker's task that takes longer than its own. */
  @Test
  void runReturnsWhenTheSlowestTaskIsDone() {
    try (Parallel parallel = new Parallel(2)) {
      for (int round = 0; round < 3; round++) {
        CountDownLatch both = new CountDownLatch(2);
        boolean[] done = new boolean[1];
        parallel.run(
            2,
            i -> {
              both.countDown();
              try {
                both.await();
                if (Thread.currentThread().getName().equals("gru4j-worker-1")) {
                  Thread.sleep(30);
                  done[0] = true;
                }
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
        assertTrue(done[0], "round " + round);
      }
    }
  }

  @Test
  void tasksNotYetBegunAreSkippedAfterAFailure() {
    try (Parallel parallel = new Parallel(2)) {
      AtomicInteger begun = new AtomicInteger();
      int tasks = 2000;
      assertThrows(
          IllegalStateException.class,
          () ->
              parallel.run(
                  tasks,
                  i -> {
                    begun.incrementAndGet();
                    if (i == 0) {
                      throw new IllegalStateException("the first");
                    }
                    LockSupport.parkNanos(1_000_000);
                  }));
      assertTrue(begun.get() < tasks, begun + " tasks were begun");
    }
  }

  @Test
  void closeKeepsAnInterrupt() {
    Parallel parallel = new Parallel(3);
    Thread.currentThread().interrupt();
    parallel.close();
    assertTrue(Thread.interrupted());
  }

  @Test
  void whatATaskThrowsReachesTheCaller() {
    for (int threads : new int[] {1, 2, 4}) {
      try (Parallel parallel = new Parallel(threads)) {
        for (int round = 0; round < 20; round++) {
          RuntimeException thrown = new IllegalStateException("round " + round);
          int bad = round * 5;
          RuntimeException caught =
              assertThrows(
                  RuntimeException.class,
                  () ->
                      parallel.run(
                          100,
                          i -> {
                            if (i == bad) {
                              throw thrown;
                            }
                          }));
          assertSame(thrown, caught);
          Error error = new AssertionError("error");
          assertSame(
              error,
              assertThrows(
                  Error.class,
                  () ->
                      parallel.run(
                          5,
                          i -> {
                            throw error;
                          })));
          List<Integer> after = Collections.synchronizedList(new ArrayList<>());
          parallel.run(10, after::add); // the next loop is not disturbed
          assertEquals(10, after.size());
        }
      }
    }
  }

  @Test
  void sleepingWorkersWakeUpAndCloseEndsThem() throws InterruptedException {
    Set<Thread> workers = ConcurrentHashMap.newKeySet();
    Parallel parallel = new Parallel(3);
    for (int round = 0; round < 3; round++) {
      Thread.sleep(50); // long past the spinning
      CountDownLatch all = new CountDownLatch(3);
      parallel.run(
          3,
          i -> {
            if (Thread.currentThread().getName().startsWith("gru4j-worker-")) {
              assertTrue(Thread.currentThread().isDaemon());
              workers.add(Thread.currentThread());
            }
            all.countDown();
            try {
              all.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    }
    assertEquals(2, workers.size());
    Thread.sleep(50);
    parallel.close();
    for (Thread worker : workers) {
      assertFalse(worker.isAlive(), worker.getName());
    }
    assertThrows(IllegalStateException.class, () -> parallel.run(2, i -> {}));
    parallel.close(); // again: nothing to do
  }

  @Test
  void threadsAreChecked() {
    assertEquals(
        "threads must be in [1, 65536], got 0",
        assertThrows(IllegalArgumentException.class, () -> new Parallel(0)).getMessage());
  }

  @Test
  void aClosedOneRefusesWork() {
    for (int threads = 1; threads <= 2; threads++) {
      Parallel parallel = new Parallel(threads);
      parallel.close();
      assertEquals(
          "run after close",
          assertThrows(IllegalStateException.class, () -> parallel.run(1, i -> {})).getMessage());
    }
  }

  /** One thread runs loops, another closes: the loop that runs ends, the next is refused. */
  @Test
  void closeWaitsForTheLoopThatRuns() throws InterruptedException {
    for (int round = 0; round < 50; round++) {
      Parallel parallel = new Parallel(3);
      AtomicInteger done = new AtomicInteger();
      int[] loops = new int[1];
      Thread runner =
          new Thread(
              () -> {
                try {
                  while (true) {
                    parallel.run(8, i -> done.incrementAndGet());
                    loops[0]++;
                  }
                } catch (IllegalStateException closed) {
                  assertEquals("run after close", closed.getMessage());
                }
              });
      runner.start();
      Thread.sleep(0, 100_000);
      parallel.close();
      runner.join(30_000);
      assertFalse(runner.isAlive(), "the runner hangs after close");
      assertEquals(8 * loops[0], done.get(), "every loop that began has ended");
    }
  }

  /** A checked exception that is not declared, as other languages allow, ends no worker. */
  @Test
  void aCheckedExceptionReachesTheCallerToo() {
    try (Parallel parallel = new Parallel(2)) {
      for (int round = 0; round < 20; round++) {
        Exception thrown = new Exception("round " + round);
        Exception caught =
            assertThrows(
                IllegalStateException.class,
                () -> parallel.run(50, i -> ParallelTest.<RuntimeException>sneak(thrown)));
        assertSame(thrown, caught.getCause());
      }
      AtomicInteger sum = new AtomicInteger();
      parallel.run(10, sum::addAndGet);
      assertEquals(45, sum.get());
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void aLoopInALoopIsRefused() {
    for (int threads = 1; threads <= 2; threads++) {
      try (Parallel parallel = new Parallel(threads)) {
        String message =
            assertThrows(
                    IllegalStateException.class,
                    () -> parallel.run(2, i -> parallel.run(1, j -> {})))
                .getMessage();
        assertEquals(
            "run while another loop is running: one thread at a time, and not from a task",
            message);
        parallel.run(3, i -> {}); // still of use
      }
    }
  }

  /** Also if its last task leads to it. */
  @Test
  void workersOfAnUnreachableObjectEnd() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    for (int i = 0; i < 10; i++) {
      Parallel parallel = new Parallel(3);
      parallel.run(100, index -> assertEquals(3, parallel.threads()));
    }
    Set<Thread> workers = ConcurrentHashMap.newKeySet();
    workers.addAll(Thread.getAllStackTraces().keySet());
    workers.removeAll(before);
    workers.removeIf(thread -> !thread.getName().startsWith("gru4j-worker-"));
    while (workers.stream().anyMatch(Thread::isAlive)) { // until the time is up
      System.gc();
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Test
  void moreThreadsThanThereCanBeAreRefused() {
    for (int threads : new int[] {Integer.MAX_VALUE, 1 << 27, 65_537, 0}) {
      assertEquals(
          "threads must be in [1, 65536], got " + threads,
          assertThrows(IllegalArgumentException.class, () -> new Parallel(threads)).getMessage());
    }
  }
}
