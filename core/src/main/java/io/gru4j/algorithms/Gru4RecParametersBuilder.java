package io.gru4j.algorithms;

import io.gru4j.metrics.Criterion;
import java.util.LinkedHashMap;
import java.util.Map;

/** Collects parameters; those not given keep the value they started with. Not thread-safe. */
public final class Gru4RecParametersBuilder {
  private final Map<String, Object> values = new LinkedHashMap<>();

  Gru4RecParametersBuilder() {
    for (ParameterSpec spec : ParameterSpecs.ALL) {
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
  public Gru4RecParametersBuilder set(String name, Object value) {
    ParameterSpec spec = Gru4RecParameters.spec(name);
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
        (Integer) values.get("validation_sample_size"),
        options());
  }

  private Gru4RecOptions options() {
    return new Gru4RecOptions(
        word(Gru4RecOptions.Init.values(), "init"),
        word(Gru4RecOptions.Embedding.values(), "embedding"),
        (Double) values.get("dropout_embed"),
        (Double) values.get("dropout_hidden"),
        word(Gru4RecOptions.Batching.values(), "batching"),
        word(Gru4RecOptions.SessionOrder.values(), "session_order"),
        (double) values.get("adagrad_momentum"),
        (double) values.get("label_smoothing"),
        (double) values.get("weight_decay"),
        word(Gru4RecOptions.Schedule.values(), "learning_rate_schedule"));
  }

  private <E extends Enum<E>> E word(E[] constants, String name) {
    for (E each : constants) {
      if (each.toString().equals(values.get(name))) {
        return each;
      }
    }
    throw new AssertionError(name); // set has checked it
  }

  /**
   * Sets {@link Gru4RecParameters#numLayers}.
   *
   * @param numLayers the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder numLayers(int numLayers) {
    return set("num_layers", numLayers);
  }

  /**
   * Sets {@link Gru4RecParameters#hiddenSize}.
   *
   * @param hiddenSize the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder hiddenSize(int hiddenSize) {
    return set("hidden_size", hiddenSize);
  }

  /**
   * Sets {@link Gru4RecParameters#numComponents}.
   *
   * @param numComponents the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder numComponents(int numComponents) {
    return set("num_components", numComponents);
  }

  /**
   * Sets {@link Gru4RecParameters#dropout}.
   *
   * @param dropout the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder dropout(double dropout) {
    return set("dropout", dropout);
  }

  /**
   * Sets {@link Gru4RecParameters#optimizationAlgorithm}.
   *
   * @param optimizationAlgorithm the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder optimizationAlgorithm(
      OptimizationAlgorithm optimizationAlgorithm) {
    return set("optimization_algorithm", optimizationAlgorithm);
  }

  /**
   * Sets {@link Gru4RecParameters#momentum}.
   *
   * @param momentum the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder momentum(double momentum) {
    return set("momentum", momentum);
  }

  /**
   * Sets {@link Gru4RecParameters#clipnorm}.
   *
   * @param clipnorm the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder clipnorm(Double clipnorm) {
    return set("clipnorm", clipnorm);
  }

  /**
   * Sets {@link Gru4RecParameters#bptt}.
   *
   * @param bptt the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder bptt(int bptt) {
    return set("bptt", bptt);
  }

  /**
   * Sets {@link Gru4RecParameters#batchSize}.
   *
   * @param batchSize the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder batchSize(int batchSize) {
    return set("batch_size", batchSize);
  }

  /**
   * Sets {@link Gru4RecParameters#maxEpochs}.
   *
   * @param maxEpochs the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder maxEpochs(int maxEpochs) {
    return set("max_epochs", maxEpochs);
  }

  /**
   * Sets {@link Gru4RecParameters#learningRate}.
   *
   * @param learningRate the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder learningRate(double learningRate) {
    return set("learning_rate", learningRate);
  }

  /**
   * Sets {@link Gru4RecParameters#stoppingCriterion}.
   *
   * @param stoppingCriterion the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder stoppingCriterion(Criterion stoppingCriterion) {
    return set("stopping_criterion", stoppingCriterion);
  }

  /**
   * Sets {@link Gru4RecParameters#stopEarly}.
   *
   * @param stopEarly the new value
   * @return this
   */
  public Gru4RecParametersBuilder stopEarly(boolean stopEarly) {
    return set("stop_early", stopEarly);
  }

  /**
   * Sets {@link Gru4RecParameters#maxIterNoChange}.
   *
   * @param maxIterNoChange the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder maxIterNoChange(int maxIterNoChange) {
    return set("max_iter_no_change", maxIterNoChange);
  }

  /**
   * Sets {@link Gru4RecParameters#minImprovement}.
   *
   * @param minImprovement the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder minImprovement(double minImprovement) {
    return set("min_improvement", minImprovement);
  }

  /**
   * Sets {@link Gru4RecParameters#seed}.
   *
   * @param seed the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder seed(Long seed) {
    return set("seed", seed);
  }

  /**
   * Sets {@link Gru4RecParameters#saveBestToFile}.
   *
   * @param saveBestToFile the new value
   * @return this
   */
  public Gru4RecParametersBuilder saveBestToFile(boolean saveBestToFile) {
    return set("save_best_to_file", saveBestToFile);
  }

  /**
   * Sets {@link Gru4RecParameters#keepLast}.
   *
   * @param keepLast the new value
   * @return this
   */
  public Gru4RecParametersBuilder keepLast(boolean keepLast) {
    return set("keep_last", keepLast);
  }

  /**
   * Sets {@link Gru4RecParameters#predictTopK}.
   *
   * @param predictTopK the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder predictTopK(Integer predictTopK) {
    return set("predict_topK", predictTopK);
  }

  /**
   * Sets {@link Gru4RecParameters#validationSampleSize}.
   *
   * @param validationSampleSize the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder validationSampleSize(Integer validationSampleSize) {
    return set("validation_sample_size", validationSampleSize);
  }

  /**
   * Sets {@link Gru4RecOptions#init}.
   *
   * @param init the new value
   * @return this
   * @throws IllegalArgumentException if it is null
   */
  public Gru4RecParametersBuilder init(Gru4RecOptions.Init init) {
    return set("init", init);
  }

  /**
   * Sets {@link Gru4RecOptions#embedding}.
   *
   * @param embedding the new value
   * @return this
   * @throws IllegalArgumentException if it is null
   */
  public Gru4RecParametersBuilder embedding(Gru4RecOptions.Embedding embedding) {
    return set("embedding", embedding);
  }

  /**
   * Sets {@link Gru4RecOptions#dropoutEmbed}.
   *
   * @param dropoutEmbed the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder dropoutEmbed(Double dropoutEmbed) {
    return set("dropout_embed", dropoutEmbed);
  }

  /**
   * Sets {@link Gru4RecOptions#dropoutHidden}.
   *
   * @param dropoutHidden the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder dropoutHidden(Double dropoutHidden) {
    return set("dropout_hidden", dropoutHidden);
  }

  /**
   * Sets {@link Gru4RecOptions#batching}.
   *
   * @param batching the new value
   * @return this
   * @throws IllegalArgumentException if it is null
   */
  public Gru4RecParametersBuilder batching(Gru4RecOptions.Batching batching) {
    return set("batching", batching);
  }

  /**
   * Sets {@link Gru4RecOptions#sessionOrder}.
   *
   * @param sessionOrder the new value
   * @return this
   * @throws IllegalArgumentException if it is null
   */
  public Gru4RecParametersBuilder sessionOrder(Gru4RecOptions.SessionOrder sessionOrder) {
    return set("session_order", sessionOrder);
  }

  /**
   * Sets {@link Gru4RecOptions#adagradMomentum}.
   *
   * @param adagradMomentum the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder adagradMomentum(double adagradMomentum) {
    return set("adagrad_momentum", adagradMomentum);
  }

  /**
   * Sets {@link Gru4RecOptions#labelSmoothing}.
   *
   * @param labelSmoothing the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder labelSmoothing(double labelSmoothing) {
    return set("label_smoothing", labelSmoothing);
  }

  /**
   * Sets {@link Gru4RecOptions#weightDecay}.
   *
   * @param weightDecay the new value
   * @return this
   * @throws IllegalArgumentException if it is out of range
   */
  public Gru4RecParametersBuilder weightDecay(double weightDecay) {
    return set("weight_decay", weightDecay);
  }

  /**
   * Sets {@link Gru4RecOptions#learningRateSchedule}.
   *
   * @param learningRateSchedule the new value
   * @return this
   * @throws IllegalArgumentException if it is null
   */
  public Gru4RecParametersBuilder learningRateSchedule(
      Gru4RecOptions.Schedule learningRateSchedule) {
    return set("learning_rate_schedule", learningRateSchedule);
  }
}
