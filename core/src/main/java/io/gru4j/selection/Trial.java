package io.gru4j.selection;

import io.gru4j.algorithms.Estimator;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.progress.TrainingException;
import java.util.Map;

/** One candidate of a search: a copy of its estimator with the candidate's parameters. */
final class Trial {
  private final Estimator searched; // what the search was made with
  private final int candidate;
  private final Map<String, Object> parameters;
  private final Estimator estimator;

  /**
   * Makes a trial of its own estimator, which is not fitted.
   *
   * @param search has the estimator that is copied, and the seed for those that have none
   * @param candidate its place in the order of the search
   * @param parameters that differ from the estimator's
   */
  Trial(SearchParameters search, int candidate, Map<String, Object> parameters) {
    this.searched = search.estimator();
    this.candidate = candidate;
    this.parameters = parameters;
    this.estimator = searched.copy().setParams(parameters);
    String name = ParameterNames.resolve(estimator, "seed");
    if (estimator.getParams(true).get(name) == null) {
      estimator.setParams(Map.of(name, search.seed()));
    }
  }

  /** Returns the estimator of this trial. */
  Estimator estimator() {
    return estimator;
  }

  /** Trains, without a score; for a candidate whose score is known. */
  void train(InteractionMatrix x, IdMap items, Map<String, Validation> metadata) {
    try {
      estimator.fitRouted(x, items, metadata);
    } finally {
      estimator.close();
    }
  }

  /** Trains and scores; what is this candidate's fault is a result too. */
  SearchResult run(InteractionMatrix x, IdMap items, Map<String, Validation> metadata) {
    long start = System.nanoTime();
    double score = Double.NaN;
    int epochs = 0;
    String failure = null;
    try {
      estimator.fitRouted(x, items, metadata);
      score = estimator.score(metadata.get(searched.getMetadataRouting().name()));
      epochs = estimator.model().history().size();
      if (!Double.isFinite(score)) {
        failure = searched.stoppingCriterion() + " is " + score;
      }
    } catch (TrainingException | IllegalArgumentException e) {
      failure = e.getMessage() == null ? e.toString() : e.getMessage();
    } catch (OutOfMemoryError e) { // too large a model is one candidate's fault
      failure = "out of memory";
    } finally {
      estimator.close();
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    return failure == null
        ? new SearchResult(candidate, parameters, score, epochs, seconds, 0, null)
        : new SearchResult(candidate, parameters, Double.NaN, 0, seconds, 0, failure);
  }
}
