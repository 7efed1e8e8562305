package io.gru4j.cli;

import io.gru4j.data.Doubt;
import io.gru4j.prepare.CollapseRepeats;
import io.gru4j.prepare.MaximumLength;
import io.gru4j.prepare.MinimumCounts;
import io.gru4j.prepare.SessionGap;
import io.gru4j.prepare.Step;
import io.gru4j.prepare.Where;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules for sessions that flags ask for, in the order in which they are applied. */
final class SessionFilters {
  static final List<Option> OPTIONS =
      List.of(
          new Option(
              "session-gap",
              "30m",
              "a session ends where more passes between two clicks: what a person clicks becomes"
                  + " sessions (s, m, h or d)"),
          new Option("collapse-repeats", null, "of clicks on one item in a row, keep the first"),
          new Option(
              "max-session-length",
              "N[=cut|=drop]",
              "keep the first N clicks of a longer session (cut, the default), or drop it"),
          new Option("min-item-clicks", "N", "drop items with fewer clicks"),
          new Option(
              "min-session-length",
              "N",
              "drop sessions with fewer clicks; with --min-item-clicks both, again and again until"
                  + " nothing changes"));

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(s|m|h|d)");
  private static final Pattern LENGTH = Pattern.compile("(\\d{1,9})(=cut|=drop)?");

  private final Optional<Duration> gap;
  private final boolean collapse;
  private final Optional<MaximumLength> longest;
  private final int minItemClicks;
  private final int minSessionLength;

  SessionFilters(CommandLine line) throws UsageException {
    gap = duration(line, "session-gap");
    collapse = line.isOn("collapse-repeats");
    longest = longest(line.get("max-session-length"));
    minItemClicks = line.integer("min-item-clicks", 1, 1);
    minSessionLength = line.integer("min-session-length", 1, 1);
  }

  /** The value of a flag that takes a duration. */
  static Optional<Duration> duration(CommandLine line, String name) throws UsageException {
    Optional<String> text = line.get(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    InputFormat.requireTimes(line, name);
    Matcher matcher = DURATION.matcher(text.get());
    if (matcher.matches()) {
      long n = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(n);
            case "m" -> Duration.ofMinutes(n);
            case "h" -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
          };
      if (!duration.isZero()) {
        return Optional.of(duration);
      }
    }
    throw new UsageException(
        "--" + name + " must be a time above 0 such as 90s, 30m, 1h or 7d, got " + text.get());
  }

  private static Optional<MaximumLength> longest(Optional<String> text) throws UsageException {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher matcher = LENGTH.matcher(text.get());
    if (matcher.matches() && Integer.parseInt(matcher.group(1)) > 0) {
      boolean drop = "=drop".equals(matcher.group(2));
      MaximumLength.Longer longer = drop ? MaximumLength.Longer.DROP : MaximumLength.Longer.CUT;
      return Optional.of(new MaximumLength(Integer.parseInt(matcher.group(1)), longer));
    }
    throw new UsageException(
        "--max-session-length must be such as 200, 200=cut or 200=drop, got " + text.get());
  }

  boolean any() {
    return gap.isPresent()
        || collapse
        || longest.isPresent()
        || minItemClicks > 1
        || minSessionLength > 1;
  }

  boolean hasGap() {
    return gap.isPresent();
  }

  /** Doubts that these rules answer already, so that nobody needs to be told. */
  Set<Doubt.Kind> answers() {
    Set<Doubt.Kind> kinds = EnumSet.noneOf(Doubt.Kind.class);
    if (gap.isPresent()) {
      kinds.add(Doubt.Kind.LONG_SESSION);
    }
    if (longest.isPresent()) {
      kinds.add(Doubt.Kind.GIANT_SESSION);
    }
    return kinds;
  }

  int minSessionLength() {
    return minSessionLength;
  }

  /** The rules for the clicks that are learned from. */
  List<Step> steps(InputFormat format) {
    List<Step> steps = new ArrayList<>();
    gap.ifPresent(each -> steps.add(new SessionGap(each)));
    if (gap.isPresent() && !format.format().where().isEmpty()) {
      steps.add(new Where(format.format().where()));
    }
    if (collapse) {
      steps.add(new CollapseRepeats());
    }
    longest.ifPresent(steps::add);
    if (minItemClicks > 1 || minSessionLength > 1) {
      steps.add(new MinimumCounts(minItemClicks, minSessionLength));
    }
    return steps;
  }

  /** The rules for clicks that are judged by: items are those of the training. */
  List<Step> stepsForJudging(InputFormat format) {
    List<Step> steps = new ArrayList<>();
    for (Step step : steps(format)) {
      steps.add(
          step instanceof MinimumCounts counts
              ? new MinimumCounts(1, counts.sessionLength())
              : step);
    }
    return steps;
  }
}
