package io.gru4j.bench;

import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import io.gru4j.serve.Recommender;
import io.gru4j.serve.Session;
import io.gru4j.tensor.RandomStream;
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
 * The time that a visitor of a service waits: for one click, and for the 20 best of all items.
 * Sessions take turns and start anew after 20 clicks, so that the last call has not brought the
 * session's state or the item's embedding into a cache.
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
      "-Xms4g",
      "-Xmx4g"
    })
public class ServeBenchmark {

  private static final int K = 20;
  private static final int SESSIONS = 1024;
  private static final int CLICKS = 20;

  /** How many items. */
  @Param({"1000", "10000", "100000", "1000000"})
  public int items;

  private final Session[] sessions = new Session[SESSIONS];
  private final String[] clicked = new String[64 * SESSIONS];
  private int next;

  /** Makes model, sessions and clicks and checks the best items of one session. */
  @Setup
  public void prepare() {
    FittedModel model =
        new FittedModel(Ours.network(items), Ours.ids(items), Map.of(), List.of(), Ours.DATA_SEED);
    Recommender recommender = new Recommender(model);
    RandomStream random = new RandomStream(Ours.DATA_SEED);
    for (int i = 0; i < clicked.length; i++) {
      clicked[i] = Integer.toString(random.nextInt(items));
    }
    for (int i = 0; i < SESSIONS; i++) {
      sessions[i] = recommender.newSession();
      sessions[i].click(clicked[i]);
    }
    sessions[0].click("7");
    List<Recommendation> best = sessions[0].top(K);
    new PlainScores(model.network(), Integer.parseInt(clicked[0]), 7)
        .checkBest(best.stream().mapToInt(r -> Integer.parseInt(r.item())).toArray(), scores(best));
  }

  private static float[] scores(List<Recommendation> best) {
    float[] scores = new float[best.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = best.get(i).score();
    }
    return scores;
  }

  private Session nextSession() {
    next = (next + 1) % clicked.length;
    return sessions[next % SESSIONS];
  }

  private Session clickedSession() {
    Session session = nextSession();
    if (session.clicks() == CLICKS) {
      session.reset();
    }
    session.click(clicked[next]);
    return session;
  }

  /**
   * One click.
   *
   * @param work checks the kernels
   * @return the session
   */
  @Benchmark
  public Session click(Work work) {
    return clickedSession();
  }

  /**
   * The best items of a session.
   *
   * @param work checks the kernels
   * @return the items
   */
  @Benchmark
  public List<Recommendation> top(Work work) {
    return nextSession().top(K);
  }

  /**
   * One click and the best items after it: a request.
   *
   * @param work checks the kernels
   * @return the items
   */
  @Benchmark
  public List<Recommendation> clickAndTop(Work work) {
    return clickedSession().top(K);
  }
}
