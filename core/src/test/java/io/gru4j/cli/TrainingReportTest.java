package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.cli.report.Block;
import io.gru4j.cli.report.Page;
import io.gru4j.model.FittedModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingReportTest {
  private static final String HOSTILE = "<script>alert('&amp;')</script>";

  @TempDir Path folder;
  private Path train;
  private Path held;
  private Path model;
  private Path report;
  private String err;

  @BeforeEach
  void makeSessions() throws IOException {
    train = write("a<b>&'c.tsv", 0, 40);
    held = write("held.tsv", 40, 15);
    model = folder.resolve("m.safetensors");
    report = folder.resolve("r.html");
  }

  /** Every item in turn; the most frequent is the hostile one. */
  private Path write(String name, int first, int sessions) throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int session = first; session < first + sessions; session++) {
      for (int click = 0; click < 2 + session % 4; click++) {
        int item = (session + 2 * click) % 12;
        text.append(session).append('\t').append(item < 4 ? HOSTILE : "item" + item);
        text.append('\t').append(10 * session + click).append('\n');
      }
    }
    return Files.writeString(folder.resolve(name), text);
  }

  private String run(int status, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int actual =
        Main.run(
            args,
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8));
    this.err = err.toString(StandardCharsets.UTF_8);
    assertEquals(status, actual, this.err);
    return out.toString(StandardCharsets.UTF_8);
  }

  private String train(int status, String... more) {
    List<String> args = new ArrayList<>(List.of("train", train.toString()));
    args.addAll(List.of("--model=" + model, "--hidden-size=8", "--num-components=6"));
    args.addAll(List.of("--max-epochs=3", "--batch-size=16", "--learning-rate=0.2", "--seed=7"));
    args.addAll(List.of(more));
    return run(status, args.toArray(String[]::new));
  }

  private Page page() throws IOException {
    return new Page(Files.readString(report));
  }

  @Test
  void theFiguresAreThoseOfTheModelAndOfEvaluate() throws IOException {
    train(0, "--validation", held.toString(), "--report", report.toString());
    Page page = page();
    FittedModel fitted = FittedModel.load(model);

    assertEquals(
        fitted.history().stream().map(e -> new Block.Point(e.epoch(), e.loss())).toList(),
        Page.points(page.captioned("Training loss")));
    assertEquals(
        fitted.history().stream()
            .map(e -> new Block.Point(e.epoch(), e.criterion().getAsDouble()))
            .toList(),
        Page.points(page.captioned("Stopping criterion")));
    assertEquals(4, Page.cells(page.captioned("Epochs")).size());

    List<String> gru = Page.cells(page.captioned("Next click")).getLast();
    assertEquals("GRU4Rec", gru.getFirst());
    List<List<String>> evaluated =
        run(0, "evaluate", held.toString(), "--model", model.toString(), "--at", "5,10,20")
            .lines()
            .skip(1)
            .limit(3)
            .map(line -> Arrays.asList(line.trim().split(" +")))
            .toList();
    List<String> byMetric = new ArrayList<>();
    for (int metric = 1; metric <= 3; metric++) {
      for (List<String> k : evaluated) {
        byMetric.add(k.get(metric));
      }
    }
    assertEquals(byMetric, gru.subList(1, gru.size()));
  }

  @Test
  void theDataAreCounted() throws IOException {
    train(0, "--report", report.toString());
    Page page = page();
    List<String> heights =
        Page.below(page.captioned("Session lengths"), "rect").stream()
            .map(e -> e.attributes().get("data-y"))
            .toList();
    assertEquals(List.of("0", "10", "10", "10", "10"), heights);
    List<Block.Point> popularity = Page.points(page.captioned("Item popularity"));
    assertEquals(new Block.Point(1, 48), popularity.getFirst());
    assertEquals(9, popularity.getLast().x());
    assertEquals(HOSTILE, Page.cells(page.captioned("Most clicked items")).get(1).getFirst());
    assertEquals(List.of(), page.all("script"));
    assertTrue(page.captioned("Command").text().contains("'\\''c.tsv' --model="), "quoted");
    assertFalse(page.all("p").stream().noneMatch(e -> e.text().contains("no validation")));
  }

  @Test
  void theRunAndEveryParameterAreNamed() throws IOException {
    train(0, "--report", report.toString());
    Page page = page();
    List<List<String>> parameters = Page.cells(page.captioned("Parameters"));
    FittedModel fitted = FittedModel.load(model);
    assertEquals(
        fitted.parameters().keySet().stream().sorted().toList(),
        parameters.stream().map(List::getFirst).sorted().toList());
    assertTrue(parameters.contains(List.of("hidden_size", "8 (default 100)")));
    assertTrue(parameters.contains(List.of("bptt", "1")));
    List<List<String>> run = Page.cells(page.captioned("Run"));
    assertTrue(run.contains(List.of("seed", "7")));
    List<String> names = run.stream().map(List::getFirst).toList();
    assertTrue(
        names.containsAll(
            List.of("gru4j", "kernels", "threads", "Java", "system", "heap", "training took")),
        names.toString());
  }

  @Test
  void anUnwritableReportIsRefusedBeforeTheWork() throws IOException {
    train(1, "--report", folder.resolve("none/r.html").toString());
    assertTrue(err.contains("none/r.html: its folder does not exist"), err);
    assertFalse(err.contains("epoch 1"), err);
    for (Path other : List.of(train, model)) {
      train(2, "--report", other.toString());
      assertTrue(err.contains("--report " + other + " would overwrite " + other), err);
    }
    assertFalse(Files.exists(model));
  }

  /** A pipeline that waits for the page must not take an old one for this training's. */
  @Test
  void aTrainingThatFailsSaysThatNoReportIsWritten() throws IOException {
    Files.writeString(report, "old");
    String[] words = {"train", train.toString(), "--model=" + model, "--report=" + report};
    List<String> wild = new ArrayList<>(List.of(words));
    wild.addAll(List.of("--optimization-algorithm=sgd", "--learning-rate=1e38", "--seed=7"));
    run(1, wild.toArray(String[]::new));
    assertTrue(err.contains("no report is written to " + report + ": there is no model\n"), err);
    assertEquals("old", Files.readString(report));
  }

  @Test
  void anOldReportIsReplacedAsAWhole() throws IOException {
    Files.writeString(report, "old".repeat(100_000));
    train(0, "--report", report.toString());
    assertTrue(Files.readString(report).endsWith("</html>\n"));
    Page.Node root = page().all("body").getFirst();
    assertFalse(root.text().contains("oldold"));
    try (Stream<Path> files = Files.list(folder)) {
      assertFalse(files.anyMatch(file -> file.toString().endsWith(".tmp")));
    }
  }
}
