package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_EPSILON;
import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_EPSILON_PLACE;
import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_MOMENTUM;
import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.BPREG;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_HIDDEN;
import static io.gru4j.parameters.GRU4RecOptions.ELU;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.INIT;
import static io.gru4j.parameters.GRU4RecOptions.LOGQ;
import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecOptions.SAMPLE_ALPHA;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.LOSS_FN;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;

import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions.Batching;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecOptions.EpsilonPlace;
import io.gru4j.parameters.GRU4RecOptions.Init;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.LossFunction;
import io.gru4j.parameters.Presets;
import java.util.List;

/**
 * What {@link LearningCurves} trains: one network, 100 hidden units with a shared embedding,
 * against the whole catalogue ({@code full}), by cross-entropy over shared samples ({@code
 * sampled}), by bpr-max over them ({@code bpr-max}), and by RecPack's bpr over 50 negatives of each
 * target's own ({@code bpr}). Any other name is that of a preset.
 */
final class CurveSettings {

  /** The curves, in order. */
  static final List<String> NAMES = List.of("full", "sampled", "bpr-max", "bpr");

  private CurveSettings() {}

  /**
   * Returns the parameters of a curve.
   *
   * @throws IllegalArgumentException if there is neither a curve nor a preset of that name
   */
  static GRU4RecParameters named(String name) {
    return switch (name) {
      case "full" -> Presets.all().get("full_softmax");
      case "sampled" ->
          shared(Algorithm.CROSS_ENTROPY)
              .set(LEARNING_RATE, 0.07)
              .set(SAMPLE_ALPHA, 0.5)
              .set(LOGQ, 1.0)
              .build();
      case "bpr-max" ->
          shared(Algorithm.NEG_SAMPLING)
              .set(LOSS_FN, LossFunction.BPR_MAX)
              .set(LEARNING_RATE, 0.05)
              .set(ADAGRAD_MOMENTUM, 0.15)
              .set(SAMPLE_ALPHA, 0.3)
              .set(BPREG, 0.9)
              .set(ELU, 1.0)
              .build();
      case "bpr" ->
          common(Algorithm.NEG_SAMPLING)
              .set(NEGATIVES, Negatives.OWN)
              .set(LOSS_FN, LossFunction.BPR)
              .set(LEARNING_RATE, 0.07)
              .build();
      default -> {
        GRU4RecParameters preset = Presets.all().get(name);
        if (preset == null) {
          throw new IllegalArgumentException(
              "curves are " + NAMES + " and presets " + Presets.all().keySet() + ", got " + name);
        }
        yield preset;
      }
    };
  }

  private static GRU4RecParameters.Builder common(Algorithm algorithm) {
    return GRU4RecParameters.builder(algorithm)
        .set(HIDDEN_SIZE, 100)
        .set(BATCH_SIZE, 64)
        .set(MAX_EPOCHS, 10)
        .set(INIT, Init.GLOROT)
        .set(EMBEDDING, Embedding.SHARED)
        .set(DROPOUT_EMBED, 0.3)
        .set(DROPOUT_HIDDEN, 0.1)
        .set(BATCHING, Batching.SESSION_PARALLEL)
        .set(SESSION_ORDER, SessionOrder.SHUFFLED);
  }

  private static GRU4RecParameters.Builder shared(Algorithm algorithm) {
    return common(algorithm)
        .set(NEGATIVES, Negatives.SHARED)
        .set(CLIPNORM, null)
        .set(ADAGRAD_EPSILON, 1e-6)
        .set(ADAGRAD_EPSILON_PLACE, EpsilonPlace.INSIDE);
  }
}
