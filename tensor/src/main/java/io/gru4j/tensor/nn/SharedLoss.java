package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;

import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.PairwiseKernels;
import io.gru4j.tensor.kernel.ProductKernels;
import io.gru4j.tensor.kernel.RowKernels;
import java.util.Arrays;

/**
 * What {@link SharedNegatives} makes of a row of scores: its loss, and the scores' gradients in
 * their place. Column {@code i} is the row's target, the others are its negatives.
 *
 * <pre>
 *   cross-entropy   -ln( softmax(o)[i] + 1e-24 ),  o_j = score_j - correction_j
 *   bpr-max         -ln( q + 1e-24 ) + bpreg * sum_{j != i} w_j o_j^2,
 *                   o_j = elu(score_j),  w the softmax of o over j != i,  q = sum_{j != i} w_j s(o_i - o_j)
 * </pre>
 *
 * <p>Cross-entropy with samples: Jean et al. 2015, arXiv:1412.2007; its correction for how often a
 * class is a column, "logQ": Bengio and Senecal 2008, doi:10.1109/TNN.2007.912312, equation 9.
 * bpr-max: Hidasi and Karatzoglou 2018, arXiv:1706.03847, equations 10 and 13.
 *
 * <p>A class that stands in several columns is one score with a weight. For the softmax a weight is
 * a number to add to the score, its logarithm.
 */
abstract sealed class SharedLoss {

  private static final double EPSILON = 1e-24; // the official GRU4Rec's, in logarithms

  final int divisor;
  final ElementKernels elementKernels = Kernels.get().elements();
  final RowKernels rowKernels = Kernels.get().rows();
  final PairwiseKernels pairwiseKernels = Kernels.get().pairwise();
  final ProductKernels productKernels = Kernels.get().products();
  private double[] rowLoss = new double[0]; // [m]
  int[] columns; // class of each, the targets first
  int[] count = new int[0]; // [d]: columns of a class
  float[] logWeight = new float[0]; // [d], what its columns add to a class's score

  private SharedLoss(int divisor) {
    if (divisor < 1) {
      throw new IllegalArgumentException("divisor must be at least 1, got " + divisor);
    }
    this.divisor = divisor;
  }

  /** As {@link SharedNegatives#crossEntropy} says. */
  static SharedLoss crossEntropy(int divisor, float[] targetCorrection, float[] sampleCorrection) {
    return new CrossEntropy(divisor, targetCorrection, sampleCorrection);
  }

  /** As {@link SharedNegatives#bprMax} says. */
  static SharedLoss bprMax(int divisor, double bpreg, double elu) {
    return new BprMax(divisor, (float) bpreg, (float) elu);
  }

  static double bytes(int M, double padded, int threads) {
    double ofThread = Float.BYTES * 3 * padded + PairwiseRow.bytes((int) padded);
    return (double) Double.BYTES * M + (Float.BYTES + Integer.BYTES) * padded + threads * ofThread;
  }

  /**
   * Begins a step.
   *
   * @param columns class of each column, {@code M} targets first, C in all
   * @param distinct the different ones
   * @param length how many, filled up to panels
   */
  final void begin(int[] columns, int M, int C, DistinctRows distinct, int length) {
    if (rowLoss.length < M) {
      rowLoss = new double[M];
    }
    this.columns = columns;
    if (count.length < C) {
      count = new int[C];
    }
    logWeight = Buffers.atLeast(logWeight, Buffers.padded(C));
    Arrays.fill(logWeight, distinct.count(), length, Float.NEGATIVE_INFINITY);
    for (int d = 0; d < distinct.count(); d++) {
      int end = distinct.start(d + 1);
      int early = distinct.start(d); // columns are ascending: those below the divisor come first
      int i = early;
      while (i < end && distinct.member(i) < divisor) {
        i++;
      }
      count[d] = end - early;
      logWeight[d] = logWeight(columns[distinct.first(d)], i - early, end - i);
    }
  }

  /** ln of the weights of a class that stands in so many of the first columns and others. */
  abstract float logWeight(int c, int early, int late);

  /** What is added to the bias of distinct class {@code d}. */
  abstract float toBias(int d);

  /** The bias of what fills up the last panel. */
  abstract float padding();

  /**
   * Turns one row of scores into gradients, and keeps its loss.
   *
   * @param own number of the target's class among the distinct ones
   * @param y the scores from {@code yo}, panels {@code ps} apart
   */
  final void row(int m, int own, float[] y, int yo, int ps, int panels) {
    rowLoss[m] = loss(m, own, y, yo, ps, panels);
  }

  abstract double loss(int m, int own, float[] y, int yo, int ps, int panels);

  /** The sum of the rows' losses by the divisor. */
  final double sum(int M) {
    double sum = 0;
    for (int m = 0; m < M; m++) {
      sum += rowLoss[m];
    }
    return sum / divisor;
  }

  private static final class CrossEntropy extends SharedLoss {
    private final float[] targetCorrection;
    private final float[] sampleCorrection;

    CrossEntropy(int divisor, float[] targetCorrection, float[] sampleCorrection) {
      super(divisor);
      this.targetCorrection = targetCorrection;
      this.sampleCorrection = sampleCorrection;
    }

    private static double of(float[] correction, int c) {
      return correction == null ? 0 : correction[c];
    }

    @Override
    float logWeight(int c, int early, int late) {
      double target = -of(targetCorrection, c);
      double sample = -of(sampleCorrection, c);
      if (early + late == 1) {
        return (float) (early == 1 ? target : sample);
      }
      double larger = Math.max(target, sample); // no overflow
      return (float)
          (larger
              + StrictMath.log(
                  early * StrictMath.exp(target - larger)
                      + late * StrictMath.exp(sample - larger)));
    }

    @Override
    float toBias(int d) {
      return logWeight[d];
    }

    @Override
    float padding() {
      return Float.NEGATIVE_INFINITY;
    }

    @Override
    double loss(int m, int own, float[] y, int yo, int ps, int panels) {
      int at = yo + own / PANEL * ps + own % PANEL;
      double target = (double) y[at] - logWeight[own] - of(targetCorrection, columns[m]);
      float max = rowKernels.rowMax(y, yo, ps, panels);
      float sum = rowKernels.rowExpSum(y, yo, ps, panels, max);
      double logLikelihood = target - max - StrictMath.log(sum);
      double likelihood = StrictMath.exp(logLikelihood);
      double share = likelihood / (likelihood + EPSILON);
      pairwiseKernels.scaleRow(y, yo, ps, panels, (float) (share / (sum * divisor)));
      y[at] -= (float) (share / divisor);
      return -StrictMath.log(likelihood + EPSILON);
    }
  }

  private static final class BprMax extends SharedLoss {
    private final float bpreg;
    private final float elu;
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    BprMax(int divisor, float bpreg, float elu) {
      super(divisor);
      if (!(bpreg >= 0 && elu >= 0)) {
        throw new IllegalArgumentException(
            "bpreg and elu must be at least 0, got %s and %s".formatted(bpreg, elu));
      }
      this.bpreg = bpreg;
      this.elu = elu;
    }

    @Override
    float logWeight(int c, int early, int late) {
      return early + late == 1 ? 0f : (float) StrictMath.log(early + late);
    }

    @Override
    float toBias(int d) {
      return 0f;
    }

    @Override
    float padding() {
      return 0f;
    }

    @Override
    double loss(int m, int own, float[] y, int yo, int ps, int panels) {
      int length = panels * PANEL;
      Scratch of = scratch.get().atLeast(length);
      float[] o = of.scores;
      float[] d = of.grads;
      productKernels.copyPanels(o, 0, PANEL, y, yo, ps, panels);
      if (elu > 0) {
        pairwiseKernels.atMostZero(o, d, length);
        elementKernels.exp(d, 0, d, 0, length);
        pairwiseKernels.elu(elu, d, o, length);
      }
      System.arraycopy(logWeight, 0, of.logWeight, 0, length);
      of.logWeight[own] = (float) StrictMath.log(count[own] - 1); // minus infinity for no other
      float scale = 1f / divisor;
      double loss = of.row.bprMax(o[own], o, 0, of.logWeight, length, bpreg, EPSILON, scale, d, 0);
      d[own] += of.row.targetGrad();
      if (elu > 0) {
        pairwiseKernels.timesEluSlope(elu, o, d, length);
      }
      productKernels.copyPanels(y, yo, ps, d, 0, PANEL, panels);
      return loss;
    }

    /** A row of one thread. */
    private static final class Scratch {
      float[] scores = new float[0];
      float[] grads;
      float[] logWeight;
      PairwiseRow row;

      Scratch atLeast(int length) {
        if (scores.length < length) {
          scores = new float[length];
          grads = new float[length];
          logWeight = new float[length];
          row = new PairwiseRow(length);
        }
        return this;
      }
    }
  }
}
