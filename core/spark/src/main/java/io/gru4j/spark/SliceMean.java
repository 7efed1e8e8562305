package io.gru4j.spark;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import scala.Tuple2;

/**
 * Averages the changes of partitions, slice by slice, in the order of the partitions, as the keys
 * are sorted: sums of floats depend on their order. Results of partitions pass through.
 *
 * <p>Each row's mean is over the partitions that touched it, weighted by their targets; that of
 * values is taken some {@link #step times}.
 */
final class SliceMean implements Iterator<Tuple2<Long, byte[]>> {
  private final Iterator<Tuple2<Long, byte[]>> changes;
  private final ModelLayout layout;
  private Tuple2<Long, byte[]> next; // read, but not given away

  /**
   * Takes changes.
   *
   * @param changes sorted by key
   */
  SliceMean(Iterator<Tuple2<Long, byte[]>> changes, ModelLayout layout) {
    this.changes = changes;
    this.layout = layout;
    read();
  }

  private void read() {
    next = changes.hasNext() ? changes.next() : null;
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Tuple2<Long, byte[]> next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    int slice = RoundTask.slice(next._1());
    if (slice == RoundTask.RESULT) {
      Tuple2<Long, byte[]> result = next;
      read();
      return result;
    }
    ModelLayout.Slice rows = layout.slice(slice - RoundTask.RESULT - 1);
    Mean mean = new Mean(rows.rows(), layout.cols(rows.parameter()), layout.arrays());
    while (next != null && RoundTask.slice(next._1()) == slice) {
      mean.add(SliceChange.of(next._2()));
      read();
    }
    return new Tuple2<>(RoundTask.key(slice, 0), mean.get().toBytes());
  }

  /**
   * How many times the mean difference of values is taken, where so many partitions have one. Once
   * is too little: a round then goes only as far as one partition does. As often as there are
   * partitions is too much where all go the same way, and diverges.
   */
  static double step(int partitions) {
    return Math.sqrt(partitions);
  }

  /** The mean of one slice. */
  static final class Mean {
    private final int rows;
    private final int cols;
    private final double[][] sums; // of each array
    private final long[] weights; // of each row
    private final int[] partitions; // that touched each row

    Mean(int rows, int cols, int arrays) {
      this.rows = rows;
      this.cols = cols;
      this.sums = new double[arrays][rows * cols];
      this.weights = new long[rows];
      this.partitions = new int[rows];
    }

    void add(SliceChange change) {
      int count = change.rows() == null ? rows : change.rows().length;
      int at = 0;
      for (double[] sum : sums) {
        for (int i = 0; i < count; i++) {
          int row = change.rows() == null ? i : change.rows()[i];
          for (int col = 0; col < cols; col++) {
            sum[row * cols + col] += change.weight() * (double) change.differences()[at++];
          }
        }
      }
      for (int i = 0; i < count; i++) {
        int row = change.rows() == null ? i : change.rows()[i];
        weights[row] += change.weight();
        partitions[row]++;
      }
    }

    SliceChange get() {
      int[] touched = IntStream.range(0, rows).filter(row -> partitions[row] > 0).toArray();
      float[] differences = new float[sums.length * touched.length * cols];
      int at = 0;
      for (int k = 0; k < sums.length; k++) {
        for (int row : touched) {
          double scale = k == 0 ? step(partitions[row]) : 1;
          for (int col = 0; col < cols; col++) {
            differences[at++] = (float) (scale * (sums[k][row * cols + col] / weights[row]));
          }
        }
      }
      return new SliceChange(0, touched.length == rows ? null : touched, differences);
    }
  }
}
