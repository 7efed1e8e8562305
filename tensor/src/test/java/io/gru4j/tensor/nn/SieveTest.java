package io.gru4j.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.SieveKernels;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;

class SieveTest {
  private static final Parallel PARALLEL = new Parallel(2);
  private static final AtomicLong BOUNDED = new AtomicLong();
  private static final AtomicLong UNBOUNDED = new AtomicLong();

  @AfterContainer
  static void say() {
    System.out.printf(
        "scores held against their bounds: %,d; states without a bound: %,d%n",
        BOUNDED.get(), UNBOUNDED.get());
  }

  @Provide
  Arbitrary<Integer> inputs() {
    return Arbitraries.frequencyOf(
        Tuple.of(8, Arbitraries.integers().between(1, 130)),
        Tuple.of(1, Arbitraries.of(256, 511, 1023, 1024)));
  }

  /**
   * The claim of the class comment, for layers that are hard: every exact score is in its bounds.
   */
  @Property
  void everyScoreIsWithinItsBounds(
      @ForAll @IntRange(min = 1, max = 200) int classes,
      @ForAll("inputs") int H,
      @ForAll long seed) {
    HardLayer layer = new HardLayer(classes, H, 6, seed);
    Sieve sieve = Sieve.of(layer.weight, layer.biases(), classes, PARALLEL);
    float[] lower = new float[sieve.panels() * SieveKernels.CLASSES];
    float[] upper = new float[lower.length];
    for (int r = 0; r < 6; r++) {
      CoarseState state = new CoarseState(H);
      sieve.code(layer.hidden.data(), r * H, state);
      if (Float.isNaN(state.slack())) {
        UNBOUNDED.incrementAndGet();
        continue;
      }
      for (int k = 0; k < H; k += SieveKernels.GROUP) {
        int group = 0;
        for (int i = k; i < Math.min(H, k + SieveKernels.GROUP); i++) {
          group += Math.abs(state.codes()[i]);
        }
        assertTrue(group <= SieveKernels.GROUP_SUM, group + " from " + k + ", seed " + seed);
      }
      sieve.bounds(lower, upper, 0, 0, sieve.panels(), state);
      float[] scores = layer.scores(r);
      for (int j = 0; j < classes; j++) {
        if (!(lower[j] <= scores[j] && scores[j] <= upper[j])) {
          throw new AssertionError(
              "class %d of row %d: %s is not in [%s, %s]; classes %d, H %d, seed %d"
                  .formatted(j, r, scores[j], lower[j], upper[j], classes, H, seed));
        }
      }
      BOUNDED.addAndGet(classes);
    }
  }

  /**
   * A bound that keeps everything would be a bound too: for plain weights it is as tight as said.
   */
  @Test
  void theBoundIsTight() {
    int classes = 4096;
    int H = 100;
    TestData data = new TestData(5);
    Parameter weight = data.fill(Parameter.ofPanels("w", classes, H), 1f);
    Matrix hidden = data.matrix(1, H, 1f);
    Sieve sieve = Sieve.of(weight, new float[classes], classes, PARALLEL);
    double sum = 0;
    for (float x : hidden.data()) {
      sum += Math.abs(x);
    }
    CoarseState state = new CoarseState(H);
    sieve.code(hidden.data(), 0, state);
    assertTrue(state.slack() < 0.95 * sum, state.slack() + " of " + sum);
  }

  /** The same classes and scores as a sort of all, from a scorer that always takes the sieve. */
  @Property
  void theBestAreThoseOfASort(
      @ForAll("manyClasses") int classes,
      @ForAll @IntRange(min = 1, max = 40) int H,
      @ForAll @IntRange(min = 1, max = 100) int percent,
      @ForAll boolean few,
      @ForAll @IntRange(max = 3) int filter,
      @ForAll long seed) {
    int rows = new TestData(seed).below(10) == 0 ? 19 : 3;
    HardLayer layer = new HardLayer(classes, H, rows, seed);
    TestData data = new TestData(~seed);
    OutputScorer scorer = new OutputScorer(layer.weight, layer.bias, classes).copy();
    scorer.prepareAlways(PARALLEL);
    int k = few ? 1 + data.below(Math.min(classes, 30)) : Math.max(1, classes * percent / 100);
    TopK[] best = new TopK[rows];
    Arrays.setAll(best, r -> new TopK(k + data.below(3)));
    boolean[] rejected = new boolean[classes];
    int oneIn = 1 + data.below(30);
    for (int j = 0; j < classes; j++) {
      rejected[j] = data.below(oneIn) == 0;
    }
    IntPredicate reject = j -> rejected[j];
    for (TopK one : best) {
      one.keep(k, filter % 2 == 0 ? null : reject);
    }
    int[] candidates =
        filter < 2 ? null : IntStream.range(0, classes).filter(j -> data.below(3) == 0).toArray();
    if (candidates == null) {
      scorer.top(layer.hidden, 0, rows, best);
    } else {
      for (int r = 0; r < rows; r++) {
        scorer.topOf(layer.hidden, r, candidates, candidates.length, best[r]);
      }
    }
    for (int r = 0; r < rows; r++) {
      float[] scores = layer.scores(r);
      int[] expected =
          (candidates == null ? IntStream.range(0, classes) : IntStream.of(candidates))
              .filter(j -> (filter % 2 == 0 || !rejected[j]) && scores[j] > Float.NEGATIVE_INFINITY)
              .boxed()
              .sorted(Comparator.comparingDouble(j -> -(scores[j] + 0f))) // ties: the lower class
              .limit(k)
              .mapToInt(j -> j)
              .toArray();
      TopK actual = best[r];
      assertArrayEquals(
          expected, IntStream.range(0, actual.size()).map(actual::classAt).toArray(), "row " + r);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(scores[expected[i]] + 0f, actual.scoreAt(i));
      }
    }
  }

  @Provide
  Arbitrary<Integer> manyClasses() {
    return Arbitraries.of(1, 2, 63, 64, 65, 1000, 1023, 1024, 1025, 1100, 2048, 3000, 5000);
  }

  /** Few classes are left, and fewer than may be: the selection that the sieve is for. */
  @Test
  void fewClassesAreLeft() {
    int classes = 20_000;
    TestData data = new TestData(7);
    Parameter weight = data.fill(Parameter.ofPanels("w", classes, 100), 1f);
    float[] biases = new float[classes];
    Sieve sieve = Sieve.of(weight, biases, classes, PARALLEL);
    Matrix hidden = data.matrix(5, 100, 1f);
    TopK[] best = {new TopK(20), new TopK(20), new TopK(20), new TopK(20), new TopK(20)};
    SievePass pass = new SievePass();
    pass.run(sieve, classes, hidden, 0, 5, null, 0, best, 0);
    for (int r = 0; r < 5; r++) {
      SieveSelection selection = pass.selection(r);
      assertEquals(classes, selection.end(classes));
      assertTrue(selection.count() >= 20 && selection.count() < 60, selection.count() + " left");
    }
  }

  /** Where all classes are alike, it gives up early, and with few classes to score again. */
  @Test
  void itGivesUpWhereNothingCanBeTold() {
    int classes = 20_000;
    Parameter weight = Parameter.ofPanels("w", classes, 10);
    for (int j = 0; j < classes; j++) {
      weight.set(j, 3, 1f);
    }
    float[] biases = new float[classes];
    Sieve sieve = Sieve.of(weight, biases, classes, PARALLEL);
    SievePass pass = new SievePass();
    TopK[] best = {new TopK(20)};
    pass.run(sieve, classes, new TestData(8).matrix(1, 10, 1f), 0, 1, null, 0, best, 0);
    assertEquals(1024, pass.selection(0).end(classes));
    assertEquals(1024, pass.selection(0).count());
  }

  /** The same copy for any number of threads. */
  @Test
  void threadsDoNotChangeTheCopy() {
    HardLayer layer = new HardLayer(9000, 20, 1, 11);
    float[][] bounds = new float[2][];
    for (int i = 0; i < 2; i++) {
      Sieve sieve = Sieve.of(layer.weight, layer.biases(), 9000, new Parallel(1 + 2 * i));
      bounds[i] = new float[2 * sieve.panels() * SieveKernels.CLASSES];
      float[] upper = new float[bounds[i].length];
      CoarseState state = new CoarseState(20);
      sieve.code(layer.hidden.data(), 0, state);
      sieve.bounds(bounds[i], upper, 0, 0, sieve.panels(), state);
    }
    assertArrayEquals(bounds[0], bounds[1]);
  }

  /** Made beside the first rows, for all copies of a scorer; never for few classes. */
  @Test
  void theCopyIsMadeAfterSomeRows() throws InterruptedException {
    int classes = 10_000;
    TestData data = new TestData(3);
    Parameter weight = data.fill(Parameter.ofPanels("w", classes, 16), 1f);
    SharedSieve shared = new SharedSieve(weight, new float[classes], classes);
    for (int i = 0; i < 7; i++) {
      assertNull(shared.forRows(1, 20));
    }
    assertNull(shared.forRows(4, 20)); // they do not count
    assertNull(shared.forRows(1, classes));
    Thread.sleep(20);
    assertNull(shared.forRows(1, 20)); // the eighth
    long end = System.nanoTime() + 30_000_000_000L;
    while (shared.forRows(1, 20) == null && System.nanoTime() < end) {
      Thread.sleep(1);
    }
    assertNotNull(shared.forRows(1, 20));
    assertNull(shared.forRows(4, 20));
    assertNull(shared.forCandidates(199, 20));
    assertNotNull(shared.forCandidates(1000, 20));
    SharedSieve small = new SharedSieve(weight, new float[classes], 8191);
    small.prepare(PARALLEL);
    assertNull(small.forRows(1, 20));
    SharedSieve now = new SharedSieve(weight, new float[classes], classes);
    now.prepare(PARALLEL);
    assertNotNull(now.forRows(1, 20));
  }

  @Test
  void candidatesAreChecked() {
    HardLayer layer = new HardLayer(2000, 5, 1, 1);
    OutputScorer scorer = new OutputScorer(layer.weight, layer.bias, 2000);
    scorer.prepareAlways(PARALLEL);
    for (int[] wrong : new int[][] {{3, 2000}, {-1, 3}}) {
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> scorer.topOf(layer.hidden, 0, wrong, 2, new TopK(2)));
    }
  }

  /** What it says of its memory. */
  @Test
  void bytesAreStated() {
    HardLayer layer = new HardLayer(5000, 7, 2, 2);
    Sieve sieve = Sieve.of(layer.weight, layer.biases(), 5000, PARALLEL);
    assertEquals(LayerBytesTest.held(sieve), Sieve.bytes(5000, 7));
    SievePass pass = new SievePass();
    TopK[] best = {new TopK(30), new TopK(30)};
    pass.run(sieve, 5000, layer.hidden, 0, 2, null, 0, best, 0);
    pass.selection(0).end(5000);
    pass.selection(1).end(5000);
    assertEquals(LayerBytesTest.held(pass), SievePass.bytes(5000, 7, 2, 30));
    assertEquals(0, OutputScorer.coarseBytes(5000, 7));
    assertTrue(OutputScorer.coarseBytes(1_000_000, 100) > 108e6);
  }
}
