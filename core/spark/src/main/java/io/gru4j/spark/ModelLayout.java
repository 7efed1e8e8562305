package io.gru4j.spark;

import io.gru4j.tensor.autograd.Parameter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How the numbers of a training lie one behind the other, and how they are cut into slices.
 *
 * <p>Of each parameter come its values, row by row, and behind them each array of the optimizer's
 * state. A slice is some rows of one parameter with all of its arrays: what is averaged at a time.
 */
final class ModelLayout implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int SLICE = 1 << 16; // numbers, where a row has no more

  /**
   * Some rows of a parameter.
   *
   * @param parameter its number in the network
   * @param from the first row
   * @param to behind the last row
   */
  record Slice(int parameter, int from, int to) {
    int rows() {
      return to - from;
    }
  }

  private final String[] names;
  private final int[] rows;
  private final int[] cols;
  private final int arrays;
  private final long[] starts; // of each parameter, and the end
  private final int[] firstSlices; // of each parameter, and their number

  /**
   * Lays out parameters.
   *
   * @param arrays of each: its values and the optimizer's state
   */
  ModelLayout(List<Parameter> parameters, int arrays) {
    int n = parameters.size();
    this.names = new String[n];
    this.rows = new int[n];
    this.cols = new int[n];
    this.arrays = arrays;
    this.starts = new long[n + 1];
    this.firstSlices = new int[n + 1];
    for (int i = 0; i < n; i++) {
      Parameter p = parameters.get(i);
      names[i] = p.name();
      rows[i] = p.rows();
      cols[i] = p.cols();
      starts[i + 1] = starts[i] + (long) arrays * rows[i] * cols[i];
      firstSlices[i + 1] = firstSlices[i] + Math.ceilDiv(rows[i], rowsPerSlice(i));
    }
  }

  private int rowsPerSlice(int parameter) {
    return Math.max(1, SLICE / (cols[parameter] * arrays));
  }

  int parameters() {
    return names.length;
  }

  String name(int parameter) {
    return names[parameter];
  }

  int rows(int parameter) {
    return rows[parameter];
  }

  int cols(int parameter) {
    return cols[parameter];
  }

  int arrays() {
    return arrays;
  }

  /** How many numbers there are. */
  long size() {
    return starts[names.length];
  }

  /** Where a row lies. */
  long at(int parameter, int array, int row) {
    return starts[parameter] + ((long) array * rows[parameter] + row) * cols[parameter];
  }

  int slices() {
    return firstSlices[names.length];
  }

  Slice slice(int number) {
    int parameter = 0;
    while (firstSlices[parameter + 1] <= number) {
      parameter++;
    }
    int each = rowsPerSlice(parameter);
    int from = (number - firstSlices[parameter]) * each;
    return new Slice(parameter, from, Math.min(from + each, rows[parameter]));
  }

  /** The slices of all parameters, in order. */
  List<Slice> all() {
    List<Slice> all = new ArrayList<>();
    for (int i = 0; i < slices(); i++) {
      all.add(slice(i));
    }
    return all;
  }
}
