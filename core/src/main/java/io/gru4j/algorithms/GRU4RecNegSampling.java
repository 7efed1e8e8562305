package io.gru4j.algorithms;

import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecParameters;

/**
 * The session-based recommender GRU4Rec trained to score each target above sampled items, its
 * negatives, with one of the {@linkplain io.gru4j.parameters.LossFunction ranking losses}.
 *
 * <p>The negatives are {@code num_negatives} items of each target's own, drawn anew in each epoch,
 * all items alike but the target, with the arithmetic of RecPack's class of the same name; or with
 * {@code negatives} {@code shared} and {@code loss_fn} {@code bpr-max} the other targets of a step
 * and a sample of the items, as the official GRU4Rec does it. A step scores the target and its
 * negatives alone, so its cost does not grow with the catalogue.
 *
 * <p>A catalogue of one item is refused: there is no negative. (RecPack draws for ever.)
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="negSampling"}
 */
public final class GRU4RecNegSampling extends GRU4Rec<GRU4RecNegSampling> {
  /**
   * Creates an estimator.
   *
   * @param parameters its parameters, made with {@link
   *     GRU4RecParameters#builder(io.gru4j.parameters.Algorithm)}
   * @throws IllegalArgumentException if they are another estimator's
   */
  public GRU4RecNegSampling(GRU4RecParameters parameters) {
    super(Algorithm.NEG_SAMPLING, parameters);
  }

  /** Creates an estimator with the default parameters. */
  public GRU4RecNegSampling() {
    this(GRU4RecParameters.defaults(Algorithm.NEG_SAMPLING));
  }

  @Override
  GRU4RecNegSampling self() {
    return this;
  }

  @Override
  GRU4RecNegSampling with(GRU4RecParameters parameters) {
    return new GRU4RecNegSampling(parameters);
  }
}
