package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SequenceBatchesTest {

  @Property
  void holdEachHistoryOnceLongestFirst(
      @ForAll @IntRange(max = 60) int users,
      @ForAll @IntRange(min = 1, max = 20) int batchSize,
      @ForAll long seed) {
    Random random = new Random(seed);
    int items = 1 + random.nextInt(10);
    List<Interaction> rows = new ArrayList<>();
    for (int user = 0; user < users; user++) {
      for (int n = random.nextInt(6); n > 0; n--) {
        rows.add(new Interaction(user, random.nextInt(items), random.nextInt(4)));
      }
    }
    InteractionMatrix sessions = InteractionMatrix.of(users, items, rows);
    SequenceBatches batches = SequenceBatches.of(sessions, batchSize);
    int[] active = sessions.activeUsers();
    assertEquals((active.length + batchSize - 1) / batchSize, batches.size());
    long allTargets = 0;
    for (int b = 0; b < batches.size(); b++) {
      SequenceBatch batch = batches.get(b);
      int from = b * batchSize;
      int to = Math.min(active.length, from + batchSize);
      assertEquals(to - from, batch.rows());
      int[] batchUsers = IntStream.range(0, batch.rows()).map(batch::user).toArray();
      int[] sorted = batchUsers.clone();
      Arrays.sort(sorted);
      assertArrayEquals(Arrays.copyOfRange(active, from, to), sorted);
      long targets = 0;
      for (int row = 0; row < batch.rows(); row++) {
        int[] history = sessions.sortedItems(batch.user(row));
        assertEquals(history.length, batch.length(row));
        if (row > 0) {
          assertTrue(
              batch.length(row - 1) > batch.length(row)
                  || (batch.length(row - 1) == batch.length(row)
                      && batch.user(row - 1) < batch.user(row)));
        }
        for (int t = 0; t < batch.width(); t++) {
          assertEquals(t < history.length ? history[t] : items, batch.item(row, t));
          boolean hasTarget = t + 1 < history.length;
          assertEquals(hasTarget ? history[t + 1] : items, batch.target(row, t));
          assertEquals(hasTarget, row < batch.activeRows(t));
          targets += hasTarget ? 1 : 0;
        }
      }
      assertEquals(batch.length(0), batch.width());
      assertEquals(targets, batch.numTargets());
      allTargets += targets;
    }
    assertEquals(allTargets, batches.numTargets());
    assertEquals(rows.size() - active.length, allTargets);
  }

  @Property
  void chunksAreAsFewAndAsEvenAsCanBe(
      @ForAll @IntRange(max = 300) int width, @ForAll @IntRange(min = 1, max = 400) int bptt) {
    int[] widths = SequenceBatches.chunkWidths(width, bptt);
    assertEquals(Math.ceilDiv(width, bptt), widths.length);
    assertEquals(width, Arrays.stream(widths).sum());
    for (int i = 0; i < widths.length; i++) {
      assertTrue(widths[i] >= 1 && widths[i] <= bptt);
      assertTrue(i == 0 || widths[i] <= widths[i - 1], "wider ones first");
    }
    assertTrue(width == 0 || widths[0] - widths[widths.length - 1] <= 1);
  }

  @Test
  void chunkExample() {
    assertArrayEquals(new int[] {3, 2, 2}, SequenceBatches.chunkWidths(7, 3));
    assertEquals(1, SequenceBatches.chunkWidths(7, Integer.MAX_VALUE).length);
  }

  @Test
  void handMadeExample() {
    // Histories: user 0: 4; user 2: 1 2 3; user 3: 0 0; user 5: 3 1 0.
    int[] users = {3, 5, 2, 0, 5, 2, 3, 5, 2};
    int[] items = {0, 0, 2, 4, 3, 3, 0, 1, 1};
    double[] times = {1, 9, 5, 0, 7, 6, 2, 8, 4};
    InteractionMatrix sessions = InteractionMatrix.of(6, 5, users, items, times);
    SequenceBatches batches = SequenceBatches.of(sessions, 3);
    assertEquals(2, batches.size());
    assertEquals(5, batches.padToken());
    SequenceBatch first = batches.get(0);
    assertArrayEquals(new int[] {2, 3, 0}, new int[] {first.user(0), first.user(1), first.user(2)});
    assertEquals(2, first.activeRows(0));
    assertEquals(1, first.activeRows(1));
    assertEquals(0, first.activeRows(2));
    assertEquals(3, first.numTargets());
    assertEquals(2, first.target(0, 0));
    assertEquals(5, first.target(0, 2));
    assertEquals(5, first.item(2, 1));
    assertEquals(5, batches.get(1).user(0));
    assertThrows(IndexOutOfBoundsException.class, () -> first.item(0, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> first.item(3, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> first.target(3, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> batches.get(2));
  }

  @Test
  void refuseWhatCannotBeCut() {
    InteractionMatrix sessions = InteractionMatrix.of(1, 1, List.of(new Interaction(0, 0, 1)));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> SequenceBatches.of(sessions, 0))
            .getMessage()
            .contains("batchSize must be >= 1, got 0"));
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> SequenceBatches.of(sessions.withoutTimestamps(), 1))
            .getMessage()
            .contains("timestamps"));
    assertThrows(IllegalArgumentException.class, () -> SequenceBatches.chunkWidths(3, 0));
    assertThrows(IllegalArgumentException.class, () -> SequenceBatches.chunkWidths(-1, 1));
  }
}
