package io.gru4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.CsrMatrix;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendations;
import io.gru4j.model.UnknownItems;
import io.gru4j.serve.Recommender;
import io.gru4j.serve.Session;
import io.gru4j.tensor.Parallel;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The nightly training and the service in one: fit, save, load and serve, again and again. At the
 * end heap, threads and open files are as at the beginning, and every round has given the same
 * bits.
 *
 * <p>{@code -Dgru4j.soakSeconds=N} sets how long the long one takes, 30 minutes if it is not given.
 */
class SoakTest {
  private static final int USERS = 200;
  private static final int ITEMS = 500;
  private static final int SERVERS = 4;
  private static final int REQUESTS = 100; // of one server in one round
  private static final int WARM_UP = 20; // rounds: classes are loaded, caches are full
  private static final long HEAP_TOLERANCE = 1 << 20; // bytes; a model takes a tenth of it

  private final TestSessions sessions = TestSessions.make(3, USERS, ITEMS);
  private final List<String> ids = sessions.items().ids();

  @TempDir Path folder;

  /** What must not grow. */
  private record Usage(long heap, Set<Thread> threads, int openFiles) {

    static Usage now() throws InterruptedException {
      for (int i = 0;
          i < 5;
          i++) { // objects that a first collection makes unreachable, such as a Cleaner's
        System.gc();
        Thread.sleep(20);
        forgetDeadThreadLocals();
      }
      Runtime runtime = Runtime.getRuntime();
      String[] descriptors = new File("/proc/self/fd").list(); // null where it is not Linux
      return new Usage(
          runtime.totalMemory() - runtime.freeMemory(),
          Set.copyOf(Thread.getAllStackTraces().keySet()),
          descriptors == null ? 0 : descriptors.length);
    }

    /**
     * Each fit leaves buffers of its layers in this thread's map of thread-locals. When the layers
     * are gone they stay there until the map needs their places, some megabytes by chance.
     */
    private static void forgetDeadThreadLocals() {
      for (int i = 0; i < 5000; i++) {
        ThreadLocal<Integer> local = new ThreadLocal<>();
        local.set(i);
        local.remove();
      }
    }
  }

  @Test
  void tenSecondsLeaveNothingBehind() throws Exception {
    soak(10);
  }

  @Test
  @Tag("long")
  void thirtyMinutesLeaveNothingBehind() throws Exception {
    soak(Integer.getInteger("gru4j.soakSeconds", 30 * 60));
  }

  private void soak(int seconds) throws Exception {
    FittedModel model = fit();
    CsrMatrix scores = predict(model);
    List<Recommendations> recommended = serve(model);
    for (int round = 0; round < WARM_UP; round++) {
      model = round(model, scores, recommended);
    }
    Usage begin = Usage.now();
    long start = System.nanoTime();
    long rounds = 0;
    do {
      model = round(model, scores, recommended);
      rounds++;
    } while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds));
    Usage end = Usage.now();
    System.out.printf(
        "soak of %d s: %d rounds, heap %d, %d threads, %d files at begin, heap %d, %d, %d at end%n",
        seconds,
        rounds,
        begin.heap,
        begin.threads.size(),
        begin.openFiles,
        end.heap,
        end.threads.size(),
        end.openFiles);
    assertTrue(end.heap <= begin.heap + HEAP_TOLERANCE, begin.heap + " became " + end.heap);
    // A thread that an earlier test has left may end; a new thread is a fault.
    Set<Thread> fresh = new HashSet<>(end.threads);
    fresh.removeAll(begin.threads);
    assertEquals(Set.of(), fresh);
    assertTrue(end.openFiles <= begin.openFiles, begin.openFiles + " became " + end.openFiles);
  }

  /** Serves a model while the next one is trained; returns the next one. */
  private FittedModel round(FittedModel model, CsrMatrix scores, List<Recommendations> recommended)
      throws Exception {
    try (ExecutorService servers = Executors.newFixedThreadPool(SERVERS)) {
      List<Future<List<Recommendations>>> served = new ArrayList<>();
      for (int i = 0; i < SERVERS; i++) {
        served.add(servers.submit(() -> serve(model)));
      }
      Path file = folder.resolve("m.safetensors");
      fit().save(file);
      FittedModel next = FittedModel.load(file);
      assertEquals(scores, predict(next));
      for (Future<List<Recommendations>> each : served) {
        assertEquals(recommended, each.get());
      }
      return next;
    }
  }

  private FittedModel fit() {
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      return estimator
          .threads(2)
          .fit(sessions.x(), sessions.items(), sessions.validation())
          .model();
    }
  }

  private CsrMatrix predict(FittedModel model) {
    try (Parallel parallel = new Parallel(2)) {
      return model.predict(sessions.x(), 20, parallel);
    }
  }

  private List<Recommendations> serve(FittedModel model) {
    List<Recommendations> answers = new ArrayList<>();
    Recommender recommender = new Recommender(model);
    for (int i = 0; i < REQUESTS; i++) {
      List<String> clicks = List.of(ids.get(i % ITEMS), ids.get(7 * i % ITEMS), "unknown");
      Recommendations answer = model.recommend(clicks, 10, UnknownItems.SKIP);
      Session session = recommender.newSession();
      clicks.forEach(session::click);
      assertEquals(answer.items(), session.top(10));
      answers.add(answer);
    }
    return answers;
  }
}
