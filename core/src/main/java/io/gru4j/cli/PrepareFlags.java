package io.gru4j.cli;

import io.gru4j.prepare.Cut;
import io.gru4j.prepare.Preparation;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What is done with a log of clicks, as flags say it. */
public final class PrepareFlags {
  /** The flags. */
  public static final List<Option> OPTIONS =
      Stream.of(SessionFilters.OPTIONS, cuts("test"), cuts("validation"))
          .flatMap(List::stream)
          .toList();

  private final SessionFilters filters;
  private final Preparation preparation;

  /**
   * Reads them.
   *
   * @param line where all of them are known
   * @param format how the log is written
   * @throws UsageException if one has a wrong value
   */
  public PrepareFlags(CommandLine line, InputFormat format) throws UsageException {
    this.filters = new SessionFilters(line);
    ZoneId zone = format.format().zone();
    this.preparation =
        new Preparation(
            filters.steps(format),
            cut(line, "test", zone).orElse(null),
            cut(line, "validation", zone).orElse(null),
            filters.minSessionLength());
  }

  SessionFilters filters() {
    return filters;
  }

  /** The rules. */
  public Preparation preparation() {
    return preparation;
  }

  private static List<Option> cuts(String part) {
    return List.of(
        new Option(part + "-last", "7d", part + ": sessions that start so long before the end"),
        new Option(part + "-fraction", "X", part + ": this share of the sessions, the newest"),
        new Option(part + "-from", "TIME", part + ": sessions from a time on, a number or a date"));
  }

  private static Optional<Cut> cut(CommandLine line, String part, ZoneId zone)
      throws UsageException {
    List<Cut> cuts = new ArrayList<>();
    Optional<Duration> last = SessionFilters.duration(line, part + "-last");
    last.ifPresent(each -> cuts.add(new Cut.Last(each)));
    line.fraction(part + "-fraction").ifPresent(each -> cuts.add(new Cut.Fraction(each)));
    Optional<String> from = line.get(part + "-from");
    if (from.isPresent()) {
      InputFormat.requireTimes(line, part + "-from");
      try {
        cuts.add(new Cut.From(from.get(), zone));
      } catch (IllegalArgumentException e) {
        throw new UsageException("--" + part + "-from: " + e.getMessage());
      }
    }
    if (cuts.size() > 1) {
      throw new UsageException(
          "--"
              + part
              + "-last, --"
              + part
              + "-fraction and --"
              + part
              + "-from exclude each other");
    }
    return cuts.stream().findFirst();
  }
}
