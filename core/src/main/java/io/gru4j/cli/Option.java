package io.gru4j.cli;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A flag of a command.
 *
 * @param name without the leading dashes
 * @param value what stands for its value in the help, such as {@code FILE}; null for a switch,
 *     which is written alone or as {@code --name=true|false}; {@code [=X]} for a switch that may be
 *     given a value
 * @param help what it does
 * @param many whether it may be given more than once
 * @param choices its values where they have names, such as those of {@code a|b}; else empty
 */
public record Option(String name, String value, String help, boolean many, List<String> choices) {
  private static final Pattern CHOICES = Pattern.compile("[a-z0-9_.]+(\\|[a-z0-9_.]+)+");

  /** A flag that may be given once; its choices are those of {@code a|b}. */
  public Option(String name, String value, String help) {
    this(name, value, help, false);
  }

  /** A flag whose choices are those of {@code a|b}. */
  public Option(String name, String value, String help, boolean many) {
    this(name, value, help, many, choices(value));
  }

  private static List<String> choices(String value) {
    return value != null && CHOICES.matcher(value).matches()
        ? List.of(value.split("\\|"))
        : List.of();
  }

  boolean isSwitch() {
    return value == null || value.startsWith("[=");
  }

  /** The flag as the help shows it. */
  String usage() {
    return "--" + name + (value == null ? "" : isSwitch() ? value : " " + value);
  }
}
