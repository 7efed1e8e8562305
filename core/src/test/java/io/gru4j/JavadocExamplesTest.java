package io.gru4j;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.LOSS_FN;
import static io.gru4j.parameters.GRU4RecParameters.NUM_NEGATIVES;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.GRU4RecNegSampling;
import io.gru4j.algorithms.MarkovChain;
import io.gru4j.algorithms.MetadataRequest;
import io.gru4j.algorithms.NextClickEvaluation;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.algorithms.Update;
import io.gru4j.algorithms.VSknn;
import io.gru4j.data.ClickData;
import io.gru4j.data.ClickFile;
import io.gru4j.data.Clicks;
import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionColumns;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.data.SessionSplit;
import io.gru4j.data.Validation;
import io.gru4j.metrics.Criterion;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import io.gru4j.model.Recommendations;
import io.gru4j.model.UnknownItems;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.LossFunction;
import io.gru4j.parameters.NewItems;
import io.gru4j.prepare.CollapseRepeats;
import io.gru4j.prepare.Cut;
import io.gru4j.prepare.MinimumCounts;
import io.gru4j.prepare.Preparation;
import io.gru4j.prepare.Prepared;
import io.gru4j.prepare.SessionGap;
import io.gru4j.prepare.Step;
import io.gru4j.progress.TrainingListener;
import io.gru4j.selection.GridSearch;
import io.gru4j.selection.Pipeline;
import io.gru4j.selection.RandomSearch;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
  void prepare() throws IOException {
    StringBuilder log = new StringBuilder("visitor,item,time\n");
    for (int visit = 0; visit < 40; visit++) {
      for (int click = 0; click < 3; click++) {
        long time = 1_700_000_000L + 20_000L * visit + click;
        log.append(visit % 8).append(',').append((visit + click) % 7).append(',');
        log.append(time).append('\n');
      }
    }
    Path file = Files.writeString(folder.resolve("log.csv"), log);
    // @start region="prepare"
    ClickData read =
        new SessionFiles()
            .columns(new SessionColumns("visitor", "item", "time"))
            .readClicks(List.of(file), true);
    List<Step> steps =
        List.of(
            new SessionGap(Duration.ofHours(1)), new CollapseRepeats(), new MinimumCounts(5, 2));
    Cut lastDay = new Cut.Last(Duration.ofDays(1));
    Prepared<Clicks> prepared = new Preparation(steps, lastDay, lastDay, 2).apply(read.clicks());
    SessionData train = prepared.train().toSessionData();
    ClickFile.write(prepared.test(), folder.resolve("test.tsv.gz"));
    // @end
    assertEquals(prepared.train().numSessions(), train.sessions().size());
    assertEquals(
        40,
        prepared.test().numSessions()
            + prepared.validation().numSessions()
            + prepared.train().numSessions());
    assertTrue(Files.exists(folder.resolve("test.tsv.gz")));
  }

  @Test
  void fitAndRecommend() {
    List<Recommendation> top;
    // @start region="fit"
    try (var estimator =
        new GRU4RecCrossEntropy(GRU4RecParameters.builder().set(SEED, 42L).build())) {
      FittedModel model = estimator.fit(sessions, items, null).model();
      top = model.recommend(List.of("item1", "item2"), 3, UnknownItems.SKIP).items();
    }
    // @end
    assertEquals(3, top.size());
  }

  @Test
  void updateAModel() throws IOException {
    FittedModel yesterdays;
    try (var estimator = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      yesterdays = estimator.fit(sessions, items, null).model();
    }
    FittedModel todays;
    // @start region="update"
    Update update = Update.of(yesterdays).newItems(NewItems.NEIGHBOURS).forgetItemsAfter(null);
    try (var estimator = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      todays = estimator.fit(update.with(sessions, items, null)).model();
    }
    // @end
    assertEquals(2, todays.lineage().trainings().size());
  }

  @Test
  void fitAgainstNegatives() {
    List<Recommendation> top;
    // @start region="negSampling"
    var parameters =
        GRU4RecParameters.builder(Algorithm.NEG_SAMPLING)
            .set(LOSS_FN, LossFunction.BPR_MAX)
            .set(NUM_NEGATIVES, 20)
            .set(SEED, 42L)
            .build();
    try (var estimator = new GRU4RecNegSampling(parameters)) {
      FittedModel model = estimator.fit(sessions, items, null).model();
      top = model.recommend(List.of("item1", "item2"), 3, UnknownItems.SKIP).items();
    }
    // @end
    assertEquals(3, top.size());
  }

  @Test
  void serveSessions() throws SessionFormatException {
    var estimator = new GRU4RecCrossEntropy(GRU4RecParameters.builder().set(SEED, 42L).build());
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

  @Test
  void trainAndRecommend() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int session = 0; session < 40; session++) {
      lines.append(session + ",shoe," + session + "\n").append(session + ",sock," + session + "\n");
      lines.append(session + ",lace," + session + "\n");
    }
    Files.writeString(folder.resolve("sessions.tsv"), click(lines.toString()));
    // @start region="readme"
    SessionData clicks = SessionFiles.read(folder.resolve("sessions.tsv"));
    SessionSplit split = SessionSplit.byFraction(clicks, 0.1);
    Validation newest = Validation.leaveLastOut(split.validation());

    var parameters =
        GRU4RecParameters.builder()
            .set(BPTT, 8)
            .set(BATCH_SIZE, 128)
            .set(LEARNING_RATE, 0.1)
            .set(SEED, 42L)
            .build();
    Path file = folder.resolve("shop.safetensors");
    try (var estimator = new GRU4RecCrossEntropy(parameters)) {
      estimator.fit(split.train(), clicks.items(), newest).model().save(file);
    }

    FittedModel model = FittedModel.load(file); // immutable, for any number of threads
    var answer = model.recommend(List.of("shoe", "sock"), 20, UnknownItems.SKIP);
    for (Recommendation r : answer.items()) {
      System.out.println(r.item() + " " + r.score());
    }
    // @end
    assertEquals(3, answer.items().size());
    assertEquals("lace", answer.items().getFirst().item());
  }

  @Test
  void loadAModel() throws IOException {
    Path file = folder.resolve("shop.safetensors");
    try (var estimator = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      estimator.fit(sessions, items, null).model().save(file);
    }
    List<String> unknown;
    List<Recommendation> best;
    // @start region="model"
    FittedModel model = FittedModel.load(file);
    Recommendations answer = model.recommend(List.of("item1", "hat"), 3, UnknownItems.SKIP);
    best = answer.items(); // best first
    unknown = answer.unknown(); // what the model never saw: hat
    // @end
    assertEquals(3, best.size());
    assertEquals(List.of("hat"), unknown);
  }

  @Test
  void setParameters() {
    // @start region="parameters"
    GRU4RecParameters parameters =
        GRU4RecParameters.builder().set(HIDDEN_SIZE, 50).set(CLIPNORM, null).set(SEED, 42L).build();
    GRU4RecParameters other = parameters.withParams(Map.of("hidden_size", 80, "bptt", "8"));
    // @end
    assertEquals(50, parameters.get(HIDDEN_SIZE));
    assertEquals(80, other.get(HIDDEN_SIZE));
    assertEquals(8, other.get(BPTT));
  }

  @Test
  void makeAMatrix() {
    // @start region="matrix"
    IdMap items = IdMap.of(List.of("shoe", "sock", "lace"));
    InteractionMatrix clicks =
        InteractionMatrix.of(
            2, // users
            items.size(),
            List.of(
                new Interaction(0, items.indexOf("shoe"), 10.0),
                new Interaction(0, items.indexOf("lace"), 20.0),
                new Interaction(1, items.indexOf("sock"), 15.0)));
    int[] history = clicks.items(0); // in the order of time: 0, 2
    CsrMatrix counts = clicks.values();
    // @end
    assertArrayEquals(new int[] {0, 2}, history);
    assertEquals(3, counts.nnz());
  }

  @Test
  void splitByTime() {
    SessionData clicks = SessionData.of(sessions, userIds(), items);
    // @start region="split"
    SessionSplit split = SessionSplit.byFraction(clicks, 0.2); // the newest fifth of the sessions
    Validation newest = Validation.leaveLastOut(split.validation());
    // @end
    int whole = split.train().numInteractions() + split.validation().numInteractions();
    assertEquals(sessions.numInteractions(), whole);
    assertTrue(newest.out().numInteractions() > 0);
  }

  private IdMap userIds() {
    return IdMap.of(IntStream.range(0, sessions.numUsers()).mapToObj(i -> "s" + i).toList());
  }

  @Test
  void build() {
    // @start region="builder"
    SessionData clicks =
        InteractionMatrix.builder()
            .add("s1", "shoe", 1)
            .add("s1", "sock", 2)
            .add("s2", "lace", 3)
            .build();
    // @end
    assertEquals(3, clicks.items().size());
  }

  @Test
  void measure() {
    // @start region="baseline"
    MarkovChain baseline = new MarkovChain().fit(sessions);
    RankMetrics metrics = NextClickEvaluation.evaluate(baseline, sessions, 1, 5);
    double recall = metrics.recall(5);
    // @end
    assertTrue(recall > 0.5 && recall <= 1);
    // @start region="neighbours"
    VSknn neighbours = new VSknn().fit(sessions);
    CsrMatrix scores = neighbours.predict(sessions, 20); // of each session, the 20 best items
    // @end
    assertEquals(sessions.numUsers(), scores.rows());
    assertTrue(scores.nnz() > 0);
    // @start region="ranks"
    RankMetrics ranks = new RankMetrics(10, 20);
    ranks.add(1); // the item that was right came first
    ranks.add(15);
    double recallAt10 = ranks.recall(10); // 0.5
    double mrrAt20 = ranks.mrr(20); // (1/1 + 1/15) / 2
    // @end
    assertEquals(0.5, recallAt10);
    assertEquals((1 + 1 / 15.0) / 2, mrrAt20, 1e-15);
  }

  @Test
  void judgePredictions() {
    double recall;
    // @start region="criterion"
    try (var estimator =
        new GRU4RecCrossEntropy(GRU4RecParameters.builder().set(SEED, 42L).build())) {
      CsrMatrix scores = estimator.fit(sessions, items, null).predict(validation.in());
      recall = Criterion.RECALL.value(validation.out(), scores);
    }
    // @end
    assertEquals(1, recall, "all six items are among the 50 best");
  }

  @Test
  void watchTraining() {
    List<Double> losses = new ArrayList<>();
    // @start region="listener"
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onEpoch(EpochSummary epoch) {
            losses.add(epoch.loss());
          }
        };
    try (var estimator = new GRU4RecCrossEntropy().listener(listener)) {
      estimator.fit(sessions, items, validation);
    }
    // @end
    assertEquals(5, losses.size());
  }

  @Test
  void drawAtRandom() throws IOException {
    SearchResult best;
    // @start region="random"
    var estimator = new GRU4RecCrossEntropy().setFitRequest(MetadataRequest.TRUE);
    var grid = Map.of("hidden_size", List.of(4, 8, 16), "bptt", List.of(1, 2, 4));
    try (var search = new RandomSearch(estimator, grid, 2, 42)) { // 2 of the 9
      search.fit(sessions, items, validation);
      best = search.results().getFirst();
    }
    // @end
    assertTrue(best.parameters().containsKey("bptt"));
  }
}
