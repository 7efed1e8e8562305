package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecOptions.INIT;
import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.Sha256;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.Lineage;
import io.gru4j.model.ModelFileException;
import io.gru4j.model.Recommendation;
import io.gru4j.model.UnknownItems;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions.Init;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.NewItems;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.training.Trainer;
import io.gru4j.training.TrainingStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that goes on to learn. */
class UpdateTest {
  private static final double STILL = 1e-44; // a float above 0 that moves nothing
  private static final TestSessions OLD = TestSessions.make(5, 40, 12);
  private static final InteractionMatrix NEW = shifted(TestSessions.make(6, 30, 15).x(), 1e9);

  @TempDir Path folder;

  /** Items 4 to 18: of the old ones 8 are clicked again, 7 are new. */
  private static final IdMap NEW_IDS = ids(4, 15);

  private static IdMap ids(int first, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      ids.add("item" + i);
    }
    return IdMap.of(ids);
  }

  private static InteractionMatrix shifted(InteractionMatrix x, double time) {
    List<Interaction> rows =
        x.rows().stream()
            .map(row -> new Interaction(row.user(), row.item(), row.timestamp() + time))
            .toList();
    return InteractionMatrix.of(x.numUsers(), x.numItems(), rows);
  }

  @Provide
  static Arbitrary<GRU4RecParameters> trainings() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(0, 127),
            Arbitraries.integers().between(1, 3))
        .as(
            (trained, switches, layers) -> {
              boolean negSampling = trained == 1 || trained == 3;
              Algorithm algorithm = negSampling ? Algorithm.NEG_SAMPLING : Algorithm.CROSS_ENTROPY;
              GRU4RecParameters.Builder p = TestSessions.tiny(algorithm).toBuilder();
              p.set(NUM_LAYERS, layers).set(BPTT, 1 + (switches & 3)).set(BATCH_SIZE, 6);
              boolean shared = trained >= 2;
              p.set("batching", shared || (switches & 4) != 0 ? "session_parallel" : "padded");
              p.set("embedding", (switches & 8) == 0 ? "separate" : "shared");
              p.set("session_order", (switches & 16) == 0 ? "user" : "shuffled");
              p.set("init", (switches & 32) == 0 ? "uniform_0.01" : "glorot");
              if ((switches & 64) != 0) {
                p.set("dropout", 0.3).set("adagrad_momentum", 0.4);
              }
              if (trained == 1) {
                p.set("loss_fn", "bpr-max").set("num_negatives", 4);
              } else if (shared) {
                p.set("negatives", "shared").set("num_samples", trained == 4 ? 0 : 7);
                if (trained == 3) {
                  p.set("loss_fn", "bpr-max");
                } else {
                  p.set("logq", 0.5);
                }
              }
              return p.build();
            });
  }

  private static GRU4Rec<?> estimator(GRU4RecParameters parameters) {
    return GRU4Rec.of(parameters).threads(1);
  }

  private static FittedModel trained(GRU4RecParameters parameters) {
    return estimator(parameters).fit(OLD.x(), OLD.items(), null).model();
  }

  private static FittedModel updated(GRU4RecParameters p, Update update) throws IOException {
    return estimator(p).fit(update.with(NEW, NEW_IDS, null)).model();
  }

  /** Scores of the items of {@code of}, by id, after a session. */
  private static Map<String, Float> scores(FittedModel model, IdMap of, List<String> session) {
    Map<String, Float> all = new LinkedHashMap<>();
    for (Recommendation each :
        model.recommend(session, model.numItems(), UnknownItems.FAIL).items()) {
      if (of.indexOf(each.item()) >= 0) {
        all.put(each.item(), each.score());
      }
    }
    return all;
  }

  @Property(tries = 40)
  void withoutARateScoresOfKnownItemsKeepTheirBits(@ForAll("trainings") GRU4RecParameters p)
      throws IOException {
    FittedModel start = trained(p);
    GRU4RecParameters still = p.toBuilder().set(LEARNING_RATE, STILL).build();
    for (NewItems newItems : NewItems.values()) {
      FittedModel model = updated(still, Update.of(start).newItems(newItems));
      assertEquals(start.numItems() + 7, model.numItems());
      assertEquals(start.items().ids(), model.items().ids().subList(0, start.numItems()));
      for (List<String> session : List.of(List.of("item0"), List.of("item9", "item3", "item9"))) {
        assertEquals(scores(start, start.items(), session), scores(model, start.items(), session));
      }
      Parameter weight = model.network().outputWeight();
      float[] pad = new float[weight.cols()];
      float[] before = new float[weight.cols()];
      weight.readRow(model.numItems(), pad, 0);
      start.network().outputWeight().readRow(start.numItems(), before, 0);
      assertArrayEquals(before, pad, "the pad token is the last");
    }
  }

  /** Also in one matrix for both, in rows and in panels, and its bias. */
  @Property(tries = 20)
  void aNewItemBeginsAtTheMeanOfThoseClickedBesideIt(@ForAll("trainings") GRU4RecParameters p)
      throws IOException {
    FittedModel start = trained(p);
    InteractionMatrix x =
        InteractionMatrix.of(
            2,
            4,
            List.of(
                new Interaction(0, 0, 1), // a, new, b, a; then new, other new
                new Interaction(0, 2, 2),
                new Interaction(0, 1, 3),
                new Interaction(0, 0, 4),
                new Interaction(1, 0, 5),
                new Interaction(1, 2, 6),
                new Interaction(1, 3, 7)));
    IdMap ids = IdMap.of(List.of("item2", "item5", "fresh", "alone"));
    GRU4RecParameters still = p.toBuilder().set(LEARNING_RATE, STILL).build();
    GruNetwork network =
        estimator(still).fit(Update.of(start).with(x, ids, null)).model().network();
    assertTrue(network.embedding().get(2, 0) != network.embedding().get(5, 0));
    for (Parameter table :
        List.of(network.embedding(), network.outputWeight(), network.outputBias())) {
      for (int col = 0; col < table.cols(); col++) {
        float mean = (table.get(2, col) + table.get(5, col) + table.get(2, col)) / 3;
        assertEquals(mean, table.get(12, col), 1e-7f, table.name());
        float bound = p.get(INIT) == Init.GLOROT ? 1 : GruNetwork.UNIFORM_BOUND;
        assertTrue(Math.abs(table.get(13, col)) <= bound);
      }
    }
    assertNotEquals(0, network.embedding().get(13, 0), "nobody beside it: drawn");
  }

  @Property(tries = 20)
  void theSameUpdateHasTheSameBytesOnAnyThreads(@ForAll("trainings") GRU4RecParameters p)
      throws IOException {
    List<String> sums = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3}) {
      FittedModel model = trained(p);
      for (int night = 0; night < 3; night++) {
        try (GRU4Rec<?> estimator = GRU4Rec.of(p).threads(threads)) {
          InteractionMatrix x = shifted(TestSessions.make(9 + night, 20, 12 + night).x(), night);
          Update update = Update.of(model).replay(OLD.x(), OLD.items(), 0.3, 5);
          model = estimator.fit(update.with(x, ids(night, 12 + night), null)).model();
        }
      }
      assertEquals(4, model.lineage().trainings().size());
      sums.add(model.sha256());
    }
    assertEquals(sums.get(0), sums.get(1));
    assertEquals(sums.get(0), sums.get(2));
  }

  /** Of one training, that is; a schedule would begin anew, and the best epoch is not the last. */
  @Property(tries = 30)
  void withTheStateEpochsGoOnAsIfTheTrainingHadNotEnded(
      @ForAll("trainings") GRU4RecParameters p, @ForAll boolean sgd) throws IOException {
    GRU4RecParameters.Builder builder = p.toBuilder();
    if (sgd) {
      builder.set(OPTIMIZATION_ALGORITHM, OptimizationAlgorithm.SGD).set("momentum", 0.5);
    }
    GRU4RecParameters two = builder.set(MAX_EPOCHS, 2).build();
    GRU4RecParameters three = builder.set(MAX_EPOCHS, 3).build();
    GRU4RecParameters five = builder.set(MAX_EPOCHS, 5).build();
    Path dir = Files.createTempDirectory("gru4j-state");
    Path file = dir.resolve("m");
    estimator(two).keepState(true).fit(OLD.x(), OLD.items(), null).saveWithState(file);
    FittedModel start = FittedModel.load(file);
    FittedModel went =
        estimator(three)
            .fit(Update.of(start).sameItems().state(file).with(OLD.x(), OLD.items(), null))
            .model();
    assertArrayEquals(SameModel.values(trained(five)), SameModel.values(went));
    assertArrayEquals(trained(five).itemClicks(), went.itemClicks());
    FittedModel fresh =
        estimator(three).fit(Update.of(start).sameItems().with(OLD.x(), OLD.items(), null)).model();
    assertFalse(
        java.util.Arrays.equals(SameModel.values(fresh), SameModel.values(went)),
        "the state makes a difference");
    Files.delete(file);
    Files.delete(GRU4Rec.stateFiles(file).getFirst());
    Files.delete(dir);
  }

  @Test
  void aForgottenItemIsGoneAndChangesNoOtherScore() throws IOException {
    double day = 86_400;
    double now = 1.7e9;
    InteractionMatrix x =
        InteractionMatrix.of(
            2,
            4,
            List.of(
                new Interaction(0, 0, now - 100 * day),
                new Interaction(0, 1, now - 100 * day + 1),
                new Interaction(1, 2, now - 10 * day),
                new Interaction(1, 3, now - 10 * day + 1),
                new Interaction(1, 1, now - 10 * day + 2)));
    GRU4RecParameters p = TestSessions.tiny();
    FittedModel start = estimator(p).fit(x, ids(0, 4), null).model();
    InteractionMatrix tonight =
        InteractionMatrix.of(
            1, 2, List.of(new Interaction(0, 0, 1e3 * now), new Interaction(0, 1, 1e3 * now + 9)));
    GRU4RecParameters still = p.toBuilder().set(LEARNING_RATE, STILL).build();
    Update update = Update.of(start).forgetItemsAfter(Duration.ofDays(90));
    Update.Data data = update.with(tonight, ids(3, 2), null); // in milliseconds
    assertEquals(List.of("item0"), data.forgotten());
    FittedModel model = estimator(still).fit(data).model();
    assertEquals(List.of("item1", "item2", "item3", "item4"), model.items().ids());
    IdMap kept = ids(1, 3);
    assertEquals(
        scores(start, kept, List.of("item3", "item1")),
        scores(model, kept, List.of("item3", "item1")));
    assertArrayEquals(new int[] {2, 1, 2, 1}, model.itemClicks());
    assertEquals(now, model.lastClicks()[2], 1e-3);
    assertEquals(now - 10 * day, model.lastClicks()[1], 1e-3);
    Lineage.Training last = model.lineage().last().orElseThrow();
    assertEquals(1, last.rows().get("forgotten"));
    assertEquals(Map.of(0, "item0"), last.forgotten());
    Path file = folder.resolve("forgot");
    model.save(file);
    assertEquals(model.lineage(), FittedModel.load(file).lineage());
    assertEquals(Sha256.of(file), FittedModel.load(file).sha256());
    assertEquals("7776000s", last.settings().get("forget_items_after"));
  }

  @Test
  void ofAModelThatDoesNotKnowLastClicksNothingIsForgottenAtOnce() throws IOException {
    FittedModel trained = trained(TestSessions.tiny());
    FittedModel start =
        new FittedModel(
            trained.network(), trained.items(), "cross_entropy", Map.of(), List.of(), 1L);
    InteractionMatrix x = shifted(NEW, 1e9);
    Update update = Update.of(start).forgetItemsAfter(Duration.ofSeconds(2));
    Update.Data data = update.with(x, NEW_IDS, null);
    FittedModel model = estimator(TestSessions.tiny()).fit(data).model();
    double first = x.rows().stream().mapToDouble(Interaction::timestamp).min().orElseThrow();
    assertEquals(List.of("item0", "item1", "item2", "item3"), data.forgotten().subList(0, 4));
    FittedModel all = updated(TestSessions.tiny(), Update.of(start));
    assertEquals(first - 1e9, all.lastClicks()[0], "the first new click is the latest it can be");
    assertEquals(model.numItems(), data.items().size());
  }

  @Test
  void theChainNamesWhatItWasMadeOf() throws IOException {
    GRU4RecParameters p = TestSessions.tiny();
    FittedModel start = trained(p);
    Path file = folder.resolve("start");
    start.save(file);
    FittedModel loaded = FittedModel.load(file);
    FittedModel model = updated(p, Update.of(loaded));
    Lineage.Training last = model.lineage().last().orElseThrow();
    assertEquals(Sha256.of(file), last.start());
    assertEquals(start.fingerprint(), last.fingerprint());
    assertEquals(start.lineage().trainings(), model.lineage().trainings().subList(0, 1));
    assertEquals(Map.of(), last.parameters(), "the same as before");
    Path second = folder.resolve("second");
    model.save(second);
    assertEquals(model.lineage(), FittedModel.load(second).lineage());
    assertEquals(Sha256.of(second), FittedModel.load(second).sha256());
    FittedModel other = updated(p.toBuilder().set("seed", 8).build(), Update.of(loaded));
    assertNotEquals(model.sha256(), other.sha256());
    assertEquals("8", other.lineage().last().orElseThrow().parameters().get("seed"));
  }

  @Test
  void replaysAreDrawnWithTheSeedAndComeFirst() throws IOException {
    FittedModel start = trained(TestSessions.tiny());
    int active = OLD.x().numActiveUsers();
    Update.Data data =
        Update.of(start).replay(OLD.x(), OLD.items(), 0.5, 3).with(NEW, NEW_IDS, null);
    int drawn = data.x().numUsers() - NEW.numUsers();
    assertEquals(Math.round(0.5 * active), drawn);
    for (int user = 0; user < NEW.numUsers(); user++) {
      assertEquals(NEW.historyLength(user), data.x().historyLength(drawn + user));
    }
    assertTrue(data.x().timestamp(0, 0) < 1e6, "an old one");
    Update.Data again =
        Update.of(start).replay(OLD.x(), OLD.items(), 0.5, 3).with(NEW, NEW_IDS, null);
    assertEquals(data.x(), again.x());
    Update.Data other =
        Update.of(start).replay(OLD.x(), OLD.items(), 0.5, 4).with(NEW, NEW_IDS, null);
    assertNotEquals(data.x(), other.x());
    FittedModel tomorrow =
        start.withLineage(start.lineage().plus(start.lineage().last().orElseThrow()));
    Update.Data next =
        Update.of(tomorrow).replay(OLD.x(), OLD.items(), 0.5, 3).with(NEW, NEW_IDS, null);
    assertNotEquals(data.x(), next.x(), "every night others");
    FittedModel model = estimator(TestSessions.tiny()).fit(data).model();
    int[] clicks = start.itemClicks();
    assertEquals(clicks[0], model.itemClicks()[0], "a replayed click is no new one");
  }

  @Test
  void anotherNetworkIsRefused() {
    FittedModel start = trained(TestSessions.tiny());
    Map<String, GRU4RecParameters> wrong = new LinkedHashMap<>();
    GRU4RecParameters tiny = TestSessions.tiny();
    wrong.put(
        "hidden units: the start has 4, the parameters say 5",
        tiny.toBuilder().set(HIDDEN_SIZE, 5).build());
    wrong.put(
        "hidden units: the start has 4, the parameters say 4,4",
        tiny.toBuilder().set(NUM_LAYERS, 2).build());
    wrong.put(
        "embedding: the start has separate, the parameters say shared",
        tiny.toBuilder().set("embedding", "shared").build());
    wrong.put(
        "num_components: the start has 3, the parameters say 9",
        tiny.toBuilder().set("num_components", 9).build());
    wrong.put(
        "algorithm: the start has cross_entropy, the parameters say neg_sampling",
        TestSessions.tiny(Algorithm.NEG_SAMPLING));
    wrong.forEach(
        (message, p) ->
            assertEquals(
                message + "; a model goes on with its own network",
                assertThrows(IllegalArgumentException.class, () -> updated(p, Update.of(start)))
                    .getMessage()));
  }

  /**
   * At a rate that moves nothing, nights on the same sessions have the same losses but for what is
   * drawn: masks, negatives, the order of the sessions.
   */
  @Property(tries = 30)
  void whatIsDrawnDiffersFromNightToNight(
      @ForAll("trainings") GRU4RecParameters given, @ForAll("nights") List<Boolean> kept)
      throws IOException {
    GRU4RecParameters.Builder builder = given.toBuilder().set(LEARNING_RATE, STILL);
    boolean draws = given.get(NEGATIVES) == Negatives.OWN || given.get(DROPOUT) > 0;
    GRU4RecParameters p =
        (draws ? builder : builder.set("dropout", 0.3)).set(MAX_EPOCHS, 1).build();
    Path dir = Files.createTempDirectory("gru4j-nights");
    Path file = dir.resolve("m");
    List<Double> losses = new ArrayList<>();
    List<Double> again = new ArrayList<>();
    for (List<Double> all : List.of(losses, again)) {
      GRU4Rec<?> first = estimator(p).observer(firstLoss(all));
      first.keepState(true).fit(OLD.x(), OLD.items(), null).saveWithState(file);
      for (boolean goesOn : kept) {
        FittedModel start = FittedModel.load(file);
        Update update = Update.of(start).sameItems().state(goesOn ? file : null);
        GRU4Rec<?> night = estimator(p).keepState(true).observer(firstLoss(all));
        night.fit(update.with(OLD.x(), OLD.items(), null)).saveWithState(file);
      }
    }
    assertEquals(losses, again, "but the same chain has the same");
    assertEquals(1 + kept.size(), new HashSet<>(losses).size(), kept + ": " + losses);
    Files.delete(file);
    Files.delete(GRU4Rec.stateFiles(file).getFirst());
    Files.delete(dir);
  }

  /** Of shared samples, which are drawn by it. */
  @Test
  void popularityIsThatOfAllTrainings() throws IOException {
    GRU4RecParameters.Builder builder = TestSessions.tiny().toBuilder().set(LEARNING_RATE, STILL);
    builder.set("negatives", "shared").set("num_samples", 7).set("batching", "session_parallel");
    GRU4RecParameters p = builder.set("logq", 1.0).set(MAX_EPOCHS, 1).build();
    FittedModel start = trained(p);
    int[] clicks = start.itemClicks();
    clicks[11] += 1_000;
    List<Double> losses = new ArrayList<>();
    for (FittedModel each : List.of(start, start, start.withItemClicks(clicks))) {
      Update.Data data = Update.of(each).with(OLD.x(), OLD.items(), null);
      estimator(p).observer(firstLoss(losses)).fit(data);
    }
    assertEquals(losses.get(0), losses.get(1));
    assertNotEquals(losses.get(0), losses.get(2));
  }

  @Provide
  static Arbitrary<List<Boolean>> nights() {
    return Arbitraries.of(true, false).list().ofMinSize(1).ofMaxSize(4);
  }

  private static Trainer.Observer firstLoss(List<Double> losses) {
    int before = losses.size();
    return new Trainer.Observer() {
      @Override
      public void stepped(TrainingStep step, int epoch, int width, double loss) {
        if (losses.size() == before) {
          losses.add(loss);
        }
      }
    };
  }

  @Test
  void aStateOfAnotherModelIsRefused() throws IOException {
    GRU4RecParameters p = TestSessions.tiny();
    Path file = folder.resolve("m");
    estimator(p).keepState(true).fit(OLD.x(), OLD.items(), null).saveWithState(file);
    FittedModel other = trained(p.toBuilder().set("seed", 1).build());
    ModelFileException e =
        assertThrows(
            ModelFileException.class, () -> Update.of(other).state(file).with(NEW, NEW_IDS, null));
    assertTrue(e.getMessage().contains("m.state: is the state of another model"), e.getMessage());
    assertThrows(
        NoSuchFileException.class,
        () -> Update.of(other).state(folder.resolve("none")).with(NEW, NEW_IDS, null));
    FittedModel start = FittedModel.load(file);
    GRU4RecParameters sgd =
        p.toBuilder().set(OPTIMIZATION_ALGORITHM, OptimizationAlgorithm.SGD).build();
    String message =
        assertThrows(ModelFileException.class, () -> updated(sgd, Update.of(start).state(file)))
            .getMessage();
    assertTrue(message.contains("is the state of Adagrad/1"), message);
  }

  @Test
  void idsThatDifferInCaseAloneAreAWarning() throws IOException {
    FittedModel start = trained(TestSessions.tiny());
    IdMap ids = IdMap.of(List.of("ITEM2", "item3", "Item4"));
    InteractionMatrix x =
        InteractionMatrix.of(
            1,
            3,
            List.of(new Interaction(0, 0, 1), new Interaction(0, 1, 2), new Interaction(0, 2, 3)));
    assertEquals(
        List.of(
            "2 of 2 new items differ from another one in upper and lower case alone, such as"
                + " \"ITEM2\" and \"item2\""),
        Update.of(start).with(x, ids, null).warnings());
  }
}
