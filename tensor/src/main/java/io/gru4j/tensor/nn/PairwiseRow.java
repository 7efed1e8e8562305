package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;

import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.PairwiseKernels;
import io.gru4j.tensor.kernel.RowKernels;
import java.util.Arrays;

/**
 * The pairwise losses of one row, with their gradients, which replace the scores of its negatives.
 *
 * <p>Softmax weights and sigmoids are kept apart from their logarithms, so that bpr and bpr-max are
 * finite where a negative is so far above the target that its sigmoid is 0: {@code s(p - n) =
 * exp(min(n, p) - n) * s(|p - n|)}, and the second factor is at least a half.
 *
 * <p>Belongs to one thread.
 */
final class PairwiseRow {

  private static final int FACTORS = 512; // each at least a half: their product is a double above 0

  private final ElementKernels elementKernels = Kernels.get().elements();
  private final RowKernels rowKernels = Kernels.get().rows();
  private final PairwiseKernels pairwiseKernels = Kernels.get().pairwise();
  private final float[] a; // sigmoids
  private final float[] b;
  private final float[] e; // softmax of the negatives, before it is divided by its sum
  private final float[] u; // the same of its products with sigmoids
  private final float[] ones;
  private float targetGrad;

  /**
   * Makes scratch.
   *
   * @param length the most negatives, a multiple of 32
   */
  PairwiseRow(int length) {
    a = new float[length];
    b = new float[length];
    e = new float[length];
    u = new float[length];
    ones = new float[length];
    Arrays.fill(ones, 1f);
  }

  /** The bytes for so many negatives. */
  static double bytes(int length) {
    return Float.BYTES * 5.0 * length;
  }

  /** The gradient of the target's score, of the last row. */
  float targetGrad() {
    return targetGrad;
  }

  /**
   * bpr.
   *
   * @param p score of the target
   * @param n in: scores of U negatives from {@code no}, filled up to a multiple of 32 with any
   *     numbers; out: their gradients
   * @param scale of the gradients: the loss's gradient by what it is divided by
   * @return the sum over the negatives
   */
  double bpr(float p, float[] n, int no, int U, float scale) {
    int length = Math.ceilDiv(U, PANEL) * PANEL;
    pairwiseKernels.subtract(n, no, p, a, length);
    elementKernels.sigmoid(b, 0, a, 0, length); // s(n - p)
    double loss = 0;
    double product = 1;
    double gradients = 0;
    for (int j = 0; j < U; j++) {
      loss += Math.max(a[j], 0f);
      product *= Math.max(b[j], 1f - b[j]);
      if (j % FACTORS == FACTORS - 1) {
        loss -= StrictMath.log(product);
        product = 1;
      }
      gradients += b[j];
      n[no + j] = scale * b[j];
    }
    targetGrad = (float) (-scale * gradients);
    return loss - StrictMath.log(product);
  }

  /** top1; as {@link #bpr}. */
  double top1(float p, float[] n, int no, int U, float scale) {
    int length = Math.ceilDiv(U, PANEL) * PANEL;
    sigmoidsOfTop1(p, n, no, length);
    double loss = 0;
    double gradients = 0;
    for (int j = 0; j < U; j++) {
      loss += a[j] + b[j];
      gradients += a[j] * (1f - a[j]);
    }
    targetGrad = (float) (-scale * gradients);
    pairwiseKernels.top1(scale, a, b, n, no, length);
    return loss;
  }

  /**
   * top1-max.
   *
   * @param logWeight logarithm of how often each negative counts; minus infinity for those that are
   *     not there
   * @param length of the row, a multiple of 32; each score is finite
   * @return the loss of the row
   */
  double top1Max(float p, float[] n, int no, float[] logWeight, int length, float scale) {
    sigmoidsOfTop1(p, n, no, length);
    pairwiseKernels.weigh(n, no, logWeight, e, length);
    float perSum = 1f / expSum(e, rowMax(e, length), length);
    float mean = perSum * (dot(e, a, length) + dot(e, b, length));
    pairwiseKernels.slopes(a, u, length);
    targetGrad = -scale * (perSum * dot(e, u, length));
    pairwiseKernels.top1Max(scale * perSum, mean, e, a, b, n, no, length);
    return mean;
  }

  /** a = s(n - p), b = s(n^2). */
  private void sigmoidsOfTop1(float p, float[] n, int no, int length) {
    pairwiseKernels.subtract(n, no, p, a, length);
    elementKernels.sigmoid(a, 0, a, 0, length);
    pairwiseKernels.square(n, no, b, length);
    elementKernels.sigmoid(b, 0, b, 0, length);
  }

  /**
   * bpr-max. With w the softmax, a = s(p - n), q = sum w a and r = w a / q, the gradients are
   *
   * <pre>
   *   dn = q / (q + epsilon) * (w - r a) + bpreg * w (2 n + n^2 - sum w n^2)
   *   dp = -q / (q + epsilon) * sum r (1 - a)
   * </pre>
   *
   * @param logWeight logarithm of how often each negative counts; minus infinity for those that are
   *     not there
   * @param length of the row, a multiple of 32; each score is finite
   * @param bpreg weight of the squared scores
   * @param epsilon that is added to q
   * @param d out: the gradients of the scores from {@code dO}; may be {@code n}, if {@code dO = no}
   * @return the loss of the row
   */
  double bprMax(
      float p,
      float[] n,
      int no,
      float[] logWeight,
      int length,
      float bpreg,
      double epsilon,
      float scale,
      float[] d,
      int dO) {
    pairwiseKernels.subtractFrom(p, n, no, a, length);
    elementKernels.sigmoid(a, 0, a, 0, length);
    pairwiseKernels.weigh(n, no, logWeight, e, length);
    float max = rowMax(e, length);
    float sum = expSum(e, max, length);
    pairwiseKernels.weighAtMost(p, n, no, logWeight, u, length);
    float maxOfPairs = rowMax(u, length);
    expSum(u, maxOfPairs, length);
    pairwiseKernels.timesLarger(a, u, length);
    pairwiseKernels.square(n, no, b, length);
    float sumOfPairs = dot(u, ones, length);
    double logLikelihood =
        (double) maxOfPairs - max + StrictMath.log(sumOfPairs) - StrictMath.log(sum);
    float penalty = dot(e, b, length) / sum;
    double likelihood = StrictMath.exp(logLikelihood);
    double share = epsilon == 0 ? 1 : likelihood / (likelihood + epsilon);
    float perPairs = 1f / sumOfPairs;
    float mean = perPairs * dot(u, a, length); // sum r a
    targetGrad = (float) (-scale * share * (1.0 - mean));
    pairwiseKernels.bprMax(
        (float) (scale * share),
        scale * bpreg,
        penalty,
        1f / sum,
        perPairs,
        e,
        u,
        a,
        n,
        no,
        d,
        dO,
        length);
    double log = epsilon == 0 ? logLikelihood : StrictMath.log(likelihood + epsilon);
    return -log + (double) bpreg * penalty;
  }

  private float rowMax(float[] x, int length) {
    return rowKernels.rowMax(x, 0, PANEL, length / PANEL);
  }

  private float expSum(float[] x, float max, int length) {
    return rowKernels.rowExpSum(x, 0, PANEL, length / PANEL, max);
  }

  private float dot(float[] x, float[] y, int length) {
    return elementKernels.dot(x, 0, y, 0, length);
  }
}
