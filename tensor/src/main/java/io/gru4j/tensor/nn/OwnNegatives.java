package io.gru4j.tensor.nn;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;

/** The linear layer over classes, scored for each row's target and its own negatives alone. */
public final class OwnNegatives {
  /**
   * @param weight shape (V, H), in rows with a sparse gradient
   * @param bias shape (V, 1), with a sparse gradient
   * @param negatives U, of each row
   */
  public OwnNegatives(
      Parameter weight, Parameter bias, PairwiseLoss loss, int negatives, Parallel parallel) {}

  /** The bytes of its buffers, for up to M rows. */
  public static double bytes(int V, int H, int M, int negatives, int threads) {
    return 0;
  }

  /**
   * @param hidden (M, H)
   * @param targets class of each of the M rows, in [0, V)
   * @param negatives (M, U) classes; kept until backward
   * @return (1, 1) the loss
   */
  public Variable forward(Tape tape, Variable hidden, int[] targets, int[] negatives) {
    throw new UnsupportedOperationException();
  }

  /** The loss of the last forward pass in double. */
  public double lossValue() {
    return 0;
  }
}
