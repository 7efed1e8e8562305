package io.gru4j.cli;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionColumns;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFileException;
import io.gru4j.data.SessionFiles;
import io.gru4j.file.OneLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Session files and threads as the commands' flags name them. */
final class SessionInput {
  static final String FORMAT =
      "FILE is TSV or CSV with a header line, plain or gzip'd, UTF-8, one click a line. Several"
          + " files are read one after the other, and a session may go on in the next one. Ids are"
          + " any text. A session of one click has nothing to predict: it teaches and judges"
          + " nothing.";

  private static final int MAX_THREADS = 1024;

  static final Option THREADS =
      new Option(
          "threads", "N", "worker threads (default: one a processor); no result depends on it");

  static final List<Option> KEYS =
      List.of(
          new Option("session-key", "NAME", "the column with the session (default SessionId)"),
          new Option("item-key", "NAME", "the column with the item (default ItemId)"),
          new Option("time-key", "NAME", "the column with the time, a number (default Time)"));

  private static final double DEFAULT_BAD_SHARE = 0.01;

  static final Option SKIP_BAD_LINES =
      new Option(
          "skip-bad-lines",
          "[=X]",
          "skip lines that cannot be read, and say which; fail if they are more than the share X"
              + " of all (default "
              + DEFAULT_BAD_SHARE
              + "). Without this flag the first one fails");

  private final double badShare;
  private final SessionColumns columns;
  private final Console console;

  SessionInput(CommandLine line, Console console) throws UsageException {
    SessionColumns names = SessionColumns.DEFAULT;
    try {
      this.columns =
          new SessionColumns(
              line.get("session-key").orElse(names.session()),
              line.get("item-key").orElse(names.item()),
              line.get("time-key").orElse(names.time()));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--session-key, --item-key, --time-key: " + e.getMessage());
    }
    this.badShare = badShare(line.get(SKIP_BAD_LINES.name()).orElse("false"));
    this.console = console;
  }

  private static double badShare(String text) throws UsageException {
    if (text.equals("true")) {
      return DEFAULT_BAD_SHARE;
    }
    if (text.equals("false")) {
      return 0;
    }
    try {
      double share = Double.parseDouble(text);
      if (share >= 0 && share <= 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same message: what is wanted is the same.
    }
    throw new UsageException(
        "--skip-bad-lines must be a share of the lines, a number in [0, 1], got " + text);
  }

  static int threads(CommandLine line) throws UsageException {
    int processors = Runtime.getRuntime().availableProcessors();
    return line.integer("threads", Math.min(processors, MAX_THREADS), 1, MAX_THREADS);
  }

  static List<Path> paths(List<String> words) throws UsageException {
    return paths("FILE", words);
  }

  /** Files' names; {@code what} is what gave them. */
  static List<Path> paths(String what, List<String> words) throws UsageException {
    List<Path> paths = new ArrayList<>();
    for (String word : words) {
      paths.add(CommandLine.path(what, word));
    }
    return paths;
  }

  static String names(List<Path> files) {
    return files.stream()
        .map(file -> OneLine.of(file.toString()))
        .collect(Collectors.joining(", "));
  }

  /** The reason why sessions with {@code clicks} clicks on known items cannot judge a model. */
  static String nothingToPredict(List<Path> files, int clicks) {
    return names(files)
        + (clicks == 0
            ? ": none of the items is known, the training data had others"
            : ": no session has two clicks on known items, so there is none to predict");
  }

  /**
   * Reads files and prints on stderr what they contain. If known items are given, clicks on others
   * are dropped.
   */
  SessionData read(List<Path> files, IdMap knownItemsOrNull) throws WorkException, IOException {
    long start = System.nanoTime();
    SessionFiles reader = new SessionFiles().columns(columns).maxBadShare(badShare);
    if (knownItemsOrNull != null) {
      reader = reader.knownItems(knownItemsOrNull);
    }
    SessionData data;
    try {
      data = reader.readAll(files);
    } catch (SessionFileException e) {
      switch (e.kind()) {
        case MISSING_COLUMN ->
            throw new WorkException(
                e.getMessage() + "; --session-key, --item-key and --time-key name the columns");
        case TOO_MANY_BAD_LINES ->
            throw new WorkException(e.getMessage() + "; --skip-bad-lines=X lets more be skipped");
        default -> throw e;
      }
    }
    InteractionMatrix matrix = data.interactions();
    String names = names(files);
    reportBadLines(names, data);
    if (data.clicks() == 0) {
      throw new WorkException(
          names
              + (data.skippedBadLines() == 0
                  ? ": no click, there is only a header line"
                  : ": no click, every line is bad"));
    }
    console
        .err()
        .println(
            names
                + ": "
                + Numbers.count(data.sessions().size(), "session")
                + ", "
                + Numbers.count(data.clicks(), "click")
                + ", "
                + Numbers.count(matrix.numActiveItems(), "item")
                + ", read in "
                + Numbers.duration((System.nanoTime() - start) * 1e-9));
    if (data.droppedUnknownItems() > 0) {
      console
          .err()
          .println(
              names
                  + ": "
                  + Numbers.count(data.droppedUnknownItems(), "click")
                  + " dropped, unknown items");
    }
    return data;
  }

  private void reportBadLines(String names, SessionData data) {
    List<SessionFileException> first = data.firstBadLines();
    if (first.isEmpty()) {
      return;
    }
    long bad = data.skippedBadLines();
    long lines = data.clicks() + bad;
    console
        .err()
        .println(
            names
                + ": "
                + Numbers.count(bad)
                + " bad of "
                + Numbers.count(lines, "line")
                + " skipped:");
    first.forEach(fault -> console.err().println("  " + fault.getMessage()));
    if (bad > first.size()) {
      console.err().println("  and " + Numbers.count(bad - first.size()) + " more");
    }
  }
}
