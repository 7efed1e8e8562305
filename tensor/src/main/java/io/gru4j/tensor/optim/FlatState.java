package io.gru4j.tensor.optim;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.Kernels;
import java.util.List;

/**
 * An optimizer's state, some floats a value, and the loop over all values in segments that threads
 * share, with the weights' decay before each update.
 *
 * <p>Segments are cut by length alone, and every value is updated on its own, so threads do not
 * matter to the result.
 */
final class FlatState {

  /**
   * An update of {@code n} values {@code p} with gradient {@code g}; the arrays of the state are
   * laid out like the values.
   */
  @FunctionalInterface
  interface Update {
    void apply(float[] p, int po, float[][] state, float[] g, int go, int n);
  }

  private static final int SEGMENT = 1 << 15; // values

  private final List<Parameter> parameters;
  private final float[][][] state; // [parameter][which]
  private final Parallel parallel;
  private final Update update;
  private final float[] zeros;
  private final Parallel.Task denseTask = this::dense;
  private final Parallel.Task sparseTask = this::sparse;
  private final Parallel.Task sparseAllTask = this::sparseAll;
  private int current;
  private float decay;

  FlatState(List<Parameter> parameters, int arrays, Parallel parallel, Update update) {
    this.parameters = List.copyOf(parameters);
    this.parallel = parallel;
    this.update = update;
    this.state = new float[parameters.size()][arrays][];
    int longestRow = 0;
    for (int i = 0; i < state.length; i++) {
      Parameter p = parameters.get(i);
      for (int k = 0; k < arrays; k++) {
        state[i][k] = p.newArray();
      }
      longestRow = Math.max(longestRow, p.isSparse() ? p.cols() : SEGMENT);
    }
    this.zeros = new float[longestRow];
  }

  /**
   * The bytes of so many arrays for each parameter.
   *
   * @param parameters bytes of all parameters' values
   * @param sparseCols columns of the widest parameter with a sparse gradient; 0 if there is none
   */
  static double bytes(double parameters, int arrays, int sparseCols) {
    return arrays * parameters + Float.BYTES * (double) Math.max(SEGMENT, sparseCols);
  }

  /** Returns the arrays of a parameter's state, each laid out like its values. */
  float[][] of(int parameter) {
    return state[parameter];
  }

  /** Sets the share that a value loses before an update that has a gradient for it. */
  void decay(float share) {
    decay = share;
  }

  /** Visits every value that has a gradient. */
  void runOverGradients() {
    run(false);
  }

  /** Visits every value; those without a gradient with a gradient of zeros. */
  void runOverAll() {
    run(true);
  }

  private void run(boolean all) {
    for (current = 0; current < state.length; current++) {
      Parameter p = parameters.get(current);
      if (p.isSparse()) {
        if (all) {
          parallel.run(Math.ceilDiv(p.rows(), rowsPerSegment(p)), sparseAllTask);
        } else {
          parallel.run(Math.ceilDiv(p.touchedRows(), rowsPerSegment(p)), sparseTask);
        }
      } else if (all || p.gradOrNull() != null) {
        parallel.run(Math.ceilDiv(p.length(), SEGMENT), denseTask);
      }
    }
  }

  private static int rowsPerSegment(Parameter p) {
    return Math.max(1, SEGMENT / p.cols());
  }

  private void dense(int segment) {
    Parameter p = parameters.get(current);
    float[] grad = p.gradOrNull();
    int from = segment * SEGMENT;
    int o = p.offset() + from;
    int n = Math.min(SEGMENT, p.length() - from);
    if (grad == null) {
      update.apply(p.value(), o, state[current], zeros, 0, n);
    } else {
      decay(p, o, n);
      update.apply(p.value(), o, state[current], grad, o, n);
    }
  }

  private void sparse(int segment) {
    Parameter p = parameters.get(current);
    int rows = rowsPerSegment(p);
    int end = Math.min(p.touchedRows(), (segment + 1) * rows);
    for (int i = segment * rows; i < end; i++) {
      updateRow(p, p.touchedRow(i), p.gradOrNull(), p.offset() + i * p.cols());
    }
  }

  private void sparseAll(int segment) {
    Parameter p = parameters.get(current);
    int rows = rowsPerSegment(p);
    int end = Math.min(p.rows(), (segment + 1) * rows);
    for (int row = segment * rows; row < end; row++) {
      int place = p.touchedPlace(row);
      if (place < 0) {
        int o = p.offset() + row * p.cols();
        update.apply(p.value(), o, state[current], zeros, 0, p.cols());
      } else {
        updateRow(p, row, p.gradOrNull(), p.offset() + place * p.cols());
      }
    }
  }

  private void updateRow(Parameter p, int row, float[] grad, int go) {
    int o = p.offset() + row * p.cols();
    decay(p, o, p.cols());
    update.apply(p.value(), o, state[current], grad, go, p.cols());
  }

  private void decay(Parameter p, int o, int n) {
    if (decay != 0 && !p.isBias()) {
      Kernels.get().elements().axpy(-decay, p.value(), o, p.value(), o, n);
    }
  }
}
