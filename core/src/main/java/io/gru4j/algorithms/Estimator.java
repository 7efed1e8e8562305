package io.gru4j.algorithms;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.Validation;
import io.gru4j.metrics.Criterion;
import io.gru4j.model.FittedModel;
import java.util.Map;

/**
 * An estimator that a meta-estimator can train, score and copy: {@link GRU4RecCrossEntropy}, {@link
 * GRU4RecNegSampling}, or a pipeline that ends in one of them.
 *
 * <p>Parameters have RecPack's names in snake_case. An estimator that holds another shows the inner
 * one's as {@code estimator__} and the name. Not thread-safe.
 */
public interface Estimator extends NextItemPredictor, AutoCloseable {

  /**
   * Trains without validation on a matrix whose items have no ids of their own: their numbers serve
   * as ids.
   *
   * @param x users x items, with timestamps
   * @return this
   */
  @Override
  default Estimator fit(InteractionMatrix x) {
    return fit(x, IdMap.ofNumbers(x.numItems()), null);
  }

  /**
   * Trains without validation.
   *
   * @param sessions the sessions and the ids of their items
   * @return this
   */
  default Estimator fit(SessionData sessions) {
    return fit(sessions.interactions(), sessions.items(), null);
  }

  /**
   * Trains.
   *
   * @param x users x items, with timestamps
   * @param items ids of the items
   * @param validation what the stopping criterion is computed on, of the shape of {@code x}; null
   *     for none
   * @return this
   */
  Estimator fit(InteractionMatrix x, IdMap items, Validation validation);

  /**
   * Trains as a meta-estimator does: {@link #getMetadataRouting} decides which of the metadata are
   * used.
   *
   * @param x users x items, with timestamps
   * @param items ids of the items
   * @param metadata validation data by name; may be empty
   * @return this
   * @throws IllegalArgumentException as {@link MetadataRequest#route}, and as {@link #fit}
   */
  Estimator fitRouted(InteractionMatrix x, IdMap items, Map<String, Validation> metadata);

  /**
   * Scores the next item of every user.
   *
   * @param x users x items, with timestamps
   * @return users x items; rows of users without history are empty
   * @throws IllegalStateException if nothing was fitted
   */
  @Override
  CsrMatrix predict(InteractionMatrix x);

  /**
   * Scores the next item of every user and keeps of each user the {@code most} largest scores of
   * those that {@link #predict(InteractionMatrix)} keeps; of equal ones the smaller items.
   *
   * @param x users x items, with timestamps
   * @param most at least 1
   * @return users x items; rows of users without history are empty
   * @throws IllegalStateException if nothing was fitted
   */
  @Override
  CsrMatrix predict(InteractionMatrix x, int most);

  /**
   * Computes the stopping criterion of the trained model.
   *
   * @param validation all its users count, whatever {@code validation_sample_size} is
   * @return the value; {@link #stoppingCriterion} says whether more is better
   * @throws IllegalStateException if nothing was fitted
   */
  double score(Validation validation);

  /**
   * Returns the stopping criterion.
   *
   * @return which one
   */
  Criterion stoppingCriterion();

  /**
   * Returns the parameters.
   *
   * @param deep whether to add those of an estimator that this one holds, as {@code
   *     estimator__parameter}
   * @return unmodifiable, in a fixed order; values may be null, for "None"
   */
  Map<String, Object> getParams(boolean deep);

  /**
   * Sets parameters, all or, on an error, none.
   *
   * @param params values by name, snake_case or camelCase; those that are not named keep theirs
   * @return this
   * @throws IllegalArgumentException if a name is unknown or a value is wrong; the message names it
   */
  Estimator setParams(Map<String, ?> params);

  /**
   * Says what a meta-estimator is to do with validation data.
   *
   * @param validationData {@link MetadataRequest#TRUE}, {@link MetadataRequest#FALSE}, {@link
   *     MetadataRequest#NONE} (as it is at first), an {@link MetadataRequest#alias}, or {@link
   *     MetadataRequest#UNCHANGED}
   * @return this
   */
  Estimator setFitRequest(MetadataRequest validationData);

  /**
   * Returns what a meta-estimator is to do with validation data.
   *
   * @return the request
   */
  MetadataRequest getMetadataRouting();

  /**
   * Returns the trained model.
   *
   * @return immutable, with the ids of the items it knows
   * @throws IllegalStateException if nothing was fitted
   */
  FittedModel model();

  /**
   * Returns the estimator's name and parameters.
   *
   * @return such as {@code GRU4RecCrossEntropy(batch_size=512,...)}
   */
  String identifier();

  /**
   * Makes an estimator with the same parameters and settings that is not fitted.
   *
   * @return a new estimator
   */
  Estimator copy();

  /** Ends worker threads. The estimator can still be used; they start again when needed. */
  @Override
  void close();
}
