package io.gru4j.parameters;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_EPSILON;
import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_EPSILON_PLACE;
import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_MOMENTUM;
import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.BPREG;
import static io.gru4j.parameters.GRU4RecOptions.ELU;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.HIDDEN_SIZES;
import static io.gru4j.parameters.GRU4RecOptions.LABEL_SMOOTHING;
import static io.gru4j.parameters.GRU4RecOptions.LOGQ;
import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecOptions.NUM_SAMPLES;
import static io.gru4j.parameters.GRU4RecOptions.SAMPLE_ALPHA;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LOSS_FN;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_NEGATIVES;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;

import io.gru4j.parameters.GRU4RecOptions.Batching;
import io.gru4j.parameters.GRU4RecOptions.Embedding;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What parameters have to do with each other: which values contradict each other, and which have no
 * effect beside others.
 *
 * <p>A contradiction is refused. What merely has no effect is a warning, as RecPack takes {@code
 * momentum} together with adagrad.
 */
final class Consistency {
  private final GRU4RecParameters parameters;
  private final List<String> warnings = new ArrayList<>();

  private Consistency(GRU4RecParameters parameters) {
    this.parameters = parameters;
  }

  /** Refuses values that contradict each other, naming both. */
  static void require(GRU4RecParameters p) {
    String estimator = p.algorithm().estimator();
    Negatives negatives = p.get(NEGATIVES);
    Negatives foreign =
        switch (p.algorithm()) {
          case CROSS_ENTROPY -> Negatives.OWN;
          case NEG_SAMPLING -> Negatives.CATALOGUE;
        };
    if (negatives == foreign) {
      throw new IllegalArgumentException(
          "negatives of %s must be %s or shared, got %s"
              .formatted(estimator, p.algorithm().negatives(), negatives));
    }
    if (negatives != Negatives.CATALOGUE && p.get(LABEL_SMOOTHING) > 0) {
      throw needs(p, LABEL_SMOOTHING, "negatives catalogue", NEGATIVES);
    }
    if (negatives != Negatives.SHARED) {
      return;
    }
    if (p.get(BATCHING) != Batching.SESSION_PARALLEL) {
      throw needs(p, NEGATIVES, "batching session_parallel", BATCHING);
    }
    if (p.algorithm() == Algorithm.NEG_SAMPLING && p.get(LOSS_FN) != LossFunction.BPR_MAX) {
      throw needs(p, NEGATIVES, "loss_fn bpr-max", LOSS_FN);
    }
    if (p.get(NUM_SAMPLES) == 0 && p.get(BATCH_SIZE) == 1) {
      throw needs(p, NUM_SAMPLES, "a batch_size above 1, or there are no negatives", BATCH_SIZE);
    }
  }

  private static IllegalArgumentException needs(
      GRU4RecParameters p, ParameterSpec<?> spec, String what, ParameterSpec<?> other) {
    return new IllegalArgumentException(
        said(p, spec) + " needs " + what + ", got " + ParameterSpec.print(p.get(other)));
  }

  private static String said(GRU4RecParameters p, ParameterSpec<?> spec) {
    return spec.name() + " " + ParameterSpec.print(p.get(spec));
  }

  /** Warns of each value that is not the default and changes nothing. */
  static List<String> withoutEffect(GRU4RecParameters p) {
    return new Consistency(p).warnings();
  }

  private List<String> warnings() {
    boolean adagrad = parameters.get(OPTIMIZATION_ALGORITHM) == OptimizationAlgorithm.ADAGRAD;
    boolean negSampling = parameters.algorithm() == Algorithm.NEG_SAMPLING;
    boolean shared = parameters.get(NEGATIVES) == Negatives.SHARED;
    String with = negSampling ? "loss_fn bpr-max and negatives shared" : "negatives shared";
    noEffect(
        adagrad, MOMENTUM, "optimization_algorithm sgd (for adagrad there is adagrad_momentum)");
    boolean ownWidth = parameters.get(EMBEDDING) == Embedding.SEPARATE;
    noEffect(!ownWidth, NUM_COMPONENTS, "embedding separate (a shared one is hidden_size wide)");
    boolean eachSize = parameters.get(HIDDEN_SIZES) != null;
    noEffect(eachSize, NUM_LAYERS, "hidden_sizes None");
    noEffect(eachSize, HIDDEN_SIZE, "hidden_sizes None");
    if (negSampling) {
      noEffect(shared, NUM_NEGATIVES, "negatives own");
    }
    noEffect(!adagrad, ADAGRAD_MOMENTUM, "optimization_algorithm adagrad");
    noEffect(!shared, NUM_SAMPLES, with);
    boolean sampled = shared && parameters.get(NUM_SAMPLES) > 0;
    noEffect(!sampled, SAMPLE_ALPHA, with + ", and num_samples above 0");
    noEffect(negSampling || !shared, LOGQ, "cross-entropy and negatives shared");
    noEffect(!negSampling || !shared, BPREG, "bpr-max and negatives shared");
    noEffect(!negSampling || !shared, ELU, "bpr-max and negatives shared");
    noEffect(!adagrad, ADAGRAD_EPSILON, "optimization_algorithm adagrad");
    noEffect(!adagrad, ADAGRAD_EPSILON_PLACE, "optimization_algorithm adagrad");
    return Collections.unmodifiableList(warnings);
  }

  private void noEffect(boolean none, ParameterSpec<?> spec, String where) {
    if (none && !parameters.isDefault(spec)) {
      warnings.add(said(parameters, spec) + " has no effect here, only with " + where);
    }
  }
}
