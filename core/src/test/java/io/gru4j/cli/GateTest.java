package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.file.Json;
import io.gru4j.metrics.RankMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A new model takes an old one's place if it is no worse than it may be, and nothing is lost. */
class GateTest extends CommandLineCase {

  /** So many of a thousand targets at a rank. */
  private static RankMetrics ranks(int hits, int rank) {
    RankMetrics ranks = new RankMetrics(OldAndNew.CUTOFF);
    for (int i = 0; i < 1000; i++) {
      ranks.add(i < hits ? rank : Double.POSITIVE_INFINITY);
    }
    return ranks;
  }

  private static OldAndNew figures(RankMetrics old, RankMetrics now) {
    RankMetrics none = new RankMetrics(OldAndNew.CUTOFF);
    return new OldAndNew(old, now, none, none);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 98, 0.02, false", // exactly as much as may be, though 0.1 - 0.098 is not 0.002
    "100, 97, 0.02, true",
    "100, 100, 0, false",
    "100, 99, 0, true",
    "100, 140, 0, false",
    "0, 0, 0, false",
    "100, 0, 0.99, true",
  })
  void aFallIsMeasuredAgainstTheOldFigure(int old, int now, double allowed, boolean refused) {
    assertEquals(refused, figures(ranks(old, 1), ranks(now, 1)).fall(allowed).isPresent());
  }

  /** Hits as whole numbers are exact. */
  @Property
  void everyBorderIsExact(
      @ForAll @IntRange(min = 1, max = 1000) int old,
      @ForAll @IntRange(max = 1000) int now,
      @ForAll @IntRange(max = 99) int percent) {
    boolean below = 100L * now < (100L - percent) * old;
    Optional<String> fall = figures(ranks(old, 3), ranks(now, 3)).fall(percent / 100.0);
    assertEquals(below, fall.isPresent(), fall::toString);
  }

  @Test
  void eitherMetricIsEnough() {
    String fall = figures(ranks(100, 1), ranks(100, 2)).fall(0.02).orElseThrow();
    assertEquals("MRR@20 fell by 50.0%", fall);
    String both = figures(ranks(100, 1), ranks(50, 2)).fall(0.02).orElseThrow();
    assertEquals("Recall@20 fell by 50.0%, MRR@20 fell by 75.0%", both);
    String recall = figures(ranks(100, 20), ranks(50, 1)).fall(0.02).orElseThrow();
    assertEquals("Recall@20 fell by 50.0%", recall);
  }

  private byte[] trained() throws IOException {
    train("--learning-rate=0.3").expect(0);
    return Files.readAllBytes(Path.of(model));
  }

  @Test
  void aWorseModelIsKeptBesideTheOldOne() throws IOException {
    byte[] old = trained();
    Path report = folder.resolve("r.html");
    Result result =
        train("--judge", sessions, "--learning-rate=0.0001", "--report", report.toString())
            .expect(1);
    assertTrue(
        result.out().matches("(?s) +old +new +change\nRecall@20 .*\nMRR@20 .*"), result.out());
    assertContains(result.out(), "119 clicks predicted, 0 on items that the old model does not");
    assertFalse(result.out().contains("epochs"), "no summary of a file that is not written");
    assertContains(result.err(), "MRR@20 fell by ");
    assertContains(
        result.err(),
        ", and --not-worse-than allows 0.02: %s is as it was, the new model is in %s.refused"
            .formatted(model, model));
    assertArrayEquals(old, Files.readAllBytes(Path.of(model)));
    assertContains(Files.readString(report), "judged by both models");
    run("inspect", "--check", model + ".refused").expect(0);
    // With as much to lose as it likes, or without a gate, it may.
    train("--judge", sessions, "--learning-rate=0.0001", "--not-worse-than=0.999").expect(0);
    assertFalse(Arrays.equals(old, Files.readAllBytes(Path.of(model))));
  }

  @Test
  void aModelAsGoodTakesItsPlace() throws IOException {
    byte[] old = trained();
    Files.delete(Path.of(model));
    train("--learning-rate=0.3").expect(0);
    Result result =
        train("--judge", sessions, "--not-worse-than=0", "--learning-rate=0.3").expect(0);
    assertContains(result.out(), "+0.0%");
    assertArrayEquals(old, Files.readAllBytes(Path.of(model)));
    assertFalse(Files.exists(Path.of(model + ".refused")));
  }

  @Test
  void withoutAnOldFileThereIsNothingToCompare() throws IOException {
    Result result = train("--judge", sessions).expect(0);
    assertContains(result.out(), "119 clicks predicted, there is no old model");
    assertTrue(Files.exists(Path.of(model)));
  }

  /** To the old model they are misses; to leave them out would judge it by less. */
  @Test
  void targetsThatTheOldModelDoesNotKnowCountForTheNewOne() throws IOException {
    trained();
    Path more = folder.resolve("more.tsv");
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int s = 0; s < 30; s++) {
      text.append("n").append(s).append("\tä1\t").append(1000 + 2 * s).append('\n');
      text.append("n").append(s).append("\tbrandnew\t").append(1001 + 2 * s).append('\n');
    }
    Files.writeString(more, text);
    Result result =
        run(
                List.of("--hidden-size=8", "--num-components=6", "--batch-size=16"),
                "train",
                sessions,
                more.toString(),
                "--model",
                model,
                "--seed=7",
                "--max-epochs=6",
                "--learning-rate=0.3",
                "--judge",
                more.toString())
            .expect(0);
    assertTrue(result.out().matches("(?s).*\nRecall@20 +0\\.0000 +1\\.0000 +-\n.*"), result.out());
    assertContains(result.out(), "30 clicks predicted, 30 on items that the old model does not");
    assertContains(result.out(), "Recall@20 of items new to the old model  0.0000  1.0000");
  }

  private Path laterSessions() throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int s = 0; s < 30; s++) {
      for (int click = 0; click < 3; click++) {
        text.append("n").append(s).append('\t').append(click == 2 ? "new" : "ä" + (s + click) % 12);
        text.append('\t').append(1000 + 10 * s + click).append('\n');
      }
    }
    return Files.writeString(folder.resolve("later.tsv"), text);
  }

  private Result update(Path later, String out, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("update", model, later.toString(), "--model", out, "--judge=" + later));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }

  @Test
  void anUpdateIsJudgedByTheModelThatItReplacesOrElseByItsStart() throws IOException {
    byte[] old = trained();
    Path later = laterSessions();
    String out = folder.resolve("out.safetensors").toString();
    Path report = folder.resolve("r.html");
    Result first = update(later, out, "--learning-rate=0.3", "--report=" + report).expect(0);
    assertContains(first.out(), "60 clicks predicted, 30 on items that the old model does not");
    assertContains(Files.readString(report), "Recall@20 of items new to the old model");
    assertTrue(first.out().matches("(?s).*\nRecall@20 .*\nMRR@20 .*"), first.out());
    byte[] written = Files.readAllBytes(Path.of(out));
    // That start again, hardly taught: better than the start, far worse than what is in OUT.
    Result again = update(later, out, "--learning-rate=0.00001").expect(1);
    assertContains(again.out(), "60 clicks predicted, 0 on items that the old model does not");
    assertContains(again.err(), out + " is as it was, the new model is in " + out + ".refused");
    assertArrayEquals(written, Files.readAllBytes(Path.of(out)));
    assertArrayEquals(old, Files.readAllBytes(Path.of(model)));
  }

  @Test
  void aNightThatForgetsTheOldSessionsLeavesTheModelThatIsReplacedInPlace() throws IOException {
    byte[] old = trained();
    Path judge = Path.of(sessions);
    Path later = laterSessions();
    Result bad =
        run(
                "update",
                model,
                later.toString(),
                "--model",
                model,
                "--judge",
                judge.toString(),
                "--learning-rate=0.5",
                "--max-epochs=8")
            .expect(1);
    assertContains(bad.err(), " fell by ");
    assertArrayEquals(old, Files.readAllBytes(Path.of(model)));
  }

  /** The old model keeps its own, and the next night goes on from it. */
  @Test
  void aRefusedModelLeavesTheOldOnesState() throws IOException {
    train("--learning-rate=0.3", "--keep-state").expect(0);
    Path state = GRU4Rec.stateFiles(Path.of(model)).getFirst();
    byte[] old = Files.readAllBytes(Path.of(model));
    byte[] oldState = Files.readAllBytes(state);
    String[] night = {
      "update", model, laterSessions().toString(), "--model", model, "--keep-state"
    };
    run(List.of("--judge=" + sessions, "--learning-rate=0.5", "--max-epochs=8"), night).expect(1);
    assertArrayEquals(old, Files.readAllBytes(Path.of(model)));
    assertArrayEquals(oldState, Files.readAllBytes(state));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of(state),
          files.filter(file -> file.toString().contains(".state")).toList(),
          "the refused model has none");
    }
    Result good = run(List.of("--judge=" + sessions, "--not-worse-than=0.9"), night).expect(0);
    assertContains(good.err(), "the optimizer goes on from its kept state");
    assertFalse(Arrays.equals(oldState, Files.readAllBytes(state)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SessionId\tItemId\tTime\n", "SessionId\tItemId\tTime\n1\tä1\t5\n"})
  void aJudgeFileWithoutATargetIsRefusedBeforeTheTraining(String text) throws IOException {
    byte[] old = trained();
    Path judge = Files.writeString(folder.resolve("judge.tsv"), text);
    Result result = train("--judge", judge.toString()).expect(1);
    assertContains(result.err(), judge.toString());
    assertFalse(result.err().contains("epoch 1/"), result.err());
    assertArrayEquals(old, Files.readAllBytes(Path.of(model)));
  }

  @Test
  void aFileThatIsNoModelIsSeenBeforeTheTraining() throws IOException {
    Files.writeString(Path.of(model), "not a model");
    Result result = train("--judge", sessions).expect(1);
    assertFalse(result.err().contains("epoch 1/"), result.err());
    assertEquals("not a model", Files.readString(Path.of(model)));
  }

  @Test
  void jsonStaysOneLine() throws IOException {
    Result result = train("--judge", sessions, "--json").expect(0);
    assertEquals(model, ((Map<?, ?>) Json.parse(result.out().strip())).get("model"));
    assertContains(result.err(), "Recall@20");
  }

  @Test
  void wrongFlagsAreRefused() {
    assertContains(train("--not-worse-than=0.1").expect(2).err(), "needs --judge FILE");
    for (String share : List.of("1", "-0.1", "NaN", "x")) {
      assertContains(
          train("--judge", sessions, "--not-worse-than=" + share).expect(2).err(),
          "--not-worse-than must be a number in [0, 1), got " + share);
    }
    assertContains(train("--judge=-").expect(2).err(), "cannot be standard input");
    assertContains(
        run(TINY, "train", sessions, "--model", model, "--judge", model).expect(2).err(),
        "would overwrite");
  }
}
