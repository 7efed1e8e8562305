package io.gru4j.bench;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.FittedModel;
import io.gru4j.tensor.Parallel;
import java.util.List;
import java.util.Map;
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
 * The 50 likeliest next items of every test session. With more than one thread {@code ofPeak} is
 * still the share of one core's peak.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "-Dgru4j.kernels=vector",
      "-Xms2g",
      "-Xmx2g",
      "-XX:+AlwaysPreTouch" // each call takes new pages of the heap until the first collection
    })
public class PredictBenchmark {

  private static final int K = 50;

  /** About how many items; the sessions are those of {@link ClickSessions}. */
  @Param({"10k", "40k"})
  public String catalogue;

  /** Threads that predict. */
  @Param({"1", "2"})
  public int threads;

  private InteractionMatrix sessions;
  private FittedModel model;
  private Parallel parallel;

  /** Sessions done, in units that make JMH's "ops/s" column read sessions a second. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Sessions {
    /** Sessions predicted. */
    public double sessions;
  }

  /** Makes sessions and a model and checks the first and the last row of the prediction. */
  @Setup
  public void prepare() {
    sessions = ClickSessions.named(catalogue).test();
    int items = sessions.numItems();
    model =
        new FittedModel(Ours.network(items), Ours.ids(items), Map.of(), List.of(), Ours.DATA_SEED);
    parallel = new Parallel(threads);
    CsrMatrix best = model.predict(sessions, K, parallel);
    int[] users = sessions.activeUsers();
    for (int user : new int[] {users[0], users[users.length - 1]}) {
      int[] clicks = new int[sessions.historyLength(user)];
      for (int i = 0; i < clicks.length; i++) {
        clicks[i] = sessions.item(user, i);
      }
      if (best.nnz(user) != K) {
        throw new IllegalStateException("user " + user + " has " + best.nnz(user) + " scores");
      }
      new PlainScores(model.network(), clicks)
          .checkBest(best.rowIndices(user), best.rowValues(user));
    }
  }

  /** Ends the threads. */
  @TearDown
  public void close() {
    parallel.close();
  }

  /**
   * Predicts all sessions.
   *
   * @param work counts 2 N H operations a session: those of the output layer
   * @param done counts the sessions
   * @return the scores kept
   */
  @Benchmark
  public CsrMatrix predict(Work work, Sessions done) {
    CsrMatrix best = model.predict(sessions, K, parallel);
    int users = sessions.numActiveUsers();
    work.add(2e-9 * users * model.numItems() * model.network().hiddenSize());
    done.sessions += users;
    return best;
  }
}
