package io.gru4j.algorithms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a fit holds at the end of an epoch, beside what was estimated before it. */
class MemoryEstimateTest {
  private static final double LEAST = 0.98; // of what is held
  private static final double MOST = 1.1; // shuffled batches are estimated at their widest

  @Test
  @Tag("child-jvm")
  void saysWhatAFitHolds() throws Exception {
    List<String> flags = List.of("-XX:+UseSerialGC", "-Xmx512m");
    var child = new ChildJvm(List.of(), flags, MemoryOfFits.class.getName(), List.of());
    ChildJvm.End end = child.end();
    assertEquals(0, end.status(), end.err());
    List<String> lines = end.out().lines().toList();
    assertEquals(12, lines.size(), end.out());
    for (String line : lines) {
      double ratio = Double.parseDouble(line.substring(0, line.indexOf(' ')));
      assertTrue(ratio > LEAST && ratio < MOST, line);
    }
  }

  @Test
  void refusesAHeapThatIsTooSmall() {
    TestSessions sessions = TestSessions.make(1, 5, 5);
    Gru4RecParameters p = TestSessions.tiny();
    var estimate = MemoryEstimate.of(p, sessions.x(), sessions.items(), null, 1);
    estimate.requireFits(estimate.bytes());
    long less = estimate.bytes() - 1;
    var fault = assertThrows(IllegalArgumentException.class, () -> estimate.requireFits(less));
    assertTrue(fault.getMessage().contains("of heap"), fault.getMessage());
  }
}
