package io.gru4j.prepare;

import io.gru4j.data.Clicks;
import io.gru4j.data.TimeScale;
import java.util.ArrayList;
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
  public Prepared<Clicks> apply(Clicks clicks) {
    Prepared<ClicksLog> parts = apply(new ClicksLog(Objects.requireNonNull(clicks)));
    return new Prepared<>(
        parts.train().clicks(),
        parts.validation() == null ? null : parts.validation().clicks(),
        parts.test() == null ? null : parts.test().clicks(),
        parts.rules());
  }

  /**
   * Prepares clicks, wherever they are.
   *
   * @param <L> what they are kept in
   * @param log what was read
   * @return the parts, and what each rule has done
   * @throws IllegalArgumentException if nothing is left, a cut leaves one side empty, or a rule
   *     needs to know what a tick of time is and the clicks do not tell
   */
  public <L extends SessionLog<L>> Prepared<L> apply(L log) {
    Run<L> run = new Run<>();
    L train = log;
    for (Step step : steps) {
      L left = step instanceof MinimumCounts c ? c.applyTo(train) : train.withinSessions(step);
      train = run.note("all", step.rule(), train, left);
    }
    if (train.numClicks() == 0) {
      throw new IllegalArgumentException(
          "no click is left: " + (run.rules.isEmpty() ? "there was none" : run.lastLoss()));
    }
    L tested = null;
    L judged = null;
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
    return new Prepared<>(
        train,
        judged == null ? null : run.known(VALIDATION, validation, judged, train),
        tested == null ? null : run.known(TEST, test, tested, train),
        run.rules);
  }

  private static <L extends SessionLog<L>> L later(L all, Cut cut, long time, String part) {
    L later = all.startingFrom(time);
    if (later.numClicks() == 0 || later.numSessions() == all.numSessions()) {
      throw new IllegalArgumentException(
          part
              + ", "
              + cut.words()
              + ", has "
              + (later.numClicks() == 0 ? "no session" : "all sessions")
              + ": they start from "
              + words(all.start(0), all.scale(), cut)
              + " to "
              + words(all.start(all.numSessions() - 1), all.scale(), cut));
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
  private final class Run<L extends SessionLog<L>> {
    private final List<Applied> rules = new ArrayList<>();

    L note(String part, String rule, L before, L after) {
      Counts counts =
          rules.isEmpty() || !rules.getLast().part().equals(part)
              ? before.counts()
              : rules.getLast().after();
      rules.add(new Applied(part, rule, counts, after.counts()));
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

    L earlier(L all, Cut cut, long time, String later) {
      L before =
          note(
              TRAIN,
              "sessions that start before " + later + ", " + cut.words(),
              all,
              all.startingBefore(time));
      L clean =
          note(TRAIN, "clicks before " + later + " begins", before, before.clicksBefore(time));
      L left = longEnough(TRAIN, clean);
      if (left.numClicks() == 0) {
        throw new IllegalArgumentException("no click is left to train on: " + lastLoss());
      }
      return left;
    }

    L known(String part, Cut cut, L later, L train) {
      note(part, "sessions that start then or later, " + cut.words(), later, later);
      return longEnough(part, note(part, KNOWN_ITEMS, later, later.onItemsOf(train)));
    }

    private L longEnough(String part, L log) {
      if (minSessionLength == 1) {
        return log;
      }
      return note(
          part,
          "sessions of " + minSessionLength + " clicks or more",
          log,
          log.longEnough(minSessionLength));
    }
  }
}
