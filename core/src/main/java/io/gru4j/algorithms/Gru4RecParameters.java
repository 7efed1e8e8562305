package io.gru4j.algorithms;

import io.gru4j.metrics.Criterion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The parameters of {@code GRU4RecCrossEntropy}: twenty under RecPack's names in camelCase and with
 * its defaults, and the {@linkplain Gru4RecOptions options} that RecPack does not have. Immutable;
 * a value out of range is refused with the parameter's name, the range and the value: {@code
 * dropout must be a float in [0, 1), got -1.0}.
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
 * @param options what RecPack has not; default {@link Gru4RecOptions#defaults}
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
    Integer validationSampleSize,
    Gru4RecOptions options) {
  private static final Gru4RecParameters DEFAULTS = new Gru4RecParametersBuilder().build();

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
      ParameterSpecs.RECPACK.get(i).check(values[i]);
    }
    Objects.requireNonNull(options, "options");
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
   * Returns the settings that recommend best on public click sessions of shops, chosen on sessions
   * held out from the end of the training data: shared embedding, session-parallel lanes, shuffled
   * sessions, dropout of the embedding, few sessions a step, glorot's first values.
   *
   * @return the preset {@code gru4rec}
   */
  public static Gru4RecParameters gru4rec() {
    return builder()
        .hiddenSize(100)
        .bptt(2)
        .batchSize(64)
        .learningRate(0.07)
        .maxEpochs(8)
        .init(Gru4RecOptions.Init.GLOROT)
        .embedding(Gru4RecOptions.Embedding.SHARED)
        .dropoutEmbed(0.3)
        .dropoutHidden(0.1)
        .batching(Gru4RecOptions.Batching.SESSION_PARALLEL)
        .sessionOrder(Gru4RecOptions.SessionOrder.SHUFFLED)
        .build();
  }

  /**
   * Returns a builder that starts from the defaults.
   *
   * @return a new builder
   */
  public static Gru4RecParametersBuilder builder() {
    return new Gru4RecParametersBuilder();
  }

  /**
   * Returns a builder that starts from these parameters.
   *
   * @return a new builder
   */
  public Gru4RecParametersBuilder toBuilder() {
    Gru4RecParametersBuilder builder = new Gru4RecParametersBuilder();
    getParams().forEach(builder::set);
    return builder;
  }

  /**
   * Returns what each parameter is, in the order of the record.
   *
   * @return RecPack's twenty, then the options
   */
  public static List<ParameterSpec> specs() {
    return ParameterSpecs.ALL;
  }

  /**
   * Returns the spec of a parameter.
   *
   * @param name in snake_case or camelCase
   * @return its spec
   * @throws IllegalArgumentException if there is none; the message lists the names
   */
  public static ParameterSpec spec(String name) {
    for (ParameterSpec spec : ParameterSpecs.ALL) {
      if (spec.name().equals(name) || spec.camelCase().equals(name)) {
        return spec;
      }
    }
    List<String> names = ParameterSpecs.ALL.stream().map(ParameterSpec::name).toList();
    String nearest =
        NearestName.of(name, names).map(near -> " (did you mean " + near + "?)").orElse("");
    throw new IllegalArgumentException(
        "unknown parameter " + name + nearest + "; the parameters are " + String.join(", ", names));
  }

  /**
   * The value that {@link ParameterSpec#valueIn} returns. A switch, not a getter in each spec:
   * linking thirty method references would slow down the start of every program.
   */
  Object value(String name) {
    return switch (name) {
      case "num_layers" -> numLayers;
      case "hidden_size" -> hiddenSize;
      case "num_components" -> numComponents;
      case "dropout" -> dropout;
      case "optimization_algorithm" -> optimizationAlgorithm.toString();
      case "momentum" -> momentum;
      case "clipnorm" -> clipnorm;
      case "bptt" -> bptt;
      case "batch_size" -> batchSize;
      case "max_epochs" -> maxEpochs;
      case "learning_rate" -> learningRate;
      case "stopping_criterion" -> stoppingCriterion.toString();
      case "stop_early" -> stopEarly;
      case "max_iter_no_change" -> maxIterNoChange;
      case "min_improvement" -> minImprovement;
      case "seed" -> seed;
      case "save_best_to_file" -> saveBestToFile;
      case "keep_last" -> keepLast;
      case "predict_topK" -> predictTopK;
      case "validation_sample_size" -> validationSampleSize;
      default -> options.value(name);
    };
  }

  /**
   * Returns all values by name.
   *
   * @return snake_case names in the order of the record, each with an {@code Integer}, {@code
   *     Long}, {@code Double}, {@code Boolean}, {@code String} or {@code null}; unmodifiable
   */
  public Map<String, Object> getParams() {
    Map<String, Object> params = new LinkedHashMap<>();
    for (ParameterSpec spec : ParameterSpecs.ALL) {
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
    Gru4RecParametersBuilder builder = toBuilder();
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
   * them. An option is named where it differs from its default alone, so that what RecPack can do
   * has RecPack's identifier.
   *
   * @return such as {@code GRU4RecCrossEntropy(batch_size=512,bptt=1,clipnorm=1.0,...)}
   */
  public String identifier() {
    return ParameterSpecs.ALL.stream()
        .filter(
            spec ->
                ParameterSpecs.RECPACK.contains(spec)
                    || !Objects.equals(spec.valueIn(this), spec.defaultValue()))
        .map(spec -> spec.name() + "=" + ParameterSpec.print(spec.valueIn(this)))
        .sorted()
        .collect(Collectors.joining(",", "GRU4RecCrossEntropy(", ")"));
  }
}
