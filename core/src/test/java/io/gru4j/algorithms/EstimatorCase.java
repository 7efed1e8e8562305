package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.metrics.Criterion;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.ModelFileException;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * The members that RecPack documents for its classes, whichever the estimator. The parity tests
 * hold the arithmetic of fit against recordings.
 */
abstract class EstimatorCase {
  private final TestSessions s = TestSessions.make(3, 40, 9);

  private final Algorithm algorithm;

  EstimatorCase(Algorithm algorithm) {
    this.algorithm = algorithm;
  }

  /** With the default parameters. */
  private GRU4Rec<?> fresh() {
    return GRU4Rec.of(GRU4RecParameters.defaults(algorithm));
  }

  /** One that trains in no time. */
  private GRU4Rec<?> estimator() {
    return GRU4Rec.of(TestSessions.tiny(algorithm)).threads(1);
  }

  private String fileWith(String criterion) {
    return algorithm.estimator() + "_loss_" + criterion + ".safetensors";
  }

  private static String refused(Class<? extends Exception> type, Executable call) {
    return assertThrows(type, call).getMessage();
  }

  @Property
  void paramsGoInAndComeOut(@ForAll long seed) {
    Random random = new Random(seed);
    Map<String, Object> chosen = new LinkedHashMap<>();
    Map<String, Object> camel = new LinkedHashMap<>();
    for (ParameterSpec<?> spec : algorithm.specs()) {
      if (random.nextBoolean()) {
        Object value =
            switch (spec.type()) {
              case INT -> 1 + random.nextInt(60);
              case LONG -> (long) random.nextInt(1000);
              case REAL -> random.nextInt(1, 100) / 128.0;
              case BOOLEAN -> random.nextBoolean();
              case CHOICE -> spec.choices().get(random.nextInt(spec.choices().size()));
              case SIZES -> (1 + random.nextInt(60)) + "," + (1 + random.nextInt(60));
            };
        value = spec.nullable() && random.nextInt(4) == 0 ? null : value;
        chosen.put(spec.name(), value);
        camel.put(spec.camelCase(), value);
      }
    }
    GRU4Rec<?> estimator = fresh();
    Map<String, Object> expected = new HashMap<>(estimator.getParams(true));
    expected.putAll(chosen);
    assertSame(estimator, estimator.setParams(chosen));
    assertEquals(expected, estimator.getParams(true));
    assertEquals(expected, estimator.getParams(false));
    assertEquals(expected, fresh().setParams(camel).getParams(true));
    assertEquals(expected, GRU4Rec.of(estimator.parameters()).getParams(true));
    assertEquals(expected, fresh().setParams(estimator.getParams(true)).getParams(true));
  }

  @Test
  void aWrongParameterIsRefusedByNameAndNothingChanges() {
    GRU4Rec<?> estimator = estimator();
    Map<String, Object> before = estimator.getParams(true);
    Map<String, Object> wrong = new LinkedHashMap<>();
    wrong.put("hidden_size", 8);
    wrong.put("hiden_size", 8);
    String unknown = refused(IllegalArgumentException.class, () -> estimator.setParams(wrong));
    assertTrue(unknown.contains("hiden_size") && unknown.contains("hidden_size"), unknown);
    Map<String, Object> bad = new LinkedHashMap<>();
    bad.put("hidden_size", 8);
    bad.put("bptt", 0);
    String value = refused(IllegalArgumentException.class, () -> estimator.setParams(bad));
    assertTrue(value.startsWith("bptt must be an integer in [1, "), value);
    assertEquals(before, estimator.getParams(true));
  }

  @Test
  void nameAndIdentifier() {
    GRU4Rec<?> estimator = fresh();
    assertEquals(algorithm.estimator(), estimator.name());
    assertTrue(
        estimator
            .identifier()
            .startsWith(algorithm.estimator() + "(batch_size=512,bptt=1,clipnorm=1.0,dropout=0.0,"),
        estimator.identifier());
    assertTrue(estimator.setParams(Map.of("bptt", 3)).identifier().contains(",bptt=3,"));
  }

  @Test
  void theFilenameHasTheBestCriterion() {
    try (GRU4Rec<?> estimator = estimator()) {
      assertEquals(fileWith("None"), estimator.filename());
      for (Criterion criterion : Criterion.values()) {
        estimator.setParams(Map.of("stopping_criterion", criterion));
        assertEquals(criterion, estimator.stoppingCriterion());
        estimator.fit(s.x(), s.items(), s.validation());
        DoubleStream values =
            estimator.model().history().stream().mapToDouble(e -> e.criterion().getAsDouble());
        double best = (criterion.minimized() ? values.min() : values.max()).getAsDouble();
        assertEquals(fileWith(ParameterSpec.print(best)), estimator.filename());
        // The best value of an earlier fit must not appear in a fit without validation.
        estimator.fit(s.x(), s.items(), null);
        assertEquals(fileWith("None"), estimator.filename());
      }
    }
  }

  @Test
  void saveWritesThatFileAndAFreshObjectLoadsIt() throws IOException {
    Path saved = null;
    try (GRU4Rec<?> estimator = estimator();
        GRU4Rec<?> fresh = fresh()) {
      assertThrows(IllegalStateException.class, estimator::save);
      estimator.setParams(Map.of("predict_topK", 4)).fit(s.x(), s.items(), s.validation());
      saved = estimator.save();
      assertEquals(Path.of(estimator.filename()), saved);
      assertSame(fresh, fresh.load(saved));
      assertEquals(estimator.getParams(true), fresh.getParams(true));
      assertEquals(estimator.model().items(), fresh.model().items());
      assertEquals(estimator.filename(), fresh.filename());
      assertEquals(estimator.predict(s.x()), fresh.predict(s.x()), "the same bits");
      assertEquals(
          estimator.model().history().stream().map(e -> e.loss() + " " + e.criterion()).toList(),
          fresh.model().history().stream().map(e -> e.loss() + " " + e.criterion()).toList());
    } finally {
      if (saved != null) {
        Files.delete(saved);
      }
    }
  }

  @Test
  void saveBestToFileSavesAfterFit() throws IOException {
    GRU4Rec<?> estimator = estimator().setParams(Map.of("save_best_to_file", true));
    estimator.fit(s.x(), s.items(), s.validation());
    Path saved = Path.of(estimator.filename());
    try (estimator;
        GRU4Rec<?> fresh = fresh().load(saved)) {
      assertEquals(estimator.predict(s.x()), fresh.predict(s.x()));
    } finally {
      Files.delete(saved);
    }
  }

  @Test
  void aFailedLoadChangesNothing(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("x.safetensors");
    Files.writeString(file, "this is no model, but it is long enough to have a header");
    try (GRU4Rec<?> estimator = estimator().fit(s.x(), s.items(), s.validation())) {
      Map<String, Object> params = estimator.getParams(true);
      String name = estimator.filename();
      var model = estimator.model();
      assertThrows(ModelFileException.class, () -> estimator.load(file));
      assertThrows(IOException.class, () -> estimator.load(folder.resolve("missing")));
      assertEquals(params, estimator.getParams(true));
      assertEquals(name, estimator.filename());
      assertSame(model, estimator.model());
    }
  }

  @Test
  void anUnfittedEstimatorSaysSo() {
    GRU4Rec<?> estimator = fresh();
    String message = "the estimator is not fitted: call fit or load first";
    assertEquals(message, refused(IllegalStateException.class, () -> estimator.predict(s.x())));
    assertEquals(message, refused(IllegalStateException.class, estimator::model));
    assertEquals(
        message, refused(IllegalStateException.class, () -> estimator.score(s.validation())));
  }

  @Test
  void fitReturnsTheEstimatorAndEveryFitIsAlike() {
    try (GRU4Rec<?> estimator = estimator()) {
      assertSame(estimator, estimator.fit(s.x(), s.items(), s.validation()));
      var first = estimator.predict(s.x());
      String name = estimator.filename();
      estimator.fit(s.x(), s.items(), s.validation());
      assertEquals(first, estimator.predict(s.x()));
      assertEquals(name, estimator.filename());
      assertSame(estimator, estimator.fit(s.x(), s.validation()));
      assertEquals(first, estimator.predict(s.x()), "item numbers serve as ids");
      assertEquals("3", estimator.model().items().idOf(3));
    }
  }

  @Test
  void aSeedThatIsNotGivenIsDrawn() {
    try (GRU4Rec<?> estimator = estimator()) {
      Map<String, Object> noSeed = new HashMap<>();
      noSeed.put("seed", null);
      estimator.setParams(noSeed).setParams(Map.of("max_epochs", 1));
      long first = estimator.fit(s.x(), s.items(), null).model().seed();
      long second = estimator.fit(s.x(), s.items(), null).model().seed();
      assertTrue(first >= 0 && second >= 0 && first != second, () -> first + ", " + second);
    }
  }

  @Property(tries = 20)
  void predictGivesTheFewerOfTopKAndTheMostAskedFor(
      @ForAll @IntRange(min = 1, max = 10) int most, @ForAll @IntRange(max = 10) int topK) {
    Map<String, Object> params = new HashMap<>();
    params.put("max_epochs", 1);
    params.put("predict_topK", topK == 0 ? null : topK);
    try (GRU4Rec<?> estimator = estimator().setParams(params)) {
      var scores = estimator.fit(s.x(), s.items(), null).predict(s.x(), most);
      int fewer = Math.min(s.x().numItems(), topK == 0 ? most : Math.min(topK, most));
      for (int user : s.x().activeUsers()) {
        assertEquals(fewer, scores.nnz(user));
      }
    }
  }

  @Test
  void whatTheHeapCannotHoldIsRefusedBeforeItIsMade() {
    try (GRU4Rec<?> estimator = estimator()) {
      estimator.setParams(Map.of("hidden_size", 65536, "num_components", 65536, "num_layers", 8));
      String message =
          refused(IllegalArgumentException.class, () -> estimator.fit(s.x(), s.items(), null));
      assertTrue(message.startsWith("training needs "), message);
    }
  }

  private static Set<Thread> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("gru4j-worker-"))
        .collect(Collectors.toSet());
  }

  @Test
  void workersEndWithTheEstimatorAndWhereTheirNumberChanges() {
    Set<Thread> others = workers();
    Set<Thread> own;
    try (GRU4Rec<?> estimator = estimator().threads(3)) {
      estimator.fit(s.x(), s.items(), null);
      own = workers();
      own.removeAll(others);
      assertEquals(2, own.size());
      estimator.threads(2);
      assertTrue(own.stream().noneMatch(Thread::isAlive));
      estimator.fit(s.x(), s.items(), null);
      own = workers();
      own.removeAll(others);
      assertEquals(1, own.size());
    }
    assertTrue(own.stream().noneMatch(Thread::isAlive));
  }

  @Test
  void aCopyHasAllSettingsAndNoModel() {
    try (GRU4Rec<?> estimator = estimator()) {
      estimator.setFitRequest(MetadataRequest.alias("v")).fit(s.x(), s.items(), null);
      try (GRU4Rec<?> copy = estimator.copy()) {
        assertEquals(estimator.getParams(true), copy.getParams(true));
        assertEquals(MetadataRequest.alias("v"), copy.getMetadataRouting());
        assertThrows(IllegalStateException.class, copy::model);
        copy.setParams(Map.of("bptt", 2));
        assertEquals(1, estimator.parameters().get(BPTT));
        copy.setParams(Map.of("bptt", 1)).fit(s.x(), s.items(), null);
        assertEquals(estimator.predict(s.x()), copy.predict(s.x()));
      }
    }
  }

  @Property
  void theScoreIsTheBestValueOfTheFit(
      @ForAll Criterion criterion, @ForAll @IntRange(max = 1000) int seed) {
    TestSessions data = TestSessions.make(seed, 30, 8);
    try (GRU4Rec<?> estimator = estimator()) {
      estimator.setParams(Map.of("stopping_criterion", criterion, "seed", (long) seed));
      estimator.fit(data.x(), data.items(), data.validation());
      EpochSummary best =
          estimator.model().history().stream()
              .filter(EpochSummary::better)
              .reduce((a, b) -> b)
              .orElseThrow();
      assertEquals(best.criterion().getAsDouble(), estimator.score(data.validation()), 0.0);
    }
  }

  /** The sample is what the criterion of an epoch is computed on, and it is the same each time. */
  @Test
  void theCriterionOfAFitIsThatOfTheSample() {
    try (GRU4Rec<?> estimator = estimator()) {
      estimator.setParams(Map.of("stopping_criterion", "ndcg"));
      double all = firstCriterion(estimator);
      estimator.setParams(Map.of("validation_sample_size", 3));
      double some = firstCriterion(estimator);
      assertEquals(some, firstCriterion(estimator), 0.0);
      assertNotEquals(all, some);
    }
  }

  private double firstCriterion(GRU4Rec<?> estimator) {
    estimator.fit(s.x(), s.items(), s.validation());
    return estimator.model().history().getFirst().criterion().getAsDouble();
  }

  @Test
  void unfitDataAreRefusedByNameBeforeTraining() {
    GRU4Rec<?> estimator = estimator();
    InteractionMatrix x = s.x();
    InteractionMatrix in = s.validation().in();
    InteractionMatrix out = s.validation().out();
    InteractionMatrix none = InteractionMatrix.of(40, 9, List.of());
    InteractionMatrix small = InteractionMatrix.of(40, 8, List.of());
    Validation wrongShape = new Validation(small, small);
    assertRefused("X has no timestamps", x.withoutTimestamps(), s.validation());
    assertRefused(
        "validation in has no timestamps", x, new Validation(in.withoutTimestamps(), out));
    assertRefused(
        "validation out has no timestamps", x, new Validation(in, out.withoutTimestamps()));
    assertRefused("validation in: expected shape (40, 9), got (40, 8)", x, wrongShape);
    assertRefused("X has no interactions", none, s.validation());
    assertRefused("validation in has no interactions", x, new Validation(none, out));
    assertRefused("validation out has no interactions", x, new Validation(in, none));
    assertRefused("X has no user with two interactions", out, null);
    String ids =
        refused(
            IllegalArgumentException.class,
            () -> estimator.fit(x, IdMap.of(List.of("a", "b")), null));
    assertEquals("items: expected 9 ids, one for each item of X, got 2", ids);
    String range =
        refused(
            IllegalArgumentException.class,
            () -> InteractionMatrix.of(2, 3, new int[] {0, 1}, new int[] {2, 3}, null));
    assertEquals("InteractionMatrix: row 1: item 3 is outside [0, 3)", range);
    String shapes = refused(IllegalArgumentException.class, () -> new Validation(in, small));
    assertTrue(shapes.startsWith("validation in and out must have the same shape"), shapes);
  }

  private void assertRefused(String start, InteractionMatrix x, Validation validation) {
    GRU4Rec<?> estimator =
        estimator()
            .listener(
                new TrainingListener() {
                  @Override
                  public void onBatch(BatchProgress step) {
                    throw new AssertionError("trained");
                  }
                });
    String message =
        refused(IllegalArgumentException.class, () -> estimator.fit(x, s.items(), validation));
    assertTrue(message.startsWith(start), message);
  }

  @Test
  void predictRefusesUnfitMatricesAndLeavesUsersWithoutHistoryEmpty() {
    try (GRU4Rec<?> estimator = estimator().fit(s.x(), s.items(), null)) {
      assertEquals(
          "X has no timestamps; they give the order of clicks",
          refused(
              IllegalArgumentException.class, () -> estimator.predict(s.x().withoutTimestamps())));
      assertEquals(
          "X: the model knows 9 items, got a matrix of 8",
          refused(
              IllegalArgumentException.class,
              () -> estimator.predict(InteractionMatrix.of(1, 8, List.of()))));
      assertEquals(
          "validation in has no timestamps; they give the order of clicks",
          refused(
              IllegalArgumentException.class,
              () ->
                  estimator.score(
                      new Validation(s.x().withoutTimestamps(), s.validation().out()))));
      var scores = estimator.predict(s.x());
      for (int user = 0; user < 40; user++) {
        assertEquals(s.x().historyLength(user) > 0 ? 9 : 0, scores.nnz(user), "user " + user);
      }
      assertEquals(0, estimator.predict(InteractionMatrix.of(3, 9, List.of())).nnz());
    }
  }
}
