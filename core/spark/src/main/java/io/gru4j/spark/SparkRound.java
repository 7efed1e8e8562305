package io.gru4j.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.TreeMap;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.network.util.JavaUtils;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * One round as a job: every partition trains and gives its changes away in slices, Spark's shuffle
 * brings the changes of a slice together, sorted by partition, they are averaged, and the driver
 * adds the averages to its numbers as they come.
 *
 * <p>It is a reduce-scatter. Spark's own {@code treeAggregate} adds in the order in which results
 * arrive, so its sums of floats differ from run to run, and it brings whole models together in
 * single tasks.
 */
final class SparkRound {
  private static final String MOST = "spark.driver.maxResultSize";
  private static final int SLICES = 64; // of 256 kB, that come to the driver at a time

  private SparkRound() {}

  /** Slices modulo the number of tasks that average. */
  private static final class BySlice extends Partitioner {
    private static final long serialVersionUID = 1;
    private final int tasks;

    BySlice(int tasks) {
      this.tasks = tasks;
    }

    @Override
    public int numPartitions() {
      return tasks;
    }

    @Override
    public int getPartition(Object key) {
      return RoundTask.slice((Long) key) % tasks;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof BySlice same && same.tasks == tasks;
    }

    @Override
    public int hashCode() {
      return tasks;
    }
  }

  /** Everything that a task has averaged. */
  private static final class Collecting
      extends AbstractFunction1<Iterator<Tuple2<Long, byte[]>>, ArrayList<Tuple2<Long, byte[]>>>
      implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public ArrayList<Tuple2<Long, byte[]>> apply(Iterator<Tuple2<Long, byte[]>> means) {
      ArrayList<Tuple2<Long, byte[]>> all = new ArrayList<>();
      CollectionConverters.asJava(means).forEachRemaining(all::add);
      return all;
    }
  }

  /** Takes what tasks have averaged, one after the other, as they end. */
  private static final class Adding
      extends AbstractFunction2<Object, ArrayList<Tuple2<Long, byte[]>>, BoxedUnit> {
    private final ModelLayout layout;
    private final ModelNumbers numbers;
    private final TreeMap<Long, RoundResult> results = new TreeMap<>(); // by partition

    Adding(ModelLayout layout, ModelNumbers numbers) {
      this.layout = layout;
      this.numbers = numbers;
    }

    @Override
    public BoxedUnit apply(Object task, ArrayList<Tuple2<Long, byte[]>> means) {
      try {
        for (Tuple2<Long, byte[]> each : means) {
          int slice = RoundTask.slice(each._1());
          if (slice == RoundTask.RESULT) {
            results.put(each._1(), RoundResult.of(each._2()));
          } else {
            add(layout.slice(slice - RoundTask.RESULT - 1), SliceChange.of(each._2()));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return BoxedUnit.UNIT;
    }

    private void add(ModelLayout.Slice slice, SliceChange change) throws IOException {
      int cols = layout.cols(slice.parameter());
      float[] values = new float[slice.rows() * cols];
      int count = change.rows() == null ? slice.rows() : change.rows().length;
      int at = 0;
      for (int k = 0; k < layout.arrays(); k++) {
        long from = layout.at(slice.parameter(), k, slice.from());
        numbers.read(from, values, values.length);
        for (int i = 0; i < count; i++) {
          int row = change.rows() == null ? i : change.rows()[i];
          for (int col = 0; col < cols; col++) {
            values[row * cols + col] += change.differences()[at++];
          }
        }
        numbers.write(from, values, values.length);
      }
    }
  }

  /**
   * Makes sure that Spark lets the driver take what a round brings.
   *
   * @throws IllegalArgumentException if not; says which setting would
   */
  static void requireResults(org.apache.spark.SparkConf conf, ModelLayout layout) {
    long most = JavaUtils.byteStringAsBytes(conf.get(MOST, "1g"));
    long needed = (long) (1.1 * Float.BYTES * layout.size());
    if (most != 0 && needed > most) {
      throw new IllegalArgumentException(
          "%s is %s, but a round brings the driver up to %d MB: set it to %dm or more"
              .formatted(MOST, conf.get(MOST, "1g"), needed >> 20, (needed >> 20) + 1));
    }
  }

  /** The means of slices, each added up in the order of partitions, however the changes lie. */
  static JavaRDD<Tuple2<Long, byte[]>> means(
      JavaRDD<Tuple2<Long, byte[]>> changes, int tasks, ModelLayout layout) {
    return JavaPairRDD.fromJavaRDD(changes)
        .repartitionAndSortWithinPartitions(new BySlice(tasks))
        .mapPartitions(sorted -> new SliceMean(sorted, layout));
  }

  /**
   * Trains a round.
   *
   * @param numbers what the round goes on from, and then what it has made
   */
  static RoundResult run(
      JavaRDD<SessionShare> shares, RoundTask task, ModelLayout layout, ModelNumbers numbers) {
    int partitions = shares.getNumPartitions();
    int tasks =
        Math.min(layout.slices(), Math.max(partitions, Math.ceilDiv(layout.slices(), SLICES)));
    JavaRDD<Tuple2<Long, byte[]>> changes =
        shares.mapPartitionsWithIndex((partition, share) -> task.run(partition, share), false);
    JavaRDD<Tuple2<Long, byte[]>> means = means(changes, tasks, layout);
    Adding adding = new Adding(layout, numbers);
    means.context().runJob(means.rdd(), new Collecting(), adding, ClassTag.apply(ArrayList.class));
    return adding.results.values().stream().reduce(RoundResult.NOTHING, RoundResult::plus);
  }
}
