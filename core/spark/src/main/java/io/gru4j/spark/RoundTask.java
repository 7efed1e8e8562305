package io.gru4j.spark;

import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.progress.TrainingException;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.training.Round;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * One round of one partition, on an executor: goes on from the numbers that all partitions go on
 * from, and gives away what it changed, slice by slice. Its result is a function of what it is
 * given, so it can be made again anywhere.
 */
final class RoundTask implements Serializable {
  private static final long serialVersionUID = 1;

  /** Of the results of partitions; those of slices begin behind it. */
  static final int RESULT = 0;

  private final Algorithm algorithm;
  private final LinkedHashMap<String, String> parameters = new LinkedHashMap<>();
  private final ModelLayout layout;
  private final Broadcast<int[]> clicks;
  private final ArrayList<Broadcast<byte[]>> numbers;
  private final long seed;
  private final int round;
  private final int roundsPerEpoch;
  private final RoundCounters counters;
  private final Watch watch;

  /** Is told of each round of a partition before it is trained; for tests. */
  interface Watch extends Serializable {
    void begins(int partition, int round) throws Exception;
  }

  /**
   * Says what the round of any partition is.
   *
   * @param clicks of each item in all partitions
   * @param numbers what all partitions go on from
   * @param seed of the training
   * @param round from 0
   */
  RoundTask(
      GRU4RecParameters parameters,
      ModelLayout layout,
      Broadcast<int[]> clicks,
      List<Broadcast<byte[]>> numbers,
      long seed,
      int round,
      int roundsPerEpoch,
      RoundCounters counters,
      Watch watch) {
    this.algorithm = parameters.algorithm();
    parameters
        .getParams()
        .forEach((name, value) -> this.parameters.put(name, ParameterSpec.print(value)));
    this.layout = layout;
    this.clicks = clicks;
    this.numbers = new ArrayList<>(numbers);
    this.seed = seed;
    this.round = round;
    this.roundsPerEpoch = roundsPerEpoch;
    this.counters = counters;
    this.watch = watch;
  }

  /** A key that sorts by slice, then by partition. */
  static long key(int slice, int partition) {
    return (long) slice << Integer.SIZE | partition;
  }

  static int slice(long key) {
    return (int) (key >>> Integer.SIZE);
  }

  /** Trains. The share is that of the partition, once. */
  Iterator<Tuple2<Long, byte[]>> run(int partition, Iterator<SessionShare> share) throws Exception {
    JavaVersion.check();
    if (SharedModels.isScalar()) {
      counters.addScalar(SparkEnv.get().executorId());
    }
    watch.begins(partition, round);
    GRU4RecParameters p = GRU4RecParameters.defaults(algorithm).withParams(parameters);
    Round.Place place = new Round.Place(seed, partition, round, roundsPerEpoch);
    int[] itemClicks = clicks.value();
    long began = System.nanoTime();
    Round made;
    RoundResult result;
    try (Parallel parallel = new Parallel(TaskContext.get().cpus())) {
      made = new Round(p, share.next().toMatrix(itemClicks.length), itemClicks, place, parallel);
      give(made);
      result = run(made);
    }
    counters.add(result, (System.nanoTime() - began) * 1e-9);
    Tuple2<Long, byte[]> first = new Tuple2<>(key(RESULT, partition), result.toBytes());
    if (result.targets() == 0) {
      return List.of(first).iterator();
    }
    return Stream.concat(
            Stream.of(first),
            IntStream.range(0, layout.slices())
                .mapToObj(number -> change(made, partition, number, result.targets()))
                .filter(change -> change != null))
        .iterator();
  }

  private static RoundResult run(Round made) {
    try {
      Round.Result result = made.run();
      return new RoundResult(result.targets(), result.steps(), result.lossSum(), null);
    } catch (TrainingException e) {
      return new RoundResult(0, 0, 0, e.getMessage());
    }
  }

  private void give(Round made) {
    float[] row = new float[0];
    for (ModelLayout.Slice slice : layout.all()) {
      Parameter p = made.parameters().get(slice.parameter());
      float[][] arrays = made.arrays(slice.parameter());
      int n = slice.rows() * p.cols();
      row = row.length < n ? new float[n] : row;
      for (int k = 0; k < arrays.length; k++) {
        ModelNumbers.read(numbers, layout.at(slice.parameter(), k, slice.from()), row, n);
        p.write(arrays[k], (long) slice.from() * p.cols(), row, n);
      }
    }
  }

  /** The change of a slice; null if no row of it was touched. */
  private Tuple2<Long, byte[]> change(Round made, int partition, int number, long targets) {
    ModelLayout.Slice slice = layout.slice(number);
    BitSet touched = made.touched(slice.parameter());
    int[] rows =
        touched == null
            ? null
            : touched.get(slice.from(), slice.to()).stream().toArray(); // from the slice's first
    if (rows != null && rows.length == 0) {
      return null;
    }
    Parameter p = made.parameters().get(slice.parameter());
    int cols = p.cols();
    float[][] arrays = made.arrays(slice.parameter());
    int count = rows == null ? slice.rows() : rows.length;
    float[] differences = new float[arrays.length * count * cols];
    float[] before = new float[slice.rows() * cols];
    float[] after = new float[before.length];
    int at = 0;
    for (int k = 0; k < arrays.length; k++) {
      ModelNumbers.read(
          numbers, layout.at(slice.parameter(), k, slice.from()), before, before.length);
      p.read(arrays[k], (long) slice.from() * cols, after, after.length);
      for (int i = 0; i < count; i++) {
        int row = rows == null ? i : rows[i];
        for (int col = 0; col < cols; col++) {
          differences[at++] = after[row * cols + col] - before[row * cols + col];
        }
      }
    }
    SliceChange change = new SliceChange(targets, rows, differences);
    return new Tuple2<>(key(RESULT + 1 + number, partition), change.toBytes());
  }
}
