package io.gru4j.parameters;

import static io.gru4j.parameters.ParameterSpec.choice;
import static io.gru4j.parameters.ParameterSpec.fraction;
import static io.gru4j.parameters.ParameterSpec.fractionOrOne;
import static io.gru4j.parameters.ParameterSpec.integer;
import static io.gru4j.parameters.ParameterSpec.integerOrNone;
import static io.gru4j.parameters.ParameterSpec.longOrNone;
import static io.gru4j.parameters.ParameterSpec.notNegative;
import static io.gru4j.parameters.ParameterSpec.positive;
import static io.gru4j.parameters.ParameterSpec.positiveOrNone;
import static io.gru4j.parameters.ParameterSpec.trueOrFalse;

import io.gru4j.metrics.Criterion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The parameters of an {@linkplain Algorithm estimator}: twenty with RecPack's names and defaults,
 * for {@code GRU4RecNegSampling} also RecPack's {@link #LOSS_FN} and {@link #NUM_NEGATIVES}, and
 * the {@linkplain GRU4RecOptions options} that RecPack has not.
 *
 * <p>Each parameter is declared once, as a constant of this class or of {@link GRU4RecOptions},
 * with its type, range, default and meaning. Builder, maps, identifier, model file, command line
 * and search all follow from these declarations: a new parameter is one more constant.
 *
 * <p>Immutable. A value out of range is refused with the parameter's name, the range and the value:
 * {@code dropout must be a float in [0, 1), got -1.0}. Whether the values go together says {@link
 * #requireConsistent}. Where parameters are named in text the names are RecPack's own, in
 * snake_case; camelCase is understood too.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="parameters"}
 */
public final class GRU4RecParameters {
  /** Filled by the declarations below, in their order. */
  private static final List<ParameterSpec<?>> RECPACK = new ArrayList<>();

  /** GRU layers on top of each other. */
  public static final ParameterSpec<Integer> NUM_LAYERS =
      recPack(
          integer("num_layers", 1, 1, LayerSizes.MOST_LAYERS, "GRU layers on top of each other"));

  /** Hidden units of each GRU layer. */
  public static final ParameterSpec<Integer> HIDDEN_SIZE =
      recPack(
          integer("hidden_size", 100, 1, LayerSizes.MOST_UNITS, "hidden units of each GRU layer"));

  /** Numbers in the embedding of an item. */
  public static final ParameterSpec<Integer> NUM_COMPONENTS =
      recPack(integer("num_components", 250, 1, 65536, "numbers in the embedding of an item"));

  /** Probability of a number to be dropped. */
  public static final ParameterSpec<Double> DROPOUT =
      recPack(fraction("dropout", 0, "probability with which each number is dropped in training"));

  /** The optimizer. */
  public static final ParameterSpec<OptimizationAlgorithm> OPTIMIZATION_ALGORITHM =
      recPack(
          choice(
              "optimization_algorithm",
              OptimizationAlgorithm.ADAGRAD,
              "optimizer that makes the steps"));

  /** Momentum of sgd. */
  public static final ParameterSpec<Double> MOMENTUM =
      recPack(
          fractionOrOne("momentum", 0, "share of the last step that is repeated, for sgd only"));

  /** Largest norm of the gradients. */
  public static final ParameterSpec<Double> CLIPNORM =
      recPack(
          positiveOrNone(
              "clipnorm",
              1.0,
              "largest L2 norm of all gradients together, longer ones are scaled down; None for no"
                  + " limit"));

  /** Time steps of backpropagation. */
  public static final ParameterSpec<Integer> BPTT =
      recPack(
          integer(
              "bptt",
              1,
              1,
              Integer.MAX_VALUE,
              "time steps that gradients flow back, and that one optimizer step takes in"));

  /** Sessions in a batch. */
  public static final ParameterSpec<Integer> BATCH_SIZE =
      recPack(integer("batch_size", 512, 1, Integer.MAX_VALUE, "sessions in a batch"));

  /** Passes over the training sessions. */
  public static final ParameterSpec<Integer> MAX_EPOCHS =
      recPack(
          integer(
              "max_epochs", 5, 1, Integer.MAX_VALUE, "passes over the training sessions, at most"));

  /** Factor of each step. */
  public static final ParameterSpec<Double> LEARNING_RATE =
      recPack(positive("learning_rate", 0.03, "factor of each optimizer step"));

  /** What says which epoch is best. */
  public static final ParameterSpec<Criterion> STOPPING_CRITERION =
      recPack(
          choice(
              "stopping_criterion",
              Criterion.RECALL,
              "measure on the validation sessions that says which epoch is best: recall and ndcg"
                  + " look at the 50 best items, precision at the 10 best, bpr and warp at samples"
                  + " of all"));

  /** Whether training may stop before max_epochs. */
  public static final ParameterSpec<Boolean> STOP_EARLY =
      recPack(
          trueOrFalse(
              "stop_early",
              "whether to stop after max_iter_no_change epochs without a better criterion"));

  /** Epochs of patience. */
  public static final ParameterSpec<Integer> MAX_ITER_NO_CHANGE =
      recPack(
          integer(
              "max_iter_no_change",
              5,
              0,
              Integer.MAX_VALUE,
              "epochs without a better criterion after which stop_early stops"));

  /** What counts as better. */
  public static final ParameterSpec<Double> MIN_IMPROVEMENT =
      recPack(
          notNegative(
              "min_improvement", 0.0, "amount by which the criterion must change to be better"));

  /** The seed. */
  public static final ParameterSpec<Long> SEED =
      recPack(
          longOrNone(
              "seed",
              "seed of everything random: the same seed gives the same model, bit for bit; None"
                  + " draws one, which the model records"));

  /** Whether fit writes a file. */
  public static final ParameterSpec<Boolean> SAVE_BEST_TO_FILE =
      recPack(
          trueOrFalse(
              "save_best_to_file",
              "whether fit also saves the model it keeps to a file in the working folder, named"
                  + " after the estimator, NAME_loss_X.safetensors with X the best criterion"));

  /** Whether the last epoch counts, not the best. */
  public static final ParameterSpec<Boolean> KEEP_LAST =
      recPack(
          trueOrFalse(
              "keep_last", "whether the model of the last epoch is kept, not that of the best"));

  /** Scores that predict keeps. */
  public static final ParameterSpec<Integer> PREDICT_TOP_K =
      recPack(
          integerOrNone(
              "predict_topK",
              1,
              Integer.MAX_VALUE,
              "scores that predict keeps for each user, the largest; None for all"));

  /** Users that judge an epoch. */
  public static final ParameterSpec<Integer> VALIDATION_SAMPLE_SIZE =
      recPack(
          integerOrNone(
              "validation_sample_size",
              1,
              Integer.MAX_VALUE,
              "users drawn from the validation data to compute the criterion on; None for all"));

  /** The loss; {@code GRU4RecNegSampling} alone has it. */
  public static final ParameterSpec<LossFunction> LOSS_FN =
      choice("loss_fn", LossFunction.BPR, "loss of a target against its negatives");

  /** Negatives of each target; {@code GRU4RecNegSampling} alone has it. */
  public static final ParameterSpec<Integer> NUM_NEGATIVES =
      integer("num_negatives", 50, 1, 1 << 20, "items drawn for each target, never the target");

  private final Algorithm algorithm;
  private final Map<ParameterSpec<?>, Object> values;

  private GRU4RecParameters(Algorithm algorithm, Map<ParameterSpec<?>, Object> values) {
    this.algorithm = algorithm;
    this.values = Collections.unmodifiableMap(values);
  }

  private static <T> ParameterSpec<T> recPack(ParameterSpec<T> declared) {
    RECPACK.add(declared);
    return declared;
  }

  /**
   * Returns the default parameters of {@code GRU4RecCrossEntropy}.
   *
   * @return RecPack's defaults
   */
  public static GRU4RecParameters defaults() {
    return defaults(Algorithm.CROSS_ENTROPY);
  }

  /**
   * Returns the default parameters of an estimator.
   *
   * @param algorithm which one
   * @return RecPack's defaults
   */
  public static GRU4RecParameters defaults(Algorithm algorithm) {
    return builder(algorithm).build();
  }

  /**
   * Returns the settings that recommend best on public click sessions of shops, chosen on sessions
   * held out from the end of the training data.
   *
   * @return the preset {@code gru4rec} of {@link Presets}
   */
  public static GRU4RecParameters gru4rec() {
    return Presets.gru4rec();
  }

  /**
   * Returns a builder that starts from the defaults of {@code GRU4RecCrossEntropy}.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return builder(Algorithm.CROSS_ENTROPY);
  }

  /**
   * Returns a builder that starts from the defaults of an estimator.
   *
   * @param algorithm which one
   * @return a new builder
   */
  public static Builder builder(Algorithm algorithm) {
    return new Builder(algorithm, ParameterList.of(algorithm).defaults());
  }

  /**
   * Returns a builder that starts from these parameters.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    return new Builder(algorithm, values);
  }

  /**
   * Returns the estimator that these are the parameters of.
   *
   * @return which one
   */
  public Algorithm algorithm() {
    return algorithm;
  }

  /** Collects parameters; those not given keep the value they started with. Not thread-safe. */
  public static final class Builder {
    private final Algorithm algorithm;
    private final Map<ParameterSpec<?>, Object> values;

    private Builder(Algorithm algorithm, Map<ParameterSpec<?>, Object> values) {
      this.algorithm = algorithm;
      this.values = new LinkedHashMap<>(values);
    }

    /**
     * Sets a parameter.
     *
     * @param <T> the type of its values
     * @param spec a constant of {@link GRU4RecParameters} or {@link GRU4RecOptions}
     * @param value the new value; null for None, where the parameter takes it
     * @return this
     * @throws IllegalArgumentException if the estimator has no such parameter or the value is out
     *     of range
     */
    public <T> Builder set(ParameterSpec<T> spec, T value) {
      values.put(algorithm.spec(spec.name()), spec.check(value));
      return this;
    }

    /**
     * Sets a parameter by name.
     *
     * @param name in snake_case or camelCase
     * @param value a value or its text, as {@link ParameterSpec#check} takes it
     * @return this
     * @throws IllegalArgumentException if there is no such parameter or the value is out of range
     */
    public Builder set(String name, Object value) {
      ParameterSpec<?> spec = algorithm.spec(name);
      values.put(spec, spec.check(value));
      return this;
    }

    /**
     * Makes the parameters.
     *
     * @return immutable parameters
     */
    public GRU4RecParameters build() {
      return new GRU4RecParameters(algorithm, new LinkedHashMap<>(values));
    }
  }

  /**
   * Returns the value of a parameter.
   *
   * @param <T> the type of its values
   * @param spec a constant of this class or of {@link GRU4RecOptions}
   * @return the value; null for None
   * @throws IllegalArgumentException if the estimator has no such parameter
   */
  @SuppressWarnings("unchecked") // the builder has put what spec.check returned
  public <T> T get(ParameterSpec<T> spec) {
    if (!values.containsKey(spec)) {
      throw new IllegalArgumentException(
          algorithm.estimator() + " has no parameter " + spec.name());
    }
    return (T) values.get(spec);
  }

  /**
   * Returns the hidden units of each GRU layer.
   *
   * @return {@code hidden_sizes}, or {@code num_layers} times {@code hidden_size}; a new array
   */
  public int[] layerSizes() {
    LayerSizes sizes = get(GRU4RecOptions.HIDDEN_SIZES);
    if (sizes != null) {
      return sizes.toArray();
    }
    int[] alike = new int[get(NUM_LAYERS)];
    Arrays.fill(alike, get(HIDDEN_SIZE));
    return alike;
  }

  /**
   * Refuses values that contradict each other, such as label smoothing over sampled negatives. A
   * fit, the command line and the loading of a file ask for it.
   *
   * @throws IllegalArgumentException if two values do not go together; the message names both
   */
  public void requireConsistent() {
    Consistency.require(this);
  }

  /**
   * Returns what is set and changes nothing, such as momentum of an optimizer that is not used. A
   * fit tells its listener.
   *
   * @return a warning each, in the order of the parameters; unmodifiable
   */
  public List<String> withoutEffect() {
    return Consistency.withoutEffect(this);
  }

  /**
   * Returns what each parameter of {@code GRU4RecCrossEntropy} is, as {@link Algorithm#specs}.
   *
   * @return RecPack's twenty, then the options
   */
  public static List<ParameterSpec<?>> specs() {
    return Algorithm.CROSS_ENTROPY.specs();
  }

  /** The twenty that both of RecPack's estimators have. */
  static List<ParameterSpec<?>> recPacks() {
    return Collections.unmodifiableList(RECPACK);
  }

  /** Whether a parameter has the value that it has if none is given. */
  boolean isDefault(ParameterSpec<?> spec) {
    return Objects.equals(get(spec), ParameterList.of(algorithm).defaultValue(spec));
  }

  /**
   * Returns the spec of a parameter of {@code GRU4RecCrossEntropy}.
   *
   * @param name in snake_case or camelCase
   * @return its spec
   * @throws IllegalArgumentException if there is none; the message lists the names
   */
  public static ParameterSpec<?> spec(String name) {
    return Algorithm.CROSS_ENTROPY.spec(name);
  }

  /**
   * Returns all values by name.
   *
   * @return snake_case names in the order of {@link #specs}, each with an {@code Integer}, {@code
   *     Long}, {@code Double}, {@code Boolean}, {@code String} or {@code null}; unmodifiable
   */
  public Map<String, Object> getParams() {
    Map<String, Object> params = new LinkedHashMap<>();
    values.forEach((spec, value) -> params.put(spec.name(), ParameterSpec.plain(value)));
    return Collections.unmodifiableMap(params);
  }

  /**
   * Returns these parameters with some changed.
   *
   * @param params values by snake_case or camelCase name; a text is read as {@link
   *     ParameterSpec#parse} reads it
   * @return new parameters
   * @throws IllegalArgumentException if a name is unknown or given in both forms, or a value is out
   *     of range
   */
  public GRU4RecParameters withParams(Map<String, ?> params) {
    Builder builder = toBuilder();
    List<ParameterSpec<?>> seen = new ArrayList<>();
    for (Map.Entry<String, ?> entry : params.entrySet()) {
      ParameterSpec<?> spec = algorithm.spec(entry.getKey());
      if (seen.contains(spec)) {
        throw new IllegalArgumentException(
            spec.name() + " is given twice, also as " + spec.camelCase());
      }
      seen.add(spec);
      builder.set(spec.name(), entry.getValue());
    }
    return builder.build();
  }

  /**
   * Returns the estimator's name with every parameter, sorted by name, values as RecPack writes
   * them. An option is named only where it differs from the estimator's default, so that what
   * RecPack can do has RecPack's identifier.
   *
   * @return such as {@code GRU4RecCrossEntropy(batch_size=512,bptt=1,clipnorm=1.0,...)}
   */
  public String identifier() {
    return values.entrySet().stream()
        .filter(
            each ->
                ParameterList.of(algorithm).recPacks().contains(each.getKey())
                    || !isDefault(each.getKey()))
        .map(each -> each.getKey().name() + "=" + ParameterSpec.print(each.getValue()))
        .sorted()
        .collect(Collectors.joining(",", algorithm.estimator() + "(", ")"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GRU4RecParameters parameters
        && algorithm == parameters.algorithm
        && values.equals(parameters.values);
  }

  @Override
  public int hashCode() {
    return getParams().hashCode();
  }

  @Override
  public String toString() {
    return "GRU4RecParameters" + getParams();
  }
}
