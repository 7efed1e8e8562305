package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Json;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code --algorithm}: the other estimator in every command that trains or reads a model. */
class AlgorithmOptionTest extends CommandLineCase {

  @Test
  void theModelIsTheOtherEstimators() throws IOException {
    Path report = folder.resolve("page.html");
    train("--algorithm=neg_sampling", "--loss-fn=top1", "--report=" + report).expect(0);
    FittedModel trained = FittedModel.load(Path.of(model));
    assertEquals("neg_sampling", trained.algorithm());
    assertEquals("top1", trained.parameters().get("loss_fn"));
    assertEquals("own", trained.parameters().get("negatives"));
    assertTrue(Files.readString(report).contains("GRU4RecNegSampling"));
    assertFalse(Files.readString(report).contains("loss, nats"));
    assertFalse(Files.readString(report).contains("mean cross-entropy"));
    assertContains(run("inspect", model).expect(0).out(), "\nalgorithm  neg_sampling\n");
    assertContains(run("evaluate", sessions, "--model", model).expect(0).out(), "Recall@k");
    String top = run("recommend", "--model", model, "--items=ä1,ä3", "--top=3").expect(0).out();
    assertEquals(3, top.lines().count(), top);
    train().expect(0);
    assertContains(run("inspect", model).expect(0).out(), "\nalgorithm  cross_entropy\n");
  }

  /**
   * Against samples the loss is no measure of guessing, so it is not held against ln(items + 1).
   */
  @Test
  void aLossAgainstSamplesIsNotCalledWorseThanGuessing() {
    Result shared =
        train("--negatives=shared", "--batching=session_parallel", "--strict", "--json").expect(0);
    Map<?, ?> json = (Map<?, ?>) Json.parse(shared.out());
    assertTrue((Double) json.get("loss") > Math.log(12 + 1), shared.out());
    assertContains(shared.err(), "--strict has no effect here, only with negatives catalogue");
    assertFalse(shared.err().contains("the loss stays above"), shared.err());
    assertFalse(train("--strict").expect(0).err().contains("has no effect"));
  }

  @Test
  void aPresetSaysItsAlgorithm() throws IOException {
    train("--preset=official_coveo_bprmax", "--num-samples=6").expect(0);
    Map<String, String> parameters = FittedModel.load(Path.of(model)).parameters();
    GRU4RecParameters expected =
        Presets.all().get("official_coveo_bprmax").toBuilder()
            .set("hidden_size", 8)
            .set("num_components", 6)
            .set("max_epochs", 2)
            .set("batch_size", 16)
            .set("num_samples", 6)
            .set("seed", 7)
            .build();
    assertEquals(
        expected, GRU4RecParameters.defaults(Algorithm.NEG_SAMPLING).withParams(parameters));
    assertContains(
        train("--preset=official_coveo_bprmax", "--algorithm=cross_entropy").expect(2).err(),
        "--preset official_coveo_bprmax is one of neg_sampling, got --algorithm cross_entropy");
    train("--preset=recpack", "--algorithm=neg_sampling").expect(0);
    assertEquals("50", FittedModel.load(Path.of(model)).parameters().get("num_negatives"));
  }

  @Test
  void wrongUsesAreRefused() {
    assertContains(
        train("--algorithm=bpr").expect(2).err(),
        "--algorithm: algorithm must be one of cross_entropy, neg_sampling, got bpr");
    assertContains(
        train("--loss-fn=bpr").expect(2).err(),
        "--loss-fn is a flag of --algorithm neg_sampling, not of cross_entropy");
    assertContains(
        train("--negatives=own").expect(2).err(),
        "negatives of GRU4RecCrossEntropy must be catalogue or shared, got own");
    assertFalse(Files.exists(Path.of(model)));
  }

  @Test
  void whatHasNoEffectIsAWarning() {
    String warning =
        "momentum 0.5 has no effect here, only with optimization_algorithm sgd (for adagrad there"
            + " is adagrad_momentum)";
    Result result = train("--momentum=0.5").expect(0);
    assertContains(result.err(), "warning: " + warning + "\n");
    assertContains(result.err(), "in this training there was 1 warning:\n  " + warning + "\n");
    Result search =
        run(
                TINY,
                "search",
                sessions,
                "--model=" + model,
                "--validation-fraction=0.2",
                "--momentum=0.5",
                "--param=bptt=1,2")
            .expect(0);
    assertEquals(2, search.err().split(warning.replace("(", "\\(").replace(")", "\\)")).length);
    assertFalse(train().expect(0).err().contains("warning"));
  }

  @Test
  void aSearchTakesIt() throws IOException {
    Result search =
        run(
                TINY,
                "search",
                sessions,
                "--model=" + model,
                "--validation-fraction=0.2",
                "--algorithm=neg_sampling",
                "--batching=session_parallel",
                "--param=negatives=own,shared",
                "--param=loss-fn=bpr,bpr-max")
            .expect(0);
    assertEquals(5, search.out().lines().count(), search.out());
    assertContains(search.out(), "negatives shared needs loss_fn bpr-max, got bpr");
    assertEquals("neg_sampling", FittedModel.load(Path.of(model)).algorithm());
  }

  @Test
  void aDemoTakesIt() {
    List<String> small = List.of("--sessions=40", "--items=20", "--hidden-size=4", "--threads=1");
    Result demo = run(small, "demo", "--algorithm=neg_sampling", "--max-epochs=1").expect(0);
    assertContains(demo.out(), "GRU4Rec");
    assertFalse(demo.out().equals(run(small, "demo", "--max-epochs=1").expect(0).out()));
  }

  @Test
  void theHelpSaysWhoseAFlagIs() {
    for (String command : List.of("train", "search", "demo")) {
      String help = run(command, "--help").expect(0).out().replaceAll("\\s+", " ");
      assertContains(help, "--algorithm cross_entropy|neg_sampling ");
      assertContains(help, "(for neg_sampling alone; default bpr)");
      assertContains(help, "for neg_sampling alone; default 50)");
      assertContains(help, "(default catalogue, for neg_sampling own)");
      Presets.all().keySet().forEach(name -> assertContains(help, name));
    }
  }
}
