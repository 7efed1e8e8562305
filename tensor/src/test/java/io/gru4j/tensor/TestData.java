package io.gru4j.tensor;

import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.GruParameters;
import java.util.Arrays;

/** Data derived from a seed. */
public final class TestData {

  private final RandomStream random;

  public TestData(long seed) {
    random = new RandomStream(seed);
  }

  /** Uniform in [0, bound). */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** Uniform in [-scale, scale). */
  public float value(float scale) {
    return (2 * random.nextFloat() - 1) * scale;
  }

  public float[] values(int n, float scale) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = value(scale);
    }
    return x;
  }

  public Matrix matrix(int rows, int cols, float scale) {
    return Matrix.of(rows, cols, values(rows * cols, scale));
  }

  public Variable variable(int rows, int cols, float scale) {
    return new Variable(matrix(rows, cols, scale));
  }

  public Parameter fill(Parameter p, float scale) {
    for (int r = 0; r < p.rows(); r++) {
      for (int c = 0; c < p.cols(); c++) {
        p.set(r, c, value(scale));
      }
    }
    return p;
  }

  public GruParameters gru(int layer, int inputs, int H, float scale) {
    GruParameters g = GruParameters.zeros(layer, inputs, H);
    for (Parameter p : g.all()) {
      fill(p, scale);
    }
    return g;
  }

  /** Classes in [0, V), about one in {@code maskEvery} of them -1; none if that is 0. */
  public int[] targets(int M, int V, int maskEvery) {
    int[] targets = new int[M];
    for (int m = 0; m < M; m++) {
      targets[m] = maskEvery > 0 && below(maskEvery) == 0 ? -1 : below(V);
    }
    return targets;
  }

  /** Rows of each of T time steps, at most {@code most}, not increasing. */
  public int[] activeRows(int T, int most) {
    int[] active = new int[T];
    int rows = most;
    for (int t = 0; t < T; t++) {
      active[t] = rows;
      rows -= below(3) == 0 ? below(rows + 1) : 0;
    }
    return active;
  }

  public static int sum(int[] x) {
    return Arrays.stream(x).sum();
  }
}
