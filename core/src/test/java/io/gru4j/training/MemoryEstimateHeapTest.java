package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.parameters.GRU4RecParameters;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * A fit ends in a heap that its estimate lets pass, with the collector of the launcher: G1 loses
 * the rest of the last region of each long array, and cannot move such an array.
 */
class MemoryEstimateHeapTest {
  private static final long MIB = 1 << 20;
  private static final int LARGEST_REGION = 32; // MiB; G1 rounds the heap up to whole regions
  private static final int THREADS = 2;
  private static final TestSessions SESSIONS = TestSessions.make(1, 40, 50);

  /** Many long arrays, in lanes; few sessions, for only their widest batch counts. */
  private static GRU4RecParameters parameters() {
    return GRU4RecParameters.builder()
        .set(HIDDEN_SIZE, 1_000)
        .set(NUM_LAYERS, 5)
        .set(NUM_COMPONENTS, 50)
        .set(BATCH_SIZE, 32)
        .set(BPTT, 1)
        .set(MAX_EPOCHS, 1)
        .set(SEED, 1L)
        .set("batching", "session_parallel")
        .build();
  }

  /** Runs in the child. */
  static final class Fit {
    private Fit() {}

    public static void main(String[] args) {
      try (var estimator = new GRU4RecCrossEntropy(parameters()).threads(THREADS)) {
        estimator.fit(SESSIONS.x(), SESSIONS.items(), null);
        System.out.println("epochs: " + estimator.model().history().size());
      }
    }
  }

  private static ChildJvm.End fit(long mib) throws Exception {
    List<String> flags =
        List.of("--add-modules=jdk.incubator.vector", "-XX:+UseG1GC", "-Xmx" + mib + "m");
    return new ChildJvm(List.of(), flags, Fit.class.getName(), List.of()).end();
  }

  @Test
  @Tag("child-jvm")
  @Tag("long")
  @DisabledIfSystemProperty(named = "gru4j.expectKernels", matches = "scalar")
  void whatIsLetPassIsTrainedToTheEnd() throws Exception {
    var estimate = MemoryEstimate.of(parameters(), SESSIONS.x(), SESSIONS.items(), null, THREADS);
    long least = (estimate.bytes() + MIB - 1) / MIB;
    ChildJvm.End end = fit(least + 1);
    assertEquals(0, end.status(), end.err());
    assertEquals("epochs: 1", end.out(), end.err());
    ChildJvm.End refused = fit(least - LARGEST_REGION);
    assertEquals(1, refused.status());
    assertTrue(refused.err().contains("training needs "), refused.err());
  }
}
