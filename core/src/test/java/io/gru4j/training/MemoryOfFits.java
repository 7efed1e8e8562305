package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_MOMENTUM;
import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.LABEL_SMOOTHING;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static io.gru4j.parameters.GRU4RecOptions.WEIGHT_DECAY;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.LOSS_FN;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static io.gru4j.parameters.GRU4RecParameters.PREDICT_TOP_K;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.Validation;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.LayerSizes;
import io.gru4j.parameters.LossFunction;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.parameters.Presets;
import io.gru4j.progress.TrainingListener;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Prints the estimate of some fits as a share of what they hold at the end of an epoch. It needs a
 * JVM whose collector counts the exact size of an array: G1 counts complete regions.
 */
final class MemoryOfFits {
  private static final int USERS = 400;
  private static final int ITEMS = 12_000; // parameters of some MiB: the heap's noise is far below

  private MemoryOfFits() {}

  /**
   * A fit.
   *
   * @param judged whether its epochs are, with validation data
   * @param goesOn whether it goes on from a model, which stays in memory
   */
  record Fit(GRU4RecParameters parameters, boolean judged, boolean goesOn) {

    /** Bytes on the heap, without what the JVM has in any case. */
    double estimate() {
      TestSessions s = TestSessions.make(1, USERS, ITEMS);
      Validation validation = judged ? s.validation() : null;
      FittedModel start = goesOn ? start(s, parameters) : null;
      return MemoryEstimate.of(parameters, s.x(), s.items(), validation, start, 1).arrays();
    }
  }

  public static void main(String[] args)
      throws ExecutionException, InterruptedException, IOException {
    held(
        new Fit(
            shared().build(), true, false)); // a first fit loads classes and fills caches that stay
    for (Fit fit : fits()) {
      // Runs on a thread of its own: its scratch buffers are freed with it.
      try (var thread = Executors.newSingleThreadExecutor()) {
        long held = thread.submit(() -> held(fit)).get();
        System.out.println(fit.estimate() / held + " of " + held + " bytes held: " + fit);
      }
    }
  }

  /** The live bytes of the heap when the last epoch ends. */
  private static final class AtTheEnd implements TrainingListener {
    long live;

    @Override
    public void onEpoch(EpochSummary epoch) {
      live = live();
    }
  }

  private static long live() {
    for (int i = 0;
        i < 5;
        i++) { // objects that a first collection makes unreachable, such as a Cleaner's
      System.gc();
      LockSupport.parkNanos(20_000_000);
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static GRU4RecParameters.Builder small() {
    return small(Algorithm.CROSS_ENTROPY);
  }

  private static GRU4RecParameters.Builder negSampling() {
    return small(Algorithm.NEG_SAMPLING);
  }

  private static GRU4RecParameters.Builder sampled(GRU4RecParameters.Builder p) {
    return p.set(GRU4RecOptions.NEGATIVES, GRU4RecOptions.Negatives.SHARED)
        .set(BATCHING, GRU4RecOptions.Batching.SESSION_PARALLEL);
  }

  private static GRU4RecParameters.Builder small(Algorithm algorithm) {
    return GRU4RecParameters.builder(algorithm)
        .set(HIDDEN_SIZE, 70)
        .set(NUM_COMPONENTS, 90)
        .set(BATCH_SIZE, 40)
        .set(BPTT, 3)
        .set(MAX_EPOCHS, 1)
        .set(SEED, 1L);
  }

  private static GRU4RecParameters.Builder shared() {
    return small().set(EMBEDDING, GRU4RecOptions.Embedding.SHARED);
  }

  private static GRU4RecParameters.Builder tracks() {
    return small().set(BATCHING, GRU4RecOptions.Batching.SESSION_PARALLEL);
  }

  static List<Fit> fits() {
    var sgd = OptimizationAlgorithm.SGD;
    Stream<Fit> unjudged =
        Stream.of(
                small().set(NUM_LAYERS, 2).set(DROPOUT, 0.2),
                small().set(OPTIMIZATION_ALGORITHM, sgd).set(MOMENTUM, 0.5),
                small().set(ADAGRAD_MOMENTUM, 0.5),
                small()
                    .set(BATCH_SIZE, 32)
                    .set(BPTT, 1)
                    .set(HIDDEN_SIZE, 512)
                    .set(NUM_COMPONENTS, 64),
                small().set(LABEL_SMOOTHING, 0.1).set(WEIGHT_DECAY, 0.1),
                small().set(SESSION_ORDER, GRU4RecOptions.SessionOrder.SHUFFLED),
                shared().set(ADAGRAD_MOMENTUM, 0.5).set(DROPOUT_EMBED, 0.3),
                shared().set(NUM_COMPONENTS, 4_000), // without effect
                tracks().set(NUM_LAYERS, 2).set(BPTT, 20),
                Presets.all().get("full_softmax").toBuilder()
                    .set(BPTT, 3)
                    .set(MAX_EPOCHS, 1)
                    .set(SEED, 1L))
            .map(p -> new Fit(p.build(), false, false));
    Stream<Fit> judged =
        Stream.of(
                small().set(PREDICT_TOP_K, 10),
                shared().set(ADAGRAD_MOMENTUM, 0.3),
                shared().set(KEEP_LAST, true),
                // In rows there is a copy in panels once an epoch is judged, or training ends.
                negSampling().set(PREDICT_TOP_K, 10),
                sampled(small()).set(GRU4RecOptions.LOGQ, 1.0).set(KEEP_LAST, true),
                sampled(negSampling().set(LOSS_FN, LossFunction.BPR_MAX))
                    .set(EMBEDDING, GRU4RecOptions.Embedding.SHARED)
                    .set(GRU4RecOptions.HIDDEN_SIZES, LayerSizes.of(40, 80))
                    .set(ADAGRAD_MOMENTUM, 0.3))
            .map(p -> new Fit(p.build(), true, false));
    Stream<Fit> updates =
        Stream.of(
            new Fit(small().build(), false, true),
            new Fit(shared().build(), false, true),
            new Fit(sampled(small()).set(KEEP_LAST, true).build(), true, true),
            new Fit(negSampling().set(PREDICT_TOP_K, 10).build(), true, true));
    return Stream.of(unjudged, judged, updates).flatMap(each -> each).toList();
  }

  /** Bytes of heap that a fit takes. */
  private static long held(Fit fit) throws IOException {
    long before = live();
    TestSessions sessions = TestSessions.make(1, USERS, ITEMS);
    Validation validation = fit.judged ? sessions.validation() : null;
    FittedModel start = fit.goesOn ? start(sessions, fit.parameters) : null;
    AtTheEnd end = new AtTheEnd();
    try (var estimator = GRU4Rec.of(fit.parameters).threads(1).listener(end)) {
      if (start == null) {
        estimator.fit(sessions.x(), sessions.items(), validation);
      } else {
        estimator.fit(start, sessions.x(), sessions.items(), validation);
      }
    }
    Reference.reachabilityFence(start);
    return end.live - before;
  }

  /** A model of the same items, of random numbers. */
  private static FittedModel start(TestSessions sessions, GRU4RecParameters p) {
    int items = sessions.x().numItems();
    GruNetwork network =
        p.get(EMBEDDING) == GRU4RecOptions.Embedding.SHARED
            ? GruNetwork.sharedZeros(items, p.layerSizes(), GruNetwork.Form.PANELS)
            : GruNetwork.zeros(
                items, p.get(NUM_COMPONENTS), p.layerSizes(), GruNetwork.Form.PANELS);
    network.initialise(1);
    String algorithm = p.algorithm().toString();
    return new FittedModel(network, sessions.items(), algorithm, Map.of(), List.of(), 1L);
  }
}
