package io.gru4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SequenceBatch;
import io.gru4j.data.SequenceBatches;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PaddedBatchesTest {

  /** The chunks of a batch, joined, are its sessions with their targets. */
  @Property
  void chunksAreTheSessionsOfTheirEpoch(
      @ForAll @IntRange(min = 1, max = 12) int users,
      @ForAll @IntRange(min = 1, max = 14) int batchSize,
      @ForAll @IntRange(min = 1, max = 9) int bptt,
      @ForAll SessionOrder sessionOrder,
      @ForAll long seed) {
    InteractionMatrix x = TestSessions.make(seed, users, 9).x();
    SessionOrdering order = new SessionOrdering(x, sessionOrder, seed);
    PaddedBatches batches = new PaddedBatches(x, order, batchSize, bptt);
    Chunk chunk = new Chunk();
    for (int epoch = 0; epoch < 3; epoch++) {
      batches.begin(epoch);
      SequenceBatches expected = SequenceBatches.of(x, order.users(epoch), batchSize);
      assertEquals(expected.size(), batches.size());
      for (int b = 0; b < batches.size(); b++) {
        check(x, expected.get(b), batches, chunk, b);
      }
    }
  }

  private static void check(
      InteractionMatrix x, SequenceBatch batch, PaddedBatches batches, Chunk chunk, int b) {
    List<List<Integer>> items = new ArrayList<>();
    List<List<Integer>> targets = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      items.add(new ArrayList<>());
      targets.add(new ArrayList<>());
    }
    int columns = 0;
    for (int number = 0; number < batches.chunks(b); number++) {
      columns += batches.fill(chunk, b, number);
      assertNull(chunk.fromTrack);
      int m = 0;
      for (int t = 0; t < chunk.T; t++) {
        assertTrue(chunk.activeRows[t] > 0, "a column without a target is left out");
        for (int row = 0; row < chunk.activeRows[t]; row++) {
          items.get(row).add(chunk.items[m]);
          targets.get(row).add(chunk.targets[m++]);
        }
      }
      assertEquals(m, chunk.numTargets);
    }
    assertEquals(batch.width(), columns);
    for (int row = 0; row < batch.rows(); row++) {
      int[] history = x.sortedItems(batch.user(row));
      assertArrayEquals(Arrays.copyOf(history, history.length - 1), ints(items.get(row)));
      assertArrayEquals(Arrays.copyOfRange(history, 1, history.length), ints(targets.get(row)));
    }
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }
}
