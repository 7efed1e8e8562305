package io.gru4j.algorithms;

import io.gru4j.metrics.Criterion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The twenty parameters of {@code GRU4RecCrossEntropy}, under RecPack's names in camelCase and with
 * its defaults. Immutable; a value out of range is refused with the parameter's name, the range and
 * the value: {@code dropout must be a float in [0, 1), got -1.0}.
 *
 * <p>Where parameters are named in text (maps, identifier, file, command line) the names are
 * RecPack's own, in snake_case; {@link #withParams} takes both.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="parameters"}
 *
 * @param numLayers GRU layers on top of each other; [1, 64]; default 1
 * @param hiddenSize hidden units of each GRU layer; [1, 65536]; default 100
 * @param numComponents numbers in the embedding of an item; [1, 65536]; default 250
 * @param dropout probability with which each number is dropped in training; [0, 1); default 0.0
 * @param optimizationAlgorithm optimizer that makes the steps; adagrad, sgd; default adagrad
 * @param momentum share of the last step that is repeated, for sgd only; [0, 1]; default 0.0
 * @param clipnorm largest L2 norm of all gradients together, longer ones are scaled down; None for
 *     no limit; finite and &gt; 0 as a float, or null; default 1.0
 * @param bptt time steps that gradients flow back, and that one optimizer step takes in; [1,
 *     2147483647]; default 1
 * @param batchSize sessions in a batch; [1, 2147483647]; default 512
 * @param maxEpochs passes over the training sessions, at most; [1, 2147483647]; default 5
 * @param learningRate factor of each optimizer step; finite and &gt; 0 as a float; default 0.03
 * @param stoppingCriterion measure on the validation sessions that says which epoch is best: recall
 *     and ndcg look at the 50 best items, precision at the 10 best, bpr and warp at samples of all;
 *     recall, ndcg, precision, bpr, warp; default recall
 * @param stopEarly whether to stop after max_iter_no_change epochs without a better criterion;
 *     default false
 * @param maxIterNoChange epochs without a better criterion after which stop_early stops; [0,
 *     2147483647]; default 5
 * @param minImprovement amount by which the criterion must change to be better; finite, &gt;= 0;
 *     default 0.0
 * @param seed seed of everything random: the same seed gives the same model, bit for bit; None
 *     draws one, which the model records; [0, 2^63), or null; default null
 * @param saveBestToFile whether fit also saves the model it keeps to a file in the working folder,
 *     {@code GRU4RecCrossEntropy_loss_X.safetensors} with X the best criterion; default false
 * @param keepLast whether the model of the last epoch is kept, not that of the best; default false
 * @param predictTopK scores that predict keeps for each user, the largest; None for all; [1,
 *     2147483647], or null; default null
 * @param validationSampleSize users drawn from the validation data to compute the criterion on;
 *     None for all; [1, 2147483647], or null; default null
 */
public record Gru4RecParameters(
    int numLayers,
    int hiddenSize,
    int numComponents,
    double dropout,
    OptimizationAlgorithm optimizationAlgorithm,
    double momentum,
    Double clipnorm,
    int bptt,
    int batchSize,
    int maxEpochs,
    double learningRate,
    Criterion stoppingCriterion,
    boolean stopEarly,
    int maxIterNoChange,
    double minImprovement,
    Long seed,
    boolean saveBestToFile,
    boolean keepLast,
    Integer predictTopK,
    Integer validationSampleSize) {
  private static final List<String> CRITERIA =
      Arrays.stream(Criterion.values()).map(Criterion::criterionName).toList();

  private static final List<ParameterSpec> SPECS =
      List.of(
          ParameterSpec.integer("num_layers", 1, 1, 64)
              .means("GRU layers on top of each other", Gru4RecParameters::numLayers),
          ParameterSpec.integer("hidden_size", 100, 1, 65536)
              .means("hidden units of each GRU layer", Gru4RecParameters::hiddenSize),
          ParameterSpec.integer("num_components", 250, 1, 65536)
              .means("numbers in the embedding of an item", Gru4RecParameters::numComponents),
          ParameterSpec.fraction("dropout", 0.0, false)
              .means(
                  "probability with which each number is dropped in training",
                  Gru4RecParameters::dropout),
          ParameterSpec.choice("optimization_algorithm", "adagrad", List.of("adagrad", "sgd"))
              .means("optimizer that makes the steps", p -> p.optimizationAlgorithm.toString()),
          ParameterSpec.fraction("momentum", 0.0, true)
              .means(
                  "share of the last step that is repeated, for sgd only",
                  Gru4RecParameters::momentum),
          ParameterSpec.positive("clipnorm", 1.0, true)
              .means(
                  "largest L2 norm of all gradients together, longer ones are scaled down; None for"
                      + " no limit",
                  Gru4RecParameters::clipnorm),
          ParameterSpec.integer("bptt", 1, 1, Integer.MAX_VALUE)
              .means(
                  "time steps that gradients flow back, and that one optimizer step takes in",
                  Gru4RecParameters::bptt),
          ParameterSpec.integer("batch_size", 512, 1, Integer.MAX_VALUE)
              .means("sessions in a batch", Gru4RecParameters::batchSize),
          ParameterSpec.integer("max_epochs", 5, 1, Integer.MAX_VALUE)
              .means("passes over the training sessions, at most", Gru4RecParameters::maxEpochs),
          ParameterSpec.positive("learning_rate", 0.03, false)
              .means("factor of each optimizer step", Gru4RecParameters::learningRate),
          ParameterSpec.choice("stopping_criterion", "recall", CRITERIA)
              .means(
                  "measure on the validation sessions that says which epoch is best: recall and"
                      + " ndcg look at the 50 best items, precision at the 10 best, bpr and warp at"
                      + " samples of all",
                  p -> p.stoppingCriterion.toString()),
          ParameterSpec.bool("stop_early", false)
              .means(
                  "whether to stop after max_iter_no_change epochs without a better criterion",
                  Gru4RecParameters::stopEarly),
          ParameterSpec.integer("max_iter_no_change", 5, 0, Integer.MAX_VALUE)
              .means(
                  "epochs without a better criterion after which stop_early stops",
                  Gru4RecParameters::maxIterNoChange),
          ParameterSpec.notNegative("min_improvement", 0.0)
              .means(
                  "amount by which the criterion must change to be better",
                  Gru4RecParameters::minImprovement),
          ParameterSpec.longOrNone("seed")
              .means(
                  "seed of everything random: the same seed gives the same model, bit for bit; None"
                      + " draws one, which the model records",
                  Gru4RecParameters::seed),
          ParameterSpec.bool("save_best_to_file", false)
              .means(
                  "whether fit also saves the model it keeps to a file in the working folder,"
                      + " GRU4RecCrossEntropy_loss_X.safetensors with X the best criterion",
                  Gru4RecParameters::saveBestToFile),
          ParameterSpec.bool("keep_last", false)
              .means(
                  "whether the model of the last epoch is kept, not that of the best",
                  Gru4RecParameters::keepLast),
          ParameterSpec.integer("predict_topK", null, 1, Integer.MAX_VALUE)
              .means(
                  "scores that predict keeps for each user, the largest; None for all",
                  Gru4RecParameters::predictTopK),
          ParameterSpec.integer("validation_sample_size", null, 1, Integer.MAX_VALUE)
              .means(
                  "users drawn from the validation data to compute the criterion on; None for all",
                  Gru4RecParameters::validationSampleSize));

  private static final Gru4RecParameters DEFAULTS = new Builder().build();

  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public Gru4RecParameters {
    Object[] values = {
      numLayers,
      hiddenSize,
      numComponents,
      dropout,
      optimizationAlgorithm,
      momentum,
      clipnorm,
      bptt,
      batchSize,
      maxEpochs,
      learningRate,
      stoppingCriterion,
      stopEarly,
      maxIterNoChange,
      minImprovement,
      seed,
      saveBestToFile,
      keepLast,
      predictTopK,
      validationSampleSize
    };
    for (int i = 0; i < values.length; i++) {
      SPECS.get(i).check(values[i]);
    }
  }

  /**
   * Returns the default parameters.
   *
   * @return RecPack's defaults
   */
  public static Gru4RecParameters defaults() {
    return DEFAULTS;
  }

  /**
   * Returns a builder that starts from the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a builder that starts from these parameters.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.values.putAll(getParams());
    return builder;
  }

  /**
   * Returns what each parameter is, in the order of the record.
   *
   * @return twenty specs
   */
  public static List<ParameterSpec> specs() {
    return SPECS;
  }

  /**
   * Returns the spec of a parameter.
   *
   * @param name in snake_case or camelCase
   * @return its spec
   * @throws IllegalArgumentException if there is none; the message lists the names
   */
  public static ParameterSpec spec(String name) {
    for (ParameterSpec spec : SPECS) {
      if (spec.name().equals(name) || spec.camelCase().equals(name)) {
        return spec;
      }
    }
    List<String> names = SPECS.stream().map(ParameterSpec::name).toList();
    String nearest =
        NearestName.of(name, names).map(near -> " (did you mean " + near + "?)").orElse("");
    throw new IllegalArgumentException(
        "unknown parameter " + name + nearest + "; the parameters are " + String.join(", ", names));
  }

  /**
   * Returns all values by name.
   *
   * @return snake_case names in the order of the record, each with an {@code Integer}, {@code
   *     Long}, {@code Double}, {@code Boolean}, {@code String} or {@code null}; unmodifiable
   */
  public Map<String, Object> getParams() {
    Map<String, Object> params = new LinkedHashMap<>();
    for (ParameterSpec spec : SPECS) {
      params.put(spec.name(), spec.valueIn(this));
    }
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
  public Gru4RecParameters withParams(Map<String, ?> params) {
    Builder builder = toBuilder();
    List<String> seen = new ArrayList<>();
    for (Map.Entry<String, ?> entry : params.entrySet()) {
      ParameterSpec spec = spec(entry.getKey());
      if (seen.contains(spec.name())) {
        throw new IllegalArgumentException(
            spec.name() + " is given twice, also as " + spec.camelCase());
      }
      seen.add(spec.name());
      builder.set(spec.name(), entry.getValue());
    }
    return builder.build();
  }

  /**
   * Returns the estimator's name with every parameter, sorted by name, values as RecPack writes
   * them.
   *
   * @return such as {@code GRU4RecCrossEntropy(batch_size=512,bptt=1,clipnorm=1.0,...)}
   */
  public String identifier() {
    return SPECS.stream()
        .map(spec -> spec.name() + "=" + ParameterSpec.print(spec.valueIn(this)))
        .sorted()
        .collect(Collectors.joining(",", "GRU4RecCrossEntropy(", ")"));
  }

  /** Collects parameters; those not given keep the value they started with. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Object> values = new LinkedHashMap<>();

    private Builder() {
      for (ParameterSpec spec : SPECS) {
        values.put(spec.name(), spec.defaultValue());
      }
    }

    /**
     * Sets a parameter by name.
     *
     * @param name in snake_case or camelCase
     * @param value a value or its text
     * @return this
     * @throws IllegalArgumentException if there is no such parameter or the value is out of range
     */
    public Builder set(String name, Object value) {
      ParameterSpec spec = spec(name);
      values.put(spec.name(), spec.check(value));
      return this;
    }

    /**
     * Makes the parameters.
     *
     * @return immutable parameters
     */
    public Gru4RecParameters build() {
      return new Gru4RecParameters(
          (int) values.get("num_layers"),
          (int) values.get("hidden_size"),
          (int) values.get("num_components"),
          (double) values.get("dropout"),
          OptimizationAlgorithm.of((String) values.get("optimization_algorithm")),
          (double) values.get("momentum"),
          (Double) values.get("clipnorm"),
          (int) values.get("bptt"),
          (int) values.get("batch_size"),
          (int) values.get("max_epochs"),
          (double) values.get("learning_rate"),
          Criterion.of((String) values.get("stopping_criterion")),
          (boolean) values.get("stop_early"),
          (int) values.get("max_iter_no_change"),
          (double) values.get("min_improvement"),
          (Long) values.get("seed"),
          (boolean) values.get("save_best_to_file"),
          (boolean) values.get("keep_last"),
          (Integer) values.get("predict_topK"),
          (Integer) values.get("validation_sample_size"));
    }

    /**
     * Sets {@link Gru4RecParameters#numLayers}.
     *
     * @param numLayers the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder numLayers(int numLayers) {
      return set("num_layers", numLayers);
    }

    /**
     * Sets {@link Gru4RecParameters#hiddenSize}.
     *
     * @param hiddenSize the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder hiddenSize(int hiddenSize) {
      return set("hidden_size", hiddenSize);
    }

    /**
     * Sets {@link Gru4RecParameters#numComponents}.
     *
     * @param numComponents the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder numComponents(int numComponents) {
      return set("num_components", numComponents);
    }

    /**
     * Sets {@link Gru4RecParameters#dropout}.
     *
     * @param dropout the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder dropout(double dropout) {
      return set("dropout", dropout);
    }

    /**
     * Sets {@link Gru4RecParameters#optimizationAlgorithm}.
     *
     * @param optimizationAlgorithm the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder optimizationAlgorithm(OptimizationAlgorithm optimizationAlgorithm) {
      return set("optimization_algorithm", optimizationAlgorithm);
    }

    /**
     * Sets {@link Gru4RecParameters#momentum}.
     *
     * @param momentum the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder momentum(double momentum) {
      return set("momentum", momentum);
    }

    /**
     * Sets {@link Gru4RecParameters#clipnorm}.
     *
     * @param clipnorm the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder clipnorm(Double clipnorm) {
      return set("clipnorm", clipnorm);
    }

    /**
     * Sets {@link Gru4RecParameters#bptt}.
     *
     * @param bptt the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder bptt(int bptt) {
      return set("bptt", bptt);
    }

    /**
     * Sets {@link Gru4RecParameters#batchSize}.
     *
     * @param batchSize the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder batchSize(int batchSize) {
      return set("batch_size", batchSize);
    }

    /**
     * Sets {@link Gru4RecParameters#maxEpochs}.
     *
     * @param maxEpochs the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxEpochs(int maxEpochs) {
      return set("max_epochs", maxEpochs);
    }

    /**
     * Sets {@link Gru4RecParameters#learningRate}.
     *
     * @param learningRate the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder learningRate(double learningRate) {
      return set("learning_rate", learningRate);
    }

    /**
     * Sets {@link Gru4RecParameters#stoppingCriterion}.
     *
     * @param stoppingCriterion the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder stoppingCriterion(Criterion stoppingCriterion) {
      return set("stopping_criterion", stoppingCriterion);
    }

    /**
     * Sets {@link Gru4RecParameters#stopEarly}.
     *
     * @param stopEarly the new value
     * @return this
     */
    public Builder stopEarly(boolean stopEarly) {
      return set("stop_early", stopEarly);
    }

    /**
     * Sets {@link Gru4RecParameters#maxIterNoChange}.
     *
     * @param maxIterNoChange the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maxIterNoChange(int maxIterNoChange) {
      return set("max_iter_no_change", maxIterNoChange);
    }

    /**
     * Sets {@link Gru4RecParameters#minImprovement}.
     *
     * @param minImprovement the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder minImprovement(double minImprovement) {
      return set("min_improvement", minImprovement);
    }

    /**
     * Sets {@link Gru4RecParameters#seed}.
     *
     * @param seed the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder seed(Long seed) {
      return set("seed", seed);
    }

    /**
     * Sets {@link Gru4RecParameters#saveBestToFile}.
     *
     * @param saveBestToFile the new value
     * @return this
     */
    public Builder saveBestToFile(boolean saveBestToFile) {
      return set("save_best_to_file", saveBestToFile);
    }

    /**
     * Sets {@link Gru4RecParameters#keepLast}.
     *
     * @param keepLast the new value
     * @return this
     */
    public Builder keepLast(boolean keepLast) {
      return set("keep_last", keepLast);
    }

    /**
     * Sets {@link Gru4RecParameters#predictTopK}.
     *
     * @param predictTopK the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder predictTopK(Integer predictTopK) {
      return set("predict_topK", predictTopK);
    }

    /**
     * Sets {@link Gru4RecParameters#validationSampleSize}.
     *
     * @param validationSampleSize the new value
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder validationSampleSize(Integer validationSampleSize) {
      return set("validation_sample_size", validationSampleSize);
    }
  }
}
