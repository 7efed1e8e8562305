package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.LOSS_FN;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_NEGATIVES;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;

import io.gru4j.data.CsrMatrix;
import io.gru4j.metrics.Criterion;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.LossFunction;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.tensor.Backend;
import java.util.Random;

/**
 * Trains and predicts small models of all kinds, and hashes the bits of every parameter, loss,
 * criterion and score.
 */
final class FitDigest {

  /** Fits that {@link #main} runs. */
  static final int CASES = 8; // two of each algorithm and kind of negatives

  private long hash = 1;

  private FitDigest() {}

  /** Prints which kernels this JVM has, then a line for each case. */
  public static void main(String[] args) {
    System.out.println(Backend.description());
    for (int i = 0; i < CASES; i++) {
      System.out.println(Long.toHexString(of(i, 2)));
    }
  }

  /** Data and parameters derived from a seed; sizes that give every loop several tasks. */
  static long of(long seed, int threads) {
    Random random = new Random(seed);
    int items = 20 + random.nextInt(500); // tiles have 128
    int users = 5 + random.nextInt(90); // GRU blocks have 32
    TestSessions data = TestSessions.make(seed, users, items);
    Algorithm algorithm = Algorithm.values()[(int) (seed & 1)];
    var parameters =
        GRU4RecParameters.builder(algorithm)
            .set(NUM_LAYERS, 1 + random.nextInt(2))
            .set(HIDDEN_SIZE, 1 + random.nextInt(40))
            .set(NUM_COMPONENTS, 1 + random.nextInt(20))
            .set(DROPOUT, random.nextBoolean() ? 0.3 : 0)
            .set(BPTT, 1 + random.nextInt(4))
            .set(BATCH_SIZE, 8 + random.nextInt(users))
            .set(
                OPTIMIZATION_ALGORITHM,
                random.nextBoolean() ? OptimizationAlgorithm.ADAGRAD : OptimizationAlgorithm.SGD)
            .set(MOMENTUM, random.nextBoolean() ? 0.5 : 0)
            .set(LEARNING_RATE, 0.1)
            .set(MAX_EPOCHS, 2)
            .set(STOPPING_CRITERION, Criterion.values()[random.nextInt(Criterion.values().length)])
            .set(SEED, seed);
    for (ParameterSpec<?> option : GRU4RecOptions.all()) {
      if (random.nextBoolean()) {
        parameters.set(option.name(), value(option, random));
      }
    }
    chooseNegatives(parameters, algorithm, (seed & 2) != 0, random);
    FitDigest digest = new FitDigest();
    try (GRU4Rec<?> estimator = GRU4Rec.of(parameters.build()).threads(threads)) {
      FittedModel model = estimator.fit(data.x(), data.items(), data.validation()).model();
      for (float value : SameModel.values(model)) {
        digest.add(Float.floatToRawIntBits(value));
      }
      for (EpochSummary epoch : model.history()) {
        digest.add(Double.doubleToRawLongBits(epoch.loss()));
        digest.add(Double.doubleToRawLongBits(epoch.criterion().orElse(-1)));
      }
      CsrMatrix scores = estimator.predict(data.x());
      for (int user = 0; user < users; user++) {
        for (int k = 0; k < scores.nnz(user); k++) {
          digest.add(Float.floatToRawIntBits(scores.value(user, k)));
        }
      }
    }
    return digest.hash;
  }

  private static Object value(ParameterSpec<?> option, Random random) {
    return switch (option.type()) {
      case INT -> random.nextInt(40);
      case SIZES -> "%d,%d".formatted(1 + random.nextInt(40), 1 + random.nextInt(40));
      case CHOICE -> option.choices().get(random.nextInt(option.choices().size()));
      default -> 0.125;
    };
  }

  /** Negatives that the estimator takes, and what they need. */
  private static void chooseNegatives(
      GRU4RecParameters.Builder p, Algorithm algorithm, boolean shared, Random random) {
    boolean ranked = algorithm == Algorithm.NEG_SAMPLING;
    p.set("negatives", shared ? "shared" : ranked ? "own" : "catalogue");
    if (shared || ranked) {
      p.set("label_smoothing", 0);
    }
    if (shared) {
      p.set("batching", "session_parallel");
    }
    if (ranked) {
      LossFunction[] losses = LossFunction.values();
      LossFunction own = losses[random.nextInt(losses.length)];
      p.set(LOSS_FN, shared ? LossFunction.BPR_MAX : own).set(NUM_NEGATIVES, 7);
    }
  }

  private void add(long bits) {
    hash = (hash ^ bits) * 0x9e3779b97f4a7c15L;
    hash ^= hash >>> 29;
  }
}
