package io.gru4j.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One of gru4j's commands. */
public interface Command {
  /** The word that calls it. */
  String name();

  /** A short description of it. */
  String summary();

  /** The line behind "Usage: gru4j name". */
  String usage();

  /** More for its help: what is read, what is printed. */
  String details();

  /** Its own flags, without the estimator's parameters. */
  List<Option> options();

  /** The estimator's parameters as flags; none if the command does not train. */
  default List<Option> parameters() {
    return List.of();
  }

  /** Why a flag that might be looked for is none of its own; empty for any other. */
  default Optional<String> whyNot(String flag) {
    return Optional.empty();
  }

  /** The name of its arguments besides flags, or null if it takes none. */
  default String argument() {
    return null;
  }

  /** How many arguments it takes at most. */
  default int maxArguments() {
    return argument() == null ? 0 : Integer.MAX_VALUE;
  }

  /** Does the work. */
  void run(CommandLine line, Console console) throws UsageException, WorkException, IOException;
}
