package io.gru4j.selection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.selection.SessionFilter.MinItemCount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ParameterGridTest {
  private static final List<String> NAMES = List.of("hidden_size", "bptt", "batch_size");
  private final GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy();

  private static List<Integer> upTo(int n) {
    return IntStream.rangeClosed(1, n).boxed().toList();
  }

  @Property
  void countAndOrderAreThoseOfNestedLoops(
      @ForAll @IntRange(min = 1, max = 4) int a,
      @ForAll @IntRange(min = 1, max = 4) int b,
      @ForAll @IntRange(min = 1, max = 4) int c,
      @ForAll @IntRange(min = 1, max = 70) int n,
      @ForAll @IntRange(max = 100) int seed) {
    Map<String, List<Integer>> values = new LinkedHashMap<>();
    values.put("batch_size", upTo(c));
    values.put("hidden_size", upTo(a));
    values.put("bptt", upTo(b));
    List<Map<String, Object>> expected = new ArrayList<>();
    for (int i = 1; i <= a; i++) { // the estimator's order
      for (int j = 1; j <= b; j++) {
        for (int k = 1; k <= c; k++) {
          expected.add(Map.of("hidden_size", i, "bptt", j, "batch_size", k));
        }
      }
    }
    ParameterGrid grid = new ParameterGrid(estimator, values);
    assertEquals(expected.size(), grid.size());
    for (int i = 0; i < grid.size(); i++) {
      assertEquals(expected.get(i), grid.get(i));
      assertEquals(NAMES, List.copyOf(grid.get(i).keySet()));
    }
    GridSearch all = new GridSearch(estimator, values, 0);
    assertEquals(upTo(grid.size()), plusOne(all.candidates(grid)));
    RandomSearch some = new RandomSearch(estimator, values, n, seed);
    int[] drawn = some.candidates(grid);
    assertEquals(Math.min(n, grid.size()), drawn.length);
    assertEquals(drawn.length, some.size());
    assertEquals(drawn.length, new HashSet<>(plusOne(drawn)).size(), "no two alike");
    assertTrue(upTo(grid.size()).containsAll(plusOne(drawn)));
    RandomSearch again = new RandomSearch(estimator, values, n, seed);
    assertEquals(plusOne(drawn), plusOne(again.candidates(grid)), "the same seed, the same draw");
  }

  /** Map.of has another order in every JVM. */
  @Property
  void theOrderOfTheMapMakesNoDifference(
      @ForAll @IntRange(min = 1, max = 20) int n, @ForAll @IntRange(max = 100) int seed) {
    Map<String, List<Integer>> values = new LinkedHashMap<>();
    values.put("hidden_size", upTo(4));
    values.put("estimator__batch_size", upTo(3));
    values.put("bptt", upTo(2));
    Map<String, List<Integer>> reversed = new LinkedHashMap<>();
    List.copyOf(values.keySet()).reversed().forEach(name -> reversed.put(name, values.get(name)));
    ParameterGrid one = new ParameterGrid(estimator, values);
    ParameterGrid two = new ParameterGrid(estimator, reversed);
    for (int i = 0; i < one.size(); i++) {
      assertEquals(List.copyOf(one.get(i).entrySet()), List.copyOf(two.get(i).entrySet()));
    }
    assertArrayEquals(
        new RandomSearch(estimator, values, n, seed).candidates(one),
        new RandomSearch(estimator, reversed, n, seed).candidates(two));
  }

  private static List<Integer> plusOne(int[] places) {
    return Arrays.stream(places).map(i -> i + 1).boxed().toList();
  }

  @Test
  void everyCandidateIsDrawnAsOftenAsAnother() {
    Map<String, List<Integer>> values = Map.of("bptt", upTo(5));
    int[] counts = new int[5];
    for (int seed = 0; seed < 5000; seed++) {
      RandomSearch search = new RandomSearch(estimator, values, 2, seed);
      for (int place : search.candidates(new ParameterGrid(estimator, values))) {
        counts[place]++;
      }
    }
    for (int count : counts) {
      assertEquals(2000, count, 200, Arrays.toString(counts));
    }
  }

  @Test
  void namesAndValuesAreBroughtToTheEstimators() {
    Map<String, List<?>> values = new LinkedHashMap<>();
    values.put("estimator__hidden_size", List.of("50", 100L));
    values.put("learningRate", List.of("1e-2", 1));
    values.put("clipnorm", Arrays.asList(null, 2.5f));
    Map<String, List<Object>> checked = new ParameterGrid(estimator, values).values();
    assertEquals(
        List.of("hidden_size", "clipnorm", "learning_rate"), List.copyOf(checked.keySet()));
    assertEquals(List.of(50, 100), checked.get("hidden_size"));
    assertEquals(List.of(0.01, 1.0), checked.get("learning_rate"));
    assertEquals(Arrays.asList(null, 2.5), checked.get("clipnorm"));

    Pipeline pipeline = new Pipeline(List.of(new MinItemCount(1)), estimator);
    for (String name :
        List.of("hidden_size", "hiddenSize", "estimator__hidden_size", "estimator__hiddenSize")) {
      assertEquals("estimator__hidden_size", ParameterNames.resolve(pipeline, name));
      assertEquals("hidden_size", ParameterNames.resolve(estimator, name));
    }
    assertEquals("min_item_count", ParameterNames.resolve(pipeline, "minItemCount"));
    assertEquals("min_item_count", ParameterNames.resolve(pipeline, "min_item_count"));
    assertEquals("predict_topK", ParameterNames.resolve(estimator, "predictTopK"));
  }

  @Test
  void whatNoCandidateCanHaveIsRefusedAtOnce() {
    assertRefused("there is no parameter to search", Map.of());
    assertRefused("did you mean hidden_size?", Map.of("hiden_size", List.of(1)));
    assertRefused("there is no parameter \"estimator\"", Map.of("estimator", List.of(1)));
    assertRefused("there is no parameter \"min_item_count\"", Map.of("min_item_count", List.of(1)));
    assertRefused("bptt must be an integer in [1, ", Map.of("bptt", List.of(1, 0)));
    assertRefused("bptt has the value 1 twice", Map.of("bptt", List.of(1, "1")));
    assertRefused("bptt has no value to try", Map.of("bptt", List.of()));
    assertRefused("stopping_criterion cannot", Map.of("stopping_criterion", List.of("ndcg")));
    assertRefused("bptt is given twice", Map.of("bptt", List.of(1), "estimator__bptt", List.of(2)));
    assertRefused(
        "2^31", Map.of("bptt", upTo(3000), "batch_size", upTo(3000), "max_epochs", upTo(3000)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new GridSearch(estimator, Map.of("bptt", List.of(1)), -1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new RandomSearch(estimator, Map.of("bptt", List.of(1)), 0, 1));
  }

  private void assertRefused(String part, Map<String, List<?>> values) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new GridSearch(estimator, values, 0))
            .getMessage();
    assertTrue(message.contains(part), message);
  }
}
