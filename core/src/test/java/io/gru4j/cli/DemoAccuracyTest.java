package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionSplit;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.model.EpochSummary;
import io.gru4j.tensor.Parallel;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The demo's training on fewer of its sessions, compared with its recorded results: exactly, since
 * bits do not depend on machine, threads or kernels. A change of arithmetic that is meant changes
 * the numbers here; one that is not is found here.
 */
class DemoAccuracyTest {
  private static final List<String> LOSSES =
      List.of(
          "0x1.7db2a79c7770fp2", // 5.96
          "0x1.07d80f6bcb865p2",
          "0x1.c1bb67c0cdba5p1",
          "0x1.930027d40135p1",
          "0x1.6e329f63ff59cp1"); // 2.86

  @Test
  void lossAndRecallAreAsRecorded() {
    SessionData data = SyntheticSessions.make(700, 200, DemoCommand.PARAMETERS.get(SEED));
    SessionSplit split = SessionSplit.byFraction(data, 0.1);
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(DemoCommand.PARAMETERS);
        Parallel parallel = new Parallel(2)) {
      estimator.threads(2).fit(split.train(), data.items(), null);
      RankMetrics metrics = estimator.model().evaluate(split.validation(), parallel, 20);
      List<String> losses =
          estimator.model().history().stream()
              .map(EpochSummary::loss)
              .map(Double::toHexString)
              .toList();
      assertEquals(LOSSES, losses);
      assertEquals(447, metrics.count());
      assertEquals("0x1.3e6cd0771f7fbp-1", Double.toHexString(metrics.recall(20))); // 0.622
    }
  }
}
