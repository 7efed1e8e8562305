package io.gru4j.tensor.nn;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;

/**
 * The linear layer over classes, scored for the targets of all rows and for samples that all rows
 * share: each row's negatives are the other rows' targets and the samples.
 */
public final class SharedNegatives {
  private SharedNegatives() {}

  /**
   * Cross-entropy.
   *
   * @param weight shape (V, H), in rows with a sparse gradient
   * @param bias shape (V, 1), with a sparse gradient
   * @param divisor the loss is the sum over rows divided by this
   * @param targetCorrection (V) what is taken off the score of a class that is a column as a
   *     target; null for 0
   * @param sampleCorrection the same of a class that is a sample; null for 0
   */
  public static SharedNegatives crossEntropy(
      Parameter weight,
      Parameter bias,
      int divisor,
      float[] targetCorrection,
      float[] sampleCorrection,
      Parallel parallel) {
    return new SharedNegatives();
  }

  /** BPR-max with score regularisation and elu. */
  public static SharedNegatives bprMax(
      Parameter weight, Parameter bias, int divisor, double bpreg, double elu, Parallel parallel) {
    return new SharedNegatives();
  }

  /** The bytes of its buffers, for up to M rows and S samples. */
  public static double bytes(int V, int H, int M, int samples, int threads) {
    return 0;
  }

  /**
   * @param hidden (M, H)
   * @param targets class of each of the M rows, in [0, V)
   * @param samples classes that all rows share; kept until backward
   * @param S how many of them
   * @return (1, 1) the loss
   */
  public Variable forward(Tape tape, Variable hidden, int[] targets, int[] samples, int S) {
    throw new UnsupportedOperationException();
  }

  /** The loss of the last forward pass in double. */
  public double lossValue() {
    return 0;
  }
}
