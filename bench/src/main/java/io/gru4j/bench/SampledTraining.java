package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_EPSILON;
import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_EPSILON_PLACE;
import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.INIT;
import static io.gru4j.parameters.GRU4RecOptions.LOGQ;
import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecOptions.NUM_SAMPLES;
import static io.gru4j.parameters.GRU4RecOptions.SAMPLE_ALPHA;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecOptions.Batching;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecOptions.EpsilonPlace;
import io.gru4j.parameters.GRU4RecOptions.Init;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.RandomStream;
import java.util.Locale;

/**
 * gru4j's side of {@link SampledRows}: cross-entropy over shared samples, or the whole catalogue,
 * in session-parallel batches of 64 rows and one time step, 100 hidden units, 2048 samples.
 */
final class SampledTraining {

  private static final int HEAP_STEPS = 100;

  private SampledTraining() {}

  /** The estimator's parameters, with no end of epochs. */
  static GRU4RecParameters parameters(Negatives negatives, Embedding embedding) {
    GRU4RecParameters.Builder p =
        GRU4RecParameters.builder()
            .set(SEED, Ours.DATA_SEED)
            .set(MAX_EPOCHS, Integer.MAX_VALUE)
            .set(HIDDEN_SIZE, 100)
            .set(BATCH_SIZE, 64)
            .set(BPTT, 1)
            .set(LEARNING_RATE, 0.05)
            .set(CLIPNORM, null)
            .set(INIT, Init.GLOROT)
            .set(EMBEDDING, embedding)
            .set(BATCHING, Batching.SESSION_PARALLEL)
            .set(ADAGRAD_EPSILON, 1e-6)
            .set(ADAGRAD_EPSILON_PLACE, EpsilonPlace.INSIDE)
            .set(NEGATIVES, negatives);
    if (embedding == Embedding.SEPARATE) {
      p.set(NUM_COMPONENTS, 100);
    }
    if (negatives == Negatives.SHARED) {
      p.set(NUM_SAMPLES, 2048).set(SAMPLE_ALPHA, 0.5).set(LOGQ, 1.0);
    }
    return p.build();
  }

  /** The initial parameters that a fit against shared samples starts from. */
  static GruNetwork network(GRU4RecParameters p, int items) {
    int[] sizes = p.layerSizes();
    GruNetwork network =
        p.get(EMBEDDING) == Embedding.SHARED
            ? GruNetwork.sharedZeros(items, sizes, GruNetwork.Form.ROWS)
            : GruNetwork.zeros(items, p.get(NUM_COMPONENTS), sizes, GruNetwork.Form.ROWS);
    return network.initialiseGlorot(RandomStream.at(p.get(SEED), 0));
  }

  /** Sessions to train on: {@code million}, or a catalogue of {@link ClickSessions}. */
  static InteractionMatrix sessions(String name) {
    return name.equals("million") ? ClickSessions.million() : ClickSessions.named(name).train();
  }

  /**
   * A round is some steps, in the middle of training.
   *
   * @param args sessions, {@code shared} samples or the {@code catalogue}, {@code shared} or {@code
   *     separate} embedding, threads, steps before the first round, steps of a round
   */
  static void steps(Rounds rounds, String... args) {
    InteractionMatrix x = sessions(args[0]);
    GRU4RecParameters p = parameters(Negatives.valueOf(upper(args[1])), embedding(args[2]));
    StepRounds listener =
        new StepRounds(rounds, Integer.parseInt(args[4]), Integer.parseInt(args[5]));
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(p)) {
      estimator
          .threads(Integer.parseInt(args[3]))
          .listener(listener)
          .fit(x, Ours.ids(x.numItems()), null);
    }
  }

  static Embedding embedding(String name) {
    return Embedding.valueOf(upper(name));
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  /** Trains a few steps on a million items, up to a model to serve: does the memory suffice? */
  static void heap(Rounds rounds) {
    InteractionMatrix x = ClickSessions.million();
    GRU4RecParameters p = parameters(Negatives.SHARED, Embedding.SHARED);
    FewSteps listener = new FewSteps();
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(p).listener(listener)) {
      int items = estimator.fit(x, Ours.ids(x.numItems()), null).model().numItems();
      if (items != x.numItems()) {
        throw new IllegalStateException("the model has " + items + " items");
      }
      rounds.next();
      rounds.report(listener.meanLoss);
    }
  }

  private static final class FewSteps implements TrainingListener {
    private int steps;
    private double meanLoss;

    @Override
    public void onBatch(BatchProgress progress) {
      steps++;
      meanLoss = progress.meanLoss();
    }

    @Override
    public boolean isCancelled() {
      return steps >= HEAP_STEPS;
    }
  }
}
