package io.gru4j.tensor.nn;

/**
 * A loss that compares the score p of a target with the scores n of its U negatives. With s the
 * logistic function and w the softmax of the negatives' scores, of one target:
 *
 * <pre>
 *   BPR        -1/U sum_j ln s(p - n_j)
 *   BPR_MAX    -ln sum_j w_j s(p - n_j) + sum_j w_j n_j^2
 *   TOP1       1/U sum_j ( s(n_j - p) + s(n_j^2) )
 *   TOP1_MAX   sum_j w_j ( s(n_j - p) + s(n_j^2) )
 * </pre>
 *
 * <p>The weights w are differentiated too. No logarithm is taken of a number that can be rounded to
 * zero: each loss is finite for all finite scores.
 */
public enum PairwiseLoss {
  /** Bayesian personalised ranking: Rendle et al. 2009, arXiv:1205.2618. */
  BPR,
  /** Hidasi and Karatzoglou 2018, arXiv:1706.03847, equation 10. */
  BPR_MAX,
  /** Hidasi et al. 2016, arXiv:1511.06939, section 3.1.3. */
  TOP1,
  /** Hidasi and Karatzoglou 2018, arXiv:1706.03847, equation 8. */
  TOP1_MAX
}
