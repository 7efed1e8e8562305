package io.gru4j.cli;

import io.gru4j.data.Condition;
import io.gru4j.data.SessionColumns;
import io.gru4j.data.SessionFormat;
import io.gru4j.data.TimeUnits;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How session files are written, as flags say it.
 *
 * @param columns where session, item and time stand
 * @param format all else
 */
public record InputFormat(SessionColumns columns, SessionFormat format) {
  static final List<Option> OPTIONS =
      List.of(
          new Option(
              "session-key",
              "NAME",
              "the column with the session (default SessionId); a+b joins two columns; of JSON"
                  + " Lines a path such as user.id"),
          new Option(
              "item-key",
              "NAME",
              "the column with the item (default ItemId); of JSON Lines a path such as"
                  + " events[].aid"),
          new Option(
              "time-key",
              "NAME",
              "the column with the time (default Time); a+b adds a date and milliseconds; none: the"
                  + " order in the file"),
          new Option(
              "where",
              "COLUMN=V,...",
              "only rows that have one of these values, or with != none of"
                  + " them; may be given again",
              true),
          new Option("format", "auto|tsv|csv|jsonl", "the form of the files (default auto)"),
          new Option(
              "separator",
              "TEXT",
              "what stands between fields: tab, comma, semicolon, bar, space, :: or other text"
                  + " (default: found in the first line)"),
          new Option("no-header", null, "the first line is a row; columns are numbers from 1"),
          new Option(
              "time-format",
              "PATTERN",
              "how times are written, such as 'd.M.yyyy H:mm' (default: a number or ISO 8601)"),
          new Option(
              "time-zone", "ZONE", "of times without a zone, such as Europe/Berlin (default UTC)"),
          new Option(
              "time-unit",
              "s|ms|us|ns",
              "the unit of times that are numbers (default: found where it matters)"),
          new Option(
              "user-key", "NAME", "the column with the person: warn if a session has several"));

  /** Reads the flags that the command has. */
  public static InputFormat of(CommandLine line) throws UsageException {
    SessionColumns names = SessionColumns.DEFAULT;
    SessionColumns columns;
    try {
      columns =
          new SessionColumns(
              line.get("session-key").orElse(names.session()),
              line.get("item-key").orElse(names.item()),
              line.get("time-key").orElse(names.time()));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--session-key, --item-key, --time-key: " + e.getMessage());
    }
    for (String flag : List.of("time-format", "time-zone", "time-unit")) {
      if (line.get(flag).isPresent()) {
        requireTimes(line, flag);
      }
    }
    boolean header = !line.knows("no-header") || !line.isOn("no-header");
    if (!header) {
      checkNumbers(columns);
    }
    SessionFormat format =
        SessionFormat.DEFAULT
            .withForm(form(given(line, "format").orElse("auto")))
            .withHeader(header)
            .withWhere(conditions(line.all("where")))
            .withZone(zone(line.get("time-zone")))
            .withTimeUnit(unit(line.get("time-unit")))
            .withUser(given(line, "user-key").orElse(null));
    try {
      format = format.withSeparator(separator(given(line, "separator").orElse(null)));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--separator: " + e.getMessage());
    }
    try {
      return new InputFormat(columns, format.withTimePattern(line.get("time-format").orElse(null)));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--time-format: " + e.getMessage());
    }
  }

  /** A flag that only commands have which read files. */
  private static Optional<String> given(CommandLine line, String name) {
    return line.knows(name) ? line.get(name) : Optional.empty();
  }

  /** Refuses a flag that means nothing where the time is the order in the file. */
  static void requireTimes(CommandLine line, String flag) throws UsageException {
    if (line.get("time-key").filter(SessionColumns.NO_TIME::equals).isPresent()) {
      throw new UsageException(
          "with --time-key none there are no times: --" + flag + " needs a column with the time");
    }
  }

  private static void checkNumbers(SessionColumns columns) throws UsageException {
    for (String key : List.of(columns.session(), columns.item(), columns.time())) {
      if (!key.matches("[1-9]\\d{0,4}(\\+[1-9]\\d{0,4})*") && !key.equals(SessionColumns.NO_TIME)) {
        throw new UsageException(
            "--no-header needs columns by number, from 1, such as --session-key 1 --item-key 3"
                + " --time-key 2 (or none), got "
                + key);
      }
    }
  }

  private static SessionFormat.Form form(String text) throws UsageException {
    for (SessionFormat.Form form : SessionFormat.Form.values()) {
      if (form.name().toLowerCase(Locale.ROOT).equals(text)) {
        return form;
      }
    }
    throw new UsageException("--format must be auto, tsv, csv or jsonl, got " + text);
  }

  private static String separator(String text) {
    return switch (text) {
      case null -> null;
      case "tab", "\\t" -> "\t";
      case "comma" -> ",";
      case "semicolon" -> ";";
      case "bar" -> "|";
      case "space" -> " ";
      default -> text;
    };
  }

  private static List<Condition> conditions(List<String> texts) throws UsageException {
    List<Condition> conditions = new ArrayList<>();
    for (String text : texts) {
      try {
        conditions.add(Condition.parse(text));
      } catch (IllegalArgumentException e) {
        throw new UsageException("--where: " + e.getMessage());
      }
    }
    return conditions;
  }

  private static ZoneId zone(Optional<String> text) throws UsageException {
    try {
      return text.isEmpty() ? SessionFormat.DEFAULT.zone() : ZoneId.of(text.get());
    } catch (DateTimeException e) {
      throw new UsageException(
          "--time-zone must be one such as UTC, +02:00 or Europe/Berlin, got " + text.get());
    }
  }

  private static TimeUnits unit(Optional<String> text) throws UsageException {
    if (text.isEmpty()) {
      return null;
    }
    for (TimeUnits unit : TimeUnits.values()) {
      if (unit.symbol().equals(text.get())) {
        return unit;
      }
    }
    throw new UsageException(
        "--time-unit must be "
            + Arrays.stream(TimeUnits.values())
                .map(TimeUnits::symbol)
                .collect(Collectors.joining(", "))
            + ", got "
            + text.get());
  }
}
