package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.file.Json;
import io.gru4j.file.OneLine;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private static final List<String> COMMANDS =
      List.of("demo", "train", "search", "evaluate", "recommend", "inspect");

  /** Small enough for a test: the flags of a model that trains in no time. */
  private static final List<String> TINY =
      List.of("--hidden-size=8", "--num-components=6", "--max-epochs=2", "--batch-size=16");

  @TempDir Path folder;
  private String sessions;
  private String model;
  private String stdin = "";

  private record Result(int status, String out, String err) {
    Result expect(int status) {
      assertEquals(status, this.status, out + err);
      return this;
    }
  }

  @BeforeEach
  void makeSessions() throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int session = 0; session < 40; session++) {
      for (int click = 0; click < 3 + session % 3; click++) {
        int item = (session + 2 * click) % 12;
        text.append(session).append("\tä").append(item).append('\t');
        text.append(10 * session + click).append('\n');
      }
    }
    Path file = folder.resolve("sessions.tsv");
    Files.writeString(file, text);
    sessions = file.toString();
    model = folder.resolve("m.safetensors").toString();
  }

  private static final class Full extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("No space left on device");
    }
  }

  private Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            args,
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8));
    return new Result(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Result run(List<String> tail, String... head) {
    return run(Stream.concat(Arrays.stream(head), tail.stream()).toArray(String[]::new));
  }

  private Result train(String... more) {
    List<String> tail = new ArrayList<>(TINY);
    tail.addAll(List.of(more));
    return run(tail, "train", sessions, "--model", model, "--seed=7");
  }

  private static void assertContains(String text, String part) {
    assertTrue(text.contains(part), () -> "\"" + part + "\" is not in: " + text);
  }

  @Test
  void helpIsThereOnTopAndForEveryCommand() {
    Result top = run("--help").expect(0);
    assertEquals("", top.err);
    for (String command : COMMANDS) {
      assertContains(top.out, "\n  " + command + " ");
      Result help = run(command, "--help").expect(0);
      assertContains(help.out, "Usage: gru4j " + command + " ");
      assertEquals("", help.err);
      assertEquals(help, run("help", command));
      assertTrue(help.out.lines().allMatch(line -> line.length() <= 100), help.out);
      assertEquals(help.out, run(command, "--model", "x", "-h").expect(0).out);
    }
    assertTrue(run("--version").expect(0).out.matches("gru4j \\S+\\R"));
  }

  @Test
  void everyParameterIsAFlagAndInTheHelp() {
    for (String command : List.of("train", "search", "demo")) {
      String help = run(command, "--help").expect(0).out.replaceAll("\\s+", " ");
      assertEquals(30, GRU4RecParameters.specs().size());
      for (ParameterSpec<?> spec : GRU4RecParameters.specs()) {
        assertContains(help, " --" + spec.dashed() + " ");
        assertContains(help, " " + spec.description() + " (");
      }
    }
    assertContains(run("train", "--help").out, "default 0.03)");
  }

  @Test
  void aParameterMayBeWrittenWithUnderscores() {
    for (ParameterSpec<?> spec : GRU4RecParameters.specs()) {
      String wrong = run("train", "--" + spec.name() + "=?", sessions, "--model", model).err;
      assertContains(wrong, "--" + spec.dashed());
      assertFalse(wrong.contains("unknown flag"), wrong);
    }
    assertContains(
        run("train", "--hidden_size=1", "--hidden-size=1").expect(2).err,
        "--hidden-size is given twice");
  }

  @Test
  void aWrongCommandIsRefused() {
    Result nothing = run().expect(2);
    assertContains(nothing.err, "Usage: gru4j COMMAND");
    assertEquals("", nothing.out);
    assertContains(run("trian").expect(2).err, "unknown command trian; did you mean train?");
    assertContains(run("help", "trian").expect(2).err, "did you mean train?");
    assertContains(
        run("x").err, "the commands are demo train search evaluate recommend serve inspect");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "train", "search", "evaluate", "recommend", "inspect"})
  void aWrongFlagListsTheFlags(String command) {
    Result wrong = run(command, "--tpo", "3").expect(2);
    assertContains(wrong.err, "gru4j " + command + ": unknown flag --tpo");
    assertContains(wrong.err, "the flags are");
    assertContains(wrong.err, "gru4j " + command + " --help says more");
    assertEquals("", wrong.out);
  }

  @Test
  void wrongValuesAreRefusedByName() {
    assertContains(
        train("--learning-rate=-1").expect(2).err,
        "--learning-rate: learning_rate must be a float in [1.4e-45, 3.4028235e38], got -1");
    assertContains(
        train("--optimization-algorithm", "adam").expect(2).err,
        "optimization_algorithm must be one of adagrad, sgd, got adam");
    assertContains(train("--threads=0").expect(2).err, "--threads must be an integer in [1, ");
    assertContains(
        train("--threads=1025").expect(2).err,
        "--threads must be an integer in [1, 1024], got 1025");
    assertContains(train("--hiden-size=8").expect(2).err, "did you mean --hidden-size?");
    assertContains(train("--keep-last=maybe").expect(2).err, "keep_last must be true or false");
    assertContains(
        train("--validation-fraction=1").expect(2).err, "--validation-fraction must be a number");
    assertContains(
        train("--validation", sessions, "--validation-fraction=0.1").expect(2).err, "exclude");
    for (String flag :
        List.of(
            "--stop-early",
            "--validation-sample-size=5",
            "--stopping-criterion=bpr",
            "--min-improvement=0.1",
            "--max-iter-no-change=2",
            "--save-best-to-file")) {
      String name = flag.replaceFirst("=.*", "");
      assertContains(train(flag).expect(2).err, name + " needs --validation FILE or");
      if (name.equals("--save-best-to-file")) {
        continue; // the demo has its own words for it
      }
      assertContains(run("demo", flag).expect(2).err, name + " needs validation, and the demo");
    }
    assertContains(run("demo", "--save-best-to-file").expect(2).err, "the demo writes no file");
    assertContains(train("--item-key=Time").expect(2).err, "must be three");
    assertContains(run("train", sessions).expect(2).err, "--model OUT is missing");
    assertContains(run("train", "--model", model).expect(2).err, "FILE is missing");
    assertContains(run("evaluate", sessions).expect(2).err, "--model M is missing");
    assertContains(run("evaluate", "--model", model).expect(2).err, "FILE is missing");
    assertContains(
        run("evaluate", sessions, "--model", model, "--at=0").expect(2).err, "each number of --at");
    assertContains(run("recommend").expect(2).err, "--model M is missing");
    assertContains(run("recommend", "--model", model, "--top=0").expect(2).err, "--top must be");
    assertContains(
        run("recommend", "--model", model, "--unknown=x").expect(2).err, "skip or fail, got x");
    assertContains(
        run("recommend", "--model", model, "--separator=").expect(2).err, "must not be empty");
    assertContains(run("recommend", "--model", model, "x").expect(2).err, "unexpected word x");
    assertContains(run("inspect").expect(2).err, "M is missing");
    assertContains(run("inspect", "a", "b").expect(2).err, "unexpected word b after M");
    assertContains(run("demo", "x").expect(2).err, "unexpected word x");
    assertContains(run("demo", "--sessions=3").expect(2).err, "--sessions must be");
    assertFalse(Files.exists(Path.of(model)));
  }

  @Test
  void inputsAreNotOverwritten() throws IOException {
    String before = Files.readString(Path.of(sessions));
    Path link = folder.resolve("link");
    Files.createLink(link, Path.of(sessions));
    assertContains(
        run("train", sessions, "--model", sessions).expect(2).err, "would overwrite " + sessions);
    assertContains(
        run("train", sessions, "--model", link.toString()).expect(2).err, "would overwrite");
    assertContains(train("--log-json", sessions).expect(2).err, "would overwrite");
    assertContains(train("--log-json", model).expect(2).err, "would overwrite");
    assertEquals(before, Files.readString(Path.of(sessions)));
  }

  @Test
  void failedWorkSaysWhy() throws IOException {
    Path bad = folder.resolve("bad.tsv");
    Files.writeString(bad, "SessionId\tItemId\tTime\n1\ta\t12:30\n");
    assertContains(
        run("train", bad.toString(), "--model", model).expect(1).err,
        bad + ":2: Time \"12:30\" is not a number");
    String none = folder.resolve("none").toString();
    assertContains(
        run("train", none, "--model", model).expect(1).err,
        "gru4j train: " + none + ": there is no such file");
    assertContains(
        run("train", sessions, "--model", none + "/m").expect(1).err, "its folder does not exist");
    assertContains(
        run("train", sessions, "--model", folder.toString()).expect(1).err, "not a regular file");
    for (String command : List.of("evaluate", "recommend")) {
      List<String> tail = command.equals("evaluate") ? List.of(sessions) : List.of("--items=a");
      assertContains(run(tail, command, "--model", none).expect(1).err, none + ": no such file");
      Result noModel = run(tail, command, "--model", sessions).expect(1);
      assertContains(noModel.err, "gru4j " + command + ": " + sessions + ": ");
      assertEquals("", noModel.out);
    }
    assertContains(run("inspect", sessions).expect(1).err, "gru4j inspect: " + sessions + ": ");
    assertFalse(Files.exists(Path.of(model)));
  }

  @Test
  void whatIsTrainedIsSavedEvaluatedAndRecommendedFrom() throws IOException {
    Path log = folder.resolve("log.jsonl");
    Result train = train("--log-json", log.toString(), "--validation-fraction=0.2").expect(0);
    assertContains(train.err, sessions + ": 40 sessions, 159 clicks, 12 items");
    assertContains(train.err, "epoch 1/2: ");
    assertContains(train.err, "epoch 2/2: ");
    assertContains(train.out, "seed    7\n");
    assertContains(train.out, "items   12\n");
    assertContains(train.out, ", the best by recall\n");

    List<String> lines = Files.readAllLines(log);
    assertEquals(2, lines.size());
    for (int i = 0; i < 2; i++) {
      Map<?, ?> line = (Map<?, ?>) Json.parse(lines.get(i));
      assertEquals(
          List.of("epoch", "seconds", "targets", "steps", "loss", "criterion"),
          List.copyOf(line.keySet()));
      assertEquals(i + 1L, line.get("epoch"));
      assertTrue((Long) line.get("targets") > 0 && (Long) line.get("steps") > 0);
      assertTrue((Double) line.get("seconds") >= 0 && (Double) line.get("loss") > 0);
      assertTrue((Double) line.get("criterion") >= 0);
    }

    Result inspect = run("inspect", model).expect(0);
    for (ParameterSpec<?> spec : GRU4RecParameters.specs()) {
      assertContains(inspect.out, "\n  " + spec.name() + " ");
    }
    assertTrue(inspect.out.matches("(?s).*hidden_size +8\n.*"), inspect.out);
    assertTrue(inspect.out.matches("(?s).*\nitems +12\nseed +7\n.*"), inspect.out);
    assertTrue(inspect.out.matches("(?s).*\ntensors\n.*\nhistory\n  epoch .*"), inspect.out);

    Result text = run("evaluate", sessions, "--model", model, "--at=1,5").expect(0);
    assertContains(text.out, "k  Recall@k   MRR@k  NDCG@k\n1 ");
    assertContains(text.out, "119 clicks predicted, 0 dropped");
    checkRecommend();
  }

  private void checkRecommend() {
    Result one = run("recommend", "--model", model, "--items", "ä1,ä3", "--top", "3").expect(0);
    List<String> lines = one.out.lines().toList();
    assertEquals(3, lines.size());
    for (int i = 0; i < 3; i++) {
      assertTrue(lines.get(i).matches((i + 1) + "\tä\\d+\t-?\\d.*"), lines.get(i));
    }
    assertEquals("", one.err);
    assertEquals(
        12, run("recommend", "--model", model, "--items=ä1").expect(0).out.lines().count());

    stdin = "ä1, ä3\n\nx,ä3\nx\n";
    Result many = run("recommend", "--model", model, "--top=2").expect(0);
    assertEquals(
        List.of("1\t1", "1\t2", "3\t1", "3\t2"),
        many.out.lines().map(line -> line.replaceAll("\tä.*", "")).toList());
    assertContains(many.err, "1 session without any known item");
    assertContains(many.err, "2 unknown items skipped");
    assertEquals(lines.getFirst(), many.out.lines().findFirst().orElseThrow().substring(2));

    Result json = run("recommend", "--model", model, "--top=2", "--json").expect(0);
    List<Map<?, ?>> objects =
        json.out.lines().<Map<?, ?>>map(line -> (Map<?, ?>) Json.parse(line)).toList();
    assertEquals(List.of(1L, 3L, 4L), objects.stream().<Object>map(o -> o.get("session")).toList());
    assertEquals(List.of(), objects.get(0).get("unknown"));
    assertEquals(List.of("x"), objects.get(1).get("unknown"));
    assertEquals(List.of(), objects.get(2).get("recommendations"));
    Map<?, ?> best = (Map<?, ?>) ((List<?>) objects.get(0).get("recommendations")).getFirst();
    assertEquals(lines.getFirst().split("\t")[1], best.get("item"));
    assertTrue(best.get("score") instanceof Double);

    stdin = "ä1\tä3\n";
    Result tabs = run("recommend", "--model", model, "--top=3", "--separator=tab").expect(0);
    assertEquals(lines, tabs.out.lines().map(line -> line.substring(2)).toList());

    stdin = "ä1\nä1,x\n";
    assertContains(
        run("recommend", "--model", model, "--unknown=fail").expect(1).err, "recommend: stdin:2: ");
    assertContains(
        run("recommend", "--model", model, "--unknown=fail", "--items=x").expect(1).err, "x");
    assertContains(
        run("recommend", "--model", model, "--items=x").expect(1).err, "knows none of the items");
    assertContains(run("recommend", "--model", model, "--items=,").expect(2).err, "has no item");
  }

  @Test
  void evaluationForScriptsIsJson() throws IOException {
    train().expect(0);
    Path other = folder.resolve("other.tsv");
    Files.writeString(other, "a,b,t\n1,ä1,1\n1,zz,2\n1,ä3,3\n1,ä5,4\n");
    Result result =
        run(
                "evaluate",
                other.toString(),
                "--model",
                model,
                "--at",
                "20,5",
                "--json",
                "--session-key=a",
                "--item-key=b",
                "--time-key=t",
                "--threads=2")
            .expect(0);
    assertEquals(1, result.out.lines().count());
    Map<?, ?> json = (Map<?, ?>) Json.parse(result.out);
    assertEquals(
        List.of("recall", "mrr", "ndcg", "clicks", "dropped", "seconds"),
        List.copyOf(json.keySet()));
    for (String metric : List.of("recall", "mrr", "ndcg")) {
      Map<?, ?> values = (Map<?, ?>) json.get(metric);
      assertEquals(Set.of("5", "20"), values.keySet());
      assertTrue((Double) values.get("20") >= 0 && (Double) values.get("20") <= 1);
    }
    assertEquals(1.0, ((Map<?, ?>) json.get("recall")).get("20")); // of 12 items
    assertEquals(2L, json.get("clicks"));
    assertEquals(1L, json.get("dropped"));
    assertTrue((Double) json.get("seconds") >= 0);
    assertContains(result.err, "1 click dropped, unknown items");

    Files.writeString(other, "SessionId,ItemId,Time\n1,ä1,1\n");
    assertContains(
        run("evaluate", other.toString(), "--model", model).expect(1).err,
        "no session has two clicks on known items");
  }

  @Test
  void cutoffsMayBeLargerThanTheCatalogue() {
    train().expect(0);
    Result result = run("evaluate", sessions, "--model", model, "--at=2147483647").expect(0);
    assertContains(result.out, "\n2147483647    1.0000  ");
  }

  /** A file may come from a stranger: its contents must not move the terminal's cursor. */
  @Test
  void inspectShowsNoControlCharacters() throws IOException {
    GruNetwork network = GruNetwork.zeros(1, 1, 1, 1);
    new FittedModel(
            network,
            IdMap.of(List.of("a")),
            Map.of("a\u001b[2J", "b\nc\u009b1A", "long", "x".repeat(5000)),
            List.of(),
            null)
        .save(Path.of(model));
    Result result = run("inspect", model).expect(0);
    assertContains(result.out, "\n  a\\u001b[2J  b\\nc\\u009b1A\n  long        xxx");
    assertFalse(result.out.contains("x".repeat(1001)), result.out);
  }

  /** Of a training whose epochs get worse by the criterion: warp likes small scores. */
  @Test
  void theSummaryIsOfTheModelThatIsKept() throws IOException {
    for (String keep : List.of("false", "true")) {
      Result result =
          train("--validation-fraction=0.2", "--stopping-criterion=warp", "--keep-last=" + keep)
              .expect(0);
      List<EpochSummary> history = FittedModel.load(Path.of(model)).history();
      EpochSummary best =
          history.stream()
              .min(Comparator.comparingDouble(epoch -> epoch.criterion().orElseThrow()))
              .orElseThrow();
      EpochSummary kept = keep.equals("true") ? history.getLast() : best;
      assertTrue(best.epoch() < history.size(), result.err);
      assertContains(
          result.out.replaceAll(" +", " "),
          "\nkept epoch %d, the %s\nloss %s\nwarp %s\n"
              .formatted(
                  kept.epoch(),
                  keep.equals("true") ? "last" : "best by warp",
                  Numbers.score(kept.loss()),
                  Numbers.score(kept.criterion().getAsDouble())));
    }
  }

  @Test
  void aCriterionThatSeesEveryItemIsWarnedOf() {
    String warning =
        "recall@50 is 1 for every model of 12 items, so epochs cannot be compared: use"
            + " --stopping-criterion bpr or --keep-last\n";
    Result recall = train("--validation-fraction=0.2").expect(0);
    assertContains(recall.err, warning);
    assertContains(recall.out.replaceAll(" +", " "), "\nrecall 1.0000\n"); // it is true
    assertEquals(1, recall.err.split("cannot be compared", -1).length - 1);
    for (String quiet :
        List.of(
            "--keep-last",
            "--stopping-criterion=bpr",
            "--stopping-criterion=ndcg",
            "--stopping-criterion=precision")) {
      Result result = train("--validation-fraction=0.2", quiet).expect(0);
      assertFalse(result.err.contains("cannot be compared"), result.err);
    }
    assertFalse(train().expect(0).err.contains("cannot be compared"));
    assertContains(
        run(
                TINY,
                "search",
                sessions,
                "--model",
                model,
                "--validation-fraction=0.2",
                "--param=bptt=1")
            .expect(0)
            .err,
        "so candidates cannot be compared: use --stopping-criterion bpr\n");
    assertContains(run("train", "--help").out.replaceAll("\\s+", " "), "the 50 best items");
  }

  /** Sessions without end, and nobody who takes the results. */
  @Test
  void recommendEndsWithItsReader() {
    train().expect(0);
    InputStream endless =
        new InputStream() {
          private long position;

          @Override
          public int read() {
            assertTrue(position < 1 << 20, "read on and on");
            return position++ % 2 == 0 ? 'x' : '\n';
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            new String[] {"recommend", "--model", model, "--json"},
            endless,
            new PrintStream(new Full()),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertEquals(1, status);
    assertContains(err.toString(StandardCharsets.UTF_8), "cannot be written to stdout");
  }

  @Test
  void aFileThatCannotBeUsedIsNamed() throws IOException {
    for (List<String> command :
        List.of(
            List.of("inspect", folder.toString()),
            List.of("recommend", "--model", folder.toString()),
            List.of("evaluate", sessions, "--model", folder.toString()))) {
      assertContains(
          run(command.toArray(String[]::new)).expect(1).err,
          command.getFirst() + ": " + folder + ": is a folder, expected a model file\n");
    }
    String log = folder.resolve("none/x.json").toString();
    Result noFolder = train("--log-json", log).expect(1);
    assertEquals("gru4j train: " + log + ": its folder does not exist\n", noFolder.err);
    assertContains(
        train("--log-json", folder.toString()).expect(1).err, folder + ": is a folder\n");
    assertFalse(Files.exists(Path.of(model)));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskUnderTheLogIsReportedAndTheModelWritten() throws IOException {
    Result result = train("--log-json", "/dev/full").expect(1);
    assertContains(result.err, "gru4j train: /dev/full: No space left on device\n");
    assertEquals(2, FittedModel.load(Path.of(model)).history().size());
  }

  @Test
  void aSwitchThatIsOffNeedsNoValidation() {
    train("--stop-early=false", "--save-best-to-file=False").expect(0);
    run(TINY, "demo", "--sessions=300", "--items=60", "--save-best-to-file=false").expect(0);
  }

  @Test
  void theFileOfTheBestModelIsNamed() throws IOException {
    Result result =
        train("--validation-fraction=0.2", "--save-best-to-file", "--stopping-criterion=bpr");
    Path copy =
        Path.of(
            result
                .expect(0)
                .out
                .lines()
                .filter(line -> line.startsWith("copy "))
                .map(line -> line.replaceFirst("copy +", ""))
                .findFirst()
                .orElseThrow());
    try {
      assertContains(copy.toString(), "GRU4RecCrossEntropy_loss_");
      assertArrayEquals(Files.readAllBytes(Path.of(model)), Files.readAllBytes(copy));
    } finally {
      Files.deleteIfExists(copy);
    }
    assertContains(
        run("train", "--help").out.replaceAll("\\s+", " "),
        "GRU4RecCrossEntropy_loss_X.safetensors");
  }

  private String faultOf(String text, String... flags) throws IOException {
    Path file = folder.resolve("hdr.tsv");
    Files.writeString(file, text);
    String err = run(List.of(flags), "train", file.toString(), "--model", model).expect(1).err;
    assertFalse(Files.exists(Path.of(model)));
    return err.lines().reduce((first, last) -> last).orElseThrow().replace(file.toString(), "FILE");
  }

  @Test
  void whatIsWrongWithSessionsIsSaid() throws IOException {
    String header = "SessionId,ItemId,Time\n";
    String noClick = "gru4j train: FILE: no click, there is only a header line";
    assertEquals(noClick, faultOf(header));
    assertEquals(noClick, faultOf(header, "--validation-fraction=0.5"));
    assertEquals(
        "gru4j train: FILE: no click, every line is bad",
        faultOf(header + "1,a\n2\n", "--skip-bad-lines=1"));
    assertEquals(
        "gru4j train: FILE: no session has two clicks, so there is none to predict",
        faultOf(header + "1,a,1\n2,b,2\n"));
    assertContains(
        faultOf(header + "1,a,1\n2,b,2\n2,a,3\n", "--validation-fraction=0.5"),
        "FILE: no session to learn from has two clicks");
    assertContains(
        faultOf(header + "1,a,1\n1,b,2\n", "--validation-fraction=0.5"),
        "FILE has 1 session, --validation-fraction needs two or more");
    assertEquals(
        "gru4j train: FILE: no session that is set aside has two clicks, so there is none to judge"
            + " by",
        faultOf(header + "1,a,1\n1,b,2\n2,a,3\n", "--validation-fraction=0.5"));
    assertContains(
        faultOf(header + "1,a,2024-01-31\n"),
        "FILE:2: Time \"2024-01-31\" is not a number, expected for example seconds since 1970");
    String keys = "; --session-key, --item-key and --time-key name the columns";
    String missing = faultOf("session,ItemId,Time\n1,a,1\n");
    assertContains(missing, "column SessionId is missing");
    assertTrue(missing.endsWith(keys), missing);
    assertContains(
        faultOf("SessionId;ItemId;Time\n1;a;1\n"), "; fields are separated by tabs or commas");
    assertContains(
        run("evaluate", sessions, "--model", "").expect(2).err, "--model must not be empty");
  }

  /** Validation, evaluation and recommendation on sessions that hold nothing to predict. */
  @Test
  void sessionsThatJudgeNothingAreNamed() throws IOException {
    train().expect(0);
    Path held = folder.resolve("held.csv");
    String header = "SessionId,ItemId,Time\n";
    String clicks = ": no session has two clicks on known items, so there is none to predict\n";
    String unknown = ": none of the items is known, the training data had others\n";
    for (String text :
        List.of(header + "1,ä1,1\n2,ä2,2\n2,shoe,3\n", header + "1,shoe,1\n1,sock,2\n")) {
      Files.writeString(held, text);
      String why = held + (text.contains("ä") ? clicks : unknown);
      assertContains(train("--validation", held.toString()).expect(1).err, "gru4j train: " + why);
      Result evaluate = run("evaluate", held.toString(), "--model", model).expect(1);
      assertContains(evaluate.err, "gru4j evaluate: " + why);
    }
    Files.writeString(held, header + "1,ä1,1\n1,ä2,2\n");
    run("evaluate", held.toString(), "--model", model).expect(0); // one session will do
    stdin = "\n \n";
    Result nothing = run("recommend", "--model", model).expect(0);
    assertEquals("", nothing.out);
    assertEquals("stdin has no session\n", nothing.err);
  }

  /** Every command that reads session files skips bad lines when it is told to, and says which. */
  @Test
  void badLinesAreSkippedWithinAShareAndReported() throws IOException {
    train().expect(0);
    String sound = Files.readString(Path.of(sessions));
    Path file = folder.resolve("bad.tsv");
    String noon = "1\tä1\tnoon\n";
    Files.writeString(file, sound + noon.repeat(7));
    for (String command : List.of("train", "evaluate", "search")) {
      List<String> flags = new ArrayList<>(command.equals("evaluate") ? List.of() : TINY);
      flags.addAll(List.of(command.equals("evaluate") ? "--at=5" : "--validation-fraction=0.2"));
      if (command.equals("search")) {
        flags.add("--param=bptt=1");
      }
      String[] head = {command, file.toString(), "--model", model};
      String fault = file + ":161: Time \"noon\" is not a number, expected for example";
      assertContains(run(flags, head).expect(1).err, "gru4j " + command + ": " + fault);

      flags.add("--skip-bad-lines");
      Result few = run(flags, head).expect(1);
      assertContains(few.err, "7 of 166 lines are bad, more than the share of 0.01 that may be");
      assertContains(few.err, "the first: " + fault);
      assertContains(few.err, "; --skip-bad-lines=X lets more be skipped\n");

      flags.set(flags.size() - 1, "--skip-bad-lines=0.05");
      Result result = run(flags, head).expect(0);
      assertContains(result.err, file + ": 7 bad of 166 lines skipped:\n  " + fault);
      assertContains(result.err, "\n  " + file + ":165: Time \"noon\"");
      assertContains(result.err, "\n  and 2 more\n");
      assertFalse(result.err.contains(":166:"), result.err);
    }
    for (String share : List.of("1.01", "-0.1", "NaN", "", "some")) {
      assertContains(
          train("--skip-bad-lines=" + share).expect(2).err,
          "--skip-bad-lines must be a share of the lines, a number in [0, 1], got " + share);
    }
    assertContains(run("train", "--help").out, "--skip-bad-lines[=X]");
  }

  @Test
  void aFilesNameIsNotEmpty() {
    assertContains(run("train", "", "--model", model).expect(2).err, "FILE must not be empty");
    assertContains(run("train", sessions, "--model=").expect(2).err, "--model must not be empty");
    assertContains(run("recommend", "--model", "").expect(2).err, "--model must not be empty");
    assertContains(train("--log-json=").expect(2).err, "--log-json must not be empty");
    assertContains(train("--validation=").expect(2).err, "--validation must not be empty");
    assertContains(run("inspect", "").expect(2).err, "must not be empty");
  }

  @Test
  void anIdWithWhiteSpacesAroundItCanBeAskedFor() throws IOException {
    FittedModel spaces =
        new FittedModel(
            GruNetwork.zeros(4, 1, 1, 1),
            IdMap.of(List.of(" a", "a", "b ", " ")),
            Map.of(),
            List.of(),
            null);
    spaces.save(Path.of(model));
    stdin = " a\n a \n b \nb ,a\n \n";
    Result result = run("recommend", "--model", model, "--json", "--unknown=skip").expect(0);
    List<Object> unknown =
        result.out.lines().<Object>map(l -> ((Map<?, ?>) Json.parse(l)).get("unknown")).toList();
    assertEquals(
        List.of(List.of(), List.of(), List.of("b"), List.of(), List.of()), unknown, result.out);
    run("recommend", "--model", model, "--items= a,b , ", "--unknown=fail").expect(0);
    String help = run("recommend", "--help").out.replaceAll("\\s+", " ");
    assertContains(help, "An item of the session may be recommended again.");
    assertContains(
        help, "Control characters in an id are shown by escapes, a tab by \\t; --json keeps them.");
  }

  @Test
  void trainingWithoutValidationHasNoCriterion() throws IOException {
    Path log = folder.resolve("log");
    Result result = train("--log-json", log.toString(), "--threads=1").expect(0);
    assertFalse(result.out.contains("best"), result.out);
    assertContains(result.out, "epoch 2, the last\n");
    for (String line : Files.readAllLines(log)) {
      Map<?, ?> json = (Map<?, ?>) Json.parse(line);
      assertTrue(json.containsKey("criterion"));
      assertEquals(null, json.get("criterion"));
    }
  }

  @Test
  void validationMayComeFromItsOwnFileAndSeveralFilesAreOne() throws IOException {
    Path held = folder.resolve("held.csv");
    Files.writeString(held, "SessionId,ItemId,Time\n0,ä1,1\n0,ä3,2\n0,new,3\n0,ä5,4\n");
    Result result = train("--validation", held.toString()).expect(0);
    assertContains(result.err, held + ": 1 session, 4 clicks, 3 items");
    assertContains(result.err, held + ": 1 click dropped, unknown items");
    assertContains(result.out, "recall  ");

    Result two = run(TINY, "train", sessions, held.toString(), "--model", model).expect(0);
    assertContains(two.out, "items   13\n");

    Files.writeString(held, "SessionId,ItemId,Time\n0,ä1,1\n");
    assertContains(
        train("--validation", held.toString()).expect(1).err,
        "no session has two clicks on known items");
  }

  @Test
  void aTrainingThatDivergesIsAFailureWithAReason() {
    Result result =
        train("--optimization-algorithm=sgd", "--learning-rate=1e38", "--clipnorm=None").expect(1);
    assertContains(result.err, "gru4j train: ");
    assertContains(result.err, "1.0E38");
    assertContains(result.err, "; no model is written");
    assertEquals("", result.out);
    assertFalse(Files.exists(Path.of(model)));
  }

  @Test
  void theSameSeedWritesTheSameModel() throws IOException {
    train("--threads=1").expect(0);
    byte[] one = Files.readAllBytes(Path.of(model));
    train("--threads=3").expect(0);
    assertArrayEquals(tensorsOf(one), tensorsOf(Files.readAllBytes(Path.of(model))));
  }

  /** The data behind the header, whose history holds times. */
  private static byte[] tensorsOf(byte[] file) {
    int header = 0;
    for (int i = 3; i >= 0; i--) {
      header = header << 8 | file[i] & 0xff;
    }
    return Arrays.copyOfRange(file, 8 + header, file.length);
  }

  @Test
  void theDemoRunsEndToEnd() {
    Result demo = run(TINY, "demo", "--sessions=300", "--items=60").expect(0);
    assertContains(demo.err, "made 300 sessions, ");
    assertContains(demo.err, "epoch 2/2: ");
    List<String> lines = demo.out.lines().toList();
    assertTrue(lines.get(0).matches(" +Recall@20 +MRR@20"), demo.out);
    assertTrue(lines.get(1).matches("most popular +0\\.\\d{4}  0\\.\\d{4}"), demo.out);
    assertTrue(lines.get(2).matches("Markov chain +0\\.\\d{4}  0\\.\\d{4}"), demo.out);
    assertTrue(lines.get(3).matches("GRU4Rec +0\\.\\d{4}  0\\.\\d{4}"), demo.out);
    assertTrue(lines.get(4).matches("[\\d,]+ clicks of held-out sessions predicted"), demo.out);
    assertEquals(3, lines.stream().filter(line -> line.startsWith("session s")).count());
    assertEquals(15, lines.stream().filter(line -> line.matches("  [1-5]\\. shelf.*")).count());
    assertEquals(demo.out, run(TINY, "demo", "--sessions=300", "--items=60", "--threads=1").out);
    assertContains(run("demo", "--seed=None").expect(2).err, "a demo that can be repeated");
  }

  @Test
  void resultsThatCannotBeWrittenAreAFailure() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            new String[] {"--help"},
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(new Full()),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertEquals(1, status);
    assertContains(err.toString(StandardCharsets.UTF_8), "cannot be written to stdout");
  }

  private static void assertSteersNothing(String text) {
    text.lines()
        .forEach(
            line ->
                assertTrue(line.replace('\t', ' ').codePoints().noneMatch(OneLine::isUnfit), line));
  }

  /** Ids, names of files and words of the command line may hold what steers a terminal. */
  @Test
  void nothingThatIsPrintedSteersTheTerminal() throws IOException {
    String hostile = "\u001b[2J\u202e\u009b1m\u0007";
    Path file = folder.resolve(hostile + ".csv");
    StringBuilder text = new StringBuilder("SessionId,ItemId,Time\n");
    for (int i = 0; i < 40; i++) {
      text.append(i / 4).append(",\"").append(hostile).append("\n\t").append(i % 5).append("\",");
      text.append(i).append('\n');
    }
    Files.writeString(file, text);
    String named = folder.resolve("m" + hostile).toString();
    String report = folder.resolve("r" + hostile).toString();
    Result trained =
        run(TINY, "train", file.toString(), "--model", named, "--report", report, "--seed=1")
            .expect(0);
    assertSteersNothing(trained.out + trained.err);
    assertContains(trained.err, "\\u001b[2J");
    Result inspected = run("inspect", named).expect(0);
    assertSteersNothing(inspected.out + inspected.err);
    String item = hostile + "\n\t1";
    Result recommended = run("recommend", "--model", named, "--items", item).expect(0);
    assertSteersNothing(recommended.out + recommended.err);
    assertEquals(5, recommended.out.lines().count());
    assertContains(recommended.out, "\\u202e\\u009b1m\\u0007\\n\\t");
    Result json = run("recommend", "--model", named, "--items", item, "--json").expect(0);
    assertSteersNothing(json.out);
    assertContains(Json.parse(json.out.strip()).toString(), "item=" + hostile + "\n\t");

    Files.writeString(file, text + "9,x," + hostile + "\n");
    String[][] wrong = {
      {"train", file.toString(), "--model", named},
      {"train", folder.resolve("none" + hostile).toString(), "--model", named},
      {"recommend", "--model", named, "--items", "none" + hostile, "--unknown=fail"},
      {"recommend", "--model", named, "--items", "none" + hostile},
      {"recommend", "--model", file.toString()},
      {"inspect", named + "none"},
      {"train", "--hidden-size=" + hostile, file.toString(), "--model", named},
      {"train", "--" + hostile},
      {hostile},
    };
    for (String[] words : wrong) {
      Result result = run(words);
      assertTrue(result.status > 0);
      assertSteersNothing(result.out + result.err);
      assertContains(result.err, "\\u001b[2J");
    }
  }
}
