package io.gru4j.algorithms;

import io.gru4j.data.Validation;
import io.gru4j.model.EpochSummary;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Prints what was estimated for some fits as a share of what they hold at the end of an epoch. In a
 * JVM of its own, whose collector counts an array for what it takes: G1 counts whole regions.
 */
final class MemoryOfFits {
  private static final int USERS = 400;
  private static final int ITEMS = 12_000; // parameters of some MiB: the heap's noise is far below

  private MemoryOfFits() {}

  /** A fit, with validation data if its epochs are judged. */
  record Fit(Gru4RecParameters parameters, boolean judged) {

    /** Bytes on the heap, without what the JVM has in any case. */
    double estimate() {
      TestSessions s = TestSessions.make(1, USERS, ITEMS);
      Validation validation = judged ? s.validation() : null;
      return MemoryEstimate.of(parameters, s.x(), s.items(), validation, 1).arrays();
    }
  }

  public static void main(String[] args) throws ExecutionException, InterruptedException {
    held(new Fit(shared().build(), true)); // a first fit loads classes and fills caches that stay
    for (Fit fit : fits()) {
      // On a thread of its own, with which its scratch goes.
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
    for (int i = 0; i < 5; i++) { // what a first one makes unreachable, such as a Cleaner's
      System.gc();
      LockSupport.parkNanos(20_000_000);
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static Gru4RecParametersBuilder small() {
    return Gru4RecParameters.builder()
        .hiddenSize(70)
        .numComponents(90)
        .batchSize(40)
        .bptt(3)
        .maxEpochs(1)
        .seed(1L);
  }

  private static Gru4RecParametersBuilder shared() {
    return small().embedding(Gru4RecOptions.Embedding.SHARED);
  }

  private static Gru4RecParametersBuilder lanes() {
    return small().batching(Gru4RecOptions.Batching.SESSION_PARALLEL);
  }

  static List<Fit> fits() {
    var sgd = OptimizationAlgorithm.SGD;
    Stream<Fit> unjudged =
        Stream.of(
                small().numLayers(2).dropout(0.2),
                small().optimizationAlgorithm(sgd).momentum(0.5),
                small().adagradMomentum(0.5),
                small().batchSize(32).bptt(1).hiddenSize(512).numComponents(64),
                small().labelSmoothing(0.1).weightDecay(0.1),
                small().sessionOrder(Gru4RecOptions.SessionOrder.SHUFFLED),
                shared().adagradMomentum(0.5).dropoutEmbed(0.3),
                shared().numComponents(4_000), // without effect
                lanes().numLayers(2).bptt(20),
                Gru4RecParameters.gru4rec().toBuilder().bptt(3).maxEpochs(1).seed(1L))
            .map(p -> new Fit(p.build(), false));
    Stream<Fit> judged =
        Stream.of(small().predictTopK(10), shared().adagradMomentum(0.3), shared().keepLast(true))
            .map(p -> new Fit(p.build(), true));
    return Stream.concat(unjudged, judged).toList();
  }

  /** Bytes of heap that a fit takes. */
  private static long held(Fit fit) {
    long before = live();
    TestSessions sessions = TestSessions.make(1, USERS, ITEMS);
    Validation validation = fit.judged ? sessions.validation() : null;
    AtTheEnd end = new AtTheEnd();
    try (var estimator = new GRU4RecCrossEntropy(fit.parameters).threads(1).listener(end)) {
      estimator.fit(sessions.x(), sessions.items(), validation);
    }
    return end.live - before;
  }
}
