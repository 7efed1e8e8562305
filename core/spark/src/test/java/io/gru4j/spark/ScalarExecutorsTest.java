package io.gru4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** An executor without the Vector API computes the same bits, and says that it is slow. */
class ScalarExecutorsTest {
  @Test
  void scoresHaveTheSameBitsAndTheExecutorIsNamed() {
    ScoringCase sessions = new ScoringCase(60, 6);
    try (SparkCluster cluster =
        SparkCluster.start(
            "local-cluster[1,1,1024]",
            "spark.executor.extraJavaOptions",
            "-Dgru4j.kernels=scalar")) {
      ScoringCounters counters = SparkRecommender.newCounters(cluster.session());
      assertEquals(
          sessions.expected(),
          ScoringCase.lines(
              new SparkRecommender(sessions.model())
                  .counters(counters)
                  .recommend(sessions.frame(cluster, 2), ScoringCase.K)));
      assertEquals(List.of("0"), counters.scalarExecutors());
    }
  }
}
