package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.RowKernels;
import java.util.Arrays;

/**
 * Label smoothing (Szegedy et al. 2016, arXiv:1512.00567, section 7): of a target's probability the
 * share s is spread evenly over all V classes, the target's own among them.
 *
 * <pre>
 *   loss_m    = logsumexp(logits[m,:]) - (1 - s) logits[m, target] - s/V sum_v logits[m,v]
 *   dLogits   = (softmax(logits) - (1 - s) onehot(target) - s/V) / n
 *   sum_v logits[m,v] = hidden[m,:] sum_v W[v,:] + sum_v b[v]
 * </pre>
 *
 * <p>The last line replaces the sum over a row's logits, and dHidden follows from it. A share of 0
 * costs nothing.
 */
final class LabelSmoothing {
  private static final float[] ONES = new float[PANEL];

  static {
    Arrays.fill(ONES, 1f);
  }

  private final RowKernels rowKernels = Kernels.get().rows();
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final Parameter weight;
  private final Parameter bias;
  private final int V;
  private final int H;
  private final double share;
  private final float[] lanes; // [h][class % 32]
  private final float[] weightSum; // [h]
  private final Parallel.Task sumTask = this::sumWeights;
  private double biasSum;
  private final float[] ofWeights; // [h]
  private float ofBias;

  LabelSmoothing(Parameter weight, Parameter bias, double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("label smoothing must be in [0, 1), got " + share);
    }
    this.weight = weight;
    this.bias = bias;
    this.V = weight.rows();
    this.H = weight.cols();
    this.share = share;
    this.lanes = new float[share == 0 ? 0 : H * PANEL];
    this.weightSum = new float[share == 0 ? 0 : H];
    this.ofWeights = new float[share == 0 ? 0 : H];
  }

  /** The bytes of its arrays. */
  static double bytes(int H, double share) {
    return share == 0 ? 0 : Float.BYTES * (PANEL + 2.0) * H;
  }

  /** Sums weights and biases over the classes, as they are now. */
  void begin(Parallel parallel) {
    if (share == 0) {
      return;
    }
    parallel.run(H, sumTask);
    biasSum = 0;
    for (int v = 0; v < V; v++) {
      biasSum += bias.value()[bias.offset() + v];
    }
  }

  /** Of one hidden unit: panels in float, the lanes of their sum in double. */
  private void sumWeights(int k) {
    int from = k * PANEL;
    Arrays.fill(lanes, from, from + PANEL, 0f);
    int panels = Parameter.panelCount(V);
    rowKernels.addRows(lanes, from, weight.value(), weight.offset() + from, H * PANEL, panels);
    double sum = 0;
    for (int lane = 0; lane < PANEL; lane++) {
      sum += lanes[from + lane];
    }
    weightSum[k] = (float) sum;
  }

  /** Returns the mean of a row's logits by the probabilities that it should have. */
  double expectedLogit(float targetLogit, float[] hidden, int ho) {
    if (share == 0) {
      return targetLogit;
    }
    double sum = biasSum;
    for (int k = 0; k < H; k++) {
      sum += (double) hidden[ho + k] * weightSum[k];
    }
    return (1 - share) * targetLogit + share / V * sum;
  }

  /** Returns what is subtracted from dLogits of a target, in addition to what every class loses. */
  float ofTarget(float scale, int n) {
    return share == 0 ? scale / n : (float) (scale * (1 - share) / n);
  }

  private float ofEveryClass(float scale, int n) {
    return (float) (scale * share / V / n);
  }

  /**
   * Sums up what every class takes from the gradients of its weights and bias.
   *
   * @param hidden shape (M, H); rows whose target is -1 do not count
   */
  void beginBackward(float[] hidden, int[] targets, int M, float scale, int n) {
    if (share == 0) {
      return;
    }
    Arrays.fill(ofWeights, 0f);
    for (int m = 0; m < M; m++) {
      if (targets[m] >= 0) {
        elementKernels.axpy(ofEveryClass(scale, n), hidden, m * H, ofWeights, 0, H);
      }
    }
    ofBias = n * ofEveryClass(scale, n);
  }

  /** Subtracts from one panel of dW what every class loses; the padding stays zero. */
  void takeFromWeights(float[] dW, int w, int panel) {
    if (share != 0) {
      int classes = Math.min(PANEL, V - panel * PANEL);
      for (int k = 0; k < H; k++) {
        elementKernels.axpy(-ofWeights[k], ONES, 0, dW, w + k * PANEL, classes);
      }
    }
  }

  /** The same of db. */
  void takeFromBias(float[] db, int b, int panel) {
    if (share != 0) {
      elementKernels.axpy(-ofBias, ONES, 0, db, b, Math.min(PANEL, V - panel * PANEL));
    }
  }

  /** Subtracts from one row of dHidden the part that comes from every class's logit. */
  void takeFromHidden(float[] dHidden, int d, float scale, int n) {
    if (share != 0) {
      elementKernels.axpy(-ofEveryClass(scale, n), weightSum, 0, dHidden, d, H);
    }
  }
}
