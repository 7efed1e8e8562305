package io.gru4j.cli;

/**
 * A flag of a command.
 *
 * @param name without the leading dashes
 * @param value what stands for its value in the help, such as {@code FILE}; null for a switch,
 *     which is written alone or as {@code --name=true|false}; {@code [=X]} for a switch that may be
 *     given a value
 * @param help what it does
 * @param many whether it may be given more than once
 */
record Option(String name, String value, String help, boolean many) {
  Option(String name, String value, String help) {
    this(name, value, help, false);
  }

  boolean isSwitch() {
    return value == null || value.startsWith("[=");
  }

  /** The flag as the help shows it. */
  String usage() {
    return "--" + name + (value == null ? "" : isSwitch() ? value : " " + value);
  }
}
