package io.gru4j.bench;

import java.util.Map;
import java.util.TreeMap;

/** The options of a benchmark that is a program of its own: names, each with a value behind it. */
final class NamedOptions {
  private NamedOptions() {}

  /**
   * Reads a command line.
   *
   * @param defaults the value of each option that is not given; no other name is one
   * @return the value of each option
   * @throws IllegalArgumentException if a name is unknown or its value is missing
   */
  static Map<String, String> parse(Map<String, String> defaults, String[] args) {
    Map<String, String> options = new TreeMap<>(defaults);
    for (int i = 0; i < args.length; i += 2) {
      if (!options.containsKey(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "options are " + options.keySet() + ", each with a value; got " + args[i]);
      }
      options.put(args[i], args[i + 1]);
    }
    return options;
  }
}
