package io.gru4j.prepare;

import io.gru4j.data.Clicks;
import io.gru4j.data.TimeScale;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * Turns a log of clicks into training, validation and test sessions.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="prepare"}
 *
 * <p>First the steps, in their order. Then the test is set aside, and validation from what is left:
 * sessions go by their start. Clicks of training sessions that happened when the later part had
 * begun are removed, so that nothing is learned from its time (Hidasi and Czapp 2023). Then items
 * that training does not have leave validation and test. After each of these, sessions that have
 * become too short leave.
 *
 * <p>The same clicks and rules give the same result.
 *
 * @param steps the rules for all clicks; {@link SessionGap}, {@link Where}, {@link
 *     CollapseRepeats}, {@link MaximumLength}, {@link MinimumCounts} is the order that the sources
 *     ask for
 * @param test when the test begins; null: there is none
 * @param validation when validation begins, found in what the test leaves; null: there is none
 * @param minSessionLength the fewest clicks of a session after the split, at least 1
 */
public record Preparation(List<Step> steps, Cut test, Cut validation, int minSessionLength) {
  /** The name of the rule that takes items that training does not have out of the later parts. */
  public static final String KNOWN_ITEMS = "items that training has";

  private static final String TRAIN = "train";
  private static final String VALIDATION = "validation";
  private static final String TEST = "test";

  /**
   * Checks the length.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public Preparation {
    steps = List.copyOf(steps);
    if (minSessionLength < 1) {
      throw new IllegalArgumentException("a session has at least 1 click, got " + minSessionLength);
    }
  }

  /**
   * Prepares clicks.
   *
   * @param clicks what was read
   * @return the parts, and what each rule has done
   * @throws IllegalArgumentException if nothing is left, a cut leaves one side empty, or a rule
   *     needs to know what a tick of time is and the clicks do not tell
   */
  public Prepared apply(Clicks clicks) {
    Run run = new Run();
    Clicks train = Objects.requireNonNull(clicks);
    for (Step step : steps) {
      train = run.note("all", step.rule(), train, step.apply(train));
    }
    if (train.numClicks() == 0) {
      throw new IllegalArgumentException(
          "no click is left: " + (run.rules.isEmpty() ? "there was none" : run.lastLoss()));
    }
    Clicks tested = null;
    Clicks judged = null;
    if (test != null) {
      long time = test.time(train);
      tested = later(train, test, time, TEST);
      train = run.earlier(train, test, time, TEST);
    }
    if (validation != null) {
      long time = validation.time(train);
      judged = later(train, validation, time, VALIDATION);
      train = run.earlier(train, validation, time, VALIDATION);
    }
    BitSet known = new BitSet();
    for (int click = 0; click < train.numClicks(); click++) {
      known.set(train.item(click));
    }
    return new Prepared(
        train,
        judged == null ? null : run.known(VALIDATION, validation, judged, known),
        tested == null ? null : run.known(TEST, test, tested, known),
        run.rules);
  }

  private static Clicks later(Clicks all, Cut cut, long time, String part) {
    Clicks later = all.keepSessions(session -> all.time(all.start(session)) >= time);
    if (later.numClicks() == 0 || later.numSessions() == all.numSessions()) {
      int[] order = all.sessionsByStart();
      throw new IllegalArgumentException(
          part
              + ", "
              + cut.words()
              + ", has "
              + (later.numClicks() == 0 ? "no session" : "all sessions")
              + ": they start from "
              + words(all.time(all.start(order[0])), all.scale(), cut)
              + " to "
              + words(all.time(all.start(order[order.length - 1])), all.scale(), cut));
    }
    return later;
  }

  /** A time; beside a number that somebody gave, as a number too. */
  private static String words(long time, TimeScale scale, Cut cut) {
    String words = scale.words(time);
    String number = scale.number(time);
    boolean both = cut instanceof Cut.From from && from.isNumber() && !words.equals(number);
    return both ? number + " (" + words + ")" : words;
  }

  /** One preparation: what its rules do. */
  private final class Run {
    private final List<Applied> rules = new ArrayList<>();

    Clicks note(String part, String rule, Clicks before, Clicks after) {
      Counts counts =
          rules.isEmpty() || !rules.getLast().part().equals(part)
              ? Counts.of(before)
              : rules.getLast().after();
      rules.add(new Applied(part, rule, counts, Counts.of(after)));
      return after;
    }

    String lastLoss() {
      Applied last = rules.getLast();
      for (Applied rule : rules) {
        if (rule.before().clicks() > 0 && rule.after().clicks() == 0) {
          last = rule;
        }
      }
      return "\"" + last.rule() + "\" leaves none of " + last.before().clicks();
    }

    Clicks earlier(Clicks all, Cut cut, long time, String later) {
      Clicks before =
          note(
              TRAIN,
              "sessions that start before " + later + ", " + cut.words(),
              all,
              all.keepSessions(session -> all.time(all.start(session)) < time));
      Clicks clean =
          note(
              TRAIN,
              "clicks before " + later + " begins",
              before,
              before.keepClicks(click -> before.time(click) < time));
      Clicks left = longEnough(TRAIN, clean);
      if (left.numClicks() == 0) {
        throw new IllegalArgumentException("no click is left to train on: " + lastLoss());
      }
      return left;
    }

    Clicks known(String part, Cut cut, Clicks clicks, BitSet items) {
      note(part, "sessions that start then or later, " + cut.words(), clicks, clicks);
      Clicks known =
          note(
              part, KNOWN_ITEMS, clicks, clicks.keepClicks(click -> items.get(clicks.item(click))));
      return longEnough(part, known);
    }

    private Clicks longEnough(String part, Clicks clicks) {
      if (minSessionLength == 1) {
        return clicks;
      }
      return note(
          part,
          "sessions of " + minSessionLength + " clicks or more",
          clicks,
          clicks.keepSessions(session -> clicks.length(session) >= minSessionLength));
    }
  }
}
