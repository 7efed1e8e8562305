package io.gru4j.metrics;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.OneLine;
import io.gru4j.tensor.nn.TopK;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The measures that judge the epochs of a fit: how well predictions agree with the clicks that
 * really came, by the definitions that RecPack 0.3.6 uses for the stopping criteria of these names.
 *
 * <p>{@code expected} holds counts of interactions (users x items) and {@code predictions} scores
 * of the same shape. Only users with an expected item count; one of them without predictions counts
 * as a miss. An item is predicted if its score is stored, be it 0. A user's predictions are ranked
 * 1, 2, ... by descending score; of equal scores the smaller item number goes first (RecPack leaves
 * their order open). A score that is NaN or minus infinity is no prediction.
 *
 * <p>Let {@code y} be the count of a (user, item) pair. Where an item is expected more than once,
 * RecPack's recall and ndcg are not what their names say; they are kept because reproducing its
 * choice of epoch needs them. Where no count is above 1 they are the usual ones.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="criterion"}
 */
public enum Criterion {
  /** The mean over users of (top-50 items with y > 0) / (sum of the user's y). Maximised. */
  RECALL("recall", false, Criterion.RANKED_K) {
    @Override
    double compute(CsrMatrix expected, CsrMatrix predictions, long seed) {
      return meanOverUsers(expected, predictions, RANKED_K, Criterion::recallOf);
    }
  },

  /**
   * The mean over users of DCG / IDCG. Maximised.
   *
   * <p>DCG is the sum over the top-50 items with y > 0 of y / log2(rank * y + 1); IDCG the sum over
   * j = 1 .. min(50, sum of the user's y) of 1 / log2(j + 1).
   */
  NDCG("ndcg", false, Criterion.RANKED_K) {
    @Override
    double compute(CsrMatrix expected, CsrMatrix predictions, long seed) {
      return meanOverUsers(expected, predictions, RANKED_K, Criterion::ndcgOf);
    }
  },

  /** The mean over users of (top-10 items with y > 0) / 10. Maximised. */
  PRECISION("precision", false, Criterion.PRECISION_K) {
    @Override
    double compute(CsrMatrix expected, CsrMatrix predictions, long seed) {
      return meanOverUsers(expected, predictions, PRECISION_K, Criterion::precisionOf);
    }
  },

  /**
   * Bayesian personalised ranking: the mean of -log(sigmoid(score of an expected item - score of
   * another)) over as many samples as there are expected (user, item) pairs. Minimised.
   *
   * <p>A sample is a pair drawn with replacement and an item drawn uniformly from all others, which
   * may be another expected one. The mean is that of the means of batches of 1000 samples. A score
   * that is not stored is 0. The loss of a sample is computed without overflow, where RecPack's
   * becomes infinite.
   *
   * <p>Source: Rendle et al. 2009, arXiv:1205.2618, equation 4 without regularisation.
   */
  BPR("bpr", true, null) {
    @Override
    double compute(CsrMatrix expected, CsrMatrix predictions, long seed) {
      return new SampledLosses(expected, predictions, seed).bpr();
    }
  },

  /**
   * Weighted approximate-rank pairwise loss, as RecPack applies it. Minimised.
   *
   * <p>Each expected (user, item) pair, in random order, is held against 20 items drawn uniformly
   * from all others. With excess = 1.9 + score of the expected item - score of the other, the
   * pair's loss is max(0, largest excess) * log(M * items / 20 + 1), where M is the number of
   * positive excesses. The mean is that of the means of batches of 1000 pairs. A score that is not
   * stored is 0.
   *
   * <p>The formula is made for distances, where small is near. RecPack puts scores in, where large
   * is good: minimising it prefers models that score expected items low. It is kept for agreement
   * with RecPack, not as advice.
   *
   * <p>Source: Hsieh et al. 2017, "Collaborative Metric Learning", section 3.2; Weston et al. 2010.
   */
  WARP("warp", true, null) {
    @Override
    double compute(CsrMatrix expected, CsrMatrix predictions, long seed) {
      return new SampledLosses(expected, predictions, seed).warp();
    }
  };

  private static final int RANKED_K = 50;
  private static final int PRECISION_K = 10;

  private final String criterionName;
  private final boolean minimized;
  private final Integer cutoff;

  Criterion(String criterionName, boolean minimized, Integer cutoff) {
    this.criterionName = criterionName;
    this.minimized = minimized;
    this.cutoff = cutoff;
  }

  /**
   * Returns the criterion of a name.
   *
   * @param name recall, ndcg, precision, bpr or warp
   * @return the criterion
   * @throws IllegalArgumentException if there is none of this name
   */
  public static Criterion of(String name) {
    for (Criterion criterion : values()) {
      if (criterion.criterionName.equals(name)) {
        return criterion;
      }
    }
    throw new IllegalArgumentException(
        "stopping criterion "
            + OneLine.quoted(name)
            + " does not exist, expected one of "
            + Arrays.stream(values())
                .map(Criterion::criterionName)
                .collect(Collectors.joining(", ")));
  }

  /**
   * Returns RecPack's name.
   *
   * @return the name, as {@link #of} takes it
   */
  public String criterionName() {
    return criterionName;
  }

  /**
   * Returns whether smaller is better.
   *
   * @return whether smaller values are better
   */
  public boolean minimized() {
    return minimized;
  }

  /**
   * Returns how many of a user's predictions count: of the others, the smaller ones, none changes
   * the value. A caller that computes predictions need not keep more.
   *
   * @return K, or empty where every score may count
   */
  public OptionalInt cutoff() {
    return cutoff == null ? OptionalInt.empty() : OptionalInt.of(cutoff);
  }

  /**
   * Returns the name with the number of predictions that count.
   *
   * @return such as {@code recall@50}, or the name alone where every score may count
   */
  public String label() {
    return cutoff == null ? criterionName : criterionName + "@" + cutoff;
  }

  /**
   * Computes the criterion with seed 0.
   *
   * @param expected (users x items) counts of what really came
   * @param predictions (users x items) scores
   * @return the value
   * @throws IllegalArgumentException as {@link #value(CsrMatrix, CsrMatrix, long)}
   */
  public double value(CsrMatrix expected, CsrMatrix predictions) {
    return value(expected, predictions, 0);
  }

  /**
   * Computes the criterion with seed 0.
   *
   * @param expected what really came
   * @param predictions (users x items) scores
   * @return the value
   * @throws IllegalArgumentException as {@link #value(CsrMatrix, CsrMatrix, long)}
   */
  public double value(InteractionMatrix expected, CsrMatrix predictions) {
    return value(expected.values(), predictions, 0);
  }

  /**
   * Computes the criterion.
   *
   * @param expected (users x items) counts of what really came
   * @param predictions (users x items) scores
   * @param seed of the samples of {@link #BPR} and {@link #WARP}: the same seed and shape of data
   *     take the same samples, so that epochs can be compared; no other criterion is random
   * @return the value, the same bits on every JDK
   * @throws IllegalArgumentException if the shapes differ, nothing is expected, or a sampled
   *     criterion has no second item to sample
   */
  public double value(CsrMatrix expected, CsrMatrix predictions, long seed) {
    if (expected.rows() != predictions.rows() || expected.cols() != predictions.cols()) {
      throw new IllegalArgumentException(
          "expected and predicted must have the same shape, got "
              + expected
              + " and "
              + predictions);
    }
    for (int user = 0; user < expected.rows(); user++) {
      if (total(expected, user) > 0) {
        return compute(expected, predictions, seed);
      }
    }
    throw new IllegalArgumentException(
        "criterion " + criterionName + ": no interaction is expected of any user");
  }

  abstract double compute(CsrMatrix expected, CsrMatrix predictions, long seed);

  /** Returns RecPack's name. */
  @Override
  public String toString() {
    return criterionName;
  }

  /** The measure of one user: {@code top} holds the n best items, best first. */
  private interface OfUser {
    double value(CsrMatrix expected, int user, int[] top, int n);
  }

  private static double meanOverUsers(
      CsrMatrix expected, CsrMatrix predictions, int k, OfUser measure) {
    TopK best = new TopK(k);
    int[] top = new int[k];
    double sum = 0;
    int users = 0;
    for (int user = 0; user < expected.rows(); user++) {
      if (total(expected, user) > 0) {
        best.clear();
        for (int i = 0; i < predictions.nnz(user); i++) {
          best.offer(predictions.index(user, i), predictions.value(user, i));
        }
        best.sort();
        for (int i = 0; i < best.size(); i++) {
          top[i] = best.classAt(i);
        }
        sum += measure.value(expected, user, top, best.size());
        users++;
      }
    }
    return sum / users;
  }

  private static double total(CsrMatrix expected, int user) {
    double total = 0;
    for (int k = 0; k < expected.nnz(user); k++) {
      total += expected.value(user, k);
    }
    return total;
  }

  private static int hits(CsrMatrix expected, int user, int[] top, int n) {
    int hits = 0;
    for (int rank = 1; rank <= n; rank++) {
      hits += expected.get(user, top[rank - 1]) > 0 ? 1 : 0;
    }
    return hits;
  }

  private static double recallOf(CsrMatrix expected, int user, int[] top, int n) {
    return hits(expected, user, top, n) / total(expected, user);
  }

  private static double precisionOf(CsrMatrix expected, int user, int[] top, int n) {
    return (double) hits(expected, user, top, n) / PRECISION_K;
  }

  private static double ndcgOf(CsrMatrix expected, int user, int[] top, int n) {
    double dcg = 0;
    for (int rank = 1; rank <= n; rank++) {
      double y = expected.get(user, top[rank - 1]);
      if (y > 0) {
        dcg += y / log2(rank * y + 1);
      }
    }
    double ideal = 0;
    double best = Math.min(RANKED_K, total(expected, user));
    for (int rank = 1; rank <= best; rank++) {
      ideal += 1 / log2(rank + 1);
    }
    return dcg / ideal;
  }

  private static double log2(double x) {
    return StrictMath.log(x) / StrictMath.log(2);
  }
}
