package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Json;
import io.gru4j.file.OneLine;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest extends CommandLineCase {
  private static final List<String> COMMANDS =
      List.of(
          "demo",
          "prepare",
          "train",
          "update",
          "verify",
          "search",
          "evaluate",
          "recommend",
          "inspect");

  @Test
  void helpIsThereOnTopAndForEveryCommand() {
    Result top = run("--help").expect(0);
    assertEquals("", top.err());
    for (String command : COMMANDS) {
      assertContains(top.out(), "\n  " + command + " ");
      Result help = run(command, "--help").expect(0);
      assertContains(help.out(), "Usage: gru4j " + command + " ");
      assertEquals("", help.err());
      assertEquals(help, run("help", command));
      assertTrue(help.out().lines().allMatch(line -> line.length() <= 100), help.out());
      assertEquals(help.out(), run(command, "--model", "x", "-h").expect(0).out());
    }
    assertTrue(run("--version").expect(0).out().matches("gru4j \\S+\\R"));
  }

  @Test
  void everyParameterIsAFlagAndInTheHelp() {
    for (String command : List.of("train", "search", "demo")) {
      String help = run(command, "--help").expect(0).out().replaceAll("\\s+", " ");
      assertEquals(39, GRU4RecParameters.specs().size());
      for (ParameterSpec<?> spec : GRU4RecParameters.specs()) {
        assertContains(help, " --" + spec.dashed() + " ");
        assertContains(help, " " + spec.description() + " (");
      }
    }
    assertContains(run("train", "--help").out(), "default 0.03)");
  }

  @Test
  void aParameterMayBeWrittenWithUnderscores() {
    for (ParameterSpec<?> spec : GRU4RecParameters.specs()) {
      String wrong = run("train", "--" + spec.name() + "=?", sessions, "--model", model).err();
      assertContains(wrong, "--" + spec.dashed());
      assertFalse(wrong.contains("unknown flag"), wrong);
    }
    assertContains(
        run("train", "--hidden_size=1", "--hidden-size=1").expect(2).err(),
        "--hidden-size is given twice");
  }

  @Test
  void aWrongCommandIsRefused() {
    Result nothing = run().expect(2);
    assertContains(nothing.err(), "Usage: gru4j COMMAND");
    assertEquals("", nothing.out());
    assertContains(run("trian").expect(2).err(), "unknown command trian; did you mean train?");
    assertContains(run("help", "trian").expect(2).err(), "did you mean train?");
    assertContains(
        run("x").err(),
        "the commands are demo prepare train update verify search evaluate recommend serve"
            + " inspect");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "train", "search", "evaluate", "recommend", "inspect"})
  void aWrongFlagListsTheFlags(String command) {
    Result wrong = run(command, "--tpo", "3").expect(2);
    assertContains(wrong.err(), "gru4j " + command + ": unknown flag --tpo");
    assertContains(wrong.err(), "the flags are");
    assertContains(wrong.err(), "gru4j " + command + " --help says more");
    assertEquals("", wrong.out());
  }

  @Test
  void wrongValuesAreRefusedByName() {
    assertContains(
        train("--learning-rate=-1").expect(2).err(),
        "--learning-rate: learning_rate must be a float in [1.4e-45, 3.4028235e38], got -1");
    assertContains(
        train("--optimization-algorithm", "adam").expect(2).err(),
        "optimization_algorithm must be one of adagrad, sgd, got adam");
    assertContains(train("--threads=0").expect(2).err(), "--threads must be an integer in [1, ");
    assertContains(
        train("--threads=1025").expect(2).err(),
        "--threads must be an integer in [1, 1024], got 1025");
    assertContains(train("--hiden-size=8").expect(2).err(), "did you mean --hidden-size?");
    assertContains(train("--keep-last=maybe").expect(2).err(), "keep_last must be true or false");
    assertContains(
        train("--validation-fraction=1").expect(2).err(), "--validation-fraction must be a number");
    assertContains(
        train("--validation", sessions, "--validation-fraction=0.1").expect(2).err(), "exclude");
    for (String flag :
        List.of(
            "--stop-early",
            "--validation-sample-size=5",
            "--stopping-criterion=bpr",
            "--min-improvement=0.1",
            "--max-iter-no-change=2",
            "--save-best-to-file")) {
      String name = flag.replaceFirst("=.*", "");
      assertContains(train(flag).expect(2).err(), name + " needs --validation FILE or");
      if (name.equals("--save-best-to-file")) {
        continue; // the demo has its own words for it
      }
      assertContains(run("demo", flag).expect(2).err(), name + " needs validation, and the demo");
    }
    assertContains(run("demo", "--save-best-to-file").expect(2).err(), "the demo writes no file");
    assertContains(train("--item-key=Time").expect(2).err(), "must be three");
    assertContains(run("train", sessions).expect(2).err(), "--model OUT is missing");
    assertContains(run("train", "--model", model).expect(2).err(), "FILE is missing");
    assertContains(run("evaluate", sessions).expect(2).err(), "--model M is missing");
    assertContains(run("evaluate", "--model", model).expect(2).err(), "FILE is missing");
    assertContains(
        run("evaluate", sessions, "--model", model, "--at=0").expect(2).err(),
        "each number of --at");
    assertContains(run("recommend").expect(2).err(), "--model M is missing");
    assertContains(run("recommend", "--model", model, "--top=0").expect(2).err(), "--top must be");
    assertContains(
        run("recommend", "--model", model, "--unknown=x").expect(2).err(), "skip or fail, got x");
    assertContains(
        run("recommend", "--model", model, "--item-separator=").expect(2).err(),
        "must not be empty");
    assertContains(run("recommend", "--model", model, "x").expect(2).err(), "unexpected word x");
    assertContains(run("inspect").expect(2).err(), "M is missing");
    assertContains(run("inspect", "a", "b").expect(2).err(), "unexpected word b after M");
    assertContains(run("demo", "x").expect(2).err(), "unexpected word x");
    assertContains(run("demo", "--sessions=3").expect(2).err(), "--sessions must be");
    assertFalse(Files.exists(Path.of(model)));
  }

  @Test
  void failedWorkSaysWhy() throws IOException {
    Path bad = folder.resolve("bad.tsv");
    Files.writeString(bad, "SessionId\tItemId\tTime\n1\ta\t12:30\n");
    assertContains(
        run("train", bad.toString(), "--model", model).expect(1).err(),
        bad + ":2: Time \"12:30\" is not a time");
    String none = folder.resolve("none").toString();
    assertContains(
        run("train", none, "--model", model).expect(1).err(),
        "gru4j train: " + none + ": there is no such file");
    assertContains(
        run("train", sessions, "--model", none + "/m").expect(1).err(),
        "its folder does not exist");
    assertContains(
        run("train", sessions, "--model", folder.toString()).expect(1).err(), "not a regular file");
    for (String command : List.of("evaluate", "recommend")) {
      List<String> tail = command.equals("evaluate") ? List.of(sessions) : List.of("--items=a");
      assertContains(run(tail, command, "--model", none).expect(1).err(), none + ": no such file");
      Result noModel = run(tail, command, "--model", sessions).expect(1);
      assertContains(noModel.err(), "gru4j " + command + ": " + sessions + ": ");
      assertEquals("", noModel.out());
    }
    assertContains(run("inspect", sessions).expect(1).err(), "gru4j inspect: " + sessions + ": ");
    assertFalse(Files.exists(Path.of(model)));
  }

  @Test
  void aFileThatCannotBeUsedIsNamed() throws IOException {
    for (List<String> command :
        List.of(
            List.of("inspect", folder.toString()),
            List.of("recommend", "--model", folder.toString()),
            List.of("evaluate", sessions, "--model", folder.toString()))) {
      assertContains(
          run(command.toArray(String[]::new)).expect(1).err(),
          command.getFirst() + ": " + folder + ": is a folder, expected a model file\n");
    }
    String log = folder.resolve("none/x.json").toString();
    Result noFolder = train("--log-json", log).expect(1);
    assertEquals("gru4j train: " + log + ": its folder does not exist\n", noFolder.err());
    assertContains(
        train("--log-json", folder.toString()).expect(1).err(), folder + ": is a folder\n");
    assertFalse(Files.exists(Path.of(model)));
  }

  @Test
  void aFilesNameIsNotEmpty() {
    assertContains(run("train", "", "--model", model).expect(2).err(), "FILE must not be empty");
    assertContains(run("train", sessions, "--model=").expect(2).err(), "--model must not be empty");
    assertContains(run("recommend", "--model", "").expect(2).err(), "--model must not be empty");
    assertContains(train("--log-json=").expect(2).err(), "--log-json must not be empty");
    assertContains(train("--validation=").expect(2).err(), "--validation must not be empty");
    assertContains(run("inspect", "").expect(2).err(), "must not be empty");
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
    assertSteersNothing(trained.out() + trained.err());
    assertContains(trained.err(), "\\u001b[2J");
    Result inspected = run("inspect", named).expect(0);
    assertSteersNothing(inspected.out() + inspected.err());
    String item = hostile + "\n\t1";
    Result recommended = run("recommend", "--model", named, "--items", item).expect(0);
    assertSteersNothing(recommended.out() + recommended.err());
    assertEquals(5, recommended.out().lines().count());
    assertContains(recommended.out(), "\\u202e\\u009b1m\\u0007\\n\\t");
    Result json = run("recommend", "--model", named, "--items", item, "--json").expect(0);
    assertSteersNothing(json.out());
    assertContains(Json.parse(json.out().strip()).toString(), "item=" + hostile + "\n\t");

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
      assertTrue(result.status() > 0);
      assertSteersNothing(result.out() + result.err());
      assertContains(result.err(), "\\u001b[2J");
    }
  }
}
