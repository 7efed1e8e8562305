package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DataStatisticsTest {
  @Test
  void aSmallExample() {
    InteractionMatrix matrix =
        InteractionMatrix.of(
            4,
            9,
            List.of(
                new Interaction(0, 7, 1),
                new Interaction(0, 7, 2),
                new Interaction(0, 3, 3),
                new Interaction(2, 3, 4),
                new Interaction(3, 1, 5)));
    DataStatistics data = DataStatistics.of(matrix);
    assertEquals(3, data.sessions());
    assertEquals(5, data.clicks());
    assertEquals(3, data.items());
    assertEquals(List.of(0L, 2L, 0L, 1L), Arrays.stream(data.lengths()).boxed().toList());
    assertEquals(List.of(3, 7, 1), Arrays.stream(data.popular()).boxed().toList());
    assertEquals(List.of(2, 2, 1), Arrays.stream(data.popularity()).boxed().toList());
    assertEquals(5.0 / 3, data.meanLength());
    assertEquals(1, data.lengthAt(0.5));
    assertEquals(3, data.lengthAt(0.95));
    assertEquals(0.4, data.shareOfTop(1));
    assertEquals(1, data.shareOfTop(3));
  }

  @Property(tries = 100)
  void sumsAgree(
      @ForAll @IntRange(min = 1, max = 60) int users,
      @ForAll @IntRange(min = 1, max = 20) int items,
      @ForAll long seed) {
    InteractionMatrix matrix = TestSessions.make(seed, users, items).x();
    DataStatistics data = DataStatistics.of(matrix);
    long sessions = 0;
    long clicks = 0;
    for (int length = 1; length < data.lengths().length; length++) {
      sessions += data.lengths()[length];
      clicks += length * data.lengths()[length];
    }
    assertEquals(matrix.numActiveUsers(), sessions);
    assertEquals(matrix.numInteractions(), clicks);
    assertEquals(matrix.numActiveItems(), data.items());
    for (int i = 1; i < data.items(); i++) {
      assertTrue(data.popularity()[i - 1] >= data.popularity()[i]);
    }
    assertEquals(1, data.shareOfTop(items), 1e-12);
    for (double share : new double[] {0.01, 0.5, 0.95, 1}) {
      int length = data.lengthAt(share);
      long notLonger = 0;
      for (int each = 0; each <= length; each++) {
        notLonger += data.lengths()[each];
      }
      assertTrue(notLonger >= share * sessions);
      assertTrue(notLonger - data.lengths()[length] < share * sessions);
    }
  }
}
