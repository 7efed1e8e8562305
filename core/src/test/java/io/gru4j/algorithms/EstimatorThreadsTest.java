package io.gru4j.algorithms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.EpochSummary;
import io.gru4j.progress.TrainingListener;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Whose worker threads live how long. */
@Timeout(120)
class EstimatorThreadsTest {
  private final TestSessions s = TestSessions.make(3, 40, 9);

  private static List<Thread> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("gru4j-worker-"))
        .toList();
  }

  private static void awaitWorkers(int most) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (workers().size() > most) {
      assertTrue(System.nanoTime() < deadline, () -> workers().toString());
      System.gc();
      LockSupport.parkNanos(20_000_000);
    }
  }

  private GRU4RecCrossEntropy estimator() {
    return new GRU4RecCrossEntropy(TestSessions.tiny()).threads(3);
  }

  @Test
  void whatNobodyClosedLeavesNoThread() {
    awaitWorkers(0); // those of other tests
    for (int i = 0; i < 8; i++) {
      GRU4RecCrossEntropy estimator = estimator();
      estimator.fit(s.x(), s.items(), s.validation());
      estimator.predict(s.x());
      assertTrue(workers().size() >= 2);
      assertTrue(workers().stream().allMatch(Thread::isDaemon)); // they keep no JVM alive
    }
    awaitWorkers(0);
  }

  /** Waits in the first epoch until it may go on. */
  private static final class Waiting implements TrainingListener {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);

    @Override
    public void onEpoch(EpochSummary epoch) {
      begun.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void aFitBesideAFitIsRefusedAndLeavesNoThread() throws Exception {
    awaitWorkers(0);
    Waiting waiting = new Waiting();
    GRU4RecCrossEntropy estimator = estimator().listener(waiting);
    FutureTask<GRU4RecCrossEntropy> first =
        new FutureTask<>(() -> estimator.fit(s.x(), s.items(), s.validation()));
    Thread thread = new Thread(first);
    thread.start();
    waiting.begun.await();
    assertRefused(() -> estimator.fit(s.x(), s.items(), s.validation()));
    assertRefused(() -> estimator.fit(s.x(), s.items(), null));
    assertEquals(2, workers().size());
    waiting.goOn.countDown();
    first.get();
    thread.join();
    try (GRU4RecCrossEntropy alone = estimator()) {
      alone.fit(s.x(), s.items(), s.validation());
      assertEquals(alone.predict(s.x()), estimator.predict(s.x())); // the first fit is as ever
    }
    estimator.fit(s.x(), s.items(), null); // and the next one is free to begin
    estimator.close();
    awaitWorkers(0);
  }

  private static void assertRefused(Executable call) {
    String message = assertThrows(IllegalStateException.class, call).getMessage();
    assertTrue(message.contains("is at work") && message.contains("another object"), message);
  }
}
