package io.gru4j.prepare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.ClickFile;
import io.gru4j.data.Clicks;
import io.gru4j.data.Condition;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.data.SessionFormat;
import io.gru4j.prepare.NaivePreparation.Click;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Steps and splits against {@link NaivePreparation}, and what may be said without it. */
class PreparationTest {
  private static final long BASE = 1_700_000_000L;

  /** Few persons and items, times that jump and repeat, in no order. */
  private static List<Click> clicks(int n, Random random) {
    List<Click> clicks = new ArrayList<>();
    long time = BASE;
    for (int i = 0; i < n; i++) {
      time += random.nextInt(5) == 0 ? random.nextInt(5000) : random.nextInt(3) - 1;
      String session = "p" + random.nextInt(1 + n / 8);
      clicks.add(new Click(session, "i" + random.nextInt(6), time, random.nextInt(5) > 0));
    }
    return clicks;
  }

  private static Clicks read(List<Click> clicks, boolean withLeftOut) {
    StringBuilder text = new StringBuilder("SessionId,ItemId,Time,Event\n");
    for (Click click : clicks) {
      text.append(click.session()).append(',').append(click.item()).append(',');
      text.append(click.time()).append(click.accepted() ? ",view\n" : ",buy\n");
    }
    try {
      Path file = Files.writeString(Files.createTempFile("clicks", ".csv"), text);
      SessionFormat views = SessionFormat.DEFAULT.withWhere(List.of(Condition.parse("Event=view")));
      Clicks read =
          new SessionFiles().format(views).readClicks(List.of(file), withLeftOut).clicks();
      Files.delete(file);
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Clicks clicks) {
    try {
      Path file = Files.createTempFile("clicks", ".tsv");
      ClickFile.write(clicks, file);
      String text = Files.readString(file);
      Files.delete(file);
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Property(tries = 100)
  void eachStepIsThatOfTheNaiveReference(
      @ForAll @IntRange(min = 1, max = 200) int n,
      @ForAll @IntRange(min = 1, max = 6) int length,
      @ForAll @IntRange(min = 1, max = 12) int items,
      @ForAll long seed) {
    List<Click> made = clicks(n, new Random(seed));
    Clicks read = read(made, true);
    List<List<Click>> naive = NaivePreparation.sessions(made);
    Clicks gapped = new SessionGap(Duration.ofMinutes(20)).apply(read);
    List<List<Click>> naiveGapped = NaivePreparation.gap(naive, 1200);
    Clicks viewed = new Where(List.of()).apply(gapped);
    List<List<Click>> naiveViewed = NaivePreparation.where(naiveGapped);
    assertEquals(NaivePreparation.text(naiveViewed), text(viewed));
    assertEquals(
        NaivePreparation.text(NaivePreparation.collapse(naiveViewed)),
        text(new CollapseRepeats().apply(viewed)));
    assertEquals(
        NaivePreparation.text(NaivePreparation.cut(naiveViewed, length)),
        text(new MaximumLength(length, MaximumLength.Longer.CUT).apply(viewed)));
    assertEquals(
        NaivePreparation.text(NaivePreparation.drop(naiveViewed, length)),
        text(new MaximumLength(length, MaximumLength.Longer.DROP).apply(viewed)));
    Clicks counted = new MinimumCounts(items, length).apply(viewed);
    assertEquals(
        NaivePreparation.text(NaivePreparation.counts(naiveViewed, items, length)), text(counted));
    assertEquals(text(counted), text(new MinimumCounts(items, length).apply(counted)), "nothing");
    assertEquals(
        NaivePreparation.text(NaivePreparation.where(naive)),
        text(new Where(List.of()).apply(read)));
    // Without a gap, the conditions may be applied while the file is read.
    List<Click> views = made.stream().filter(Click::accepted).toList();
    assertEquals(NaivePreparation.text(NaivePreparation.sessions(views)), text(read(made, false)));
  }

  @Property(tries = 100)
  void splitsAreThoseOfTheNaiveReference(
      @ForAll @IntRange(min = 20, max = 300) int n,
      @ForAll @IntRange(min = 1, max = 3) int length,
      @ForAll long seed) {
    List<Click> made = clicks(n, new Random(seed));
    List<Click> views = made.stream().filter(Click::accepted).toList();
    List<List<Click>> all = NaivePreparation.sessions(views);
    long testTime = NaivePreparation.last(all) - 3600;
    List<List<Click>> test = NaivePreparation.startingFrom(all, testTime);
    List<List<Click>> rest =
        NaivePreparation.longEnough(NaivePreparation.before(all, testTime), length);
    Preparation preparation =
        new Preparation(List.of(), new Cut.Last(Duration.ofHours(1)), null, length);
    if (test.isEmpty() || test.size() == all.size() || rest.isEmpty()) {
      assertThrows(IllegalArgumentException.class, () -> preparation.apply(read(made, false)));
      return;
    }
    Prepared<Clicks> prepared = preparation.apply(read(made, false));
    assertEquals(NaivePreparation.text(rest), text(prepared.train()));
    List<List<Click>> known =
        NaivePreparation.longEnough(NaivePreparation.knownTo(test, rest), length);
    assertEquals(NaivePreparation.text(known), text(prepared.test()));
    // The same time as a number, and as a date.
    String date = Instant.ofEpochSecond(testTime).toString();
    for (String from : List.of(Long.toString(testTime), date)) {
      Cut cut = new Cut.From(from, ZoneOffset.UTC);
      Prepared<Clicks> same =
          new Preparation(List.of(), cut, null, length).apply(read(made, false));
      assertEquals(text(prepared.train()), text(same.train()));
      assertEquals(text(prepared.test()), text(same.test()));
    }
  }

  @Property(tries = 50)
  void validationIsCutFromWhatTheTestLeaves(@ForAll long seed) {
    List<Click> made = new ArrayList<>();
    Random random = new Random(seed);
    for (int session = 0; session < 40; session++) {
      for (int i = 0; i < 3; i++) {
        String item = "i" + random.nextInt(4);
        made.add(new Click("s" + session, item, BASE + 1000L * session + i, true));
      }
    }
    Preparation preparation =
        new Preparation(List.of(), new Cut.Fraction(0.25), new Cut.Fraction(0.1), 1);
    Prepared<Clicks> prepared = preparation.apply(read(made, false));
    assertEquals(27, prepared.train().numSessions());
    assertEquals(3, prepared.validation().numSessions());
    assertEquals(10, prepared.test().numSessions());
    assertEquals("s27", prepared.validation().sessionId(0));
    assertEquals("s30", prepared.test().sessionId(0));
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    List<Click> made = List.of(new Click("a", "x", 1, true), new Click("a", "y", 9, true));
    Clicks clicks = read(made, false);
    String unknown = "it is not known whether times are seconds, milliseconds or something else";
    assertEquals(unknown, message(() -> new SessionGap(Duration.ofHours(1)).apply(clicks)));
    Cut day = new Cut.Last(Duration.ofDays(1));
    assertEquals(unknown, message(() -> new Preparation(List.of(), day, null, 1).apply(clicks)));
    Cut from = new Cut.From("5", ZoneOffset.UTC);
    assertEquals(
        "test, from 5, has no session: they start from 1 to 1",
        message(() -> new Preparation(List.of(), from, null, 1).apply(clicks)));
    Clicks two = read(List.of(new Click("a", "x", 1, true), new Click("b", "y", 9, true)), false);
    Preparation early = new Preparation(List.of(), from, new Cut.Fraction(0.1), 2);
    assertEquals(
        "no click is left to train on: \"sessions of 2 clicks or more\" leaves none of 1",
        message(() -> early.apply(two)));
    assertThrows(IllegalArgumentException.class, () -> new Cut.From("noon", ZoneOffset.UTC));
    Preparation rare = new Preparation(List.of(new MinimumCounts(2, 1)), null, null, 1);
    assertEquals(
        "no click is left: \"items of 2 clicks or more\" leaves none of 2",
        message(() -> rare.apply(clicks)));
    assertThrows(IllegalArgumentException.class, () -> new SessionGap(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> new MaximumLength(0, null));
    assertThrows(IllegalArgumentException.class, () -> new MinimumCounts(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Cut.Fraction(1));
    assertThrows(IllegalArgumentException.class, () -> new Cut.Last(Duration.ZERO));
  }

  private static String message(Executable what) {
    return assertThrows(IllegalArgumentException.class, what).getMessage();
  }

  @Test
  void clicksBecomeTrainingData() throws IOException {
    List<Click> made = clicks(120, new Random(7));
    Clicks clicks = new MinimumCounts(5, 2).apply(read(made, false));
    SessionData data = clicks.toSessionData();
    Path file = Files.createTempFile("clicks", ".tsv.gz");
    ClickFile.write(clicks, file);
    SessionData again = SessionFiles.read(file);
    Files.delete(file);
    assertEquals(clicks.numItems(), data.items().size(), "items without a click are gone");
    assertEquals(again.clicks(), data.clicks());
    for (int session = 0; session < data.sessions().size(); session++) {
      int same = again.sessions().indexOf(data.sessions().idOf(session));
      int[] items = data.interactions().items(session);
      assertArrayEquals(
          Arrays.stream(items).mapToObj(data.items()::idOf).toArray(),
          Arrays.stream(again.interactions().items(same)).mapToObj(again.items()::idOf).toArray());
      assertArrayEquals(
          data.interactions().timestamps(session), again.interactions().timestamps(same));
    }
    assertTrue(data.sessions().size() > 5);
  }
}
