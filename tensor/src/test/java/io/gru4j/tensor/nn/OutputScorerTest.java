package io.gru4j.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Parameter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OutputScorerTest {

  @Provide
  Arbitrary<Integer> classes() {
    return Arbitraries.of(1, 2, 31, 32, 33, 65, 127, 129, 1023, 1024, 1025, 1500);
  }

  /** Scores, ranks and the best classes of many rows against a plain loop, a count and a sort. */
  @Property
  void equalTheDefinitions(
      @ForAll("classes") int classes,
      @ForAll @IntRange(max = 40) int more,
      @ForAll @IntRange(min = 1, max = 40) int H,
      @ForAll @IntRange(max = 120) int rows,
      @ForAll @IntRange(min = 1, max = 80) int k,
      @ForAll boolean ties,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int V = classes + more; // classes beyond the first do not exist for the scorer
    Parameter weight = data.fill(Parameter.ofPanels("lin.weight", V, H), 1f);
    Parameter bias = data.fill(Parameter.ofBias("lin.bias", V), 1f);
    Matrix hidden = data.matrix(rows + 2, H, 1f);
    if (ties) { // small integers: the same score many times
      round(weight);
      round(bias);
      for (int i = 0; i < (rows + 2) * H; i++) {
        hidden.data()[i] = Math.round(hidden.data()[i]);
      }
    }
    if (data.below(2) == 0) {
      new OutputLayer(weight, bias, new Parallel(1)); // sets the bias of the padding
    }
    OutputScorer scorer = new OutputScorer(weight, bias, classes);
    int[] targets = data.targets(rows, classes, 0);
    int[] ranks = new int[rows];
    scorer.ranks(hidden, targets, rows, ranks);
    int from = data.below(3);
    TopK[] best = new TopK[rows];
    Arrays.setAll(best, r -> new TopK(k));
    scorer.top(hidden, from, rows, best);
    double[] logSums = new double[rows];
    scorer.logSumExp(hidden, from, rows, logSums);
    for (int r = 0; r < rows; r++) {
      assertEquals(scorer.logSumExp(hidden, from + r), logSums[r], "of several rows");
    }
    float[] actual = new float[classes];
    for (int r = 0; r < rows + 2; r++) {
      float[] scores = scores(weight, bias, hidden, r, classes);
      scorer.scores(hidden, r, actual);
      for (int j = 0; j < classes; j++) {
        assertEquals(scores[j], actual[j], "score");
      }
      double logSum =
          Math.log(IntStream.range(0, classes).mapToDouble(j -> Math.exp(scores[j])).sum());
      assertEquals(logSum, scorer.logSumExp(hidden, r), 1e-6 * Math.max(1, Math.abs(logSum)));
      if (r < rows) {
        assertEquals(scores[targets[r]], scorer.score(hidden, r, targets[r]), "score of one");
        int rank = 0;
        for (float score : scores) {
          rank += score >= scores[targets[r]] ? 1 : 0;
        }
        assertEquals(rank, ranks[r], "rank");
      }
      if (r >= from && r < from + rows) {
        assertSortAndCut(scores, k, best[r - from]);
      }
    }
  }

  /** The sum goes on from the largest score so far, whichever tile that is in. */
  @Test
  void logSumExpOfScoresThatOverflowAlone() {
    int V = 3000; // three tiles
    Parameter bias = Parameter.ofBias("lin.bias", V);
    OutputScorer[] scorers = new OutputScorer[3];
    float[] largest = new float[3];
    for (int i = 0; i < 3; i++) {
      bias.set(1000 * i + 7, 0, 300 + 100 * i);
      largest[i] = 300 + 100 * i;
      scorers[i] = new OutputScorer(Parameter.ofPanels("lin.weight", V, 2), bias, V);
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(largest[i], scorers[i].logSumExp(Matrix.zeros(1, 2), 0), 1e-6);
    }
    Parameter equal = Parameter.ofBias("lin.bias", V);
    OutputScorer flat = new OutputScorer(Parameter.ofPanels("lin.weight", V, 2), equal, V);
    assertEquals(Math.log(V), flat.logSumExp(Matrix.zeros(1, 2), 0), 1e-6);
  }

  /** The buffers of a scorer grow with the rows it gets, and nothing of earlier rows stays. */
  @Test
  void oneScorerTakesAnyNumberOfRows() {
    TestData data = new TestData(1);
    int V = 1100;
    Parameter weight = data.fill(Parameter.ofPanels("lin.weight", V, 33), 1f);
    Parameter bias = data.fill(Parameter.ofBias("lin.bias", V), 1f);
    OutputScorer scorer = new OutputScorer(weight, bias, V);
    for (int rows : new int[] {1, 5, 95, 96, 97, 3, 193, 120}) {
      Matrix hidden = data.matrix(rows, 33, 1f);
      TopK[] best = new TopK[rows];
      Arrays.setAll(best, r -> new TopK(9));
      scorer.top(hidden, 0, rows, best);
      int[] targets = data.targets(rows, V, 0);
      int[] ranks = new int[rows];
      scorer.ranks(hidden, targets, rows, ranks);
      for (int r = 0; r < rows; r++) {
        float[] scores = scores(weight, bias, hidden, r, V);
        assertSortAndCut(scores, 9, best[r]);
        int rank = 0;
        for (float score : scores) {
          rank += score >= scores[targets[r]] ? 1 : 0;
        }
        assertEquals(rank, ranks[r], "rank of row " + r + " of " + rows);
      }
    }
  }

  /** Classes that are rejected, or have no score, do not keep others out, wherever they stand. */
  @Property
  void whatIsRejectedKeepsNothingOut(
      @ForAll @IntRange(min = 1, max = 70) int k,
      @ForAll @IntRange(min = 1, max = 60) int oneIn,
      @ForAll boolean filter,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int classes = 1024 + data.below(100);
    Parameter weight = data.fill(Parameter.ofPanels("lin.weight", classes, 3), 1f);
    Parameter bias = data.fill(Parameter.ofBias("lin.bias", classes), 1f);
    boolean[] rejected = new boolean[classes];
    float[] none = {Float.NaN, Float.NEGATIVE_INFINITY};
    for (int j = 0; j < classes; j++) {
      rejected[j] = data.below(oneIn) > 0;
      if (rejected[j]) { // the best ones, or none at all
        bias.set(j, 0, filter ? 10f : none[data.below(2)]);
      }
    }
    Matrix hidden = data.matrix(3, 3, 1f);
    TopK[] best = new TopK[3];
    for (int r = 0; r < 3; r++) {
      best[r] = new TopK(k + data.below(9));
      best[r].keep(k, filter ? j -> rejected[j] : null);
    }
    new OutputScorer(weight, bias, classes).top(hidden, 0, 3, best);
    for (int r = 0; r < 3; r++) {
      float[] scores = scores(weight, bias, hidden, r, classes);
      int[] order =
          IntStream.range(0, classes)
              .filter(j -> !rejected[j])
              .boxed()
              .sorted(Comparator.comparingDouble(j -> -scores[j]))
              .limit(k)
              .mapToInt(j -> j)
              .toArray();
      TopK kept = best[r];
      assertArrayEquals(order, IntStream.range(0, kept.size()).map(kept::classAt).toArray());
    }
  }

  private static void round(Parameter p) {
    for (int r = 0; r < p.rows(); r++) {
      for (int c = 0; c < p.cols(); c++) {
        p.set(r, c, Math.round(p.get(r, c)));
      }
    }
  }

  private static float[] scores(
      Parameter weight, Parameter bias, Matrix hidden, int row, int classes) {
    float[] scores = new float[classes];
    for (int j = 0; j < classes; j++) {
      scores[j] = bias.get(j, 0);
      for (int k = 0; k < weight.cols(); k++) {
        scores[j] = Math.fma(hidden.get(row, k), weight.get(j, k), scores[j]);
      }
    }
    return scores;
  }

  private static void assertSortAndCut(float[] scores, int k, TopK best) {
    Integer[] order = new Integer[scores.length];
    Arrays.setAll(order, j -> j);
    Arrays.sort(order, Comparator.comparingDouble(j -> -scores[j])); // stable: lower class first
    assertEquals(Math.min(k, scores.length), best.size());
    for (int i = 0; i < best.size(); i++) {
      assertEquals(order[i], best.classAt(i), "place " + i + " of " + best);
      assertEquals(scores[order[i]], best.scoreAt(i));
    }
  }

  /** Offered in any order, with many ties, scores that are never kept, and used again. */
  @Property
  void topKEqualsSortAndCut(
      @ForAll @IntRange(min = 1, max = 12) int k,
      @ForAll @IntRange(max = 700) int n,
      @ForAll @IntRange(min = 1, max = 300) int values,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    TopK best = new TopK(k);
    for (int round = 0; round < 2; round++) {
      float[] scores = new float[n];
      Integer[] offered = new Integer[n];
      for (int j = 0; j < n; j++) {
        scores[j] = data.below(values) - 3;
        offered[j] = j;
      }
      for (int j = n - 1; j > 0; j--) { // shuffle
        int other = data.below(j + 1);
        Integer swap = offered[j];
        offered[j] = offered[other];
        offered[other] = swap;
      }
      best.clear();
      assertEquals(Float.NEGATIVE_INFINITY, best.threshold());
      best.offer(n, Float.NaN);
      best.offer(n, Float.NEGATIVE_INFINITY);
      for (Integer j : offered) {
        best.offer(j, scores[j]);
      }
      if (n >= k) {
        float[] sorted = scores.clone();
        Arrays.sort(sorted);
        assertEquals(sorted[n - k], best.threshold());
      }
      TopK taken = new TopK(k);
      for (Integer j : offered) {
        taken.offer(j, scores[j]);
      }
      best.sort();
      assertSortAndCut(scores, k, best);
      assertTakenByClass(best, taken);
    }
  }

  private static void assertTakenByClass(TopK sorted, TopK taken) {
    int n = sorted.size();
    int[] classes = new int[n + 1];
    float[] scores = new float[n + 1];
    taken.takeByClass(classes, scores);
    assertEquals(0, taken.size());
    taken.offer(1, -1e30f); // below all that were there
    assertEquals(1, taken.size());
    Integer[] places = new Integer[n];
    Arrays.setAll(places, i -> i);
    Arrays.sort(places, Comparator.comparingInt(sorted::classAt));
    for (int i = 0; i < n; i++) {
      assertEquals(sorted.classAt(places[i]), classes[i]);
      assertEquals(sorted.scoreAt(places[i]), scores[i]);
    }
  }

  /** Some classes of a row, some of them rejected, on a scorer that is another's copy. */
  @Property
  void theBestOfSomeClasses(
      @ForAll("classes") int classes,
      @ForAll @IntRange(min = 1, max = 5) int H,
      @ForAll @IntRange(min = 1, max = 25) int capacity,
      @ForAll @IntRange(max = 70) int sparse,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Parameter weight = data.fill(Parameter.ofPanels("lin.weight", classes + 3, H), 1f);
    Parameter bias = data.fill(Parameter.ofBias("lin.bias", classes + 3), 1f);
    Matrix hidden = data.matrix(3, H, 1f);
    OutputScorer scorer = new OutputScorer(weight, bias, classes).copy();
    TopK best = new TopK(capacity);
    assertEquals(capacity, best.capacity());
    int[] all = IntStream.range(0, classes).toArray();
    int modulus = 2 + data.below(4);
    for (int row = 0; row < 3; row++) { // the same selection over and over
      int[] candidates = IntStream.of(all).filter(c -> data.below(1 + sparse) == 0).toArray();
      float[] scores = scores(weight, bias, hidden, row, classes);
      int k = 1 + data.below(capacity);
      best.keep(k, row == 1 ? c -> c % modulus == 0 : null);
      scorer.topOf(hidden, row, Arrays.copyOf(candidates, classes), candidates.length, best);
      IntPredicate kept = row == 1 ? c -> c % modulus != 0 : c -> true;
      assertSortAndCut(scores, IntStream.of(candidates).filter(kept), k, best);
      TopK[] one = {best};
      scorer.top(hidden, row, 1, one);
      assertSortAndCut(scores, IntStream.of(all).filter(kept), k, best);
      TopK[] selected = {new TopK(capacity)};
      selected[0].keep(k, row == 1 ? c -> c % modulus == 0 : null);
      scorer.select(hidden, row, 1, selected);
      assertTakenByClass(best, selected[0]);
      scorer.topOf(hidden, row, candidates, candidates.length, best); // what is in it is forgotten
      assertSortAndCut(scores, IntStream.of(candidates).filter(kept), k, best);
    }
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> scorer.topOf(hidden, 0, new int[] {classes}, 1, best));
  }

  private static void assertSortAndCut(float[] scores, IntStream of, int k, TopK best) {
    int[] expected =
        of.boxed()
            .sorted(Comparator.comparingDouble(c -> -scores[c])) // stable: lower class first
            .limit(k)
            .mapToInt(c -> c)
            .toArray();
    int[] actual = IntStream.range(0, best.size()).map(best::classAt).toArray();
    assertArrayEquals(expected, actual, best::toString);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(scores[expected[i]], best.scoreAt(i));
    }
  }

  @Test
  void argumentsAreChecked() {
    TopK three = new TopK(3);
    for (int k : new int[] {0, 4}) {
      assertEquals(
          "k must be in [1, 3], got " + k,
          assertThrows(IllegalArgumentException.class, () -> three.keep(k, null)).getMessage());
    }
    three.offer(7, 1f);
    three.keep(1, null);
    assertEquals(0, three.size());
    three.keep(3, null);
    Parameter weight = Parameter.ofPanels("lin.weight", 5, 2);
    Parameter bias = Parameter.ofBias("lin.bias", 5);
    for (int classes : new int[] {0, 6}) {
      assertEquals(
          "classes must be in [1, 5], got " + classes,
          assertThrows(
                  IllegalArgumentException.class, () -> new OutputScorer(weight, bias, classes))
              .getMessage());
    }
    assertEquals(
        "k must be in [1, 1073741819], got 0",
        assertThrows(IllegalArgumentException.class, () -> new TopK(0)).getMessage());
  }

  /** A target that has no score, because the network broke, is not a hit. */
  @Test
  void aScoreThatIsNanComesLast() {
    TestData data = new TestData(3);
    Parameter weight = data.fill(Parameter.ofPanels("lin.weight", 40, 4), 1f);
    Parameter bias = data.fill(Parameter.ofBias("lin.bias", 40), 1f);
    bias.set(7, 0, Float.NaN);
    int[] ranks = new int[2];
    new OutputScorer(weight, bias, 40).ranks(data.matrix(2, 4, 1f), new int[] {7, 7}, 2, ranks);
    assertEquals("[40, 40]", Arrays.toString(ranks));
  }

  /**
   * The padding of the last panel has the same score as a target that cannot occur, but is no
   * class.
   */
  @Test
  void aScoreOfMinusInfinityComesLast() {
    TestData data = new TestData(4);
    Parameter weight = data.fill(Parameter.ofPanels("lin.weight", 40, 4), 1f);
    Parameter bias = data.fill(Parameter.ofBias("lin.bias", 40), 1f);
    bias.set(7, 0, Float.NEGATIVE_INFINITY);
    int[] ranks = new int[1];
    new OutputScorer(weight, bias, 40).ranks(data.matrix(1, 4, 1f), new int[] {7}, 1, ranks);
    assertEquals("[40]", Arrays.toString(ranks));
  }

  @Test
  void moreBestThanAnArrayHoldsAreRefused() {
    for (int k : new int[] {Integer.MAX_VALUE, 1 << 30, -1}) {
      assertEquals(
          "k must be in [1, 1073741819], got " + k,
          assertThrows(IllegalArgumentException.class, () -> new TopK(k)).getMessage());
    }
  }
}
