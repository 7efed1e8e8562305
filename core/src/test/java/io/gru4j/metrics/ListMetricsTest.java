package io.gru4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ListMetricsTest {
  private static final int[] CUTOFFS = {5, 1, 3};

  /** Some are shorter than a cut-off, some are empty. */
  private static List<List<Integer>> lists(Random random, int items) {
    List<List<Integer>> lists = new ArrayList<>();
    for (int n = random.nextInt(6); n > 0; n--) {
      List<Integer> all = new ArrayList<>(IntStream.range(0, items).boxed().toList());
      Collections.shuffle(all, random);
      lists.add(all.subList(0, random.nextInt(Math.min(items, 7) + 1)));
    }
    return lists;
  }

  private static void add(ListMetrics metrics, List<Integer> list) {
    int[] items = Arrays.copyOf(list.stream().mapToInt(i -> i).toArray(), list.size() + 2);
    metrics.add(items, list.size()); // what comes after the list's end is not read
  }

  @Property
  void agreesWithNaiveSetsAndMeans(
      @ForAll @IntRange(min = 1, max = 12) int items, @ForAll long seed) {
    Random random = new Random(seed);
    int[] clicks = random.ints(items, 1, 9).toArray();
    double most = Arrays.stream(clicks).max().orElseThrow();
    List<List<Integer>> lists = lists(random, items);
    ListMetrics metrics = new ListMetrics(items, clicks, CUTOFFS);
    lists.forEach(list -> add(metrics, list));
    for (int k : CUTOFFS) {
      Set<Integer> covered = new HashSet<>();
      List<Double> means = new ArrayList<>();
      for (List<Integer> list : lists) {
        List<Integer> best = list.subList(0, Math.min(k, list.size()));
        covered.addAll(best);
        best.stream().mapToDouble(i -> clicks[i] / most).average().ifPresent(means::add);
      }
      assertEquals(covered.size() / (double) items, metrics.coverage(k));
      double popularity = means.stream().mapToDouble(x -> x).average().orElse(Double.NaN);
      assertEquals(popularity, metrics.popularity(k), 1e-12);
    }
  }

  @Property
  void mergingPartsGivesTheBitsOfTheWhole(
      @ForAll @IntRange(min = 1, max = 4) int parts, @ForAll long seed) {
    Random random = new Random(seed);
    int[] clicks = random.ints(10, 0, 99).toArray();
    List<List<Integer>> lists = lists(random, 10);
    ListMetrics whole = new ListMetrics(10, clicks, CUTOFFS);
    ListMetrics[] split = new ListMetrics[parts];
    Arrays.setAll(split, p -> new ListMetrics(10, clicks, CUTOFFS));
    for (List<Integer> list : lists) {
      add(whole, list);
      add(split[random.nextInt(parts)], list);
    }
    ListMetrics merged = new ListMetrics(10, clicks, CUTOFFS);
    for (ListMetrics part : split) {
      merged.merge(part);
    }
    for (int k : CUTOFFS) {
      assertEquals(whole.coverage(k), merged.coverage(k));
      assertEquals(whole.popularity(k), merged.popularity(k));
    }
  }

  @Test
  void whatCannotBeKnownIsNotANumber() {
    ListMetrics unknown = new ListMetrics(3, null, 2);
    assertEquals(0, unknown.coverage(2));
    add(unknown, List.of(1, 2));
    assertEquals(2 / 3.0, unknown.coverage(2));
    assertTrue(Double.isNaN(unknown.popularity(2)));
    assertTrue(Double.isNaN(new ListMetrics(3, new int[] {1, 2, 3}, 2).popularity(2)));
    assertThrows(IllegalArgumentException.class, () -> unknown.coverage(1));
    assertThrows(IllegalArgumentException.class, () -> new ListMetrics(3, new int[2], 2));
    assertThrows(IllegalArgumentException.class, () -> new ListMetrics(3, null, 0));
    assertThrows(
        IllegalArgumentException.class, () -> unknown.merge(new ListMetrics(3, null, 2, 3)));
  }
}
