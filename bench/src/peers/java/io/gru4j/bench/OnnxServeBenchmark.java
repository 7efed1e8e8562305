package io.gru4j.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.gru4j.model.FittedModel;
import io.gru4j.model.OnnxFile;
import io.gru4j.model.Recommendation;
import io.gru4j.model.UnknownItems;
import io.gru4j.tensor.RandomStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * {@link ServeBenchmark} with ONNX Runtime on one thread: the same model as {@link
 * OnnxFile#writeStep} writes it, the same clicks. States stay tensors of the runtime, and only the
 * outputs are asked for that the row is about.
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
public class OnnxServeBenchmark {

  private static final int K = 20;
  private static final int SESSIONS = 1024;
  private static final int CLICKS = 20;
  private static final String STATE = "next_state_0";
  private static final Set<String> CLICK = Set.of(STATE);
  private static final Set<String> ALL = Set.of(STATE, "top_scores", "top_items");

  /** How many items. */
  @Param({"10000", "100000"})
  public int items;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession.Result[] after = new OrtSession.Result[SESSIONS]; // of the last click
  private final int[] clicks = new int[SESSIONS];
  private final int[] clicked = new int[64 * SESSIONS];
  private OrtSession runtime;
  private OnnxTensor zero;
  private OnnxTensor k;
  private int next;

  /**
   * Writes the model, has the runtime read it, and compares the best items of one session.
   *
   * @throws IOException if the file cannot be written
   * @throws OrtException if the runtime cannot read it
   */
  @Setup
  public void prepare() throws IOException, OrtException {
    FittedModel model =
        new FittedModel(Ours.network(items), Ours.ids(items), Map.of(), List.of(), Ours.DATA_SEED);
    Path file = Files.createTempFile("gru4j", ".onnx");
    OnnxFile.writeStep(model, file);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      runtime = environment.createSession(file.toString(), options);
    }
    Files.delete(file);
    zero = OnnxTensor.createTensor(environment, new float[1][model.network().hiddenSize()]);
    k = OnnxTensor.createTensor(environment, new long[] {K});
    RandomStream random = new RandomStream(Ours.DATA_SEED);
    for (int i = 0; i < clicked.length; i++) {
      clicked[i] = random.nextInt(items);
    }
    for (int i = 0; i < SESSIONS; i++) {
      next = i;
      step(CLICK);
    }
    next = SESSIONS; // another click of the first session
    OrtSession.Result result = step(ALL);
    long[] best = ((long[][]) result.get("top_items").orElseThrow().getValue())[0];
    List<String> session =
        List.of(Integer.toString(clicked[0]), Integer.toString(clicked[SESSIONS]));
    List<Recommendation> ours = model.recommend(session, 1, UnknownItems.FAIL).items();
    if (!ours.getFirst().item().equals(Long.toString(best[0]))) {
      throw new IllegalStateException("expected " + ours.getFirst() + " first, got " + best[0]);
    }
  }

  /** Runs the click that is next, from the state of its session. */
  private OrtSession.Result step(Set<String> outputs) throws OrtException {
    int session = next % SESSIONS;
    OrtSession.Result before = after[session];
    boolean fresh = before == null || clicks[session] == CLICKS;
    OnnxTensor state = fresh ? zero : (OnnxTensor) before.get(STATE).orElseThrow();
    clicks[session] = fresh ? 1 : clicks[session] + 1;
    long[] one = {clicked[next]};
    try (OnnxTensor item = OnnxTensor.createTensor(environment, one)) {
      after[session] = runtime.run(Map.of("item", item, "state_0", state, "k", k), outputs);
    }
    if (before != null) {
      before.close();
    }
    return after[session];
  }

  private OrtSession.Result nextStep(Set<String> outputs) throws OrtException {
    next = (next + 1) % clicked.length;
    return step(outputs);
  }

  /**
   * One click.
   *
   * @return the state
   * @throws OrtException never
   */
  @Benchmark
  public OrtSession.Result click() throws OrtException {
    return nextStep(CLICK);
  }

  /**
   * One click and the best items after it: a request.
   *
   * @return their numbers
   * @throws OrtException never
   */
  @Benchmark
  public Object clickAndTop() throws OrtException {
    return nextStep(ALL).get("top_items").orElseThrow().getValue();
  }

  /**
   * Gives back what the runtime holds.
   *
   * @throws OrtException never
   */
  @TearDown
  public void close() throws OrtException {
    for (OrtSession.Result each : after) {
      each.close();
    }
    zero.close();
    k.close();
    runtime.close();
  }
}
