package io.gru4j.algorithms;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.model.FittedModel;
import io.gru4j.model.ModelFileException;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.LayerSizes;
import io.gru4j.tensor.Parallel;
import io.gru4j.training.Training;
import io.gru4j.training.ValidationCriterion;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What an estimator has learned, by a training or from a file: a model and the best value of the
 * criterion; and what the estimator does with it. Immutable.
 */
final class Learned {
  /** Before the first fit. */
  static final Learned NOTHING = new Learned(null, null);

  private static final Logger LOGGER = System.getLogger("io.gru4j");

  private final FittedModel model; // null: none
  private final Double bestCriterion; // null: there was no validation

  private Learned(FittedModel model, Double bestCriterion) {
    this.model = model;
    this.bestCriterion = bestCriterion;
  }

  /** What a training has learned so far. */
  static Learned by(Training training) {
    return new Learned(training.model(), training.bestCriterion());
  }

  /** Reads a model file. */
  static Learned load(Path file) throws IOException {
    FittedModel model = FittedModel.load(file);
    Double best =
        model.history().stream()
            .filter(e -> e.better() && e.criterion().isPresent())
            .reduce((a, b) -> b)
            .map(e -> (Double) e.criterion().getAsDouble())
            .orElse(null);
    return new Learned(model, best);
  }

  /**
   * Refuses a file that another estimator has written. One that does not say it is taken: it has a
   * network alone.
   *
   * @throws ModelFileException if the file says that it is of another; names both
   */
  void requireAlgorithm(Algorithm algorithm, Path file) throws ModelFileException {
    Algorithm other = model.algorithm() == null ? algorithm : algorithm(file);
    if (other == algorithm) {
      return;
    }
    throw new ModelFileException(
        file,
        "it is a model of %s, not of %s: load it with the former"
            .formatted(other.estimator(), algorithm.estimator()));
  }

  /**
   * Returns what trained the model; cross-entropy if the file does not say.
   *
   * @throws ModelFileException if it is something unknown
   */
  Algorithm algorithm(Path file) throws ModelFileException {
    if (model.algorithm() == null) {
      return Algorithm.CROSS_ENTROPY;
    }
    try {
      return Algorithm.of(model.algorithm());
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file, "it was trained by another version: " + e.getMessage());
    }
  }

  /**
   * Returns the parameters that the file has, or that the shape of its network gives away.
   *
   * @param others the rest
   * @param file the file, for the message
   * @throws ModelFileException if the file has a parameter that is wrong
   */
  GRU4RecParameters parameters(GRU4RecParameters others, Path file) throws ModelFileException {
    Map<String, Object> params = new LinkedHashMap<>(model.parameters());
    int[] sizes = model.network().hiddenSizes();
    boolean alike = Arrays.stream(sizes).distinct().count() == 1;
    if (alike) {
      params.put("num_layers", sizes.length);
      params.put("hidden_size", sizes[0]);
    }
    params.put("hidden_sizes", alike ? null : LayerSizes.of(sizes));
    params.put("embedding", model.network().isShared() ? "shared" : "separate");
    if (!model.network().isShared()) {
      params.put("num_components", model.network().numComponents());
    }
    try {
      GRU4RecParameters loaded = others.withParams(params);
      if (!model.parameters().isEmpty()) {
        loaded.requireConsistent();
      }
      return loaded;
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file, "its parameters are wrong: " + e.getMessage());
    }
  }

  /**
   * Returns the model.
   *
   * @throws IllegalStateException if there is none
   */
  FittedModel model() {
    if (model == null) {
      throw new IllegalStateException("the estimator is not fitted: call fit or load first");
    }
    return model;
  }

  /** Returns the best value of the criterion; null if there was no validation. */
  Double bestCriterion() {
    return bestCriterion;
  }

  /**
   * Checks a matrix whose users' next items are asked for.
   *
   * @param name what the message calls it
   * @throws IllegalStateException if there is no model
   * @throws IllegalArgumentException if it has no timestamps or another number of items
   */
  void checkHistories(String name, InteractionMatrix x) {
    DataChecks.requireTimestamps(name, x);
    if (x.numItems() != model().numItems()) {
      throw new IllegalArgumentException(
          "%s: the model knows %d items, got a matrix of %d"
              .formatted(name, model().numItems(), x.numItems()));
    }
  }

  /** Scores the next item of every user; a user with history who gets nothing is a warning. */
  CsrMatrix predict(InteractionMatrix x, Integer topK, Parallel parallel) {
    CsrMatrix scores = model().predict(x, topK, parallel);
    long missing = IntStream.of(x.activeUsers()).filter(u -> scores.nnz(u) == 0).count();
    if (missing > 0) {
      LOGGER.log(Level.WARNING, "users with history that got no prediction: {0}", missing);
    }
    return scores;
  }

  /** Computes the criterion on all users. */
  double score(Validation validation, GRU4RecParameters parameters, Parallel parallel) {
    long seed = model().seed() == null ? 0 : model().seed();
    return ValidationCriterion.of(model(), validation, parameters, seed, parallel);
  }
}
