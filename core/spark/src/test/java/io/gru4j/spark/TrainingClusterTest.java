package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors in JVMs of their own: the bytes of a training in one JVM, also if one is killed, a task
 * fails or a task hangs in the middle of a round.
 */
class TrainingClusterTest {
  private static final TrainingCase CASE = TrainingCase.usual(TrainingRows.tiny().build());

  private static String expected; // of local[1]
  private static TwoHosts hosts;
  private static SparkCluster cluster;

  @TempDir private static Path folder;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    try (SparkCluster one = SparkCluster.start("local[1]")) {
      expected = CASE.fit(one).sha256();
    }
    try (SparkCluster four = SparkCluster.start("local[4]")) {
      assertEquals(expected, CASE.fit(four).sha256(), "local[4]");
    }
    try (SparkCluster two = SparkCluster.start("local-cluster[2,1,1024]")) {
      assertEquals(expected, CASE.fit(two).sha256(), "local-cluster");
    }
    hosts = new TwoHosts(folder);
    cluster =
        SparkCluster.start(
            hosts.url(),
            "spark.speculation",
            "true",
            "spark.speculation.interval",
            "100ms",
            "spark.speculation.quantile",
            "0.5");
    cluster.await(2);
  }

  @AfterAll
  static void stop() {
    cluster.close();
    hosts.close();
  }

  /** What happens to a task in the second round. */
  private interface Accident extends RoundTask.Watch {
    void happen() throws Exception;

    @Override
    default void begins(int partition, int round) throws Exception {
      if (round == 1 && partition == 1 && TaskContext.get().attemptNumber() == 0) {
        happen();
      }
    }
  }

  private static String fitWith(Accident accident) throws IOException {
    return CASE.fit(cluster, trainer -> trainer.watch(accident)).sha256();
  }

  @Test
  void theBytesAreThoseOfOneJvm() throws IOException {
    assertEquals(expected, CASE.fit(cluster).sha256());
  }

  @Test
  void anExecutorKilledInMidRoundChangesNothing() throws Exception {
    Path pid = folder.resolve("pid");
    String file = pid.toString();
    CompletableFuture<String> result =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return fitWith(
                    () -> {
                      Path half = Path.of(file + ".half");
                      Files.writeString(half, Long.toString(ProcessHandle.current().pid()));
                      Files.move(half, Path.of(file));
                      Thread.sleep(240_000); // killed here
                    });
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    while (!Files.exists(pid) && !result.isDone() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    ProcessHandle executor = ProcessHandle.of(Long.parseLong(Files.readString(pid))).orElseThrow();
    assertFalse(executor.equals(ProcessHandle.current()));
    assertTrue(executor.destroyForcibly());
    assertEquals(expected, result.get(180, TimeUnit.SECONDS));
    assertFalse(executor.isAlive());
  }

  @Test
  void aTaskThatThrowsOnceIsDoneAgain() throws IOException {
    assertEquals(
        expected,
        fitWith(
            () -> {
              throw new IOException("the disk of this executor is full");
            }));
  }

  @Test
  void aStragglerIsOvertakenBySpeculation() throws IOException {
    long start = System.nanoTime();
    assertEquals(expected, fitWith(() -> Thread.sleep(100_000)));
    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(90), "nobody waited for it");
  }
}
