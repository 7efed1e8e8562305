package io.gru4j.spark;

import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.TrainingException;
import io.gru4j.progress.TrainingListener;
import java.io.IOException;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Trains on a cluster, in rounds: in each, every partition goes on from the same parameters and the
 * same state of the optimizer over its share of the sessions, and the results are averaged. This is
 * local SGD, or model averaging (Zinkevich et al. 2010, "Parallelized stochastic gradient descent";
 * Moritz et al. 2016, "SparkNet", arXiv:1511.06051; Stich 2019, arXiv:1805.09767), and so another
 * algorithm than that of one machine: more partitions cost accuracy, more rounds cost time.
 *
 * <p>The model depends on the clicks, the parameters, the seed, the number of partitions and the
 * rounds of an epoch alone, and is the same to the byte on any number of executors and cores, with
 * whatever is tried again.
 *
 * <p>Not thread-safe.
 */
public final class SparkTrainer {
  private final SparkSession spark;
  private FrameFormat format = FrameFormat.DEFAULT;
  private TrainingListener listener = new TrainingListener() {};
  private String checkpoints; // null: none
  private RoundTask.Watch watch = (partition, round) -> {};

  /**
   * Makes a trainer.
   *
   * @param spark runs the rounds
   * @throws IllegalStateException if the driver's Java is one with which Spark may lose data
   */
  public SparkTrainer(SparkSession spark) {
    this.spark = Objects.requireNonNull(spark, "spark");
    JavaVersion.check();
  }

  /**
   * Says how clicks stand in the data frames.
   *
   * @param format of the training sessions and of the validation sessions
   * @return this
   */
  public SparkTrainer format(FrameFormat format) {
    this.format = Objects.requireNonNull(format, "format");
    return this;
  }

  /**
   * Sets who is told how training proceeds. To it, a round is a batch.
   *
   * @param listener called on the thread that calls {@link #fit}
   * @return this
   */
  public SparkTrainer listener(TrainingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Lets a training write a checkpoint after every round, from which {@link #resume} goes on. The
   * newest two are kept when training has ended; {@link #fit} deletes all that are in the folder.
   *
   * @param folder of any file system that Spark knows, such as {@code hdfs:///gru4j/run1}, of this
   *     training alone; null for none
   * @return this
   */
  public SparkTrainer checkpoints(String folder) {
    checkpoints = folder;
    return this;
  }

  /** Whether there is a checkpoint to resume from. */
  boolean hasCheckpoint() throws IOException {
    return checkpoints != null
        && SparkCheckpoints.areIn(checkpoints, spark.sparkContext().hadoopConfiguration());
  }

  /** Watches the rounds of partitions, for tests. */
  SparkTrainer watch(RoundTask.Watch watch) {
    this.watch = watch;
    return this;
  }

  /**
   * Trains. With validation sessions the stopping criterion is computed on the driver after each
   * epoch, of which they leave the last click of each; the model is that of the best epoch, unless
   * {@code keep_last}; without, that of the last. A listener that cancels ends the training after a
   * round.
   *
   * @param parameters of the estimator
   * @param sessions to train on
   * @param validation sessions to judge epochs by, or null; they must fit the driver
   * @param partitions at least 1; each trains on its share of the sessions, on one task's cores
   * @param roundsPerEpoch at least 1; how often in an epoch the partitions' results are averaged
   * @return the model
   * @throws IllegalArgumentException if a number is out of range, the parameters contradict each
   *     other or no session has two clicks
   * @throws TrainingException if the loss or a parameter is not finite, or the loss far too large
   * @throws IOException if the driver's scratch file or a checkpoint cannot be written
   */
  public FittedModel fit(
      GRU4RecParameters parameters,
      Dataset<Row> sessions,
      Dataset<Row> validation,
      int partitions,
      int roundsPerEpoch)
      throws IOException {
    return training(parameters, sessions, validation, partitions, roundsPerEpoch).fit();
  }

  /**
   * Goes on with the training that wrote the checkpoints, whose driver has ended. The model has the
   * bytes of one that was never interrupted. For a training that had come to its end it returns the
   * model again.
   *
   * @param parameters what {@link #fit} was called with
   * @param sessions what {@link #fit} was called with
   * @param validation what {@link #fit} was called with
   * @param partitions what {@link #fit} was called with
   * @param roundsPerEpoch what {@link #fit} was called with
   * @return the model
   * @throws IllegalStateException if no folder of checkpoints is set
   * @throws IllegalArgumentException if something is not what it was; the message names the first
   *     difference. Also as {@link #fit} throws it
   * @throws TrainingException as {@link #fit} throws it
   * @throws IOException if there is no sound checkpoint, and as {@link #fit} throws it
   */
  public FittedModel resume(
      GRU4RecParameters parameters,
      Dataset<Row> sessions,
      Dataset<Row> validation,
      int partitions,
      int roundsPerEpoch)
      throws IOException {
    if (checkpoints == null) {
      throw new IllegalStateException("resume needs the folder of the checkpoints: set it first");
    }
    return training(parameters, sessions, validation, partitions, roundsPerEpoch).resume();
  }

  private SparkTraining training(
      GRU4RecParameters parameters,
      Dataset<Row> sessions,
      Dataset<Row> validation,
      int partitions,
      int roundsPerEpoch) {
    positive("partitions", partitions);
    positive("roundsPerEpoch", roundsPerEpoch);
    parameters.requireConsistent();
    return new SparkTraining(
        spark,
        parameters,
        ClickFrame.of(Objects.requireNonNull(sessions, "sessions"), format, false),
        validation == null ? null : ClickFrame.of(validation, format, false),
        partitions,
        roundsPerEpoch,
        listener,
        checkpoints,
        watch);
  }

  private static void positive(String name, int number) {
    if (number < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, got " + number);
    }
  }
}
