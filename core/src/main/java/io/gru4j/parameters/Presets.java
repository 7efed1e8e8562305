package io.gru4j.parameters;

import static io.gru4j.parameters.Algorithm.CROSS_ENTROPY;
import static io.gru4j.parameters.Algorithm.NEG_SAMPLING;

import io.gru4j.parameters.GRU4RecOptions.Batching;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecOptions.EpsilonPlace;
import io.gru4j.parameters.GRU4RecOptions.Init;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Named settings. {@code gru4rec} and {@code full_softmax} are our own, chosen on sessions held out
 * from the end of training data: bpr-max with the authors' settings for Diginetica but for units,
 * batch and dropout, and cross-entropy over the whole catalogue. Those that begin with {@code
 * official_} are the settings that GRU4Rec's authors tuned on public data sets, as the table "Best
 * hyperparameters" of <a href="https://github.com/hidasib/GRU4Rec_PyTorch_Official">their PyTorch
 * version</a> has them: each for the loss that did best there, with 10 epochs and an embedding
 * shared with the output layer. Two things are not theirs: their GRU goes on from the hidden state
 * that dropout has left, ours from the whole one; and weights that they draw uniformly within
 * limits of each whole matrix are drawn gate by gate. (For RSC15 their file of parameters has other
 * values than the table.)
 */
public final class Presets {
  private static final SortedMap<String, GRU4RecParameters> ALL = new TreeMap<>();

  static {
    ALL.put("gru4rec", gru4rec());
    ALL.put("full_softmax", fullSoftmax());
    // dropout is of the embedding and of the hidden state; see the methods for the columns
    crossEntropy("official_rsc15_xe", 100, 32, 0.1, 0, 0.1, 0, 0.75);
    crossEntropy("official_yoochoose_xe", 480, 48, 0, 0.2, 0.07, 0, 0.2);
    crossEntropy("official_rees46_xe", 512, 240, 0.45, 0, 0.065, 0, 0.5);
    bprMax("official_coveo_bprmax", 512, 144, 0.35, 0, 0.05, 0.4, 0.2, 1.85, 1);
    bprMax("official_retailrocket_bprmax", 224, 80, 0.5, 0.05, 0.05, 0.4, 0.4, 1.95, 0.5);
    bprMax("official_diginetica_bprmax", 512, 128, 0.5, 0.3, 0.05, 0.15, 0.3, 0.9, 1);
  }

  private Presets() {}

  /**
   * Returns all presets.
   *
   * @return parameters, which say their algorithm, by name; unmodifiable
   */
  public static SortedMap<String, GRU4RecParameters> all() {
    return Collections.unmodifiableSortedMap(ALL);
  }

  /** What recommends best on the data sets of the documentation: bpr-max over shared samples. */
  static GRU4RecParameters gru4rec() {
    return official(NEG_SAMPLING, 200, 64, 0.4, 0.15, 0.05, 0.15, 0.3)
        .set(GRU4RecParameters.LOSS_FN, LossFunction.BPR_MAX)
        .set(GRU4RecOptions.BPREG, 0.9)
        .set(GRU4RecOptions.ELU, 1.0)
        .build();
  }

  /** The best that was found for cross-entropy over the whole catalogue. */
  private static GRU4RecParameters fullSoftmax() {
    return GRU4RecParameters.builder()
        .set(GRU4RecParameters.HIDDEN_SIZE, 100)
        .set(GRU4RecParameters.BPTT, 2)
        .set(GRU4RecParameters.BATCH_SIZE, 64)
        .set(GRU4RecParameters.LEARNING_RATE, 0.07)
        .set(GRU4RecParameters.MAX_EPOCHS, 8)
        .set(GRU4RecOptions.INIT, Init.GLOROT)
        .set(GRU4RecOptions.EMBEDDING, Embedding.SHARED)
        .set(GRU4RecOptions.DROPOUT_EMBED, 0.3)
        .set(GRU4RecOptions.DROPOUT_HIDDEN, 0.1)
        .set(GRU4RecOptions.BATCHING, Batching.SESSION_PARALLEL)
        .set(GRU4RecOptions.SESSION_ORDER, SessionOrder.SHUFFLED)
        .build();
  }

  private static void crossEntropy(
      String name,
      int units,
      int batch,
      double dropoutEmbed,
      double dropoutHidden,
      double rate,
      double momentum,
      double alpha) {
    ALL.put(
        name,
        official(CROSS_ENTROPY, units, batch, dropoutEmbed, dropoutHidden, rate, momentum, alpha)
            .set(GRU4RecOptions.LOGQ, 1.0)
            .build());
  }

  private static void bprMax(
      String name,
      int units,
      int batch,
      double dropoutEmbed,
      double dropoutHidden,
      double rate,
      double momentum,
      double alpha,
      double bpreg,
      double elu) {
    ALL.put(
        name,
        official(NEG_SAMPLING, units, batch, dropoutEmbed, dropoutHidden, rate, momentum, alpha)
            .set(GRU4RecParameters.LOSS_FN, LossFunction.BPR_MAX)
            .set(GRU4RecOptions.BPREG, bpreg)
            .set(GRU4RecOptions.ELU, elu)
            .build());
  }

  /** What all of theirs have, and {@code gru4rec} too. */
  private static GRU4RecParameters.Builder official(
      Algorithm algorithm,
      int units,
      int batch,
      double dropoutEmbed,
      double dropoutHidden,
      double rate,
      double momentum,
      double alpha) {
    return GRU4RecParameters.builder(algorithm)
        .set(GRU4RecParameters.HIDDEN_SIZE, units)
        .set(GRU4RecParameters.BATCH_SIZE, batch)
        .set(GRU4RecParameters.LEARNING_RATE, rate)
        .set(GRU4RecParameters.MAX_EPOCHS, 10)
        .set(GRU4RecParameters.CLIPNORM, null)
        .set(GRU4RecOptions.INIT, Init.GLOROT)
        .set(GRU4RecOptions.EMBEDDING, Embedding.SHARED)
        .set(GRU4RecOptions.DROPOUT_EMBED, dropoutEmbed)
        .set(GRU4RecOptions.DROPOUT_HIDDEN, dropoutHidden)
        .set(GRU4RecOptions.BATCHING, Batching.SESSION_PARALLEL)
        .set(GRU4RecOptions.SESSION_ORDER, SessionOrder.TIME)
        .set(GRU4RecOptions.ADAGRAD_MOMENTUM, momentum)
        .set(GRU4RecOptions.ADAGRAD_EPSILON, 1e-6)
        .set(GRU4RecOptions.ADAGRAD_EPSILON_PLACE, EpsilonPlace.INSIDE)
        .set(GRU4RecOptions.NEGATIVES, Negatives.SHARED)
        .set(GRU4RecOptions.NUM_SAMPLES, 2048)
        .set(GRU4RecOptions.SAMPLE_ALPHA, alpha);
  }
}
