package io.gru4j.parameters;

import io.gru4j.file.OneLine;
import io.gru4j.parameters.GRU4RecOptions.Negatives;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The estimators: what a network is trained with, and which parameters it takes. Texts name them in
 * lower case.
 */
public enum Algorithm {
  /** {@code GRU4RecCrossEntropy}: softmax cross-entropy. */
  CROSS_ENTROPY("GRU4RecCrossEntropy", Negatives.CATALOGUE),
  /** {@code GRU4RecNegSampling}: a ranking loss of the target against sampled negatives. */
  NEG_SAMPLING("GRU4RecNegSampling", Negatives.OWN);

  private final String estimator;
  private final Negatives negatives;

  Algorithm(String estimator, Negatives negatives) {
    this.estimator = estimator;
    this.negatives = negatives;
  }

  /**
   * Finds an algorithm.
   *
   * @param text such as {@code neg_sampling}
   * @return the algorithm
   * @throws IllegalArgumentException if there is none; the message lists the words
   */
  public static Algorithm of(String text) {
    for (Algorithm each : values()) {
      if (each.toString().equals(text)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "algorithm must be one of %s, got %s"
            .formatted(
                Stream.of(values()).map(Algorithm::toString).collect(Collectors.joining(", ")),
                OneLine.of(text, 100)));
  }

  /**
   * Returns the name of the estimator, RecPack's.
   *
   * @return such as {@code GRU4RecNegSampling}
   */
  public String estimator() {
    return estimator;
  }

  /**
   * Returns what each parameter of the estimator is, in the order of their declarations.
   *
   * @return RecPack's, then the options; unmodifiable
   */
  public List<ParameterSpec<?>> specs() {
    return ParameterList.of(this).specs();
  }

  /**
   * Returns the spec of a parameter of the estimator.
   *
   * @param name in snake_case or camelCase
   * @return its spec
   * @throws IllegalArgumentException if there is none; the message lists the names, or names the
   *     estimator that has it
   */
  public ParameterSpec<?> spec(String name) {
    return ParameterList.of(this).spec(name);
  }

  /** What {@code negatives} is by default. */
  Negatives negatives() {
    return negatives;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
