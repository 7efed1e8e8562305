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
        "it is not known whether times are seconds, milliseconds or something else; --time-unit");
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
            + ": it is not known whether times are seconds, milliseconds or something else;"
            + " --time-unit says");
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
}
