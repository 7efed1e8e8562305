package io.gru4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ItemSamplerTest {

  /** Beside a search through the sums, also at the borders and their neighbours. */
  @Property
  void inversion(@ForAll @IntRange(min = 1, max = 300) int n, @ForAll long seed) {
    TestData data = new TestData(seed);
    double[] weights = new double[n];
    for (int i = 0; i < n; i++) {
      weights[i] = data.below(3) == 0 ? 0 : Math.pow(data.below(1000) + 1, data.below(4));
    }
    weights[data.below(n)] = 1;
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    ItemSampler sampler = new ItemSampler(weights);
    double sum = 0;
    RandomStream random = new RandomStream(seed);
    for (int i = 0; i < n; i++) {
      double border = sum / total;
      sum += weights[i];
      for (double u : new double[] {border, Math.nextDown(border), random.nextDouble()}) {
        if (u >= 0 && u < 1) {
          assertEquals(search(weights, total, u), sampler.at(u), "u = " + u);
        }
      }
    }
    assertTrue(weights[sampler.at(Math.nextDown(1.0))] > 0);
  }

  private static int search(double[] weights, double total, double u) {
    int last = 0;
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i];
      last = weights[i] > 0 ? i : last;
      if (sum / total > u) {
        return i;
      }
    }
    return last;
  }

  /** Chi-squared over Zipf's chances stays below its 0.999 quantile. */
  @Test
  void chances() {
    int n = 100;
    double[] weights = new double[n];
    double total = 0;
    for (int i = 0; i < n; i++) {
      weights[i] = 1.0 / (i + 1);
      total += weights[i];
    }
    ItemSampler sampler = new ItemSampler(weights);
    int draws = 1_000_000;
    int[] counts = new int[n];
    RandomStream random = new RandomStream(5);
    for (int i = 0; i < draws; i++) {
      counts[sampler.at(random.nextDouble())]++;
    }
    double chiSquared = 0;
    for (int i = 0; i < n; i++) {
      double expected = draws * weights[i] / total;
      chiSquared += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    assertTrue(chiSquared < 148.2, "chi-squared of 99 degrees is " + chiSquared);
  }

  @Test
  void whatIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new ItemSampler(new double[0]));
    assertThrows(IllegalArgumentException.class, () -> new ItemSampler(new double[] {0, 0}));
    assertThrows(IllegalArgumentException.class, () -> new ItemSampler(new double[] {1, -1}));
    assertThrows(
        IllegalArgumentException.class, () -> new ItemSampler(new double[] {1, Double.NaN}));
    assertThrows(IndexOutOfBoundsException.class, () -> new ItemSampler(new double[] {1}).at(1.0));
  }
}
