package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_HIDDEN;
import static io.gru4j.parameters.GRU4RecOptions.EMBEDDING;
import static io.gru4j.parameters.GRU4RecOptions.INIT;
import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;
import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.LOSS_FN;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.FittedModel;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.LossFunction;
import io.gru4j.parameters.ParameterSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --preset}, and options among the parameters of a search. */
class PresetTest {
  @TempDir Path folder;
  private TrainingFiles files;

  private record Result(int status, String out, String err) {}

  @BeforeEach
  void makeSessions() throws IOException {
    files = TrainingFiles.in(folder);
  }

  private static Result run(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            words,
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8));
    return new Result(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** The parameters of the model that a training with these flags writes. */
  private Map<String, String> trained(String... flags) throws IOException {
    List<String> words = new ArrayList<>(List.of("train", files.sessions().toString()));
    words.addAll(List.of("--model", files.model().toString(), "--threads=1", "--seed=7"));
    words.addAll(List.of(flags));
    Result result = run(words.toArray(String[]::new));
    assertEquals(0, result.status, result.err);
    return FittedModel.load(files.model()).parameters();
  }

  private static Map<String, String> texts(GRU4RecParameters parameters) {
    Map<String, String> texts = new HashMap<>();
    parameters.getParams().forEach((name, value) -> texts.put(name, ParameterSpec.print(value)));
    return texts;
  }

  @Test
  void flagsWinOverThePresetAndItOverTheDefaults() throws IOException {
    GRU4RecParameters best = GRU4RecParameters.gru4rec();
    String[] small = {"--hidden-size=5", "--max-epochs=1"};
    var expected = best.toBuilder().set(HIDDEN_SIZE, 5).set(MAX_EPOCHS, 1).set(SEED, 7L);
    assertEquals(texts(expected.build()), trained(small[0], small[1], "--preset=gru4rec"));
    assertEquals(
        texts(expected.set(BATCH_SIZE, 9).build()),
        trained("--preset=gru4rec", "--batch-size=9", small[0], small[1]));
    var defaults =
        GRU4RecParameters.builder().set(HIDDEN_SIZE, 5).set(MAX_EPOCHS, 1).set(SEED, 7L).build();
    assertEquals(texts(defaults), trained("--preset=recpack", small[0], small[1]));
    assertEquals(texts(defaults), trained(small));
  }

  @Test
  void anotherPresetIsRefusedWithThoseThereAre() {
    String file = files.sessions().toString();
    List<Result> all =
        List.of(
            run("demo", "--preset=best"),
            run("train", file, "--model=m", "--preset=best"),
            run(
                "search",
                file,
                "--model=m",
                "--param=bptt=1",
                "--validation-fraction=0.2",
                "--preset=best"));
    for (Result wrong : all) {
      assertEquals(2, wrong.status);
      String message =
          "--preset must be one of full_softmax, gru4rec, official_coveo_bprmax,"
              + " official_diginetica_bprmax, official_rees46_xe, official_retailrocket_bprmax,"
              + " official_rsc15_xe, official_yoochoose_xe, recpack, got best";
      assertTrue(wrong.err.contains(message), wrong.err);
    }
  }

  /** A demo needs its seed, which a preset has not. */
  @Test
  void thePresetOfADemoKeepsTheDemosSeed() {
    List<String> small = List.of("--sessions=40", "--items=20", "--hidden-size=4", "--threads=1");
    List<String> words = new ArrayList<>(List.of("demo", "--preset=gru4rec", "--max-epochs=1"));
    words.addAll(small);
    Result demo = run(words.toArray(String[]::new));
    assertEquals(0, demo.status, demo.err);
    words.add("--seed=42");
    assertEquals(demo.out, run(words.toArray(String[]::new)).out);
  }

  /** The parameters with which the results of README and accuracy.md were measured. */
  @Test
  void thePresetIsTheOneThatWasMeasured() {
    GRU4RecParameters measured =
        GRU4RecParameters.builder(Algorithm.NEG_SAMPLING)
            .set(LOSS_FN, LossFunction.BPR_MAX)
            .set(HIDDEN_SIZE, 200)
            .set(BATCH_SIZE, 64)
            .set(LEARNING_RATE, 0.05)
            .set(MAX_EPOCHS, 10)
            .set(CLIPNORM, null)
            .set(INIT, GRU4RecOptions.Init.GLOROT)
            .set(EMBEDDING, GRU4RecOptions.Embedding.SHARED)
            .set(DROPOUT_EMBED, 0.4)
            .set(DROPOUT_HIDDEN, 0.15)
            .set(BATCHING, GRU4RecOptions.Batching.SESSION_PARALLEL)
            .set(SESSION_ORDER, GRU4RecOptions.SessionOrder.TIME)
            .set(GRU4RecOptions.ADAGRAD_MOMENTUM, 0.15)
            .set(GRU4RecOptions.ADAGRAD_EPSILON, 1e-6)
            .set(GRU4RecOptions.ADAGRAD_EPSILON_PLACE, GRU4RecOptions.EpsilonPlace.INSIDE)
            .set(GRU4RecOptions.NEGATIVES, GRU4RecOptions.Negatives.SHARED)
            .set(GRU4RecOptions.NUM_SAMPLES, 2048)
            .set(GRU4RecOptions.SAMPLE_ALPHA, 0.3)
            .set(GRU4RecOptions.BPREG, 0.9)
            .set(GRU4RecOptions.ELU, 1.0)
            .build();
    assertEquals(measured.getParams(), GRU4RecParameters.gru4rec().getParams());
  }

  @Test
  void theHelpSaysWhatThePresetSets() {
    String help = run("train", "--help").out.replaceAll("\\s+", " ");
    Map<String, Object> defaults =
        GRU4RecParameters.defaults(GRU4RecParameters.gru4rec().algorithm()).getParams();
    GRU4RecParameters.gru4rec()
        .getParams()
        .forEach(
            (name, value) -> {
              String flag = "--" + name.replace('_', '-') + " " + ParameterSpec.print(value);
              boolean differs = !Objects.equals(value, defaults.get(name));
              assertEquals(differs, help.contains(flag + " --") || help.contains(flag + ")"), flag);
            });
  }

  @Test
  void aSearchTakesPresetAndOptions() throws IOException {
    Result search =
        run(
            "search",
            files.sessions().toString(),
            "--model=" + files.model(),
            "--validation-fraction=0.2",
            "--preset=full_softmax",
            "--param=batching=padded,session_parallel",
            "--param=embedding=shared,separate",
            "--hidden-size=5",
            "--max-epochs=1",
            "--threads=1");
    assertEquals(0, search.status, search.err);
    assertEquals(5, search.out.lines().count(), search.out);
    Map<String, String> best = FittedModel.load(files.model()).parameters();
    assertEquals("glorot", best.get("init"));
    String first = search.out.lines().skip(1).findFirst().orElseThrow();
    assertTrue(first.contains(" " + best.get("batching") + " "), first);
    assertTrue(first.contains(" " + best.get("embedding") + " "), first);
  }
}
