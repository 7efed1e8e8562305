package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import com.sun.management.ThreadMXBean;
import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.Backend;
import io.gru4j.tensor.Gemm;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.RandomStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** gru4j's side of the rows of {@link PeersTable}. Refuses to run on the scalar kernels. */
final class Ours {

  static final long DATA_SEED = 42;

  private Ours() {}

  /**
   * Runs one task in rounds.
   *
   * @param args name of the task and its arguments, as {@link PeersTable} gives them
   */
  public static void main(String[] args) {
    if (!Backend.description().startsWith("vector")) {
      throw new IllegalStateException("kernels are " + Backend.description() + ", not vector");
    }
    Rounds rounds = new Rounds();
    switch (args[0]) {
      case "epoch" ->
          train(
              rounds,
              ClickSessions.named(args[1]).trainPart(Double.parseDouble(args[3])),
              Integer.parseInt(args[2]),
              Integer.parseInt(args[4]));
      case "step" ->
          train(
              rounds, stepSessions(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
      case "steps" -> SampledTraining.steps(rounds, Arrays.copyOfRange(args, 1, args.length));
      case "heap" -> heap(rounds, Integer.parseInt(args[1]));
      case "heap-sampled" -> SampledTraining.heap(rounds);
      case "gemm" -> gemm(rounds, args);
      case "top" -> top(rounds, args[1], Integer.parseInt(args[2]));
      case "topk" -> TopKRounds.run(rounds, Arrays.copyOfRange(args, 1, args.length));
      case "peak" -> {
        while (rounds.next()) {
          rounds.report(Peak.gflops(Integer.parseInt(args[1])));
        }
      }
      default -> throw new IllegalArgumentException("no task " + args[0]);
    }
  }

  /** Sessions of 201 clicks over the 10k catalogue: 200 steps of so many rows each. */
  static InteractionMatrix stepSessions(String rows) {
    int items = ClickSessions.named("10k").train().numItems();
    return ClickSessions.equallyLong(Integer.parseInt(rows), 201, items, DATA_SEED);
  }

  /** The initial parameters that a fit with this seed starts from. */
  static GruNetwork network(int items) {
    GRU4RecParameters p = GRU4RecParameters.defaults();
    return GruNetwork.zeros(items, p.get(NUM_COMPONENTS), p.get(HIDDEN_SIZE), p.get(NUM_LAYERS))
        .initialise(RandomStream.at(DATA_SEED, 0));
  }

  static IdMap ids(int items) {
    return IdMap.of(IntStream.range(0, items).mapToObj(Integer::toString).toList());
  }

  /** A round is an epoch: seconds, loss, targets, steps, bytes allocated a step. */
  private static void train(Rounds rounds, InteractionMatrix x, int threads, int warmUps) {
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    TrainingListener listener =
        new TrainingListener() {
          private long atFirstBatch;
          private long atLastBatch;

          @Override
          public void onBatch(BatchProgress progress) {
            atLastBatch = memory.getTotalThreadAllocatedBytes();
            if (atFirstBatch == 0) {
              atFirstBatch = atLastBatch;
            }
          }

          @Override
          public void onEpoch(EpochSummary epoch) {
            double bytes = (double) (atLastBatch - atFirstBatch) / epoch.steps();
            if (epoch.epoch() > warmUps) {
              rounds.report(epoch.seconds(), epoch.loss(), epoch.targets(), epoch.steps(), bytes);
            }
            if (epoch.epoch() >= warmUps && !rounds.next()) {
              System.exit(0);
            }
            atFirstBatch = 0;
          }
        };
    try (GRU4RecCrossEntropy estimator =
        new GRU4RecCrossEntropy(
            GRU4RecParameters.builder()
                .set(SEED, DATA_SEED)
                .set(MAX_EPOCHS, Integer.MAX_VALUE)
                .build())) {
      estimator.threads(threads).listener(listener).fit(x, ids(x.numItems()), null);
    }
  }

  /**
   * Trains a few steps on a large catalogue with the defaults, to see whether the memory suffices.
   */
  private static void heap(Rounds rounds, int items) {
    InteractionMatrix x = ClickSessions.equallyLong(512, 3, items, DATA_SEED);
    try (GRU4RecCrossEntropy estimator =
        new GRU4RecCrossEntropy(
            GRU4RecParameters.builder().set(SEED, DATA_SEED).set(MAX_EPOCHS, 1).build())) {
      estimator.fit(x, ids(items), null);
      rounds.next();
      rounds.report(estimator.model().history().getFirst().loss());
    }
  }

  private static void gemm(Rounds rounds, String[] args) {
    Matrix a = random(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    Matrix b = random(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    Matrix c = Matrix.zeros(a.rows(), b.cols());
    try (Parallel parallel = new Parallel(1)) {
      Gemm gemm = new Gemm(parallel);
      gemm.multiply(a, false, b, false, c, false);
      GemmCheck.check(a, b, c.data());
      rounds.time(4, () -> gemm.multiply(a, false, b, false, c, false));
    }
  }

  static Matrix random(int rows, int cols) {
    RandomStream random = new RandomStream(rows * 31L + cols);
    Matrix m = Matrix.zeros(rows, cols);
    for (int i = 0; i < rows * cols; i++) {
      m.data()[i] = random.nextFloat() - 0.5f;
    }
    return m;
  }

  /** A round ranks the next click of every test session: the 50 best of all items. */
  private static void top(Rounds rounds, String catalogue, int threads) {
    InteractionMatrix test = ClickSessions.named(catalogue).test();
    GruNetwork network = network(test.numItems());
    FittedModel model =
        new FittedModel(network, ids(test.numItems()), Map.of(), List.of(), DATA_SEED);
    try (Parallel parallel = new Parallel(threads)) {
      rounds.time(
          4,
          () -> {
            int stored = model.predict(test, 50, parallel).nnz();
            if (stored != 50 * test.numActiveUsers()) {
              throw new IllegalStateException("stored " + stored + " scores");
            }
          });
    }
  }
}
