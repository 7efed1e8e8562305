package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors in JVMs of their own: the scores of one machine, also if one is killed, a task fails or
 * a task hangs while it scores.
 */
class ScoringClusterTest {
  private static final ScoringCase CASE = new ScoringCase(400, 5);
  private static final int BEFORE = 3; // rows that a task has scored when its accident comes

  @TempDir private static Path workers;
  private static TwoHosts hosts;
  private static SparkCluster cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws InterruptedException {
    try (SparkCluster one = SparkCluster.start("local[1]")) {
      assertEquals(
          CASE.expected(),
          ScoringCase.lines(
              SparkRecommender.recommend(CASE.model(), CASE.frame(one, 6), ScoringCase.K)));
    }
    hosts = new TwoHosts(workers);
    cluster =
        SparkCluster.start(
            hosts.url(),
            "spark.sql.adaptive.enabled",
            "false", // would merge the small partitions, and two executors want work
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

  /** What happens to a task. */
  private interface Happening extends Serializable {
    void happen() throws Exception;
  }

  /** Lets it happen to one task, in the middle of its rows, and says so by a file. */
  private record Accident(String mark, Happening happening)
      implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> scored) throws Exception {
      if (TaskContext.getPartitionId() == 1 && TaskContext.get().attemptNumber() == 0) {
        for (int i = 0; i < BEFORE; i++) {
          assertTrue(scored.hasNext()); // Spark's iterators want to be asked
          scored.next();
        }
        Path half = Path.of(mark + ".half");
        Files.writeString(half, Long.toString(ProcessHandle.current().pid()));
        Files.move(half, Path.of(mark));
        happening.happen();
      }
      return scored;
    }
  }

  private Dataset<Row> scored(ScoringCounters counters) {
    return new SparkRecommender(CASE.model())
        .counters(counters)
        .recommend(CASE.frame(cluster, 6), ScoringCase.K);
  }

  private List<String> scoredWith(Happening happening) {
    Dataset<Row> scored = scored(SparkRecommender.newCounters(cluster.session()));
    Accident accident = new Accident(mark().toString(), happening);
    return ScoringCase.lines(scored.mapPartitions(accident, Encoders.row(scored.schema())));
  }

  private Path mark() {
    return folder.resolve("pid");
  }

  @Test
  void scoresAreThoseOfOneMachineAndEachExecutorReadsTheModelOnce() {
    ScoringCounters counters = SparkRecommender.newCounters(cluster.session());
    assertEquals(CASE.expected(), ScoringCase.lines(scored(counters)));
    assertTrue(counters.modelsRead() <= 2, counters.modelsRead() + " models read by 2 executors");
    assertEquals(List.of(), counters.scalarExecutors());
  }

  @Test
  void anExecutorKilledWhileItScoresLosesAndDoublesNothing() throws Exception {
    CompletableFuture<List<String>> result =
        CompletableFuture.supplyAsync(
            () -> scoredWith(() -> Thread.sleep(240_000))); // killed in its sleep
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    while (!Files.exists(mark()) && !result.isDone() && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    if (result.isDone()) {
      result.get(); // says why
    }
    assertTrue(Files.exists(mark()), "no executor came to the place where it is killed");
    ProcessHandle executor =
        ProcessHandle.of(Long.parseLong(Files.readString(mark()))).orElseThrow();
    assertFalse(executor.equals(ProcessHandle.current()));
    assertTrue(executor.destroyForcibly());
    assertEquals(CASE.expected(), result.get(180, TimeUnit.SECONDS));
    assertFalse(executor.isAlive());
  }

  @Test
  void aTaskThatFailsOnceIsDoneAgain() {
    assertEquals(
        CASE.expected(),
        scoredWith(
            () -> {
              throw new IOException("the disk of this executor is full");
            }));
    assertTrue(Files.exists(mark()));
  }

  @Test
  void aTaskThatHangsIsOvertakenBySpeculation() {
    long start = System.nanoTime();
    assertEquals(CASE.expected(), scoredWith(() -> Thread.sleep(100_000)));
    assertTrue(Files.exists(mark()));
    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(90), "nobody waited for it");
  }
}
