package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Json;
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
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchCommandTest {
  @TempDir Path folder;
  private String sessions;
  private Path model;

  private record Result(int status, String out, String err) {
    Result expect(int status) {
      assertEquals(status, this.status, out + err);
      return this;
    }

    /** The table without its last column, the time. */
    List<String> table() {
      return out.lines().map(line -> line.replaceFirst("  +[0-9.]+ s$", "")).toList();
    }
  }

  @BeforeEach
  void makeSessions() throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int session = 0; session < 60; session++) {
      for (int click = 0; click < 3 + session % 3; click++) {
        int item = (7 * session + 2 * click) % (session % 5 == 0 ? 90 : 70);
        text.append(session).append("\ti").append(item).append('\t');
        text.append(10 * session + click).append('\n');
      }
    }
    Path file = folder.resolve("sessions.tsv");
    Files.writeString(file, text);
    sessions = file.toString();
    model = folder.resolve("m.safetensors");
  }

  private static Result run(List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            words.toArray(String[]::new),
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8));
    return new Result(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Result search(String... more) {
    List<String> words = new ArrayList<>(List.of("search", sessions, "--model", model.toString()));
    words.addAll(List.of("--num-components=6", "--max-epochs=2", "--batch-size=16"));
    words.addAll(List.of("--validation-fraction=0.3", "--threads=1"));
    words.addAll(List.of(more));
    return run(words);
  }

  private static void assertContains(String text, String part) {
    assertTrue(text.contains(part), () -> "\"" + part + "\" is not in: " + text);
  }

  @Test
  void printsTheTableBestFirstAndWritesTheBestModel() throws IOException {
    Result result =
        search("--param", "hidden_size=4,8", "--param=learning-rate=0.003,0.3,3e38").expect(0);
    List<String> table = result.table();
    assertEquals(7, table.size(), result.out);
    assertTrue(
        table.getFirst().matches("rank +recall@50 +hidden_size +learning_rate +epochs +time"),
        table.getFirst());
    List<Double> scores =
        table.subList(1, 5).stream().map(line -> Double.valueOf(line.split(" +")[1])).toList();
    assertEquals(scores.stream().sorted((a, b) -> Double.compare(b, a)).toList(), scores);
    assertTrue(table.get(5).matches("5 +failed +[48] +3e\\+38 +- .*learning_rate 3.0E38.*"));
    String[] best = table.get(1).split(" +");
    FittedModel written = FittedModel.load(model);
    assertEquals(best[2], written.parameters().get("hidden_size"));
    assertEquals(best[3], written.parameters().get("learning_rate"));
    assertEquals(0L, written.seed());
    assertContains(result.err, "candidate 1/6: hidden_size=4, learning_rate=0.003: ");
    assertContains(result.err, "m.safetensors (");
  }

  @Test
  void jsonHasWhatTheTableHas() {
    String[] flags = {
      "--param=hidden_sizes=4,6+4", "--param=learning-rate=0.3,3e38", "--param=min_item_count=1"
    };
    List<String> table = search(flags).expect(0).table();
    String[] json = Arrays.copyOf(flags, flags.length + 1);
    json[flags.length] = "--json";
    List<String> lines = search(json).expect(0).out.lines().toList();
    assertEquals(4, lines.size());
    for (int i = 0; i < lines.size(); i++) {
      String[] row = table.get(i + 1).split(" +"); // rank, score, the parameters, epochs
      Map<?, ?> line = (Map<?, ?>) Json.parse(lines.get(i));
      assertEquals(
          List.of("rank", "score", "criterion", "parameters", "epochs", "seconds", "failure"),
          List.copyOf(line.keySet()));
      assertEquals(row[0], line.get("rank").toString());
      assertEquals("recall@50", line.get("criterion"));
      assertTrue(((Number) line.get("seconds")).doubleValue() > 0, lines.get(i));
      Map<?, ?> parameters = (Map<?, ?>) line.get("parameters");
      assertEquals(
          List.of("min_item_count", "learning_rate", "hidden_sizes"),
          List.copyOf(parameters.keySet()));
      assertEquals(row[4], parameters.get("hidden_sizes"));
      assertEquals(
          Double.parseDouble(row[3]), ((Number) parameters.get("learning_rate")).doubleValue());
      assertEquals(row[2], parameters.get("min_item_count").toString());
      if (row[1].equals("failed")) {
        assertNull(line.get("score"));
        assertContains((String) line.get("failure"), "learning_rate 3.0E38");
      } else {
        assertEquals(row[1], Numbers.score(((Number) line.get("score")).doubleValue()));
        assertEquals(row[5], line.get("epochs").toString());
        assertNull(line.get("failure"));
      }
    }
  }

  @Test
  void goesOnFromTheResultsFile() throws IOException {
    Path results = folder.resolve("r.jsonl");
    String[] flags = {
      "--param",
      "hidden_size=4,8",
      "--param",
      "bptt=1,2",
      "--random=3",
      "--seed=5",
      "--results",
      results.toString()
    };
    Result whole = search(flags).expect(0);
    assertEquals(4, whole.table().size(), whole.out);
    byte[] bytes = Files.readAllBytes(model);
    List<String> lines = Files.readAllLines(results);
    assertEquals(4, lines.size());
    Files.write(results, lines.subList(0, 2));
    Files.delete(model);
    Result resumed = search(flags).expect(0);
    assertEquals(whole.table(), resumed.table());
    assertFalse(resumed.err.contains("candidate 1/3"), resumed.err);
    assertContains(resumed.err, "candidate 2/3");
    FittedModel again = FittedModel.load(model);
    assertEquals(5L, again.seed());
    Result other = search("--param", "bptt=1,2", "--results", results.toString()).expect(1);
    assertContains(other.err, "these are the results of another search");
    assertTrue(bytes.length > 0 && Files.exists(model));
  }

  @Test
  void aRandomSearchSaysHowManyItTries() {
    Result more = search("--param", "bptt=1,2,3", "--random=9").expect(0);
    assertContains(more.err, "there are no more than 3 combinations: --random 9 tries 3\n");
    assertContains(more.err, "candidate 3/3");
    assertFalse(search("--param", "bptt=1,2", "--random=2").err.contains("no more than"));
  }

  /** Without stop_early, max_iter_no_change changes nothing. */
  @Test
  void anEqualScoreIsNotBetter() {
    Result result = search("--param", "max_iter_no_change=3,4,5").expect(0);
    assertContains(result.err, " (best so far)");
    assertEquals(2, result.err.split("\\(best so far\\)", -1).length, result.err);
    assertEquals(
        List.of("1", "1", "1"),
        result.table().stream().skip(1).map(line -> line.split(" +")[0]).toList());
  }

  @Test
  void filtersOfTheTrainingDataCanBeSearched() throws IOException {
    Result result =
        search("--param", "min_item_count=1,2", "--param", "min-session-length=2,3").expect(0);
    assertTrue(
        result
            .table()
            .getFirst()
            .matches("rank +recall@50 +min_item_count +min_session_length +.*"),
        result.out);
    String best = result.table().get(1).split(" +")[2];
    int items = FittedModel.load(model).numItems();
    assertTrue(best.equals("1") ? items > 60 : items < 60, best + ": " + items);
  }

  @Test
  void aWrongCommandLineIsRefused() {
    assertContains(search().expect(2).err, "--param NAME=V1,V2,... is missing");
    assertContains(search("--param", "bptt").expect(2).err, "--param must be NAME=V1,V2,...");
    assertContains(search("--param", "hiden_size=1").expect(2).err, "did you mean hidden_size?");
    assertContains(search("--param", "bptt=1,x").expect(2).err, "--param: bptt must be an integer");
    assertContains(search("--param", "min_item_count=0").expect(2).err, "min_item_count must be");
    assertContains(
        search("--param", "bptt=1", "--param", "bptt=2").expect(2).err, "bptt is given twice");
    assertContains(
        search("--param", "bptt=1", "--random=0").expect(2).err, "--random must be an integer");
    assertContains(
        search("--param", "bptt=1", "--results", sessions).expect(2).err, "would overwrite");
    assertContains(
        search("--param", "bptt=1", "--results", model.toString()).expect(2).err,
        "would overwrite");
    assertContains(
        run(List.of("search", sessions, "--model", model.toString(), "--param", "bptt=1"))
            .expect(2)
            .err,
        "give --validation FILE or --validation-fraction X");
    assertContains(
        run(List.of("search", sessions, "--param", "bptt=1")).expect(2).err,
        "--model OUT is missing");
    assertContains(
        search("--param", "learning_rate=3e38").expect(1).err, "all 1 candidates failed");
    assertFalse(Files.exists(model));
  }
}
