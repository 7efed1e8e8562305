package io.gru4j.cli;

/**
 * A flag of a command.
 *
 * @param name without the leading dashes
 * @param value what stands for its value in the help, such as {@code FILE}; null for a switch,
 *     which is written alone or as {@code --name=true|false}
 * @param help what it does
 */
record Option(String name, String value, String help) {
  boolean isSwitch() {
    return value == null;
  }

  /** The flag as the help shows it. */
  String usage() {
    return "--" + name + (isSwitch() ? "" : " " + value);
  }
}
