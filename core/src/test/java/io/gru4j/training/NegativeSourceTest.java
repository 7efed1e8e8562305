package io.gru4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.tensor.ItemSampler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Draws of negatives: their chances, and that step and place alone decide them. */
class NegativeSourceTest {
  /** Item i is clicked so often. */
  private static final int[] CLICKS = {4, 0, 1, 9, 16, 0};

  private static InteractionMatrix clicks() {
    List<Interaction> rows = new ArrayList<>();
    for (int item = 0; item < CLICKS.length; item++) {
      for (int i = 0; i < CLICKS[item]; i++) {
        rows.add(new Interaction(i % 3, item, rows.size()));
      }
    }
    return InteractionMatrix.of(3, CLICKS.length, rows);
  }

  private static int[] draw(NegativeSource source, long step, int[] targets, int each) {
    int[] drawn = new int[targets.length * each];
    source.draw(step, targets, targets.length, drawn, drawn.length);
    return drawn;
  }

  /** Counts lie within 5 standard deviations of what their chances say. */
  private static void assertChances(double[] chances, int[] drawn) {
    int[] counts = new int[chances.length];
    for (int item : drawn) {
      counts[item]++;
    }
    double sum = Arrays.stream(chances).sum();
    for (int item = 0; item < counts.length; item++) {
      double p = chances[item] / sum;
      double sigma = Math.sqrt(drawn.length * p * (1 - p));
      assertEquals(drawn.length * p, counts[item], 5 * sigma, "item " + item);
    }
  }

  @Property(tries = 50)
  void everyItemButTheTargetIsAsLikely(
      @ForAll @IntRange(min = 2, max = 12) int items, @ForAll long seed, @ForAll int step) {
    UniformNegatives source = new UniformNegatives(seed, items);
    int each = 4_000;
    int[] targets = {0, items / 2, items - 1};
    int[] drawn = draw(source, step, targets, each);
    for (int m = 0; m < targets.length; m++) {
      double[] chances = new double[items];
      Arrays.fill(chances, 1);
      chances[targets[m]] = 0;
      assertChances(chances, Arrays.copyOfRange(drawn, m * each, (m + 1) * each));
    }
  }

  @Property(tries = 50)
  void samplesFollowAPowerOfTheClicks(
      @ForAll @IntRange(min = 0, max = 4) int quarters, @ForAll long seed) {
    double alpha = quarters / 4.0;
    double[] chances =
        Arrays.stream(CLICKS).mapToDouble(n -> n == 0 ? 0 : Math.pow(n, alpha)).toArray();
    ItemSampler sampler = new ItemSampler(new ItemCounts(clicks().itemClicks()).weights(alpha));
    int[] drawn = new int[10_000];
    new PopularSamples(seed, sampler).draw(7, new int[] {3}, 1, drawn, drawn.length);
    assertChances(chances, drawn);
  }

  @Property
  void aDrawDependsOnSeedStepAndPlaceAlone(@ForAll long seed, @ForAll int step) {
    ItemSampler sampler = new ItemSampler(new ItemCounts(clicks().itemClicks()).weights(0.5));
    List<NegativeSource> same =
        List.of(new UniformNegatives(seed, 1000), new PopularSamples(seed, sampler));
    List<NegativeSource> other =
        List.of(new UniformNegatives(seed + 1, 1000), new PopularSamples(seed + 1, sampler));
    int[] targets = {5, 8};
    for (int i = 0; i < 2; i++) {
      int[] drawn = draw(same.get(i), step, targets, 40);
      draw(same.get(i), step + 1L, targets, 40); // leaves no trace
      assertArrayEquals(drawn, draw(same.get(i), step, targets, 40));
      assertFalse(Arrays.equals(drawn, draw(same.get(i), step + 1L, targets, 40)), "step");
      assertFalse(Arrays.equals(drawn, draw(other.get(i), step, targets, 40)), "seed");
      int[] fewer = draw(same.get(i), step, targets, 20);
      assertArrayEquals(Arrays.copyOf(drawn, 20), Arrays.copyOf(fewer, 20));
      assertFalse(
          Arrays.equals(Arrays.copyOf(drawn, 40), Arrays.copyOfRange(drawn, 40, 80)), "places");
    }
  }

  @Test
  void oneItemHasNoNegative() {
    var fault = assertThrows(IllegalArgumentException.class, () -> new UniformNegatives(1, 1));
    assertEquals("negatives of a target need at least 2 items, got 1", fault.getMessage());
    int[] only = draw(new UniformNegatives(1, 2), 3, new int[] {0, 1}, 2);
    assertArrayEquals(new int[] {1, 1, 0, 0}, only);
  }

  @Test
  void logarithmsOfClicksAreThoseOfClasses() {
    ItemCounts counts = new ItemCounts(clicks().itemClicks());
    float[] logarithms = counts.logarithms(0.5);
    assertEquals(CLICKS.length + 1, logarithms.length);
    for (int item = 0; item < CLICKS.length; item++) {
      double expected = CLICKS[item] == 0 ? 0 : 0.5 * Math.log(CLICKS[item]);
      assertEquals(expected, logarithms[item], 1e-6, "item " + item);
    }
    assertEquals(0, logarithms[CLICKS.length], "the pad token");
    assertNull(counts.logarithms(0));
    assertTrue(counts.weights(0)[4] == 1 && counts.weights(0)[1] == 0, "no clicks, no chance");
  }
}
