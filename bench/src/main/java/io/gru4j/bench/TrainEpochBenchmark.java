package io.gru4j.bench;

import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.EpochSummary;
import io.gru4j.parameters.GRU4RecParameters;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A fit of one epoch with the default parameters, the drawing of the initial ones included. With
 * more than one thread {@code ofPeak} is still the share of one core's peak.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "-Dgru4j.kernels=vector",
      "-Xms4g",
      "-Xmx4g"
    })
public class TrainEpochBenchmark {

  /** About how many items; the sessions are those of {@link ClickSessions}. */
  @Param({"1k", "10k", "40k"})
  public String catalogue;

  /** Threads that train. */
  @Param({"1", "2"})
  public int threads;

  /** Share of the training sessions that is an epoch here. */
  @Param("1")
  public double part;

  private GRU4RecCrossEntropy estimator;
  private InteractionMatrix sessions;
  private IdMap ids;

  /** Targets done, in units that make JMH's "ops/s" column read targets a second. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Targets {
    /** Clicks predicted. */
    public double targets;
  }

  /** Makes the sessions. */
  @Setup
  public void prepare() {
    sessions = ClickSessions.named(catalogue).trainPart(part);
    ids = Ours.ids(sessions.numItems());
    estimator =
        new GRU4RecCrossEntropy(
                GRU4RecParameters.builder().set(SEED, Ours.DATA_SEED).set(MAX_EPOCHS, 1).build())
            .threads(threads);
  }

  /** Ends the threads. */
  @TearDown
  public void close() {
    estimator.close();
  }

  /**
   * One epoch; checks that the loss is below that of chance.
   *
   * @param work counts 6 N H operations a target
   * @param done counts the targets
   * @return mean loss over the targets
   */
  @Benchmark
  public double fit(Work work, Targets done) {
    EpochSummary epoch = estimator.fit(sessions, ids, null).model().history().getFirst();
    if (!(epoch.loss() < Math.log(sessions.numItems() + 1))) {
      throw new IllegalStateException("loss is " + epoch.loss());
    }
    int hidden = estimator.parameters().get(HIDDEN_SIZE);
    work.add(6e-9 * epoch.targets() * sessions.numItems() * hidden);
    done.targets += epoch.targets();
    return epoch.loss();
  }
}
