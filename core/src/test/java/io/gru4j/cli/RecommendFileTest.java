package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.file.Json;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code gru4j recommend --sessions}, and the filters that it shares with the server. */
class RecommendFileTest extends CommandLineCase {
  private Path file;

  @BeforeEach
  void trainAndWriteSessions() throws IOException {
    train().expect(0);
    file = folder.resolve("asked.tsv");
    Files.writeString(
        file,
        "SessionId\tItemId\tTime\nzoë\tä1\t1\nx\tnew\t2\nbob\tä5\t9\nzoë\tä3\t3\nbob\tnew\t10\n");
  }

  private Result recommend(String... flags) {
    List<String> words = new ArrayList<>(List.of("recommend", "--model", model));
    words.addAll(List.of("--sessions", file.toString(), "--top=3"));
    words.addAll(List.of(flags));
    return run(words.toArray(String[]::new));
  }

  private List<String> itemsOf(String session) {
    return run("recommend", "--model", model, "--items=" + session, "--top=3")
        .expect(0)
        .out()
        .lines()
        .toList();
  }

  @Test
  void everySessionOfAFileGetsWhatItWouldGetAlone() throws IOException {
    Result result = recommend().expect(0);
    List<String> expected = new ArrayList<>(List.of("SessionId\tItemId\tRank\tScore"));
    for (String each : List.of("zoë=ä1,ä3", "bob=ä5")) {
      String[] session = each.split("=");
      for (String line : itemsOf(session[1])) {
        String[] words = line.split("\t");
        expected.add(String.join("\t", session[0], words[1], words[0], words[2]));
      }
    }
    assertEquals(expected, result.out().lines().toList());
    assertContains(result.err(), "2 clicks dropped, unknown items");
    assertContains(result.err(), "1 session without any known item got no recommendation");

    for (String threads : List.of("--threads=1", "--threads=3")) {
      Path out = folder.resolve("recs.tsv");
      assertEquals("", recommend("--out", out.toString(), threads).expect(0).out());
      assertEquals(result.out(), Files.readString(out));
    }
    List<Map<?, ?>> json =
        recommend("--json")
            .expect(0)
            .out()
            .lines()
            .<Map<?, ?>>map(line -> (Map<?, ?>) Json.parse(line))
            .toList();
    assertEquals(
        List.of("zoë", "x", "bob"), json.stream().<Object>map(o -> o.get("session")).toList());
    assertEquals(List.of(), json.get(1).get("recommendations"));
    assertEquals(
        List.of(List.of(), List.of("new"), List.of("new")),
        json.stream().<Object>map(o -> o.get("unknown")).toList());
    assertContains(recommend("--json", "--unknown=fail").expect(1).err(), "2 clicks on items");
    Map<?, ?> best = (Map<?, ?>) ((List<?>) json.get(0).get("recommendations")).getFirst();
    assertEquals(expected.get(1).split("\t")[1], best.get("item"));
    assertContains(recommend("--unknown=fail").expect(1).err(), "2 clicks on items");
  }

  /** Two things have separators: the fields of a file, and the items of one session. */
  @Test
  void aFileOfAnotherFormIsReadFromStandardInput() throws IOException {
    String expected = recommend().expect(0).out();
    stdin =
        Files.readString(file)
            .replace("SessionId\tItemId\tTime", "session\titem\tTime")
            .replace('\t', '|');
    String[] form = {
      "recommend",
      "--model=" + model,
      "--top=3",
      "--sessions=-",
      "--separator=bar",
      "--session-key=session",
      "--item-key=item"
    };
    assertEquals(expected, run(form).expect(0).out());
    stdin = "ä1|ä3\n";
    Result items = run("recommend", "--model", model, "--top=3", "--item-separator=|").expect(0);
    assertEquals(3, items.out().lines().count(), items.out());
  }

  @Test
  void standardInputIsReadOnce() {
    String said = "standard input, -, can be read once";
    assertContains(recommendAll("--sessions=-", "--sessions=-"), said);
    assertContains(run("evaluate", "-", "--model", model, "--baselines=-").expect(2).err(), said);
    assertContains(run("train", "-", "--model", model, "--validation=-").expect(2).err(), said);
  }

  private String recommendAll(String... sessions) {
    return run(List.of(sessions), "recommend", "--model", model).expect(2).err();
  }

  @Test
  void aSessionOfWhichNothingIsKnownGetsThePopularItems() {
    String text = recommend("--fallback=popular").expect(0).out();
    List<String> unknown = text.lines().filter(line -> line.startsWith("x\t")).toList();
    assertEquals(3, unknown.size());
    // Each session clicks s % 12, s + 2, s + 4, ...: counts differ, and the scores are those.
    for (String line : unknown) {
      assertTrue(line.matches("x\tä\\d+\t\\d\t1\\d\\.0\tpopular"), line);
    }
    assertEquals(6, text.lines().filter(line -> line.endsWith("\tmodel")).count());
    assertContains(
        recommend("--fallback=popular", "--json").expect(0).out(), "\"source\":\"popular\"");
    String one =
        run("recommend", "--model", model, "--items=new", "--top=1", "--fallback=popular")
            .expect(0)
            .out();
    assertEquals(
        unknown.getFirst().split("\t", 2)[1].replaceFirst("(ä\\d+)\t1", "1\t$1"), one.strip());
    assertContains(recommend("--fallback=best").expect(2).err(), "--fallback must be popular");
  }

  @Test
  void aModelWithoutClicksHasNoFallback() throws IOException {
    new FittedModel(
            GruNetwork.zeros(1, 1, 1, 1), IdMap.of(List.of("ä1")), Map.of(), List.of(), null)
        .save(Path.of(model));
    assertContains(recommend("--fallback=popular").expect(1).err(), "train it again");
    recommend().expect(0);
  }

  @Test
  void filtersAreThoseOfTheServer() throws IOException {
    Path some = folder.resolve("some.txt");
    Files.writeString(some, "ä2\n ä5 \n\nnothing\nä7\n");
    Result only = recommend("--candidates", some.toString()).expect(0);
    assertContains(only.err(), "1 item that the model does not know, of 4");
    for (String session : List.of("zoë", "bob")) {
      assertEquals(List.of("ä2", "ä5", "ä7"), items(only, session).stream().sorted().toList());
    }
    Result unseen = recommend("--candidates", some.toString(), "--exclude-seen").expect(0);
    assertEquals(List.of("ä2", "ä7"), items(unseen, "bob").stream().sorted().toList());
    assertEquals(3, items(unseen, "zoë").size());
    Result without = recommend("--exclude", some.toString(), "--top=12").expect(2);
    assertContains(without.err(), "--top is given twice");
    List<String> all =
        items(
            run(
                    "recommend",
                    "--model",
                    model,
                    "--sessions",
                    file.toString(),
                    "--exclude",
                    some.toString())
                .expect(0),
            "bob");
    assertEquals(9, all.size());
    assertFalse(all.contains("ä2") || all.contains("ä5") || all.contains("ä7"), all::toString);
    Files.writeString(some, "nothing\n");
    assertContains(
        recommend("--candidates", some.toString()).expect(1).err(), "none of these items");
    Files.write(some, new byte[] {(byte) 0xff, '\n'});
    assertContains(recommend("--exclude", some.toString()).expect(1).err(), "is not UTF-8");

    stdin = "ä1\n";
    Result line = run("recommend", "--model", model, "--exclude-seen").expect(0);
    assertEquals(11, line.out().lines().count());
  }

  private static List<String> items(Result result, String session) {
    return result
        .out()
        .lines()
        .filter(line -> line.startsWith(session + "\t"))
        .map(line -> line.split("\t")[1])
        .toList();
  }

  @Test
  void nothingIsLeftOfAFileThatCannotBeMade() throws IOException {
    Path out = folder.resolve("recs.tsv");
    Files.writeString(out, "before");
    recommend("--out", out.toString(), "--unknown=fail").expect(1);
    assertEquals("before", Files.readString(out));
    assertContains(recommend("--out", file.toString()).expect(2).err(), "would overwrite " + file);
    assertContains(
        run("recommend", "--model", model, "--items=a", "--sessions=b").expect(2).err(),
        "exclude each other");
  }

  @Test
  void whoTypesIsToldSo() {
    for (boolean typed : new boolean[] {true, false}) {
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);
      int status =
          Main.run(
              new String[] {"recommend", "--model", model},
              new Console(
                  new ByteArrayInputStream("ä1\n".getBytes(StandardCharsets.UTF_8)),
                  new PrintStream(new ByteArrayOutputStream()),
                  print,
                  0,
                  typed));
      assertEquals(0, status);
      String hint = "type a session, its items with , between them, and Enter; Ctrl-D ends";
      assertEquals(typed, err.toString(StandardCharsets.UTF_8).contains(hint), err::toString);
    }
  }
}
