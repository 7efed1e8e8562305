package io.gru4j.tensor.nn;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Parameter;

/**
 * Output layers and states that are hard for bounds of scores: sizes from denormal to 1e30, one
 * outlier in a row, rows of zeros, equal rows, weights that codes miss by as much as they can.
 */
final class HardLayer {
  final int classes;
  final int H;
  final Parameter weight;
  final Parameter bias;
  final Matrix hidden;
  private final TestData data;

  /** Makes a layer with a few more classes than are scored, and a state for each of some rows. */
  HardLayer(int classes, int H, int rows, long seed) {
    this.classes = classes;
    this.H = H;
    data = new TestData(seed);
    weight = Parameter.ofPanels("w", classes + data.below(40), H);
    bias = Parameter.ofBias("b", weight.rows());
    hidden = Matrix.zeros(rows, H);
    float size = size();
    int kind = data.below(10);
    for (int j = 0; j < weight.rows(); j++) {
      row(j, data.below(3) == 0 ? data.below(10) : kind, data.below(20) == 0 ? size() : size);
    }
    float ofBias = data.below(2) == 0 ? size : size();
    for (int j = 0; j < weight.rows(); j++) {
      bias.set(j, 0, data.below(3) == 0 ? 0 : one() * ofBias);
    }
    for (int r = 0; r < rows; r++) {
      state(r, data.below(6), data.below(3) == 0 ? size() : 1f);
    }
  }

  private float one() {
    return data.value(1f);
  }

  /** Of any magnitude; some products of two are infinite. */
  private float size() {
    float[] sizes = {
      1f, 1f, 1f, 1e-3f, 100f, 1e-20f, 1e-38f, 1e-42f, Float.MIN_VALUE, 1e10f, 1e30f
    };
    return sizes[data.below(sizes.length)];
  }

  private void row(int j, int kind, float size) {
    int outlier = data.below(H);
    float step = 2f / 127;
    for (int k = 0; k < H; k++) {
      float w =
          switch (kind) {
            case 0 -> 0f;
            case 1 -> 1f; // all classes equal
            case 2 -> k == outlier ? 1f : 1e-3f * one();
            case 3 -> k == outlier ? 1f : 0.5f / 127 * (k % 2 == 0 ? 1 : -1); // between codes 0, 1
            case 4 -> k == 0 ? 1f : (data.below(127) + 0.4999f) / 127;
            case 5 -> Math.round(3 * one());
            case 6 -> k == outlier ? one() : Float.MIN_VALUE * data.below(300);
            case 7 -> (k + j) % 2 == 0 ? 1f : -1f;
            case 8 -> step * data.below(4);
            default -> one();
          };
      weight.set(j, k, w * size);
    }
  }

  private void state(int r, int kind, float size) {
    int outlier = data.below(H);
    for (int k = 0; k < H; k++) {
      float x =
          switch (kind) {
            case 0 -> k == outlier ? 1f : 0f;
            case 1 -> k % 2 == 0 ? 1f : -1f;
            case 2 -> 1f;
            case 3 -> Math.round(2 * one());
            default -> one();
          };
      hidden.set(r, k, x * size);
    }
  }

  /** The exact scores of a row, by their definition. */
  float[] scores(int row) {
    float[] scores = new float[classes];
    for (int j = 0; j < classes; j++) {
      scores[j] = bias.get(j, 0);
      for (int k = 0; k < H; k++) {
        scores[j] = Math.fma(hidden.get(row, k), weight.get(j, k), scores[j]);
      }
    }
    return scores;
  }

  /** The biases, as a scorer has them. */
  float[] biases() {
    float[] biases = new float[classes];
    for (int j = 0; j < classes; j++) {
      biases[j] = bias.get(j, 0);
    }
    return biases;
  }
}
