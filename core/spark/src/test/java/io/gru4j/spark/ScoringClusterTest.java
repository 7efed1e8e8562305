package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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

  private static SparkCluster cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    try (SparkCluster one = SparkCluster.start("local[1]")) {
      assertEquals(
          CASE.expected(),
          ScoringCase.lines(
              SparkRecommender.recommend(CASE.model(), CASE.frame(one, 6), ScoringCase.K)));
    }
    cluster =
        SparkCluster.start(
            "local-cluster[2,1,1024]",
            "spark.sql.adaptive.enabled",
            "false", // would merge the small partitions, and two executors want work
            "spark.speculation",
            "true",
            "spark.speculation.interval",
            "100ms",
            "spark.speculation.quantile",
            "0.5");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** What happens to a task. */
  private interface Accident extends MapPartitionsFunction<Row, Row> {
    void happen() throws Exception;

    @Override
    default Iterator<Row> call(Iterator<Row> scored) throws Exception {
      if (TaskContext.getPartitionId() == 1 && TaskContext.get().attemptNumber() == 0) {
        for (int i = 0; i < BEFORE; i++) {
          scored.next();
        }
        happen();
      }
      return scored;
    }
  }

  private Dataset<Row> scored(ScoringCounters counters) {
    return new SparkRecommender(CASE.model())
        .counters(counters)
        .recommend(CASE.frame(cluster, 6), ScoringCase.K);
  }

  private List<String> scoredWith(Accident accident) {
    Dataset<Row> scored = scored(SparkRecommender.newCounters(cluster.session()));
    return ScoringCase.lines(scored.mapPartitions(accident, Encoders.row(scored.schema())));
  }

  @Test
  void scoresAreThoseOfOneMachineAndEachExecutorReadsTheModelOnce() {
    assertEquals(2, cluster.processes().size());
    ScoringCounters counters = SparkRecommender.newCounters(cluster.session());
    assertEquals(CASE.expected(), ScoringCase.lines(scored(counters)));
    assertTrue(counters.modelsRead() <= 2, counters.modelsRead() + " models read by 2 executors");
    assertEquals(List.of(), counters.scalarExecutors());
  }

  @Test
  void anExecutorKilledWhileItScoresLosesAndDoublesNothing() throws Exception {
    Path pid = folder.resolve("pid");
    String file = pid.toString();
    CompletableFuture<List<String>> result =
        CompletableFuture.supplyAsync(
            () ->
                scoredWith(
                    () -> {
                      Path half = Path.of(file + ".half");
                      Files.writeString(half, Long.toString(ProcessHandle.current().pid()));
                      Files.move(half, Path.of(file));
                      Thread.sleep(240_000); // killed here
                    }));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    while (!Files.exists(pid) && !result.isDone() && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    ProcessHandle executor = ProcessHandle.of(Long.parseLong(Files.readString(pid))).orElseThrow();
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
  }

  @Test
  void aTaskThatHangsIsOvertakenBySpeculation() {
    long start = System.nanoTime();
    assertEquals(CASE.expected(), scoredWith(() -> Thread.sleep(100_000)));
    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(90), "nobody waited for it");
  }
}
