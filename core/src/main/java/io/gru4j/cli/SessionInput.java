package io.gru4j.cli;

import io.gru4j.data.ClickData;
import io.gru4j.data.Clicks;
import io.gru4j.data.Doubt;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFileException;
import io.gru4j.data.SessionFiles;
import io.gru4j.data.TimeScale;
import io.gru4j.file.OneLine;
import io.gru4j.file.RealPath;
import io.gru4j.prepare.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Session files and threads as the commands' flags name them. */
final class SessionInput {
  static final String FORMAT =
      "FILE is a table (separated by tabs, commas, semicolons, bars or ::) or JSON Lines, plain,"
          + " gzip'd or alone in a zip file, UTF-8, one click a line; - is standard input. Several"
          + " files are read one after the other, and a session may go on in the next one. Ids are"
          + " any text. A time is a number or ISO 8601. A session of one click has nothing to"
          + " predict: it teaches and judges nothing.";

  /** The name that stands for standard input. */
  static final Path STANDARD_INPUT = Path.of("-");

  private static final int MAX_THREADS = 1024;

  static final Option THREADS =
      new Option(
          "threads", "N", "worker threads (default: one a processor); no result depends on it");

  /** The flags that say how files are written. */
  static final List<Option> KEYS = InputFormat.OPTIONS;

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
  private final InputFormat format;
  private final Console console;
  private String datePattern; // reads the times, which are numbers that look like dates
  private String timeRange = ""; // of times whose unit is not known

  SessionInput(CommandLine line, Console console) throws UsageException {
    this.format = InputFormat.of(line);
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
    requireOneStandardInput(paths, List.of());
    return paths;
  }

  /** Refuses files of which two are standard input. */
  static void requireOneStandardInput(List<Path> some, List<Path> others) throws UsageException {
    if (Collections.frequency(some, STANDARD_INPUT) + Collections.frequency(others, STANDARD_INPUT)
        > 1) {
      throw new UsageException("standard input, -, can be read once");
    }
  }

  /** Those that are files, not standard input. */
  static List<Path> onDisk(List<Path> files) {
    return files.stream().filter(file -> !file.equals(STANDARD_INPUT)).toList();
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

  /** How the files are written. */
  InputFormat format() {
    return format;
  }

  /**
   * Reads files and prints on stderr what they contain. If known items are given, clicks on others
   * are dropped.
   */
  SessionData read(List<Path> files, IdMap knownItemsOrNull) throws WorkException, IOException {
    long start = System.nanoTime();
    SessionData data =
        reading(
            files,
            reader ->
                (knownItemsOrNull == null ? reader : reader.knownItems(knownItemsOrNull))
                    .readAll(files));
    report(files, data.clicks(), data.skippedBadLines(), data.firstBadLines(), data.doubts());
    print(files, data, start);
    return data;
  }

  /**
   * As {@link #read}, and applies rules before the clicks become a matrix.
   *
   * @param answered doubts that nobody needs to be told
   */
  SessionData read(
      List<Path> files,
      IdMap knownItemsOrNull,
      List<Step> steps,
      boolean withGap,
      Set<Doubt.Kind> answered)
      throws WorkException, IOException {
    long start = System.nanoTime();
    Clicks clicks = readClicks(files, withGap, answered).clicks();
    for (Step step : steps) {
      Clicks before = clicks;
      try {
        clicks = step.apply(before);
      } catch (IllegalArgumentException e) {
        throw rulesFailed(files, e);
      }
      console
          .err()
          .println(
              step.rule()
                  + ": "
                  + Numbers.count(before.numClicks(), "click")
                  + " in "
                  + Numbers.count(before.numSessions(), "session")
                  + " -> "
                  + Numbers.count(clicks.numClicks())
                  + " in "
                  + Numbers.count(clicks.numSessions()));
    }
    if (clicks.numClicks() == 0) {
      throw new WorkException(names(files) + ": the rules leave no click");
    }
    clicks = clicks.byStart(); // as prepare writes them, so that the model has the same bits
    SessionData data =
        knownItemsOrNull == null ? clicks.toSessionData() : clicks.toSessionData(knownItemsOrNull);
    print(files, data, start);
    return data;
  }

  /** What to say if the rules cannot be applied. */
  WorkException rulesFailed(List<Path> files, IllegalArgumentException e) {
    String help = "";
    if (e instanceof TimeScale.UnknownTickException) {
      help = timeRange + (datePattern == null ? "; --time-unit says" : "; " + reads(datePattern));
    }
    return new WorkException(names(files) + ": " + e.getMessage() + help);
  }

  /**
   * Reads files for rules to be applied, and prints what is bad or doubtful.
   *
   * @param withGap whether the first rule is a session's gap, which needs the rows that are left
   *     out too
   * @param answered doubts that nobody needs to be told
   */
  ClickData readClicks(List<Path> files, boolean withGap, Set<Doubt.Kind> answered)
      throws WorkException, IOException {
    ClickData data = reading(files, reader -> reader.readClicks(files, withGap));
    long clicks = data.rows() - data.leftOut();
    List<Doubt> doubts = new ArrayList<>(data.doubts());
    doubts.removeIf(doubt -> answered.contains(doubt.kind()));
    report(files, clicks, data.skippedBadLines(), data.firstBadLines(), doubts);
    if (data.clicks().scale().perSecond() == 0) {
      timeRange = " (they go " + range(data.clicks()) + ")";
    }
    return data;
  }

  /** The least and the greatest time. */
  private static String range(Clicks clicks) {
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (int click = 0; click < clicks.numClicks(); click++) {
      least = Math.min(least, clicks.time(click));
      most = Math.max(most, clicks.time(click));
    }
    return "from " + clicks.scale().words(least) + " to " + clicks.scale().words(most);
  }

  private static String reads(String pattern) {
    return "--time-format " + pattern + " reads them as dates";
  }

  /** Something that reads. */
  private interface Reading<T> {
    T of(SessionFiles reader) throws IOException;
  }

  /** What is given twice is counted twice. */
  private void warnOfSameFiles(List<Path> files) throws IOException {
    Map<Path, Path> given = new HashMap<>();
    for (Path file : onDisk(files)) {
      Path first = given.putIfAbsent(RealPath.of(file), file);
      if (first != null && Files.isRegularFile(file)) {
        console.err().println("warning: " + sameClicks(first.toString(), file.toString(), "file"));
      }
    }
  }

  /** The warning of two names for the same clicks. */
  static String sameClicks(String one, String other, String what) {
    return OneLine.of(
        one + " and " + other + " are the same " + what + ": its clicks are counted twice");
  }

  private <T> T reading(List<Path> files, Reading<T> what) throws WorkException, IOException {
    warnOfSameFiles(files);
    ReadBar bar = new ReadBar(console, files);
    SessionFiles reader =
        new SessionFiles()
            .columns(format.columns())
            .format(format.format())
            .maxBadShare(badShare)
            .listener(bar)
            .standardInput(console.in());
    try {
      return what.of(reader);
    } catch (SessionFileException e) {
      switch (e.kind()) {
        case MISSING_COLUMN ->
            throw new WorkException(
                e.getMessage() + "; --session-key, --item-key and --time-key name the columns");
        case TOO_MANY_BAD_LINES ->
            throw new WorkException(e.getMessage() + "; --skip-bad-lines=X lets more be skipped");
        default -> throw e;
      }
    } finally {
      bar.done();
    }
  }

  private void report(
      List<Path> files, long clicks, long bad, List<SessionFileException> first, List<Doubt> doubts)
      throws WorkException {
    reportBadLines(names(files), clicks + bad, bad, first);
    if (clicks == 0) {
      for (Doubt doubt : doubts) {
        if (doubt.kind() == Doubt.Kind.MISSING_VALUE
            || doubt.kind() == Doubt.Kind.UNMET_CONDITION) {
          throw new WorkException(names(files) + ": no click, " + doubt.figures());
        }
      }
      boolean arrays = format.columns().item().contains("[]");
      throw new WorkException(
          names(files)
              + (bad > 0
                  ? ": no click, every line is bad"
                  : format.format().where().isEmpty()
                      ? ": no click, there is only a header line"
                          + (arrays ? " or every array is empty" : "")
                      : ": no click meets --where"));
    }
    for (Doubt doubt : doubts) {
      if (doubt.kind() == Doubt.Kind.DATE_NUMBERS) {
        datePattern = doubt.id();
      }
      String help =
          switch (doubt.kind()) {
            case MISSING_SESSION -> without(format.columns().session(), doubt.id());
            case MISSING_ITEM -> without(format.columns().item(), doubt.id());
            case SHARED_SESSION ->
                "--session-key "
                    + format.format().user()
                    + "+"
                    + format.columns().session()
                    + " makes them different";
            case LONG_SESSION ->
                "if the key is a person, --session-gap 30m (of train and prepare) makes sessions";
            case GIANT_SESSION ->
                "--max-session-length 200 (of train and prepare) cuts it, "
                    + without(format.columns().session(), doubt.id());
            case MIXED_UNITS -> "--time-unit says the unit";
            case DATE_NUMBERS -> reads(doubt.id());
            case UNUSED_UNIT -> "--time-unit has no effect";
            case UNUSED_ZONE -> "--time-zone has no effect";
            case MISSING_VALUE, UNMET_CONDITION -> "a flag that names it has no effect";
          };
      console.err().println("warning: " + OneLine.of(doubt.figures() + "; " + help));
    }
  }

  private static String without(String column, String id) {
    return "--where '" + column + "!=" + id + "' leaves it out";
  }

  private void print(List<Path> files, SessionData data, long start) {
    String names = names(files);
    InteractionMatrix matrix = data.interactions();
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
  }

  private void reportBadLines(
      String names, long lines, long bad, List<SessionFileException> first) {
    if (first.isEmpty()) {
      return;
    }
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
