package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_HIDDEN;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.IdMap;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.events.TrainingEvents;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecOptions.Batching;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingException;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.nn.GruParameters;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerTest {
  private static final int EPOCHS = 4;
  private static final TrainingListener NO_LISTENER = new TrainingListener() {};
  private static final TestSessions SESSIONS = TestSessions.make(3, 40, 12);

  /** With steps so small that no parameter changes: epochs differ by what is drawn anew. */
  private static GRU4RecParameters.Builder still() {
    return TestSessions.tiny().toBuilder().set(LEARNING_RATE, 1e-30).set(MAX_EPOCHS, EPOCHS);
  }

  private static GruNetwork network(GRU4RecParameters p) {
    int items = SESSIONS.x().numItems();
    return GruNetwork.zeros(items, p.get(NUM_COMPONENTS), p.get(HIDDEN_SIZE), p.get(NUM_LAYERS))
        .initialise(5);
  }

  /** The losses of the steps of each epoch. */
  private static List<List<Double>> losses(GRU4RecParameters p) {
    List<List<Double>> losses = new ArrayList<>();
    Trainer.Observer observer =
        new Trainer.Observer() {
          private int steps;

          @Override
          public void stepped(TrainingStep step, int epoch, int width, double loss) {
            if (epoch == losses.size()) {
              losses.add(new ArrayList<>());
            }
            losses.get(epoch).add(loss);
            assertEquals(++steps, step.steps());
          }
        };
    train(p, SESSIONS.x(), SESSIONS.items(), network(p), NO_LISTENER, observer);
    return losses;
  }

  /** Trains from given initial parameters, which are changed; returns the model. */
  private static FittedModel train(
      GRU4RecParameters p,
      InteractionMatrix x,
      IdMap items,
      GruNetwork network,
      TrainingListener listener,
      Trainer.Observer observer) {
    try (Parallel parallel = new Parallel(1)) {
      Training training = new Training(x, items, null, p, listener, parallel).observer(observer);
      training.start(p.get(SEED), network).run(() -> false);
      return training.model();
    }
  }

  @Property(tries = 20)
  void anEpochHasAnOrderOfItsOwnWhereSessionsAreShuffled(
      @ForAll Batching batching,
      @ForAll @IntRange(min = 1, max = 12) int batchSize,
      @ForAll @IntRange(min = 1, max = 6) int bptt) {
    var p = still().set(BATCHING, batching).set(BATCH_SIZE, batchSize).set(BPTT, bptt);
    assertEquals(1, new HashSet<>(losses(p.set(SESSION_ORDER, SessionOrder.TIME).build())).size());
    List<List<Double>> shuffled = losses(p.set(SESSION_ORDER, SessionOrder.SHUFFLED).build());
    assertEquals(EPOCHS, new HashSet<>(shuffled).size());
    assertEquals(shuffled, losses(p.build()));
  }

  /** All sessions in one step, so that steps differ by what is dropped alone. */
  @ParameterizedTest
  @CsvSource({"0.5, 0, 1", "0, 0.5, 1", "0.5, 0, 3", "0, 0.5, 3"})
  void eachStepDropsAnew(double embed, double hidden, int layers) {
    var p = still().set(BATCH_SIZE, 100).set(BPTT, 100).set(NUM_LAYERS, layers);
    assertEquals(1, new HashSet<>(losses(p.build())).size());
    p.set(DROPOUT_EMBED, embed).set(DROPOUT_HIDDEN, hidden);
    List<List<Double>> dropped = losses(p.build());
    assertEquals(EPOCHS, new HashSet<>(dropped).size());
    assertEquals(dropped, losses(p.build()));
  }

  /**
   * What comes through two layers is what neither they nor the embedding drop: an eighth, where
   * each drops half on its own. The layers pass each unit on, as 1 or as 0, and the loss tells how
   * many have come.
   */
  @Test
  void eachLayerDropsOnItsOwn() {
    int H = 32;
    int steps = 60;
    var p =
        still()
            .set(HIDDEN_SIZE, H)
            .set(NUM_COMPONENTS, H)
            .set(NUM_LAYERS, 2)
            .set(DROPOUT, 0.5)
            .set(MAX_EPOCHS, steps);
    GruNetwork network = GruNetwork.zeros(2, H, H, 2);
    for (int unit = 0; unit < H; unit++) {
      network.embedding().set(0, unit, 1);
      for (GruParameters layer : network.layers()) {
        layer.weightIh().set(2 * H + unit, unit, 20); // n = tanh(20 x)
        layer.biasIh().set(H + unit, 0, -30); // z = 0
      }
      network.outputWeight().set(1, unit, 0.1f);
    }
    int others = network.outputWeight().rows() - 1;
    double[] logits = {0};
    Trainer.Observer observer =
        new Trainer.Observer() {
          @Override
          public void stepped(TrainingStep step, int epoch, int width, double loss) {
            logits[0] -= Math.log(Math.expm1(loss) / others);
          }
        };
    List<Interaction> clicks = List.of(new Interaction(0, 0, 0), new Interaction(0, 1, 1));
    IdMap items = IdMap.of(List.of("a", "b"));
    train(p.build(), InteractionMatrix.of(1, 2, clicks), items, network, NO_LISTENER, observer);
    double came = logits[0] / (0.1 * 2) / (H * steps); // a unit that is not dropped counts twice
    assertEquals(0.125, came, 0.03);
  }

  @Test
  void whatACancelledEpochLeavesMustBeFinite() {
    GRU4RecParameters p = still().build();
    GruNetwork network = network(p);
    network.embedding().set(SESSIONS.x().numItems(), 0, Float.NaN); // the padding: no loss shows it
    TrainingListener cancels =
        new TrainingListener() {
          @Override
          public boolean isCancelled() {
            return true;
          }
        };
    assertThrows(
        TrainingException.class,
        () -> train(p, SESSIONS.x(), SESSIONS.items(), network, cancels, Training.NO_OBSERVER));
  }

  private static TrainingStep step(GRU4RecParameters p, Parallel parallel) {
    GruNetwork network = network(p);
    return new TrainingStep(network, p, new CatalogueObjective(network, p, parallel), 7, parallel);
  }

  @Test
  void aChunkWithoutTargetsIsNoStep() {
    try (Parallel parallel = new Parallel(1)) {
      GRU4RecParameters p = still().build();
      TrainingStep step = step(p, parallel);
      assertTrue(Double.isNaN(step.run(new Chunk(), 0)));
      assertEquals(0, step.steps());
    }
  }

  /**
   * The callback runs before each chunk and at the end, and the time continues from the position.
   */
  @Test
  void secondsGoOnFromThePosition() {
    List<Double> seconds = new ArrayList<>(List.of(1000.0));
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onBatch(BatchProgress progress) {
            seconds.add(progress.seconds());
          }
        };
    try (Parallel parallel = new Parallel(1)) {
      GRU4RecParameters p = still().set(BPTT, 2).build();
      SessionOrdering order = new SessionOrdering(SESSIONS.x(), SessionOrder.USER, 0);
      EpochBatches batches = new PaddedBatches(SESSIONS.x(), order, p.get(BATCH_SIZE), p.get(BPTT));
      Trainer trainer =
          new Trainer(
              batches,
              step(p, parallel),
              p,
              listener,
              Training.NO_OBSERVER,
              TrainingEvents.create(),
              new Trainer.Passes("epoch", p.get(MAX_EPOCHS), 0));
      Position at = new Position();
      at.seconds = seconds.getFirst();
      int[] letIn = {0};
      long began = System.nanoTime();
      Trainer.Epoch epoch =
          trainer.run(
              0,
              at,
              () -> {
                seconds.add(at.seconds);
                letIn[0]++;
              });
      double took = (System.nanoTime() - began) * 1e-9;
      seconds.add(epoch.seconds());
      assertEquals(1 + IntStream.range(0, batches.size()).map(batches::chunks).sum(), letIn[0]);
      assertEquals(seconds.stream().sorted().toList(), seconds);
      assertTrue(
          seconds.getLast() > 1000 && seconds.getLast() < 1000.001 + took, seconds::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theLossOfAnEpochIsTheMeanOverItsTargets(Batching batching) {
    GRU4RecParameters p =
        TestSessions.tiny().toBuilder().set(BATCHING, batching).set(BPTT, 3).build();
    double[] sums = new double[p.get(MAX_EPOCHS)];
    long[] targets = new long[p.get(MAX_EPOCHS)];
    Trainer.Observer observer =
        new Trainer.Observer() {
          @Override
          public void stepped(TrainingStep step, int epoch, int width, double loss) {
            sums[epoch] += loss * step.numTargets();
            targets[epoch] += step.numTargets();
          }
        };
    FittedModel model = train(p, SESSIONS.x(), SESSIONS.items(), network(p), NO_LISTENER, observer);
    for (int epoch = 0; epoch < p.get(MAX_EPOCHS); epoch++) {
      EpochSummary summary = model.history().get(epoch);
      assertEquals(targets[epoch], summary.targets());
      assertEquals(sums[epoch] / targets[epoch], summary.loss(), 1e-12);
    }
  }

  /** As many chunks of each batch as there are; behind the last batch its end alone. */
  @ParameterizedTest
  @EnumSource
  void positionsThatThereAre(Batching batching) {
    try (Parallel parallel = new Parallel(1)) {
      GRU4RecParameters p = still().set(BATCHING, batching).set(BPTT, 2).build();
      SessionOrdering order = new SessionOrdering(SESSIONS.x(), SessionOrder.USER, 0);
      EpochBatches batches =
          batching == Batching.PADDED
              ? new PaddedBatches(SESSIONS.x(), order, p.get(BATCH_SIZE), p.get(BPTT))
              : new TrackBatches(SESSIONS.x(), order, p.get(BATCH_SIZE), p.get(BPTT), 1);
      TrainingStep step = step(p, parallel);
      Trainer trainer =
          new Trainer(
              batches,
              step,
              p,
              NO_LISTENER,
              Training.NO_OBSERVER,
              TrainingEvents.create(),
              new Trainer.Passes("epoch", p.get(MAX_EPOCHS), 0));
      batches.begin(0);
      for (int batch = 0; batch <= batches.size() + 1; batch++) {
        int chunks = batch < batches.size() ? batches.chunks(batch) : 0;
        boolean end = batch == batches.size();
        step.beginBatch(batch < batches.size() ? batches.rows(batch) : 1);
        for (int chunk = 0; chunk <= chunks + 1; chunk++) {
          Position at = new Position();
          at.batch = batch;
          at.chunk = chunk;
          boolean there = chunk < chunks || end && chunk == 0;
          assertEquals(there, trainer.hasPlace(0, at), batch + ", " + chunk);
        }
        // The hidden states that a chunk goes on with are those of its batch.
        step.beginBatch(100);
        Position at = new Position();
        at.batch = batch;
        boolean goesOn = at.goesOn(step.hasTracks());
        assertEquals(end || chunks > 0 && !goesOn, trainer.hasPlace(0, at), "batch " + batch);
      }
    }
  }
}
