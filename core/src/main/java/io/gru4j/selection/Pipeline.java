package io.gru4j.selection;

import io.gru4j.algorithms.DataChecks;
import io.gru4j.algorithms.Estimator;
import io.gru4j.algorithms.MetadataRequest;
import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.file.OneLine;
import io.gru4j.metrics.Criterion;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.NearestName;
import io.gru4j.parameters.ParameterSpec;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Filters of the training data, then an estimator.
 *
 * <p>{@code fit} applies the filters one after the other and trains the estimator on what is left;
 * items that lost all interactions are unknown to its model. All matrices that go in and out keep
 * the shape and the item numbers of the training data: {@code predict} leaves clicks on unknown
 * items out of a history and gives unknown items no score. Validation data are not filtered, but
 * while it trains the estimator sees no unknown items in them; {@link #score} counts an expected
 * item that is unknown as a miss, so that pipelines with different filters can be compared by
 * recall, ndcg or precision. By bpr or warp they cannot.
 *
 * <p>Parameters: each filter's name, {@code estimator}, and the estimator's as {@code
 * estimator__hidden_size} and so on. Not thread-safe.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="pipeline"}
 */
public final class Pipeline implements Estimator {

  private static final Logger LOGGER = System.getLogger("io.gru4j");
  private static final String ESTIMATOR = "estimator";
  private static final String NESTED = ESTIMATOR + "__";

  private List<SessionFilter> filters;
  private Estimator estimator;
  private KeptItems kept; // null: not fitted

  /**
   * Makes a pipeline.
   *
   * @param filters in the order in which they are applied; no two of the same name; may be empty
   * @param estimator trained on what the filters leave
   * @throws IllegalArgumentException if two filters have the same name
   */
  public Pipeline(List<? extends SessionFilter> filters, Estimator estimator) {
    Set<String> names = new HashSet<>();
    for (SessionFilter filter : filters) {
      if (!names.add(filter.name())) {
        throw new IllegalArgumentException("two steps are called " + filter.name());
      }
    }
    this.filters = List.copyOf(filters);
    this.estimator = estimator;
  }

  /**
   * Returns the filters.
   *
   * @return unmodifiable, in the order in which they are applied
   */
  public List<SessionFilter> filters() {
    return filters;
  }

  /**
   * Returns the estimator behind the filters.
   *
   * @return the last step
   */
  public Estimator estimator() {
    return estimator;
  }

  /**
   * Filters and trains. The validation data count as given under the name {@code validation_data}:
   * they reach the estimator if it asked for them.
   *
   * @param x users x items, with timestamps
   * @param items ids of the items
   * @param validation of the shape of {@code x}; null for none
   * @return this
   * @throws IllegalArgumentException if the estimator did not say whether it wants validation data,
   *     the filters leave nothing, or a matrix is unfit; the message names it
   */
  @Override
  public Pipeline fit(InteractionMatrix x, IdMap items, Validation validation) {
    return fitRouted(
        x,
        items,
        validation == null ? Map.of() : Map.of(MetadataRequest.VALIDATION_DATA, validation));
  }

  @Override
  public Pipeline fitRouted(InteractionMatrix x, IdMap items, Map<String, Validation> metadata) {
    Validation validation = estimator.getMetadataRouting().route(metadata);
    DataChecks.check(x, items, validation);
    kept = null;
    InteractionMatrix left = x;
    for (SessionFilter filter : filters) {
      left = filter.apply(left);
    }
    if (left.numInteractions() == 0) {
      throw new IllegalArgumentException(steps() + " leave no interaction of X");
    }
    KeptItems known = KeptItems.of(left);
    estimator.fit(
        known.narrow(left),
        known.narrow(items),
        validation == null ? null : known.narrow(validation));
    kept = known;
    return this;
  }

  @Override
  public CsrMatrix predict(InteractionMatrix x) {
    KeptItems known = checkHistories("X", x);
    return warnOfMissing(x, known.widen(estimator.predict(known.narrow(x))));
  }

  @Override
  public CsrMatrix predict(InteractionMatrix x, int most) {
    KeptItems known = checkHistories("X", x);
    return warnOfMissing(x, known.widen(estimator.predict(known.narrow(x), most)));
  }

  private static CsrMatrix warnOfMissing(InteractionMatrix x, CsrMatrix scores) {
    long missing = IntStream.of(x.activeUsers()).filter(u -> scores.nnz(u) == 0).count();
    if (missing > 0) {
      LOGGER.log(
          Level.WARNING,
          "{0} users with history got no prediction: the filters dropped all their items",
          missing);
    }
    return scores;
  }

  private KeptItems checkHistories(String name, InteractionMatrix x) {
    KeptItems known = kept();
    DataChecks.requireTimestamps(name, x);
    if (x.numItems() != known.numItems()) {
      throw new IllegalArgumentException(
          "%s: the pipeline was fitted on %d items, got a matrix of %d"
              .formatted(name, known.numItems(), x.numItems()));
    }
    return known;
  }

  private KeptItems kept() {
    if (kept == null) {
      throw new IllegalStateException("the pipeline is not fitted: call fit first");
    }
    return kept;
  }

  /**
   * Computes the estimator's stopping criterion over all items. Recall, ndcg and precision count an
   * expected item that the filters dropped as a miss, as it cannot be predicted.
   *
   * <p>Bpr and warp are differences of scores. They take an item without a score as one of score 0,
   * which can be better than what a trained model gives: the more the filters drop, the better the
   * value might become. So they are refused where the filters dropped an item.
   *
   * @param validation of the number of items of the training data, with timestamps
   * @return the value
   * @throws IllegalStateException if nothing was fitted
   * @throws IllegalArgumentException if {@code validation} is unfit, or the criterion is bpr or
   *     warp and the filters dropped an item
   */
  @Override
  public double score(Validation validation) {
    KeptItems known = kept();
    if (known.isAll()) {
      return estimator.score(validation);
    }
    OptionalInt cutoff = stoppingCriterion().cutoff();
    if (cutoff.isEmpty()) {
      throw new IllegalArgumentException(
          "%s says nothing of the %d of %d items that have no score because they were dropped from"
                  .formatted(stoppingCriterion(), known.numDropped(), known.numItems())
              + " the training data: set stopping_criterion to recall, ndcg or precision, or keep"
              + " all items");
    }
    InteractionMatrix in = validation.in();
    checkHistories("validation in", in);
    CsrMatrix scores = known.widen(estimator.predict(known.narrow(in), cutoff.getAsInt()));
    return stoppingCriterion().value(validation.out(), scores);
  }

  @Override
  public Criterion stoppingCriterion() {
    return estimator.stoppingCriterion();
  }

  /**
   * Returns the parameters: each filter's under its name and {@code estimator}.
   *
   * @param deep whether to add the estimator's own as {@code estimator__parameter}
   * @return unmodifiable
   */
  @Override
  public Map<String, Object> getParams(boolean deep) {
    Map<String, Object> params = new LinkedHashMap<>();
    filters.forEach(filter -> params.put(filter.name(), filter.value()));
    params.put(ESTIMATOR, estimator);
    if (deep) {
      estimator.getParams(true).forEach((name, value) -> params.put(NESTED + name, value));
    }
    return Collections.unmodifiableMap(params);
  }

  @Override
  public Pipeline setParams(Map<String, ?> params) {
    Map<String, SessionFilter> steps = new LinkedHashMap<>();
    filters.forEach(filter -> steps.put(filter.name(), filter));
    Map<String, Object> nested = new LinkedHashMap<>();
    Estimator last = estimator;
    for (Map.Entry<String, ?> entry : params.entrySet()) {
      String name = entry.getKey();
      if (name.startsWith(NESTED)) {
        nested.put(name.substring(NESTED.length()), entry.getValue());
      } else if (name.equals(ESTIMATOR)) {
        if (!(entry.getValue() instanceof Estimator given)) {
          throw new IllegalArgumentException(
              "estimator must be an Estimator, got " + entry.getValue());
        }
        last = given;
      } else {
        String step = stepOf(name, steps);
        steps.put(step, SessionFilter.of(step, entry.getValue()));
      }
    }
    last.setParams(nested); // all or none; what follows cannot fail
    if (last != estimator) {
      kept = null;
    }
    filters = List.copyOf(steps.values());
    estimator = last;
    return this;
  }

  private String stepOf(String name, Map<String, SessionFilter> steps) {
    for (String step : steps.keySet()) {
      if (name.equals(step) || name.equals(ParameterSpec.camelCase(step))) {
        return step;
      }
    }
    List<String> names = new ArrayList<>(getParams(true).keySet());
    throw new IllegalArgumentException(
        "a pipeline has no parameter "
            + OneLine.quoted(name)
            + NearestName.of(name, names).map(near -> "; did you mean " + near + "?").orElse(""));
  }

  /**
   * Sets the request of the estimator behind the filters: theirs is the same.
   *
   * @param validationData the request
   * @return this
   */
  @Override
  public Pipeline setFitRequest(MetadataRequest validationData) {
    estimator.setFitRequest(validationData);
    return this;
  }

  @Override
  public MetadataRequest getMetadataRouting() {
    return estimator.getMetadataRouting();
  }

  @Override
  public FittedModel model() {
    kept();
    return estimator.model();
  }

  /**
   * Returns the steps and their parameters.
   *
   * @return such as {@code
   *     Pipeline(min_item_count=5,estimator=GRU4RecCrossEntropy(batch_size=512,...))}
   */
  @Override
  public String identifier() {
    return "Pipeline("
        + filters.stream().map(f -> f.name() + "=" + f.value() + ",").collect(Collectors.joining())
        + "estimator="
        + estimator.identifier()
        + ")";
  }

  private String steps() {
    return filters.stream()
        .map(f -> f.name() + "=" + ParameterSpec.print(f.value()))
        .collect(Collectors.joining(", "));
  }

  @Override
  public Pipeline copy() {
    return new Pipeline(filters, estimator.copy());
  }

  @Override
  public void close() {
    estimator.close();
  }
}
