package io.gru4j.selection;

import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.Estimator;
import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.MetadataRequest;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.Validation;
import io.gru4j.metrics.Criterion;
import io.gru4j.model.EpochSummary;
import io.gru4j.progress.TrainingListener;
import io.gru4j.selection.SessionFilter.MinItemCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterSearchTest {
  @TempDir Path folder;
  private final TestSessions s = TestSessions.make(11, 40, 70);

  private static GRU4RecCrossEntropy tiny() {
    return new GRU4RecCrossEntropy(TestSessions.tiny())
        .threads(1)
        .setFitRequest(MetadataRequest.TRUE);
  }

  private static Map<String, List<?>> grid() {
    Map<String, List<?>> grid = new LinkedHashMap<>();
    grid.put("hidden_size", List.of(2, 6));
    grid.put("learning_rate", List.of(0.01, 0.3, 3e38)); // the last one cannot be trained
    return grid;
  }

  private ParameterSearch fit(ParameterSearch search) throws IOException {
    return search.fit(s.x(), s.items(), s.validation());
  }

  /** Everything but the seconds, which differ from run to run. */
  private static List<SearchResult> timeless(List<SearchResult> results) {
    return results.stream()
        .map(
            r ->
                new SearchResult(
                    r.candidate(), r.parameters(), r.score(), r.epochs(), 0, r.rank(), r.failure()))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Criterion.class)
  void theTableIsThatOfFitsByHandBestFirst(Criterion criterion) throws IOException {
    GRU4RecCrossEntropy base = tiny().setParams(Map.of("stopping_criterion", criterion));
    List<Double> scores = new ArrayList<>();
    try (GridSearch search = new GridSearch(base, grid(), 1)) {
      assertEquals(6, search.size());
      fit(search);
      assertEquals(6, search.results().size());
      for (SearchResult result : search.results()) {
        boolean untrainable = result.parameters().get("learning_rate").equals(3e38);
        assertEquals(untrainable, result.failed(), result.toString());
        if (untrainable) {
          assertTrue(result.failure().contains("learning_rate"), result.failure());
          assertTrue(Double.isNaN(result.score()));
          assertEquals(5, result.rank());
          continue;
        }
        try (GRU4RecCrossEntropy byHand = base.copy().setParams(result.parameters())) {
          byHand.fit(s.x(), s.items(), s.validation());
          assertEquals(byHand.score(s.validation()), result.score(), 0.0);
          assertEquals(byHand.model().history().size(), result.epochs());
          double best =
              byHand.model().history().stream()
                  .filter(e -> e.better())
                  .reduce((a, b) -> b)
                  .orElseThrow()
                  .criterion()
                  .getAsDouble();
          assertEquals(best, result.score(), 0.0, "the best value of the criterion");
        }
        assertTrue(result.seconds() > 0);
        scores.add(criterion.minimized() ? result.score() : -result.score());
      }
      List<Double> sorted = new ArrayList<>(scores);
      Collections.sort(sorted);
      assertEquals(sorted, scores, "best first");
      for (SearchResult result : search.results()) {
        double key = criterion.minimized() ? result.score() : -result.score();
        if (!result.failed()) {
          assertEquals(1 + scores.stream().filter(k -> k < key).count(), result.rank());
        }
      }
      assertEquals(search.results().getFirst(), search.bestResult());
      try (GRU4RecCrossEntropy best = base.copy().setParams(search.bestResult().parameters())) {
        best.fit(s.x(), s.items(), s.validation());
        assertEquals(best.predict(s.x()), search.predict(s.x()), "the best estimator is kept");
        assertEquals(best.getParams(true), search.bestEstimator().getParams(true));
      }
    }
  }

  /** A search that stops when its listener has been told of some candidates, as if killed. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private ParameterSearch search(String kind) {
    return search(kind, grid());
  }

  private ParameterSearch search(String kind, Map<String, List<?>> grid) {
    return kind.equals("grid")
        ? new GridSearch(tiny(), grid, 1)
        : new RandomSearch(tiny(), grid, 5, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"grid", "random"})
  void aSearchThatWasCutOffGoesOnToTheSameTable(String kind) throws IOException {
    List<SearchResult> whole;
    int size;
    try (ParameterSearch search = search(kind)) {
      whole = timeless(fit(search).results());
      size = search.size();
      for (int k = 1; k <= size; k++) {
        Path file = folder.resolve(kind + k + ".jsonl");
        List<SearchResult> told = new ArrayList<>();
        int limit = k;
        try (ParameterSearch cut = search(kind)) {
          cut.resultsFile(file)
              .listener(
                  result -> {
                    told.add(result);
                    if (told.size() == limit) {
                      throw new Killed();
                    }
                  });
          assertThrows(Killed.class, () -> fit(cut));
          assertEquals(k, cut.results().size());
        }
        assertEquals(1 + k, Files.readAllLines(file).size());
        try (ParameterSearch resumed = search(kind)) {
          resumed.resultsFile(file).listener(told::add);
          fit(resumed);
          assertEquals(whole, timeless(resumed.results()), "cut after " + k);
          assertEquals(size, told.size(), "no candidate is tried twice");
          assertEquals(search.predict(s.x()), resumed.predict(s.x()), "the same model");
        }
      }
      try (Stream<Path> files = Files.list(folder)) {
        assertEquals(size, files.count(), "no temporary file is left");
      }
    }
  }

  /** Map.of has another order in every JVM. */
  @ParameterizedTest
  @ValueSource(strings = {"grid", "random"})
  void aSearchGoesOnWhereTheMapHasAnotherOrder(String kind) throws IOException {
    Map<String, List<?>> reversed = new LinkedHashMap<>();
    List.copyOf(grid().keySet()).reversed().forEach(name -> reversed.put(name, grid().get(name)));
    Path file = folder.resolve("results.jsonl");
    Path otherFile = folder.resolve("other.jsonl");
    try (ParameterSearch whole = search(kind);
        ParameterSearch other = search(kind, reversed);
        ParameterSearch cut = search(kind);
        ParameterSearch resumed = search(kind, reversed)) {
      fit(whole);
      fit(other.resultsFile(otherFile));
      assertEquals(timeless(whole.results()), timeless(other.results()));
      cut.resultsFile(file)
          .listener(
              result -> {
                throw new Killed();
              });
      assertThrows(Killed.class, () -> fit(cut));
      assertEquals(Files.readAllLines(otherFile).getFirst(), Files.readAllLines(file).getFirst());
      fit(resumed.resultsFile(file));
      assertEquals(timeless(whole.results()), timeless(resumed.results()));
    }
  }

  @Test
  void aFileOfAnotherSearchIsRefusedAndStaysAsItIs() throws IOException {
    Path file = folder.resolve("results.jsonl");
    Map<String, List<?>> grid = Map.of("bptt", List.of(1, 2));
    try (GridSearch search = new GridSearch(tiny(), grid, 1)) {
      fit(search.resultsFile(file));
    }
    String before = Files.readString(file);
    List<ParameterSearch> others =
        List.of(
            new GridSearch(tiny(), Map.of("bptt", List.of(1, 3)), 1),
            new GridSearch(tiny(), grid, 2),
            new RandomSearch(tiny(), grid, 2, 1),
            new GridSearch(tiny().setParams(Map.of("hidden_size", 5)), grid, 1),
            new GridSearch(tiny().setFitRequest(MetadataRequest.FALSE), grid, 1));
    List<String> what = List.of("grid", "seed", "search", "estimator", "request");
    for (int i = 0; i < others.size(); i++) {
      ParameterSearch other = others.get(i).resultsFile(file);
      String message = assertThrows(IOException.class, () -> fit(other)).getMessage();
      String start = file + ":1: these are the results of another search: its " + what.get(i);
      assertTrue(message.startsWith(start), message);
    }
    TestSessions data = TestSessions.make(12, 40, 70);
    GridSearch otherData = new GridSearch(tiny(), grid, 1);
    otherData.resultsFile(file);
    String message =
        assertThrows(IOException.class, () -> otherData.fit(data.x(), data.items(), s.validation()))
            .getMessage();
    assertTrue(message.contains("its data is"), message);
    assertEquals(before, Files.readString(file));
  }

  @Test
  void aDamagedFileIsRefusedByLine() throws IOException {
    Path file = folder.resolve("results.jsonl");
    Map<String, List<?>> grid = Map.of("bptt", List.of(1, 2));
    try (GridSearch search = new GridSearch(tiny(), grid, 1)) {
      fit(search.resultsFile(file));
    }
    List<String> lines = Files.readAllLines(file);
    assertDamage(file, "", ":1: this is no file of search results");
    assertDamage(file, "[]", ":1: this is no file of search results");
    assertDamage(file, lines.get(0) + "\n{}", ":2: this is no result of a candidate");
    assertDamage(file, lines.get(0) + "\n" + lines.get(1).substring(9), ":2: this is no result");
    assertDamage(
        file,
        lines.get(0) + "\n" + lines.get(1) + "\n" + lines.get(1),
        ":3: candidate 0 is there twice");
    assertDamage(
        file,
        lines.get(0) + "\n" + lines.get(1).replace("\"candidate\":0", "\"candidate\":2"),
        ":2: candidate 2 is outside [0, 2)");
    assertDamage(
        file,
        lines.get(0) + "\n" + lines.get(1).replace("\"bptt\":1", "\"bptt\":2"),
        ":2: candidate 0 has the parameters {bptt=2}, expected {bptt=1}");
    assertDamage(
        file,
        lines.get(0) + "\n" + lines.get(1).replaceAll("\"score\":[-0-9.E]+", "\"score\":null"),
        ":2: expected either a score or a failure");
  }

  private void assertDamage(Path file, String text, String fault) throws IOException {
    Files.writeString(file, text);
    ParameterSearch search = new GridSearch(tiny(), Map.of("bptt", List.of(1, 2)), 1);
    String message =
        assertThrows(IOException.class, () -> fit(search.resultsFile(file))).getMessage();
    assertTrue(message.startsWith(file + fault), message);
  }

  @Test
  void whatCannotBeTrainedAtAllSaysWhy() {
    try (GridSearch search = new GridSearch(tiny(), Map.of("learning_rate", List.of(3e38)), 1)) {
      String message = assertThrows(IllegalStateException.class, () -> fit(search)).getMessage();
      assertTrue(message.startsWith("all 1 candidates failed, the first: "), message);
      assertEquals(1, search.results().size());
      assertThrows(IllegalStateException.class, search::bestResult);
      assertThrows(IllegalStateException.class, search::bestEstimator);
      assertThrows(IllegalStateException.class, () -> search.predict(s.x()));
    }
  }

  /** Nested names over a pipeline; a filter that leaves nothing is a candidate's fault. */
  @Test
  void aPipelineIsSearchedByNestedNames() throws IOException {
    Map<String, List<?>> grid = new LinkedHashMap<>();
    grid.put("min_item_count", List.of(1, 2, 1000));
    grid.put("hidden_size", List.of(3));
    grid.put("estimator__bptt", List.of(1, 2));
    Pipeline pipeline = new Pipeline(List.of(new MinItemCount(1)), tiny());
    try (GridSearch search = new GridSearch(pipeline, grid, 1)) {
      fit(search);
      assertEquals(6, search.results().size());
      assertEquals(4, search.results().stream().filter(r -> !r.failed()).count());
      for (SearchResult result : search.results()) {
        assertEquals(
            List.of("min_item_count", "estimator__hidden_size", "estimator__bptt"),
            List.copyOf(result.parameters().keySet()));
        if (result.failed()) {
          assertEquals("min_item_count=1000 leave no interaction of X", result.failure());
        } else {
          try (Estimator byHand = pipeline.copy().setParams(result.parameters())) {
            byHand.fit(s.x(), s.items(), s.validation());
            assertEquals(byHand.score(s.validation()), result.score(), 0.0);
          }
        }
      }
    }
  }

  /** If dropped items had the score 0, dropping items would seem to help. */
  @ParameterizedTest
  @EnumSource(
      value = Criterion.class,
      names = {"BPR", "WARP"})
  void aFilterThatDropsItemsIsNotComparedByDifferencesOfScores(Criterion criterion)
      throws IOException {
    TestSessions data = TestSessions.make(5, 40, 9); // every item is there, some often
    Pipeline pipeline =
        new Pipeline(
            List.of(new MinItemCount(1)),
            tiny().setParams(Map.of("stopping_criterion", criterion)));
    try (GridSearch search =
        new GridSearch(pipeline, Map.of("min_item_count", List.of(14, 1)), 1)) {
      search.fit(data.x(), data.items(), data.validation());
      assertEquals(1, search.bestResult().candidate());
      String failure = search.results().getLast().failure();
      assertTrue(failure.startsWith(criterion + " says nothing of the "), failure);
    }
  }

  @Test
  void validationDataGoWhereTheRequestSays() throws IOException {
    Map<String, List<?>> grid = Map.of("bptt", List.of(1));
    Map<String, Validation> metadata = Map.of("validation_data", s.validation());

    GridSearch unset = new GridSearch(tiny().setFitRequest(MetadataRequest.NONE), grid, 1);
    String message = assertThrows(IllegalArgumentException.class, () -> fit(unset)).getMessage();
    assertTrue(message.contains("setFitRequest"), message);

    try (GridSearch search = new GridSearch(tiny(), grid, 1)) {
      search.fitRouted(s.x(), s.items(), metadata);
      assertTrue(sawValidation(search));
    }
    try (GridSearch search = new GridSearch(tiny().setFitRequest(MetadataRequest.FALSE), grid, 1)) {
      search.fitRouted(s.x(), s.items(), metadata);
      assertFalse(sawValidation(search));
      assertEquals(search.bestEstimator().score(s.validation()), search.bestResult().score(), 0.0);
    }
    MetadataRequest alias = MetadataRequest.alias("late");
    try (GridSearch search = new GridSearch(tiny().setFitRequest(alias), grid, 1)) {
      assertEquals(alias, search.getMetadataRouting());
      assertThrows(
          IllegalArgumentException.class, () -> search.fitRouted(s.x(), s.items(), metadata));
      search.fitRouted(s.x(), s.items(), Map.of("late", s.validation()));
      assertTrue(sawValidation(search));
      assertEquals(
          "a search needs validation data to score candidates on: give late",
          assertThrows(IllegalArgumentException.class, () -> search.fit(s.x(), s.items(), null))
              .getMessage());
      Pipeline pipeline = new Pipeline(List.of(), tiny().setFitRequest(alias));
      try (GridSearch deep = new GridSearch(pipeline, grid, 1)) {
        deep.fitRouted(s.x(), s.items(), Map.of("late", s.validation()));
        assertTrue(sawValidation(deep));
      }
    }
  }

  private static boolean sawValidation(ParameterSearch search) {
    return search.bestEstimator().model().history().getFirst().criterion().isPresent();
  }

  @Test
  void candidatesWithoutSeedGetTheSearchs() throws IOException {
    Map<String, List<?>> grid = Map.of("bptt", List.of(1));
    GRU4RecCrossEntropy base = tiny();
    base.setParams(Collections.singletonMap("seed", null));
    try (GridSearch one = new GridSearch(base, grid, 8);
        GridSearch two = new GridSearch(base, grid, 8);
        GridSearch other = new GridSearch(base, grid, 9);
        GridSearch own = new GridSearch(tiny(), grid, 8);
        GridSearch searched = new GridSearch(base, Map.of("seed", List.of(3)), 8)) {
      assertEquals(fit(one).predict(s.x()), fit(two).predict(s.x()));
      assertNotEquals(one.predict(s.x()), fit(other).predict(s.x()));
      assertEquals(8L, one.bestEstimator().model().seed());
      assertEquals(7L, fit(own).bestEstimator().model().seed());
      assertEquals(3L, fit(searched).bestEstimator().model().seed());
      assertNull(base.parameters().get(SEED), "the estimator itself is not touched");
      assertThrows(IllegalStateException.class, base::model);
    }
  }

  /** The seed of one candidate is None: it is trained with the search's, and again the same. */
  @Test
  void aSearchedSeedOfNoneIsTheSearchs() throws IOException {
    Path file = folder.resolve("results.jsonl");
    Map<String, List<?>> grid = Map.of("seed", Collections.singletonList(null));
    try (GridSearch one = new GridSearch(tiny(), grid, 8);
        GridSearch two = new GridSearch(tiny(), grid, 8)) {
      fit(one.resultsFile(file));
      fit(two.resultsFile(file));
      assertEquals(Collections.singletonMap("seed", null), two.bestResult().parameters());
      assertEquals(8L, two.bestEstimator().model().seed());
      assertEquals(one.predict(s.x()), two.predict(s.x()));
    }
  }

  /** Throws when some epochs were told. */
  private static TrainingListener cancelling(RuntimeException exception, int epochs) {
    AtomicInteger told = new AtomicInteger();
    return new TrainingListener() {
      @Override
      public void onEpoch(EpochSummary summary) {
        if (told.incrementAndGet() > epochs) {
          throw exception;
        }
      }
    };
  }

  private static Set<Thread> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("gru4j-worker-") && thread.isAlive())
        .collect(Collectors.toSet());
  }

  private static void assertNoWorkersBut(Set<Thread> before) throws InterruptedException {
    for (Thread worker : workers()) {
      if (!before.contains(worker)) {
        worker.join(5000);
        assertFalse(worker.isAlive(), worker + " is left");
      }
    }
  }

  /** Neither cancelling nor a bug is the fault of a candidate. */
  @Test
  void whatIsNoCandidatesFaultLeavesTheSearch() throws Exception {
    Map<String, List<?>> grid = Map.of("bptt", List.of(1, 2, 3));
    Set<Thread> before = workers();
    for (RuntimeException exception :
        List.of(new CancellationException("enough"), new NullPointerException("a bug"))) {
      Path file = folder.resolve(exception.getMessage());
      GRU4RecCrossEntropy base = tiny().threads(2).listener(cancelling(exception, 4));
      try (GridSearch search = new GridSearch(base, grid, 1)) { // three epochs each
        search.resultsFile(file);
        assertSame(exception, assertThrows(exception.getClass(), () -> fit(search)));
        assertEquals(1, search.results().size(), "what was done by then");
        assertEquals(2, Files.readAllLines(file).size());
      }
      assertNoWorkersBut(before);
    }
  }

  @Test
  void aRefitThatThrowsLeavesNoThreads() throws Exception {
    Path file = folder.resolve("results.jsonl");
    Map<String, List<?>> grid = Map.of("bptt", List.of(1, 2));
    try (GridSearch search = new GridSearch(tiny(), grid, 1)) {
      fit(search.resultsFile(file));
    }
    Set<Thread> before = workers();
    GRU4RecCrossEntropy base = tiny().threads(2).listener(cancelling(new Killed(), 0));
    GridSearch again = new GridSearch(base, grid, 1); // not closed: fit must leave no thread
    assertThrows(Killed.class, () -> fit(again.resultsFile(file)));
    assertEquals(2, again.results().size());
    assertThrows(IllegalStateException.class, again::bestEstimator);
    assertNoWorkersBut(before);
  }

  @Test
  void parametersAreNested() throws IOException {
    GRU4RecCrossEntropy inner = tiny();
    Pipeline pipeline = new Pipeline(List.of(new MinItemCount(1)), inner);
    try (GridSearch all = new GridSearch(pipeline, Map.of("bptt", List.of(1, "2")), 3);
        RandomSearch some = new RandomSearch(inner, grid(), 5, 4)) {
      assertEquals(List.of("estimator", "grid", "seed"), names(all.getParams(false)));
      assertEquals(List.of("estimator", "grid", "n", "seed"), names(some.getParams(false)));
      assertEquals(
          Map.of(
              "estimator", pipeline, "grid", Map.of("estimator__bptt", List.of(1, 2)), "seed", 3L),
          all.getParams(false));
      Map<String, Object> expected = new LinkedHashMap<>(all.getParams(false));
      pipeline.getParams(true).forEach((name, value) -> expected.put("estimator__" + name, value));
      assertEquals(expected, all.getParams(true));
      assertEquals(5, all.getParams(true).get("estimator__estimator__batch_size"));

      for (ParameterSearch search : List.of(all, some)) {
        Map<String, Object> deep = search.getParams(true);
        assertSame(search, search.setParams(deep));
        assertEquals(deep, search.getParams(true));
      }
      all.setParams(
          Map.of(
              "estimator__estimator__hidden_size",
              3,
              "estimator__min_item_count",
              2,
              "grid",
              Map.of("learningRate", List.of(0.1, 0.2, 0.3)),
              "seed",
              "9"));
      assertEquals(3, inner.parameters().get(HIDDEN_SIZE));
      assertEquals(2, pipeline.getParams(false).get("min_item_count"));
      assertEquals(3, all.size());
      assertEquals(9L, all.getParams(false).get("seed"));
      some.setParams(Map.of("n", 2, "estimator__max_epochs", 1));
      assertEquals(2, some.size());
      fit(some);
      assertEquals(2, some.results().size());
      assertEquals(1, some.bestResult().epochs());
      GRU4RecCrossEntropy other = tiny();
      some.setParams(Map.of("estimator", other, "estimator__bptt", 9));
      assertSame(other, some.getParams(false).get("estimator"));
      assertEquals(9, other.parameters().get(BPTT));
    }
  }

  private static List<String> names(Map<String, Object> params) {
    return List.copyOf(params.keySet());
  }

  @Test
  void aWrongParameterIsRefusedByNameAndNothingChanges() {
    ParameterSearch search = new GridSearch(tiny(), grid(), 3);
    Map<String, Object> before = search.getParams(true);
    Pipeline pipeline = new Pipeline(List.of(new MinItemCount(1)), tiny());
    Map<Map<String, ?>, String> wrong = new LinkedHashMap<>();
    wrong.put(Map.of("n", 2), "a GridSearch has no parameter \"n\"");
    wrong.put(Map.of("gird", 2), "a GridSearch has no parameter \"gird\"; did you mean grid?");
    wrong.put(Map.of("seed", -1), "seed must be an integer in [0, ");
    wrong.put(Map.of("seed", 1.5), "seed must be an integer in [0, ");
    wrong.put(Map.of("grid", 1), "grid must be a map from names to lists of values, got 1");
    wrong.put(Map.of("grid", Map.of("bptt", 1)), "grid must be a map from names to lists");
    wrong.put(Map.of("grid", Map.of("bptt", List.of(0))), "bptt must be an integer in [1, ");
    wrong.put(Map.of("grid", Map.of()), "there is no parameter to search");
    wrong.put(Map.of("estimator", 1), "estimator must be an Estimator, got 1");
    wrong.put(Map.of("estimator__bptt", 0), "bptt must be an integer in [1, ");
    wrong.forEach(
        (params, start) -> {
          Map<String, Object> all = new LinkedHashMap<>();
          all.put("estimator__hidden_size", 9);
          all.putAll(params);
          String message =
              assertThrows(IllegalArgumentException.class, () -> search.setParams(all))
                  .getMessage();
          assertTrue(message.startsWith(start), message);
          assertEquals(before, search.getParams(true));
        });
    ParameterSearch filters = new GridSearch(pipeline, Map.of("min_item_count", List.of(1)), 3);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> filters.setParams(Map.of("estimator", tiny())))
            .getMessage();
    assertTrue(message.startsWith("there is no parameter \"min_item_count\""), message);
    assertSame(pipeline, filters.getParams(false).get("estimator"));
  }

  @Test
  void theIdentifierNamesAllParameters() {
    GRU4RecCrossEntropy inner = tiny();
    assertEquals(
        "GridSearch(estimator="
            + inner.identifier()
            + ",grid={'hidden_size': [2, 6], 'learning_rate': [0.01, 0.3, 3e+38]},seed=1)",
        search("grid").identifier());
    assertEquals(
        "RandomSearch(estimator="
            + inner.identifier()
            + ",grid={'clipnorm': [None, 0.5]},n=5,seed=1)",
        search("random", Map.of("clipnorm", Arrays.asList(null, 0.5))).identifier());
  }

  @Test
  void theRequestIsForwarded() {
    GRU4RecCrossEntropy inner = tiny();
    Pipeline pipeline = new Pipeline(List.of(), inner);
    ParameterSearch search = new GridSearch(pipeline, Map.of("bptt", List.of(1)), 1);
    for (MetadataRequest request :
        List.of(MetadataRequest.FALSE, MetadataRequest.alias("late"), MetadataRequest.NONE)) {
      assertSame(search, search.setFitRequest(request));
      assertEquals(request, search.getMetadataRouting());
      assertEquals(request, inner.getMetadataRouting());
      search.setFitRequest(MetadataRequest.UNCHANGED);
      assertEquals(request, inner.getMetadataRouting());
    }
  }

  @Test
  void equalScoresShareARankAndTheFirstIsTheBest() throws IOException {
    // bptt beyond the longest session changes nothing.
    try (GridSearch search = new GridSearch(tiny(), Map.of("bptt", List.of(50, 60, 70)), 1)) {
      fit(search);
      assertEquals(List.of(1, 1, 1), search.results().stream().map(SearchResult::rank).toList());
      assertEquals(0, search.bestResult().candidate());
      assertEquals(50, search.bestEstimator().getParams(true).get("bptt"));
    }
  }

  @Test
  void unfitDataAreRefusedBeforeTheFirstCandidate() {
    Path file = folder.resolve("results.jsonl");
    GridSearch search = new GridSearch(tiny(), Map.of("bptt", List.of(1)), 1);
    search
        .resultsFile(file)
        .listener(
            result -> {
              throw new AssertionError("tried");
            });
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> search.fit(s.x().withoutTimestamps(), s.items(), s.validation()))
            .getMessage();
    assertEquals("X has no timestamps; they give the order of clicks", message);
    assertFalse(Files.exists(file));
  }
}
