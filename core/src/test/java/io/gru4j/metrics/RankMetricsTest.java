package io.gru4j.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RankMetricsTest {

  @Property
  void agreesWithNaiveSums(@ForAll @IntRange(min = 1, max = 300) int n, @ForAll long seed) {
    Random random = new Random(seed);
    int[] cutoffs = {20, 1, 5, 5};
    RankMetrics metrics = new RankMetrics(cutoffs);
    int[] ranks = random.ints(n, 1, 40).toArray();
    for (int rank : ranks) {
      metrics.add(rank);
    }
    assertEquals(n, metrics.count());
    for (int k = 1; k <= 20; k++) {
      double recall = 0;
      double mrr = 0;
      double ndcg = 0;
      for (int rank : ranks) {
        if (rank <= k) {
          recall += 1.0 / n;
          mrr += 1.0 / rank / n;
          ndcg += 1 / (Math.log(rank + 1) / Math.log(2)) / n;
        }
      }
      assertEquals(recall, metrics.recall(k), 1e-12);
      assertEquals(mrr, metrics.mrr(k), 1e-12);
      assertEquals(ndcg, metrics.ndcg(k), 1e-12);
      assertEquals(recall / k, metrics.precision(k), 1e-12);
    }
  }

  @Test
  void aRankMayLieBetweenTwo() {
    RankMetrics metrics = new RankMetrics(2, 3);
    metrics.add(Ties.MIDDLE.rank(2, 3));
    metrics.add(Ties.AGAINST.rank(2, 3));
    metrics.add(Ties.FOR.rank(2, 3));
    metrics.add(Double.POSITIVE_INFINITY);
    assertEquals(1 / 4.0, metrics.recall(2));
    assertEquals(3 / 4.0, metrics.recall(3));
    assertEquals((1 / 2.5 + 1 / 3.0 + 1 / 2.0) / 4, metrics.mrr(3), 1e-15);
    double log = Math.log(2);
    assertEquals(
        (log / Math.log(3.5) + log / Math.log(4) + log / Math.log(3)) / 4, metrics.ndcg(3), 1e-15);
    assertThrows(IllegalArgumentException.class, () -> metrics.add(0.5));
    assertThrows(IllegalArgumentException.class, () -> metrics.add(Double.NaN));
  }

  @Property
  void mergingPartsGivesTheBitsOfTheWhole(
      @ForAll @IntRange(min = 1, max = 5) int parts, @ForAll long seed) {
    Random random = new Random(seed);
    RankMetrics whole = new RankMetrics(5, 20);
    RankMetrics[] split = new RankMetrics[parts];
    for (int p = 0; p < parts; p++) {
      split[p] = new RankMetrics(20, 5);
    }
    for (int i = 0; i < 500; i++) {
      int rank = 1 + random.nextInt(30);
      whole.add(rank);
      split[random.nextInt(parts)].add(rank);
    }
    RankMetrics merged = new RankMetrics(5, 20);
    for (RankMetrics part : split) {
      merged.merge(part);
    }
    assertEquals(whole.count(), merged.count());
    for (int k : whole.cutoffs()) {
      assertEquals(whole.recall(k), merged.recall(k), 0.0);
      assertEquals(whole.mrr(k), merged.mrr(k), 0.0);
      assertEquals(whole.ndcg(k), merged.ndcg(k), 0.0);
    }
  }

  @Test
  void example() {
    RankMetrics metrics = new RankMetrics(2, 10);
    metrics.add(1);
    metrics.add(3);
    metrics.add(11);
    metrics.add(Integer.MAX_VALUE);
    assertEquals(0.25, metrics.recall(2));
    assertEquals(0.5, metrics.recall(10));
    assertEquals((1 + 1.0 / 3) / 4, metrics.mrr(10), 1e-15);
    assertEquals((1 + 0.5) / 4, metrics.ndcg(10), 1e-15);
    assertArrayEquals(new int[] {2, 10}, metrics.cutoffs());
  }

  @Test
  void aCutoffTakesNoMemory() {
    RankMetrics metrics = new RankMetrics(Integer.MAX_VALUE, 2_000_000_000);
    metrics.add(2);
    metrics.add(Integer.MAX_VALUE);
    assertEquals(0.5, metrics.recall(2_000_000_000));
    assertEquals(1, metrics.recall(Integer.MAX_VALUE));
    assertEquals((0.5 + 1.0 / Integer.MAX_VALUE) / 2, metrics.mrr(Integer.MAX_VALUE));
    assertEquals(2, metrics.merge(metrics).recall(2) * metrics.count());
  }

  @Test
  void refusesWhatIsNoRankOrCutoff() {
    RankMetrics metrics = new RankMetrics(5);
    assertTrue(Double.isNaN(metrics.recall(5)), "nothing was measured");
    assertThrows(IllegalArgumentException.class, () -> metrics.add(0));
    assertThrows(IllegalArgumentException.class, () -> metrics.recall(6));
    assertThrows(IllegalArgumentException.class, () -> metrics.mrr(0));
    assertThrows(IllegalArgumentException.class, () -> metrics.ndcg(6));
    assertThrows(IllegalArgumentException.class, () -> new RankMetrics());
    assertThrows(IllegalArgumentException.class, () -> new RankMetrics(5, 0));
    assertThrows(IllegalArgumentException.class, () -> metrics.merge(new RankMetrics(6)));
  }
}
