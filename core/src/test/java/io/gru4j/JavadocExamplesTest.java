package io.gru4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.Gru4RecParameters;
import io.gru4j.algorithms.MetadataRequest;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.data.Validation;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import io.gru4j.model.UnknownItems;
import io.gru4j.selection.GridSearch;
import io.gru4j.selection.Pipeline;
import io.gru4j.selection.SearchResult;
import io.gru4j.selection.SessionFilter;
import io.gru4j.serve.ItemFilter;
import io.gru4j.serve.ItemSet;
import io.gru4j.serve.Recommender;
import io.gru4j.serve.Session;
import io.gru4j.serve.SessionFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the documentation, which takes them from here by the names of their regions. */
class JavadocExamplesTest {
  @TempDir Path folder;
  private final TestSessions made = TestSessions.make(1, 30, 6);
  private final InteractionMatrix sessions = made.x();
  private final IdMap items = made.items();
  private final Validation validation = made.validation();

  @Test
  void readSessions() throws IOException {
    Path trainFile = Files.writeString(folder.resolve("train.csv"), click("1,shoe,5"));
    Path testFile = Files.writeString(folder.resolve("test.csv"), click("2,shoe,6\n2,hat,7"));
    // @start region="read"
    SessionData train = SessionFiles.read(trainFile);
    SessionData test = new SessionFiles().knownItems(train.items()).readAll(testFile);
    // @end
    assertSame(train.items(), test.items());
    assertEquals(1, test.interactions().numInteractions(), "hat is not known");
  }

  private static String click(String lines) {
    return "SessionId,ItemId,Time\n" + lines + "\n";
  }

  @Test
  void fitAndRecommend() {
    List<Recommendation> top;
    // @start region="fit"
    try (var estimator = new GRU4RecCrossEntropy(Gru4RecParameters.builder().seed(42L).build())) {
      FittedModel model = estimator.fit(sessions, items, null).model();
      top = model.recommend(List.of("item1", "item2"), 3, UnknownItems.SKIP).items();
    }
    // @end
    assertEquals(3, top.size());
  }

  @Test
  void serveSessions() throws SessionFormatException {
    var estimator = new GRU4RecCrossEntropy(Gru4RecParameters.builder().seed(42L).build());
    FittedModel model = estimator.fit(sessions, items, null).model();
    estimator.close();
    // @start region="serve"
    Recommender recommender = new Recommender(model); // one for all threads
    ItemSet outOfStock = recommender.itemSet(List.of("item3", "item5"));

    Session session = recommender.newSession(); // one for each visitor
    session.click("item1"); // one step of the GRU
    session.click("item2");
    List<Recommendation> top = session.top(3); // scores the catalogue
    List<Recommendation> fresh = session.top(3, ItemFilter.ALL.without(outOfStock).unseen());

    byte[] stored = session.toBytes(); // into a session store
    Session later = recommender.read(stored); // and back, perhaps on another machine
    // @end
    assertEquals(model.recommend(List.of("item1", "item2"), 3, UnknownItems.FAIL).items(), top);
    assertEquals(2, fresh.size());
    assertEquals(top, later.top(3));
  }

  @Test
  void searchAGrid() throws IOException {
    Path resultsFile = folder.resolve("search.jsonl");
    List<SearchResult> results;
    FittedModel model;
    // @start region="search"
    var estimator = new GRU4RecCrossEntropy().setFitRequest(MetadataRequest.TRUE);
    var grid = Map.of("hidden_size", List.of(5, 10), "learning_rate", List.of(0.03, 0.1));
    try (var search = new GridSearch(estimator, grid, 42)) {
      search.resultsFile(resultsFile).fit(sessions, items, validation);
      results = search.results(); // best first
      model = search.bestEstimator().model();
    }
    // @end
    assertEquals(6, model.numItems());
    assertEquals(4, results.size());
    assertEquals(5, Files.readAllLines(resultsFile).size());
  }

  @Test
  void filterThenTrain() {
    // @start region="pipeline"
    var pipeline =
        new Pipeline(
            List.of(new SessionFilter.MinItemCount(5), new SessionFilter.MinSessionLength(2)),
            new GRU4RecCrossEntropy().setFitRequest(MetadataRequest.TRUE));
    pipeline.fit(sessions, items, validation);
    // @end
    assertTrue(pipeline.model().history().getFirst().criterion().isPresent());
    pipeline.close();
  }
}
