package io.gru4j.selection;

import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.MetadataRequest;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.metrics.Criterion;
import io.gru4j.selection.SessionFilter.MinItemCount;
import io.gru4j.selection.SessionFilter.MinSessionLength;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class PipelineTest {
  private final TestSessions s = TestSessions.make(5, 40, 9);

  private static GRU4RecCrossEntropy tiny() {
    return new GRU4RecCrossEntropy(TestSessions.tiny())
        .threads(1)
        .setFitRequest(MetadataRequest.TRUE);
  }

  private static String refused(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  /** Counts in maps, and keeps rows. */
  private static List<Interaction> naive(List<Interaction> rows, boolean byItem, int least) {
    Map<Integer, Integer> counts = new HashMap<>();
    for (Interaction row : rows) {
      counts.merge(byItem ? row.item() : row.user(), 1, Integer::sum);
    }
    List<Interaction> kept = new ArrayList<>();
    for (Interaction row : rows) {
      if (counts.get(byItem ? row.item() : row.user()) >= least) {
        kept.add(row);
      }
    }
    return kept;
  }

  @Property
  void filtersAgreeWithNaiveOnes(
      @ForAll @IntRange(max = 10_000) int seed,
      @ForAll @IntRange(min = 1, max = 12) int users,
      @ForAll @IntRange(min = 1, max = 9) int items,
      @ForAll @IntRange(min = 1, max = 7) int least) {
    InteractionMatrix x = TestSessions.make(seed, users, items).x();
    InteractionMatrix byItem = new MinItemCount(least).apply(x);
    assertEquals(naive(x.rows(), true, least), byItem.rows());
    InteractionMatrix byUser = new MinSessionLength(least).apply(x);
    assertEquals(naive(x.rows(), false, least), byUser.rows());
    assertTrue(byItem.sameShape(x) && byUser.sameShape(x));
  }

  /** The pipeline is the estimator on filtered data with the dropped items cut out. */
  @Property
  void fitAndPredictAgreeWithFilteringByHand(
      @ForAll @IntRange(max = 10_000) int seed,
      @ForAll @IntRange(min = 1, max = 14) int minCount,
      @ForAll @IntRange(min = 1, max = 3) int minLength,
      @ForAll boolean itemsFirst) {
    TestSessions data = TestSessions.make(seed, 25, 8);
    List<SessionFilter> filters =
        itemsFirst
            ? List.of(new MinItemCount(minCount), new MinSessionLength(minLength))
            : List.of(new MinSessionLength(minLength), new MinItemCount(minCount));
    List<Interaction> left = data.x().rows();
    left = naive(left, itemsFirst, itemsFirst ? minCount : minLength);
    left = naive(left, !itemsFirst, itemsFirst ? minLength : minCount);
    List<Integer> known =
        new ArrayList<>(new TreeSet<>(left.stream().map(Interaction::item).toList()));
    InteractionMatrix narrow = cut(left, known, 25);
    boolean learnable = IntStream.range(0, 25).anyMatch(user -> narrow.historyLength(user) > 1);
    try (Pipeline pipeline = new Pipeline(filters, tiny());
        GRU4RecCrossEntropy estimator = tiny()) {
      if (!learnable) {
        refused(() -> pipeline.fit(data.x(), data.items(), null));
        assertThrows(IllegalStateException.class, () -> pipeline.predict(data.x()));
        return;
      }
      assertSame(pipeline, pipeline.fit(data.x(), data.items(), null));
      estimator.fit(narrow, IdMap.of(known.stream().map(i -> "item" + i).toList()), null);
      InteractionMatrix histories = data.validation().in();
      CsrMatrix expected = estimator.predict(cut(histories.rows(), known, 25));
      CsrMatrix scores = pipeline.predict(histories);
      assertEquals(25, scores.rows());
      assertEquals(8, scores.cols());
      for (int user = 0; user < 25; user++) {
        assertEquals(expected.nnz(user), scores.nnz(user));
        for (int i = 0; i < known.size(); i++) {
          assertEquals(expected.get(user, i), scores.get(user, known.get(i)), 0f);
        }
      }
      assertEquals(estimator.model().items(), pipeline.model().items());
      for (Criterion criterion : Criterion.values()) {
        pipeline.setParams(Map.of("estimator__stopping_criterion", criterion));
        if (criterion.cutoff().isPresent()) {
          double value = criterion.value(data.validation().out(), scores);
          assertEquals(value, pipeline.score(data.validation()), 0.0, "unknown items are misses");
        } else if (known.size() < 8) {
          String message = refused(() -> pipeline.score(data.validation()));
          assertTrue(message.startsWith(criterion + " says nothing of the " + (8 - known.size())));
        } else {
          estimator.setParams(Map.of("stopping_criterion", criterion));
          assertEquals(estimator.score(data.validation()), pipeline.score(data.validation()), 0.0);
        }
      }
    }
  }

  /** More items than any criterion looks at: the score is that of all scores. */
  @Test
  void theScoreIsThatOfAllScores() {
    TestSessions data = TestSessions.make(3, 240, 90);
    try (Pipeline pipeline = new Pipeline(List.of(new MinItemCount(5)), tiny())) {
      pipeline.fit(data.x(), data.items(), null);
      int known = pipeline.model().numItems();
      assertTrue(known > 55 && known < 90, known + " items are left");
      for (int topK : new int[] {90, 20, 3}) {
        pipeline.setParams(Map.of("estimator__predict_topK", topK));
        CsrMatrix scores = pipeline.predict(data.validation().in());
        for (Criterion criterion : List.of(Criterion.RECALL, Criterion.NDCG, Criterion.PRECISION)) {
          pipeline.setParams(Map.of("estimator__stopping_criterion", criterion));
          double value = criterion.value(data.validation().out(), scores);
          assertEquals(value, pipeline.score(data.validation()), 0.0);
        }
        CsrMatrix five = pipeline.predict(data.validation().in(), 5);
        for (int user = 0; user < 240; user++) {
          assertEquals(Math.min(5, scores.nnz(user)), five.nnz(user));
          for (int i = 0; i < five.nnz(user); i++) {
            assertEquals(scores.get(user, five.index(user, i)), five.value(user, i), 0f);
          }
        }
      }
    }
  }

  private static InteractionMatrix cut(List<Interaction> rows, List<Integer> known, int users) {
    List<Interaction> kept = new ArrayList<>();
    for (Interaction row : rows) {
      if (known.contains(row.item())) {
        kept.add(new Interaction(row.user(), known.indexOf(row.item()), row.timestamp()));
      }
    }
    return InteractionMatrix.of(users, known.size(), kept);
  }

  @Test
  void withoutFiltersItIsTheEstimator() {
    for (Criterion criterion : Criterion.values()) {
      try (GRU4RecCrossEntropy estimator = tiny();
          Pipeline pipeline = new Pipeline(List.of(), tiny())) {
        estimator.setParams(Map.of("stopping_criterion", criterion));
        pipeline.setParams(Map.of("estimator__stopping_criterion", criterion));
        assertEquals(criterion, pipeline.stoppingCriterion());
        InteractionMatrix all = s.x().union(covering());
        estimator.fit(all, s.items(), s.validation());
        pipeline.fit(all, s.items(), s.validation());
        assertEquals(estimator.predict(s.x()), pipeline.predict(s.x()));
        assertEquals(estimator.score(s.validation()), pipeline.score(s.validation()), 0.0);
      }
    }
  }

  /** A click on every item, so that none is dropped. */
  private static InteractionMatrix covering() {
    List<Interaction> rows = new ArrayList<>();
    for (int item = 0; item < 9; item++) {
      rows.add(new Interaction(1, item, 100 + item));
    }
    return InteractionMatrix.of(40, 9, rows);
  }

  @Test
  void validationDataGoWhereTheRequestSays() {
    Map<String, Validation> metadata = Map.of("validation_data", s.validation());
    try (GRU4RecCrossEntropy inner = tiny();
        Pipeline pipeline = new Pipeline(List.of(new MinSessionLength(2)), inner)) {
      inner.setFitRequest(MetadataRequest.NONE);
      assertTrue(
          refused(() -> pipeline.fit(s.x(), s.items(), s.validation())).contains("setFitRequest"));
      pipeline.fit(s.x(), s.items(), null);
      assertFalse(sawValidation(pipeline));
      assertSame(pipeline, pipeline.setFitRequest(MetadataRequest.FALSE));
      assertEquals(MetadataRequest.FALSE, inner.getMetadataRouting());
      assertFalse(sawValidation(pipeline.fit(s.x(), s.items(), s.validation())));
      inner.setFitRequest(MetadataRequest.TRUE);
      assertTrue(sawValidation(pipeline.fit(s.x(), s.items(), s.validation())));
      assertFalse(sawValidation(pipeline.fit(s.x(), s.items(), null)));
      inner.setFitRequest(MetadataRequest.alias("late"));
      assertEquals(MetadataRequest.alias("late"), pipeline.getMetadataRouting());
      refused(() -> pipeline.fitRouted(s.x(), s.items(), metadata));
      refused(() -> pipeline.fit(s.x(), s.items(), s.validation()));
      assertTrue(
          sawValidation(pipeline.fitRouted(s.x(), s.items(), Map.of("late", s.validation()))));
    }
  }

  private static boolean sawValidation(Pipeline pipeline) {
    return pipeline.model().history().getFirst().criterion().isPresent();
  }

  @Test
  void parametersAreNested() {
    GRU4RecCrossEntropy inner = tiny();
    Pipeline pipeline = new Pipeline(List.of(new MinItemCount(3), new MinSessionLength(2)), inner);
    assertEquals(
        List.of("min_item_count", "min_session_length", "estimator"),
        List.copyOf(pipeline.getParams(false).keySet()));
    Set<String> deep = new HashSet<>(pipeline.getParams(true).keySet());
    deep.removeAll(pipeline.getParams(false).keySet());
    Set<String> expected = new HashSet<>();
    inner.getParams(true).keySet().forEach(name -> expected.add("estimator__" + name));
    assertEquals(expected, deep);
    assertSame(
        pipeline,
        pipeline.setParams(
            Map.of("min_item_count", 4, "minSessionLength", "5", "estimator__hiddenSize", 6)));
    assertEquals(List.of(new MinItemCount(4), new MinSessionLength(5)), pipeline.filters());
    assertEquals(6, inner.parameters().get(HIDDEN_SIZE));
    assertEquals(6, pipeline.getParams(true).get("estimator__hidden_size"));
    assertEquals(4, pipeline.getParams(true).get("min_item_count"));
    assertEquals(
        pipeline.getParams(true), pipeline.setParams(pipeline.getParams(true)).getParams(true));
    assertTrue(
        pipeline
            .identifier()
            .startsWith(
                "Pipeline(min_item_count=4,min_session_length=5,"
                    + "estimator=GRU4RecCrossEntropy(batch_size=5,"),
        pipeline.identifier());
    GRU4RecCrossEntropy other = new GRU4RecCrossEntropy();
    pipeline.setParams(Map.of("estimator", other, "estimator__bptt", 9));
    assertSame(other, pipeline.estimator());
    assertEquals(9, other.parameters().get(BPTT));
  }

  @Test
  void aWrongParameterIsRefusedByNameAndNothingChanges() {
    Pipeline pipeline = new Pipeline(List.of(new MinItemCount(3)), tiny());
    Map<String, Object> before = pipeline.getParams(true);
    for (String wrong : List.of("min_item_cuont", "estimator__hiden_size", "hidden_size", "")) {
      Map<String, Object> params = new LinkedHashMap<>();
      params.put("min_item_count", 9);
      params.put("estimator__bptt", 9);
      params.put(wrong, 9);
      String name = wrong.replace("estimator__", "");
      String message = refused(() -> pipeline.setParams(params));
      assertTrue(message.contains("\"" + name + "\"") || message.contains(name), message);
      assertEquals(before, pipeline.getParams(true));
    }
    assertTrue(
        refused(() -> pipeline.setParams(Map.of("min_item_cuont", 1)))
            .endsWith("did you mean min_item_count?"));
    assertEquals(
        "min_item_count must be an integer in [1, 2147483647], got 0",
        refused(() -> pipeline.setParams(Map.of("min_item_count", 0))));
    refused(() -> pipeline.setParams(Map.of("min_item_count", 1.5)));
    refused(() -> pipeline.setParams(Map.of("min_item_count", "x")));
    refused(() -> pipeline.setParams(Map.of("estimator", 1)));
    refused(() -> pipeline.setParams(Map.of("min_item_count", 7, "estimator__bptt", 0)));
    assertEquals(before, pipeline.getParams(true));
    refused(() -> new Pipeline(List.of(new MinItemCount(1), new MinItemCount(2)), tiny()));
  }

  @Test
  void unfitDataAreRefusedByName() {
    Pipeline pipeline = new Pipeline(List.of(new MinItemCount(1000)), tiny());
    assertEquals(
        "min_item_count=1000 leave no interaction of X",
        refused(() -> pipeline.fit(s.x(), s.items(), null)));
    Pipeline fits = new Pipeline(List.of(new MinItemCount(2)), tiny());
    assertEquals(
        "the pipeline is not fitted: call fit first",
        assertThrows(IllegalStateException.class, () -> fits.predict(s.x())).getMessage());
    assertThrows(IllegalStateException.class, fits::model);
    assertThrows(IllegalStateException.class, () -> fits.score(s.validation()));
    InteractionMatrix other = InteractionMatrix.of(40, 8, List.of());
    assertTrue(
        refused(() -> fits.fit(s.x(), s.items(), new Validation(other, other)))
            .startsWith("validation in: expected shape (40, 9), got (40, 8)"));
    assertTrue(
        refused(() -> fits.fit(s.x().withoutTimestamps(), s.items(), null))
            .startsWith("X has no timestamps"));
    fits.fit(s.x(), s.items(), null);
    assertTrue(refused(() -> fits.predict(other)).startsWith("X: the pipeline was fitted on 9"));
    fits.close();
  }

  @Test
  void aCopyIsNotFitted() {
    try (Pipeline pipeline = new Pipeline(List.of(new MinSessionLength(2)), tiny());
        Pipeline copy = pipeline.fit(s.x(), s.items(), null).copy()) {
      assertThrows(IllegalStateException.class, () -> copy.predict(s.x()));
      assertEquals(pipeline.identifier(), copy.identifier());
      assertEquals(pipeline.predict(s.x()), copy.fit(s.x(), s.items(), null).predict(s.x()));
    }
  }
}
