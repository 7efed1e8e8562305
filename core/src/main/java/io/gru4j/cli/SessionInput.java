package io.gru4j.cli;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionColumns;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFileException;
import io.gru4j.data.SessionFiles;
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
          + " any text.";

  private static final int MAX_THREADS = 1024;

  static final Option THREADS =
      new Option(
          "threads", "N", "worker threads (default: one a processor); no result depends on it");

  static final List<Option> KEYS =
      List.of(
          new Option("session-key", "NAME", "the column with the session (default SessionId)"),
          new Option("item-key", "NAME", "the column with the item (default ItemId)"),
          new Option("time-key", "NAME", "the column with the time, a number (default Time)"));

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
    this.console = console;
  }

  static int threads(CommandLine line) throws UsageException {
    int processors = Runtime.getRuntime().availableProcessors();
    return line.integer("threads", Math.min(processors, MAX_THREADS), 1, MAX_THREADS);
  }

  static List<Path> paths(List<String> words) throws UsageException {
    List<Path> paths = new ArrayList<>();
    for (String word : words) {
      paths.add(CommandLine.path("FILE", word));
    }
    return paths;
  }

  static String names(List<Path> files) {
    return files.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  /** Reads files and says on stderr what they hold; with known items, others are dropped. */
  SessionData read(List<Path> files, IdMap knownItemsOrNull) throws WorkException, IOException {
    long start = System.nanoTime();
    SessionFiles reader = new SessionFiles().columns(columns);
    if (knownItemsOrNull != null) {
      reader = reader.knownItems(knownItemsOrNull);
    }
    SessionData data;
    try {
      data = reader.readAll(files);
    } catch (SessionFileException e) {
      boolean noColumn = e.expected().matches("(?s)column .* is missing, the first line has .*");
      if (noColumn) {
        throw new WorkException(
            e.getMessage() + "; --session-key, --item-key and --time-key name the columns");
      }
      throw e;
    }
    InteractionMatrix matrix = data.interactions();
    String names = names(files);
    if (data.clicks() == 0) {
      throw new WorkException(names + ": no click");
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
}
