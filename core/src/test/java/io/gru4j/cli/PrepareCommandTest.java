package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrepareCommandTest extends CommandLineCase {
  private Result prepare(String out, String... flags) {
    return run(List.of(flags), "prepare", sessions, "--out", folder.resolve(out).toString());
  }

  @Test
  void theSameInputAndFlagsGiveTheSameBytes() throws IOException {
    String[] flags = {"--test-fraction=0.2", "--validation-fraction=0.1", "--min-item-clicks=2"};
    Result first = prepare("a", flags).expect(0);
    Result second = prepare("b", flags).expect(0);
    for (String name :
        List.of("train.tsv.gz", "validation.tsv.gz", "test.tsv.gz", "prepare.json")) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve("a").resolve(name)),
          Files.readAllBytes(folder.resolve("b").resolve(name)),
          name);
    }
    assertEquals(first.out(), second.out());
  }

  @Test
  void theReportHasHashesFlagsAndCounts() throws Exception {
    prepare("a", "--test-from=300", "--min-session-length=4").expect(0);
    Map<?, ?> report =
        (Map<?, ?>) Json.parse(Files.readString(folder.resolve("a/prepare.json")).strip());
    Map<?, ?> input = (Map<?, ?>) ((List<?>) report.get("inputs")).getFirst();
    byte[] bytes = Files.readAllBytes(Path.of(sessions));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    assertEquals(HexFormat.of().formatHex(digest), input.get("sha256"));
    assertEquals((long) bytes.length, input.get("bytes"));
    assertTrue(
        ((String) report.get("command")).endsWith(" --test-from=300 --min-session-length=4"));
    List<?> rules = (List<?>) report.get("rules");
    Map<?, ?> before = Map.of("clicks", 159L, "sessions", 40L, "items", 12L);
    assertEquals(before, ((Map<?, ?>) rules.getFirst()).get("before"));
    for (int i = 0; i < rules.size() - 1; i++) {
      Map<?, ?> rule = (Map<?, ?>) rules.get(i);
      Map<?, ?> next = (Map<?, ?>) rules.get(i + 1);
      if (rule.get("part").equals(next.get("part"))) {
        assertEquals(rule.get("after"), next.get("before"));
      }
    }
    Map<?, ?> files = (Map<?, ?>) report.get("files");
    assertEquals(List.of("train.tsv.gz", "test.tsv.gz"), List.copyOf(files.keySet()));
    assertEquals("310", ((Map<?, ?>) files.get("test.tsv.gz")).get("first").toString());
  }

  @Test
  void whatCannotBeDoneIsRefusedBeforeAnythingIsWritten() throws IOException {
    assertContains(
        prepare("a", "--test-last=7d").expect(1).err(),
        "it is not known whether times are seconds, milliseconds or something else (they go from 0"
            + " to 392); --time-unit");
    assertContains(
        prepare("a", "--test-last=7d", "--time-unit=s").expect(1).err(),
        "test, the last 7 d, has all sessions: they start from 1970-01-01T00:00:00Z to");
    assertContains(
        prepare("a", "--test-last=7d", "--test-fraction=0.1").expect(2).err(),
        "--test-last, --test-fraction and --test-from exclude each other");
    assertContains(
        prepare("a", "--test-from=noon").expect(2).err(),
        "--test-from: a time is a number as in the files or a date such as 2026-11-30 12:00:00,"
            + " got noon");
    assertContains(
        train("--session-gap=1h").expect(1).err(),
        sessions
            + ": it is not known whether times are seconds, milliseconds or something else (they go"
            + " from 0 to 392); --time-unit says");
    assertContains(
        prepare("a", "--session-gap=30").expect(2).err(),
        "--session-gap must be a time above 0 such as 90s, 30m, 1h or 7d, got 30");
    assertContains(
        prepare("a", "--max-session-length=9=keep").expect(2).err(),
        "--max-session-length must be such as 200, 200=cut or 200=drop, got 9=keep");
    assertContains(
        prepare("a", "--min-item-clicks=99").expect(1).err(),
        "no click is left: \"items of 99 clicks or more\" leaves none of 159");
    assertFalse(Files.exists(folder.resolve("a/prepare.json")));
    Files.writeString(folder.resolve("a/test.tsv.gz"), "old");
    assertContains(
        prepare("a").expect(1).err(), "test.tsv.gz is there, and this preparation would not");
    assertContains(prepare("sessions.tsv").expect(1).err(), "is a file, --out needs a folder");
    assertContains(
        run("prepare", "-", "-", "--out", folder.resolve("a").toString()).expect(2).err(),
        "standard input, -, can be read once");
    Path tab = folder.resolve("tab.csv");
    Files.writeString(tab, "SessionId,ItemId,Time\n1,\"a\tb\",1\n");
    assertContains(
        run("prepare", tab.toString(), "--out", folder.resolve("c").toString()).expect(1).err(),
        "cannot have the id \"a\\tb\": a table separated by tabs");
    assertFalse(Files.exists(folder.resolve("c/train.tsv.gz")));
  }

  @Test
  void trainingTakesTheFilters() throws IOException {
    String err =
        train("--min-item-clicks=12", "--max-session-length=4=drop", "--collapse-repeats").err();
    assertContains(err, "repeats of an item collapsed: 159 clicks in 40 sessions -> 159 in 40");
    assertContains(err, "sessions dropped over 4 clicks: 159 clicks in 40 sessions -> 94 in 27");
    assertContains(err, "items of 12 clicks or more: 94 clicks in 27 sessions -> ");
    assertFalse(Files.exists(Path.of(model)), "no item has so many");
    err = train("--max-session-length=4=drop").expect(0).err();
    assertContains(err, sessions + ": 27 sessions, 94 clicks, 12 items, read in");
  }

  private Path log(String name, int sessionsOf, String format) throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int i = 0; i < sessionsOf; i++) {
      text.append(format.formatted(i, i % 5, 1_700_000_000L + 3600L * (sessionsOf - i)));
    }
    return Files.writeString(folder.resolve(name), text);
  }

  private String warned(Path file, String... flags) {
    return run(List.of(flags), "prepare", file.toString(), "--out=" + folder.resolve("w"))
        .expect(0)
        .err();
  }

  @Test
  void theSameClicksTwiceAreWarnedOf() throws IOException {
    Path copy = Files.copy(Path.of(sessions), folder.resolve("copy.tsv"));
    Path link = Files.createSymbolicLink(folder.resolve("link.tsv"), Path.of(sessions));
    String end = ": its clicks are counted twice\n";
    for (String other : List.of(sessions, link.toString())) {
      String file = "warning: " + sessions + " and " + other + " are the same file" + end;
      assertContains(warned(Path.of(sessions), other), file);
      assertFalse(warned(Path.of(sessions), other).contains("same text"), "said once");
      assertContains(run(TINY, "train", sessions, other, "--model", model).expect(0).err(), file);
    }
    assertContains(
        warned(Path.of(sessions), copy.toString()),
        "warning: " + sessions + " and " + copy + " are the same text" + end);
    assertFalse(warned(Path.of(sessions)).contains("warning"));
    String twice = run("evaluate", sessions, sessions, "--model", model).expect(0).err();
    assertContains(twice, " are the same file" + end);
    String each = run("evaluate", sessions, sessions, "--each", "--model", model).expect(0).err();
    assertFalse(each.contains("same file"), "each is measured by itself");
  }

  @Test
  void adviceThatWasTakenIsNotGiven() throws IOException {
    Path giant = log("giant.tsv", 200, "1\t%2$d\t%3$d\n");
    assertContains(warned(giant), "--max-session-length 200 (of train and prepare) cuts it");
    assertFalse(warned(giant, "--max-session-length=20").contains("cuts it"));
  }

  @Test
  void aSplitThatLeavesTooLittleIsDoubted() throws IOException {
    Path file = log("split.tsv", 100, "%1$d\ta%2$d\t%3$d\n%1$d\tb%1$d\t%3$d\n");
    String err = warned(file, "--test-last=3d");
    assertContains(
        err, "warning: training has 27 sessions, fewer than the 73 of test; a smaller --test-last");
    assertFalse(err.contains("loses"), "half of them are known");
    Path unknown = log("unknown.tsv", 100, "%1$d\tb%1$d\t%3$d\n");
    assertContains(
        warned(unknown, "--test-fraction=0.2"),
        "warning: test loses 20 of 20 clicks (100.0 %) to items that training does not have;");
    assertFalse(warned(file, "--test-fraction=0.2").contains("fewer than"));
  }

  @Test
  void aTimeOfAnotherUnitIsAnsweredWithTheRange() throws IOException {
    Path file = log("ms.tsv", 5, "%1$d\t%2$d\t%3$d000\n");
    assertContains(
        run("prepare", file.toString(), "--out=" + folder.resolve("o"), "--test-from=1700000000")
            .expect(1)
            .err(),
        "has all sessions: they start from 1700003600000 (2023-11-14T23:13:20Z) to 1700018000000");
  }

  /** Also of sessions that the file has in another order than that of their starts. */
  @Test
  void trainingWithFiltersIsTrainingOnWhatTheyPrepare() throws IOException {
    Path file = log("back.tsv", 60, "%1$d\ta%2$d\t%3$d\n%1$d\tb%1$d\t%3$d\n%1$d\ta%2$d\t%3$d\n");
    Path out = folder.resolve("o");
    String filter = "--max-session-length=3=drop";
    run("prepare", file.toString(), "--out=" + out, filter).expect(0);
    run(TINY, "train", out.resolve("train.tsv.gz").toString(), "--model", model, "--seed=3")
        .expect(0);
    byte[] expected = Files.readAllBytes(Path.of(model));
    run(TINY, "train", file.toString(), "--model", model, "--seed=3", filter).expect(0);
    assertArrayEquals(expected, Files.readAllBytes(Path.of(model)));
  }
}
