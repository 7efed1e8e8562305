package io.gru4j.selection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.Estimator;
import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.MetadataRequest;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.Validation;
import io.gru4j.metrics.Criterion;
import io.gru4j.selection.SessionFilter.MinItemCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** Scores of 0 for dropped items would make dropping items look good. */
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
      assertNull(base.parameters().seed(), "the estimator itself is not touched");
      assertThrows(IllegalStateException.class, base::model);
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
