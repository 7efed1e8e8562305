package io.gru4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CriterionTest {

  /** Few distinct values, so that scores are often equal; some entries are not stored. */
  private static CsrMatrix random(int users, int items, double share, int values, long seed) {
    Random random = new Random(seed);
    CsrMatrix.Builder builder = CsrMatrix.builder(users, items);
    for (int user = 0; user < users; user++) {
      double density = random.nextInt(4) == 0 ? 0 : share; // some rows are empty
      int[] columns =
          IntStream.range(0, items).filter(i -> random.nextDouble() < density).toArray();
      float[] entries = new float[columns.length];
      for (int k = 0; k < entries.length; k++) {
        entries[k] =
            values == 0 ? 1 + random.nextInt(3) : (random.nextInt(values) - values / 2) / 2f;
      }
      builder.row(columns, entries);
    }
    return builder.build();
  }

  @Property
  void rankedCriteriaAgreeWithTheirDefinitions(
      @ForAll @IntRange(min = 1, max = 12) int users,
      @ForAll @IntRange(min = 1, max = 130) int items,
      @ForAll long seed) {
    CsrMatrix expected = random(users, items, 0.1, 0, seed);
    CsrMatrix predictions = random(users, items, 0.8, 40, seed + 1);
    double recall = 0;
    double ndcg = 0;
    double precision = 0;
    int n = 0;
    for (int u = 0; u < users; u++) {
      int user = u;
      if (expected.nnz(user) == 0) {
        continue;
      }
      n++;
      List<Integer> ranked =
          IntStream.of(predictions.rowIndices(user))
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingDouble(i -> -predictions.get(user, i))
                      .thenComparingInt(i -> i))
              .toList();
      double sumY = 0;
      for (float y : expected.rowValues(user)) {
        sumY += y;
      }
      double dcg = 0;
      for (int rank = 1; rank <= Math.min(50, ranked.size()); rank++) {
        double y = expected.get(user, ranked.get(rank - 1));
        if (y > 0) {
          recall += 1 / sumY;
          precision += rank <= 10 ? 0.1 : 0;
          dcg += y * Math.log(2) / Math.log(rank * y + 1);
        }
      }
      double ideal = 0;
      for (int j = 1; j <= Math.min(50, sumY); j++) {
        ideal += Math.log(2) / Math.log(j + 1);
      }
      ndcg += dcg / ideal;
    }
    if (n == 0) {
      assertThrows(
          IllegalArgumentException.class, () -> Criterion.RECALL.value(expected, predictions));
      return;
    }
    assertEquals(recall / n, Criterion.RECALL.value(expected, predictions), 1e-12);
    assertEquals(ndcg / n, Criterion.NDCG.value(expected, predictions), 1e-12);
    assertEquals(precision / n, Criterion.PRECISION.value(expected, predictions), 1e-12);
  }

  /** With two items the sampled one is certain, which leaves only the arithmetic. */
  @Property
  void scoresBeyondTheCutoffDoNotCount(
      @ForAll @IntRange(min = 1, max = 12) int users,
      @ForAll @IntRange(min = 1, max = 130) int items,
      @ForAll long seed) {
    CsrMatrix expected = random(users, items, 0.3, 0, seed);
    CsrMatrix predictions = random(users, items, 0.9, 40, seed + 1);
    if (expected.nnz() == 0) {
      return; // nothing is expected: refused
    }
    for (Criterion criterion : Criterion.values()) {
      if (criterion.cutoff().isEmpty()) {
        assertTrue(criterion.minimized()); // bpr and warp look at any score
        continue;
      }
      CsrMatrix cut = largest(predictions, criterion.cutoff().getAsInt());
      assertEquals(criterion.value(expected, predictions), criterion.value(expected, cut), 0.0);
    }
  }

  /** Each row's k largest scores, of equal ones the smaller items. */
  private static CsrMatrix largest(CsrMatrix scores, int k) {
    CsrMatrix.Builder builder = CsrMatrix.builder(scores.rows(), scores.cols());
    for (int row = 0; row < scores.rows(); row++) {
      int user = row;
      int[] kept =
          IntStream.of(scores.rowIndices(user))
              .boxed()
              .sorted(
                  Comparator.<Integer>comparingDouble(i -> -scores.get(user, i))
                      .thenComparingInt(i -> i))
              .limit(k)
              .mapToInt(i -> i)
              .sorted()
              .toArray();
      float[] values = new float[kept.length];
      for (int i = 0; i < kept.length; i++) {
        values[i] = scores.get(user, kept[i]);
      }
      builder.row(kept, values);
    }
    return builder.build();
  }

  @Test
  void sampledCriteriaOfTwoItems() {
    CsrMatrix expected =
        CsrMatrix.builder(2, 2).row(new int[] {1}, new float[] {1}).emptyRow().build();
    float positive = 0.7f;
    float negative = -0.4f;
    CsrMatrix predictions =
        CsrMatrix.builder(2, 2).row(new int[] {0, 1}, new float[] {negative, positive}).build();
    double difference = (double) positive - negative;
    assertEquals(
        -Math.log(1 / (1 + Math.exp(-difference))),
        Criterion.BPR.value(expected, predictions),
        1e-12);
    assertEquals(
        (1.9 + difference) * Math.log(20.0 * 2 / 20 + 1),
        Criterion.WARP.value(expected, predictions),
        1e-12);
    CsrMatrix far = CsrMatrix.builder(2, 2).row(new int[] {0, 1}, new float[] {2f, 0f}).build();
    assertEquals(0, Criterion.WARP.value(expected, far), "no item is within the margin");
    CsrMatrix extreme =
        CsrMatrix.builder(2, 2).row(new int[] {0, 1}, new float[] {1000f, -1000f}).build();
    assertEquals(2000, Criterion.BPR.value(expected, extreme), 1e-9);
    assertEquals(
        Math.log(2), Criterion.BPR.value(expected, CsrMatrix.builder(2, 2).build()), 1e-15);
  }

  @Property
  void sampledCriteriaApproachTheirExpectation(@ForAll long seed) {
    // Every user expects item 0, so that each sampled item is uniform over 1..9.
    int users = 4000;
    CsrMatrix.Builder y = CsrMatrix.builder(users, 10);
    CsrMatrix.Builder scores = CsrMatrix.builder(users, 10);
    int[] all = IntStream.range(0, 10).toArray();
    float[] row = new float[10];
    for (int item = 0; item < 10; item++) {
      row[item] = item * 0.5f;
    }
    for (int user = 0; user < users; user++) {
      y.row(new int[] {0}, new float[] {1});
      scores.row(all, row);
    }
    double bpr = 0;
    for (int item = 1; item < 10; item++) {
      bpr += Math.log(1 + Math.exp(row[item] - row[0])) / 9;
    }
    CsrMatrix expected = y.build();
    CsrMatrix predictions = scores.build();
    assertEquals(bpr, Criterion.BPR.value(expected, predictions, seed), 0.15);
    // Items 1, 2, 3 are within the margin of 1.9, with excesses 1.4, 0.9, 0.4: M of the 20 sampled
    // ones is binomial(20, 1/3), and the largest excess that of the smallest item among the M.
    double warp = 0;
    double probability = Math.pow(2.0 / 3, 20); // that M is m
    for (int m = 0; m <= 20; m++) {
      double noFirst = Math.pow(2.0 / 3, m);
      double onlyThird = Math.pow(1.0 / 3, m);
      double largest = 1.4 * (1 - noFirst) + 0.9 * (noFirst - onlyThird) + 0.4 * onlyThird;
      warp += probability * (m == 0 ? 0 : largest) * Math.log(m * 10 / 20.0 + 1);
      probability *= (20.0 - m) / (m + 1) / 2;
    }
    assertEquals(warp, Criterion.WARP.value(expected, predictions, seed), 0.08);
  }

  @Property
  void sampledCriteriaDependOnTheSeedAlone(@ForAll long seed) {
    CsrMatrix expected = random(30, 60, 0.2, 0, seed);
    CsrMatrix predictions = random(30, 60, 0.9, 1000, seed + 1);
    if (expected.nnz() == 0) {
      return;
    }
    for (Criterion criterion : List.of(Criterion.BPR, Criterion.WARP)) {
      double value = criterion.value(expected, predictions, seed);
      assertEquals(value, criterion.value(expected, predictions, seed), 0.0);
      boolean differs = false;
      for (int other = 1; other <= 3; other++) {
        differs |= value != criterion.value(expected, predictions, seed + other);
      }
      assertTrue(differs || expected.nnz() < 3, "another seed takes other samples");
    }
  }

  @Test
  void equalScoresRankBySmallerItem() {
    int items = 60;
    int[] all = IntStream.range(0, items).toArray();
    CsrMatrix flat = CsrMatrix.builder(1, items).row(all, new float[items]).build();
    assertEquals(1, Criterion.RECALL.value(expect(items, 49), flat));
    assertEquals(0, Criterion.RECALL.value(expect(items, 50), flat));
    float[] scores = new float[items];
    scores[3] = -0f;
    scores[4] = Float.NaN;
    scores[59] = Float.NEGATIVE_INFINITY;
    CsrMatrix odd = CsrMatrix.builder(1, items).row(all, scores).build();
    assertEquals(0.1, Criterion.PRECISION.value(expect(items, 3), odd), "-0 equals 0");
    assertEquals(0, Criterion.RECALL.value(expect(items, 4), odd), "NaN goes last");
    CsrMatrix few =
        CsrMatrix.builder(1, items).row(new int[] {3, 4}, new float[] {1, Float.NaN}).build();
    assertEquals(0, Criterion.RECALL.value(expect(items, 4), few), "NaN is no prediction");
  }

  private static CsrMatrix expect(int items, int item) {
    return CsrMatrix.builder(1, items).row(new int[] {item}, new float[] {1}).build();
  }

  @Test
  void takesInteractionsToo() {
    InteractionMatrix out =
        InteractionMatrix.of(2, 3, new int[] {0, 0, 1}, new int[] {2, 2, 0}, null);
    CsrMatrix predictions = CsrMatrix.builder(2, 3).row(new int[] {2}, new float[] {0f}).build();
    // User 0: one hit of two expected clicks; user 1 has no prediction.
    assertEquals(0.25, Criterion.RECALL.value(out, predictions));
  }

  @Test
  void hasRecPacksNames() {
    for (Criterion criterion : Criterion.values()) {
      assertEquals(criterion, Criterion.of(criterion.criterionName()));
      assertEquals(criterion.criterionName(), criterion.toString());
    }
    assertTrue(Criterion.of("bpr").minimized());
    assertTrue(Criterion.of("warp").minimized());
    assertFalse(Criterion.of("recall").minimized());
    assertFalse(Criterion.of("ndcg").minimized());
    assertFalse(Criterion.of("precision").minimized());
    assertMessage(
        "stopping criterion \"map\" does not exist, expected one of recall, ndcg, precision, bpr,"
            + " warp",
        () -> Criterion.of("map"));
  }

  @Test
  void refusesWhatCannotBeCompared() {
    CsrMatrix empty = CsrMatrix.builder(2, 3).build();
    assertMessage(
        "no interaction is expected of any user", () -> Criterion.NDCG.value(empty, empty));
    assertMessage(
        "same shape, got CsrMatrix(2 x 3, nnz 0) and CsrMatrix(2 x 4, nnz 0)",
        () -> Criterion.NDCG.value(empty, CsrMatrix.builder(2, 4).build()));
    CsrMatrix oneItem = expect(1, 0);
    assertMessage("there is only 1", () -> Criterion.BPR.value(oneItem, oneItem));
  }

  private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }
}
