package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_MOMENTUM;
import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_HIDDEN;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.INIT;
import static io.gru4j.parameters.GRU4RecOptions.LABEL_SMOOTHING;
import static io.gru4j.parameters.GRU4RecOptions.LEARNING_RATE_SCHEDULE;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static io.gru4j.parameters.GRU4RecOptions.WEIGHT_DECAY;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecOptions.Batching;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecOptions.Init;
import io.gru4j.parameters.GRU4RecOptions.Schedule;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.training.Trainer;
import io.gru4j.training.TrainingStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options that RecPack's estimator does not have. */
class OptionsTest {
  private static final TestSessions SESSIONS = TestSessions.make(3, 40, 12);

  @TempDir Path folder;

  private static FittedModel fit(GRU4RecParameters p, Trainer.Observer observer) {
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(p).threads(1)) {
      InteractionMatrix x = SESSIONS.x();
      int H = p.get(HIDDEN_SIZE);
      GruNetwork network =
          p.get(EMBEDDING) == Embedding.SHARED
              ? GruNetwork.sharedZeros(x.numItems(), H, p.get(NUM_LAYERS))
              : GruNetwork.zeros(x.numItems(), p.get(NUM_COMPONENTS), H, p.get(NUM_LAYERS));
      network.initialiseGlorot(5);
      estimator.observer(observer).fit(x, SESSIONS.items(), null, p.get(SEED), network);
      return estimator.model();
    }
  }

  private static FittedModel fit(GRU4RecParameters p) {
    return fit(p, new Trainer.Observer() {});
  }

  private static GRU4RecParameters.Builder tiny() {
    return TestSessions.tiny().toBuilder();
  }

  private static GRU4RecParameters everything() {
    return tiny()
        .set(NUM_LAYERS, 2)
        .set(BPTT, 2)
        .set(INIT, Init.GLOROT)
        .set(EMBEDDING, Embedding.SHARED)
        .set(DROPOUT_EMBED, 0.25)
        .set(DROPOUT_HIDDEN, 0.125)
        .set(BATCHING, Batching.SESSION_PARALLEL)
        .set(SESSION_ORDER, SessionOrder.SHUFFLED)
        .set(ADAGRAD_MOMENTUM, 0.25)
        .set(LABEL_SMOOTHING, 0.125)
        .set(WEIGHT_DECAY, 0.01)
        .set(LEARNING_RATE_SCHEDULE, Schedule.COSINE)
        .build();
  }

  private static boolean same(FittedModel a, FittedModel b) {
    for (int i = 0; i < a.network().parameters().size(); i++) {
      float[] values = a.network().parameters().get(i).value();
      if (!Arrays.equals(values, b.network().parameters().get(i).value())) {
        return false;
      }
    }
    return true;
  }

  /** Each option alone makes another model of the same data and seed. */
  @Test
  void everyOptionMatters() {
    Map<String, Object> values =
        Map.of(
            "dropout_embed", 0.5,
            "dropout_hidden", 0.5,
            "batching", "session_parallel",
            "session_order", "shuffled",
            "adagrad_momentum", 0.5,
            "label_smoothing", 0.5,
            "weight_decay", 0.5,
            "learning_rate_schedule", "linear");
    FittedModel without = fit(tiny().build());
    values.forEach(
        (name, value) -> assertFalse(same(without, fit(tiny().set(name, value).build())), name));
    assertEquals(10, values.size() + 2, "init and embedding have tests of their own");
  }

  @Test
  void dropoutIsBothUnlessTheyAreGiven() {
    FittedModel both = fit(tiny().set(DROPOUT, 0.5).build());
    assertTrue(same(both, fit(tiny().set(DROPOUT_EMBED, 0.5).set(DROPOUT_HIDDEN, 0.5).build())));
    assertTrue(
        same(
            both,
            fit(
                tiny()
                    .set(DROPOUT, 0.25)
                    .set(DROPOUT_EMBED, 0.5)
                    .set(DROPOUT_HIDDEN, 0.5)
                    .build())));
    FittedModel embed = fit(tiny().set(DROPOUT, 0.5).set(DROPOUT_HIDDEN, 0.0).build());
    assertTrue(same(embed, fit(tiny().set(DROPOUT_EMBED, 0.5).build())));
    assertFalse(same(embed, fit(tiny().set(DROPOUT_HIDDEN, 0.5).build())));
  }

  /** With a track for each session, and one chunk for all, tracks are RecPack's batches. */
  @Test
  void enoughTracksAreAPaddedBatch() {
    var p = tiny().set(BATCH_SIZE, 100).set(BPTT, 100).set(NUM_LAYERS, 2).set(DROPOUT, 0.25);
    assertTrue(same(fit(p.build()), fit(p.set(BATCHING, Batching.SESSION_PARALLEL).build())));
  }

  /**
   * A target's loss depends on its session alone, so while nothing is learned the mean loss does
   * not depend on how sessions are cut into batches and chunks.
   */
  @Property(tries = 60)
  void statesGoOnWithTheirSessions(
      @ForAll @IntRange(min = 1, max = 45) int batchSize,
      @ForAll @IntRange(min = 1, max = 7) int bptt,
      @ForAll @IntRange(min = 1, max = 2) int layers,
      @ForAll SessionOrder order,
      @ForAll boolean shared) {
    var p =
        tiny()
            .set(LEARNING_RATE, (double) Float.MIN_VALUE)
            .set(NUM_LAYERS, layers)
            .set(MAX_EPOCHS, 1)
            .set(EMBEDDING, shared ? Embedding.SHARED : Embedding.SEPARATE);
    double padded = fit(p.build()).history().getFirst().loss();
    p.set(BATCHING, Batching.SESSION_PARALLEL)
        .set(BATCH_SIZE, batchSize)
        .set(BPTT, bptt)
        .set(SESSION_ORDER, order);
    FittedModel tracks = fit(p.build());
    assertEquals(padded, tracks.history().getFirst().loss(), 1e-6);
  }

  @Test
  void theLearningRateFollowsItsSchedule() {
    for (Schedule schedule : Schedule.values()) {
      for (Batching batching : Batching.values()) {
        List<Double> rates = new ArrayList<>();
        List<Integer> targets = new ArrayList<>();
        var p = tiny().set(BATCHING, batching).set(LEARNING_RATE_SCHEDULE, schedule).build();
        fit(
            p,
            new Trainer.Observer() {
              @Override
              public void stepped(TrainingStep step, int epoch, int width, double loss) {
                rates.add(step.learningRate());
                targets.add(step.numTargets());
              }
            });
        double all = targets.stream().mapToInt(Integer::intValue).sum();
        double done = 0;
        for (int i = 0; i < rates.size(); i++) {
          double factor =
              switch (schedule) {
                case CONSTANT -> 1;
                case LINEAR -> 1 - done / all;
                case COSINE -> Math.pow(Math.cos(Math.PI / 2 * done / all), 2);
              };
          assertEquals(0.1 * factor, rates.get(i), 1e-12, schedule + " step " + i);
          done += targets.get(i);
        }
        assertEquals(all, done);
      }
    }
  }

  @Property(tries = 30)
  void glorotsBoundsAreThoseOfTheMatrices(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 70) int items,
      @ForAll @IntRange(min = 1, max = 9) int E,
      @ForAll @IntRange(min = 1, max = 9) int H,
      @ForAll boolean shared) {
    GruNetwork network =
        shared ? GruNetwork.sharedZeros(items, H, 2) : GruNetwork.zeros(items, E, H, 2);
    network.initialiseGlorot(seed);
    for (Parameter p : network.parameters()) {
      double fans =
          switch (p.name()) {
            case "emb.weight" -> items + 1 + E;
            case "lin.weight" -> items + 1 + H;
            case "rnn.weight_ih_l0" -> H + (shared ? H : E);
            case "rnn.weight_hh_l0", "rnn.weight_ih_l1", "rnn.weight_hh_l1" -> 2 * H;
            default -> Double.POSITIVE_INFINITY; // biases
          };
      double bound = Math.sqrt(6 / fans);
      double largest = 0;
      for (int row = 0; row < p.rows(); row++) {
        for (int col = 0; col < p.cols(); col++) {
          largest = Math.max(largest, Math.abs(p.get(row, col)));
          boolean pad = !shared && p == network.embedding() && row == items;
          assertTrue(!pad || p.get(row, col) == 0f, "the pad token's embedding");
        }
      }
      assertTrue(largest <= bound * (1 + 1e-6), p.name() + ": " + largest);
      assertTrue(p.rows() * p.cols() < 50 || largest >= 0.8 * bound, p.name() + ": " + largest);
    }
  }

  private static float[] values(GruNetwork network) {
    return SameModel.values(new FittedModel(network, SESSIONS.items(), Map.of(), List.of(), null));
  }

  /** Which values a fit starts from. */
  @Test
  void initSaysWhatAFitStartsFrom() {
    for (Init init : Init.values()) {
      GRU4RecParameters p =
          tiny()
              .set(INIT, init)
              .set(LEARNING_RATE, (double) Float.MIN_VALUE)
              .set(CLIPNORM, 1e-30)
              .set(MAX_EPOCHS, 1)
              .build();
      try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(p).threads(1)) {
        Validation none = null;
        GruNetwork network = estimator.fit(SESSIONS.x(), SESSIONS.items(), none).model().network();
        GruNetwork expected = GruNetwork.zeros(12, 3, 4, 1);
        long seed = RandomStream.at(7, 0);
        expected =
            init == Init.GLOROT ? expected.initialiseGlorot(seed) : expected.initialise(seed);
        assertArrayEquals(values(expected), values(network), 1e-12f, init.toString());
      }
    }
  }

  @Test
  void aSharedEmbeddingComesBackFromItsFile() throws IOException {
    Path file = folder.resolve("shared.safetensors");
    FittedModel model = fit(everything());
    model.save(file);
    FittedModel loaded = FittedModel.load(file);
    SameModel.check(model, loaded);
    assertTrue(loaded.network().isShared());
    assertFalse(fit(tiny().build()).network().isShared());
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy().load(file)) {
      assertEquals(everything(), estimator.parameters());
      assertEquals(
          model.predict(SESSIONS.x(), null, new io.gru4j.tensor.Parallel(1)),
          estimator.predict(SESSIONS.x()));
    }
    fit(tiny().build()).save(file);
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(everything()).load(file)) {
      assertEquals(tiny().build(), estimator.parameters());
    }
    for (FittedModel each : List.of(model, fit(tiny().build()))) { // as torch writes it
      new FittedModel(each.network(), each.items(), Map.of(), List.of(), null).save(file);
      assertEquals(each.network().isShared(), FittedModel.load(file).network().isShared());
      var other = each == model ? tiny().build() : everything();
      try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(other).load(file)) {
        boolean shared = estimator.parameters().get(EMBEDDING) == Embedding.SHARED;
        assertEquals(each.network().isShared(), shared);
      }
    }
  }

  /** Both uses of an item's vector are one: a change of it changes input and output. */
  @Test
  void aSharedEmbeddingIsOneMatrix() {
    GruNetwork network = GruNetwork.sharedZeros(5, 4, 1).initialise(3);
    assertEquals(network.hiddenSize(), network.numComponents());
    assertTrue(network.copy().isShared());
    network.embedding().set(2, 1, 9f);
    assertEquals(9f, network.outputWeight().get(2, 1));
    assertNotEquals(9f, network.copy().outputWeight().get(2, 2));
    assertEquals(6, network.parameters().size());
  }
}
