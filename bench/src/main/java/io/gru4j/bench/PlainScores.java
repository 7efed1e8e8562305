package io.gru4j.bench;

import io.gru4j.model.GruNetwork;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.nn.GruParameters;

/** The scores of a session in plain loops and doubles, to check fast results. */
final class PlainScores {

  private static final double TOLERANCE = 1e-4;

  private final double[] scores;

  /**
   * Computes the scores of all items after the last click.
   *
   * @param network of one layer
   * @param session numbers of the items clicked
   */
  PlainScores(GruNetwork network, int... session) {
    GruParameters layer = network.layers().getFirst();
    int H = network.hiddenSize();
    double[] h = new double[H];
    for (int item : session) {
      double[] x = row(network.embedding(), item);
      double[] input = affine(layer.weightIh(), layer.biasIh(), x, 3 * H);
      double[] recurrent = affine(layer.weightHh(), layer.biasHh(), h, 3 * H);
      for (int j = 0; j < H; j++) {
        double r = sigmoid(input[j] + recurrent[j]);
        double z = sigmoid(input[H + j] + recurrent[H + j]);
        double n = Math.tanh(input[2 * H + j] + r * recurrent[2 * H + j]);
        h[j] = (1 - z) * n + z * h[j];
      }
    }
    scores = affine(network.outputWeight(), network.outputBias(), h, network.numItems());
  }

  private static double[] row(Parameter p, int row) {
    double[] values = new double[p.cols()];
    for (int j = 0; j < values.length; j++) {
      values[j] = p.get(row, j);
    }
    return values;
  }

  private static double[] affine(Parameter weight, Parameter bias, double[] x, int outputs) {
    double[] y = new double[outputs];
    for (int i = 0; i < outputs; i++) {
      y[i] = bias.get(i, 0);
      for (int k = 0; k < x.length; k++) {
        y[i] += weight.get(i, k) * x[k];
      }
    }
    return y;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /**
   * Checks a selection of the best items.
   *
   * @param items their numbers, in any order
   * @param values their scores
   * @throws IllegalStateException if a score is off by more than 1e-4, an item is there twice, or
   *     one that is left out is better than one that is not by more than that
   */
  void checkBest(int[] items, float[] values) {
    boolean[] chosen = new boolean[scores.length];
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < items.length; i++) {
      double expected = scores[items[i]];
      if (!(Math.abs(values[i] - expected) <= TOLERANCE) || chosen[items[i]]) {
        throw new IllegalStateException(
            "item %d: score %s, expected %s once".formatted(items[i], values[i], expected));
      }
      chosen[items[i]] = true;
      least = Math.min(least, expected);
    }
    for (int i = 0; i < scores.length; i++) {
      if (!chosen[i] && scores[i] > least + TOLERANCE) {
        throw new IllegalStateException(
            "item %d with score %s is not among the best, %s is".formatted(i, scores[i], least));
      }
    }
  }
}
