package io.gru4j.bench;

import io.gru4j.model.Explanation;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import io.gru4j.model.Trace;
import io.gru4j.model.UnknownItems;
import io.gru4j.tensor.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * The time that it takes to say why: the best items after a session of 20 clicks with what each
 * click does to their scores, both ways, and their probabilities; beside it the best items alone,
 * and the trace of the gates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "-Dgru4j.kernels=vector",
      "-Xms1g",
      "-Xmx1g"
    })
public class ExplainBenchmark {

  private static final int CLICKS = 20;
  private static final int SESSIONS = 256;

  /** How many items. */
  @Param({"10000", "40000"})
  public int items;

  /** How many of them are recommended and explained. */
  @Param({"1", "20"})
  public int k;

  private final List<List<String>> sessions = new ArrayList<>();
  private FittedModel model;
  private int next;

  /** Makes model and sessions, and checks the sum of what all items' clicks are said to do. */
  @Setup
  public void prepare() {
    model =
        new FittedModel(Ours.network(items), Ours.ids(items), Map.of(), List.of(), Ours.DATA_SEED);
    RandomStream random = new RandomStream(Ours.DATA_SEED);
    for (int i = 0; i < SESSIONS; i++) {
      List<String> session = new ArrayList<>();
      for (int t = 0; t < CLICKS; t++) {
        session.add(Integer.toString(random.nextInt(items)));
      }
      sessions.add(session);
    }
    check(sessions.getFirst());
  }

  /** A score must be the one that is recommended with, with and without the first click. */
  private void check(List<String> session) {
    Explanation best = model.explain(session, k).getFirst();
    float with = score(session, best.item());
    float without = score(session.subList(1, CLICKS), best.item());
    if (best.score() != with || best.clicks().getFirst().leaveOneOut() != with - without) {
      throw new IllegalStateException(best + ", expected " + with + " and " + without);
    }
  }

  private float score(List<String> session, String item) {
    return model.recommend(session, items, UnknownItems.FAIL).items().stream()
        .filter(each -> each.item().equals(item))
        .findFirst()
        .map(Recommendation::score)
        .orElseThrow();
  }

  private List<String> nextSession() {
    next = (next + 1) % SESSIONS;
    return sessions.get(next);
  }

  /**
   * The best items of a session, and why.
   *
   * @param work checks the kernels
   * @return the items
   */
  @Benchmark
  public List<Explanation> explain(Work work) {
    return model.explain(nextSession(), k);
  }

  /**
   * The best items of a session.
   *
   * @param work checks the kernels
   * @return the items
   */
  @Benchmark
  public List<Recommendation> recommend(Work work) {
    return model.recommend(nextSession(), k, UnknownItems.FAIL).items();
  }

  /**
   * The gates and states of a session.
   *
   * @param work checks the kernels
   * @return the trace
   */
  @Benchmark
  public Trace trace(Work work) {
    return model.trace(nextSession());
  }
}
