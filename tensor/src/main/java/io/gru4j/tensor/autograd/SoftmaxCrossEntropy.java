package io.gru4j.tensor.autograd;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.kernel.Kernels;

/** The operation of {@link Operations#softmaxCrossEntropy}, row by row with all probabilities. */
final class SoftmaxCrossEntropy {
  private SoftmaxCrossEntropy() {}

  static Variable of(Tape tape, Variable logits, int[] targets) {
    int[] classes = targets.clone();
    int n = Math.max(1, count(logits, classes));
    int M = logits.rows();
    int N = logits.cols();
    float[] probs = new float[M * N]; // rows that do not count stay 0
    double loss = 0;
    for (int m = 0; m < M; m++) {
      if (classes[m] >= 0) {
        loss += softmax(logits.value().data(), m * N, N, probs, classes[m]);
      }
    }
    Variable y = new Variable(Matrix.zeros(1, 1));
    y.value().set(0, 0, (float) (loss / n));
    tape.record(
        () -> {
          float scale = y.grad().data()[0] / n;
          Kernels.get().elements().axpy(scale, probs, 0, logits.grad().data(), 0, M * N);
          for (int m = 0; m < M; m++) {
            if (classes[m] >= 0) {
              logits.grad().data()[m * N + classes[m]] -= scale;
            }
          }
        });
    return y;
  }

  /** Checks the targets and returns how many rows count. */
  private static int count(Variable logits, int[] classes) {
    int M = logits.rows();
    int N = logits.cols();
    if (classes.length != M) {
      throw new IllegalArgumentException(
          "softmaxCrossEntropy: expected %d targets, one a row, got %d"
              .formatted(M, classes.length));
    }
    int counted = 0;
    for (int m = 0; m < M; m++) {
      if (classes[m] < -1 || classes[m] >= N) {
        throw new IndexOutOfBoundsException(
            "softmaxCrossEntropy: targets[%d] = %d is outside [0, %d)".formatted(m, classes[m], N));
      }
      counted += classes[m] >= 0 ? 1 : 0;
    }
    return counted;
  }

  /** Writes the softmax of one row and returns the cross-entropy of a class. */
  private static double softmax(float[] logits, int o, int N, float[] probs, int target) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < N; j++) {
      max = Math.max(max, logits[o + j]);
    }
    double sum = 0;
    for (int j = 0; j < N; j++) {
      probs[o + j] = Kernels.exp(logits[o + j] - max);
      sum += probs[o + j];
    }
    for (int j = 0; j < N; j++) {
      probs[o + j] = (float) (probs[o + j] / sum);
    }
    return max + StrictMath.log(sum) - logits[o + target];
  }
}
