package io.gru4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Reads sessions from text files: tables with one click a line, or JSON Lines.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="read"}
 *
 * <p>The format: UTF-8, with or without a byte order mark, lines ending in LF or CRLF, plain,
 * gzip'd (of several members too) or alone in a zip file, told by the first bytes, not by the name.
 * It is a table or JSON Lines, an object a line. The first line of a table names the columns, or
 * they have numbers from 1; a tab in it makes the table tab-separated, where a field is what stands
 * between tabs; with another separator fields may have quotes as in RFC 4180. {@link SessionFormat}
 * sets what is not to be found by looking, {@link SessionColumns} the columns. Other columns and
 * blank lines are ignored.
 *
 * <p>Session and item are any non-empty text, compared byte by byte: {@code 7} and {@code 07} are
 * two. Time is a decimal number, a date of ISO 8601, or of a pattern that is given; all times of
 * one reading have one form. Sessions are in the order of the exact times, also of whole numbers
 * beyond 2<sup>53</sup>, such as nanoseconds since 1970, which become equal as doubles; equal times
 * keep the order of their lines. Lines of one session need not be together, and a session may go on
 * in the next file.
 *
 * <p>Each table needs its header. A file that was cut in parts after its header was written is
 * joined first: {@code cat part1.gz part2.gz > whole.gz} is a valid gzip file.
 *
 * <p>Reading takes constant memory besides the result, also of a small gzip file that unpacks to
 * gigabytes; a result for which the heap is too small is a {@link SessionFileException}. Instances
 * are immutable settings and may be shared between threads.
 */
public final class SessionFiles {
  private static final Path STANDARD_INPUT = Path.of("-");
  private static final Path STANDARD_INPUT_NAME = Path.of("standard input");

  final SessionColumns columns;
  final SessionFormat format;
  final IdMap knownItems;
  final double maxBadShare;
  final ReadListener listener;
  private final InputStream standardInput;

  /** Makes settings with the default columns and format, any item, and no bad line. */
  public SessionFiles() {
    this(SessionColumns.DEFAULT, SessionFormat.DEFAULT, null, 0, null, null);
  }

  private SessionFiles(
      SessionColumns columns,
      SessionFormat format,
      IdMap knownItems,
      double maxBadShare,
      ReadListener listener,
      InputStream standardInput) {
    this.columns = Objects.requireNonNull(columns);
    this.format = Objects.requireNonNull(format);
    this.knownItems = knownItems;
    this.maxBadShare = maxBadShare;
    this.listener = listener;
    this.standardInput = standardInput;
  }

  /**
   * Sets the names of the columns.
   *
   * @param columns the names
   * @return new settings
   */
  public SessionFiles columns(SessionColumns columns) {
    return new SessionFiles(columns, format, knownItems, maxBadShare, listener, standardInput);
  }

  /**
   * Sets how the files are written, as far as it is not found.
   *
   * @param format the format
   * @return new settings
   */
  public SessionFiles format(SessionFormat format) {
    return new SessionFiles(columns, format, knownItems, maxBadShare, listener, standardInput);
  }

  /**
   * Sets who is told how far the reading is.
   *
   * @param listener called by the thread that reads
   * @return new settings
   */
  public SessionFiles listener(ReadListener listener) {
    return new SessionFiles(
        columns, format, knownItems, maxBadShare, Objects.requireNonNull(listener), standardInput);
  }

  /**
   * Sets what is read in the place of a file named {@code -}. Without it that is a file like
   * others.
   *
   * @param standardInput read to its end, not closed
   * @return new settings
   */
  public SessionFiles standardInput(InputStream standardInput) {
    return new SessionFiles(
        columns, format, knownItems, maxBadShare, listener, Objects.requireNonNull(standardInput));
  }

  /**
   * Sets the items: they are numbered by this map, and clicks on others are dropped and counted.
   *
   * @param knownItems the items, those of the training data or the model
   * @return new settings
   */
  public SessionFiles knownItems(IdMap knownItems) {
    return new SessionFiles(
        columns, format, Objects.requireNonNull(knownItems), maxBadShare, listener, standardInput);
  }

  /**
   * Sets which share of the lines may be bad. Bad lines are skipped and counted; if there are more,
   * reading fails. A file that is missing, empty, damaged or without its columns always fails.
   *
   * @param maxBadShare in [0, 1]; 0, the default: the first bad line fails
   * @return new settings
   * @throws IllegalArgumentException if the share is not in [0, 1]
   */
  public SessionFiles maxBadShare(double maxBadShare) {
    if (!(maxBadShare >= 0 && maxBadShare <= 1)) {
      throw new IllegalArgumentException("maxBadShare must be in [0, 1], got " + maxBadShare);
    }
    return new SessionFiles(columns, format, knownItems, maxBadShare, listener, standardInput);
  }

  /**
   * Reads files with the default settings.
   *
   * @param files one or more files
   * @return their sessions
   * @throws SessionFileException if a file is not as described; the message names file, line,
   *     column, value and what is expected
   * @throws IOException if a file cannot be read
   */
  public static SessionData read(Path... files) throws IOException {
    return new SessionFiles().readAll(files);
  }

  /**
   * Reads files.
   *
   * @param files one or more files
   * @return their sessions
   * @throws SessionFileException if a file is not as described; the message names file, line,
   *     column, value and what is expected
   * @throws IOException if a file cannot be read
   */
  public SessionData readAll(Path... files) throws IOException {
    return readAll(List.of(files));
  }

  /**
   * Reads files.
   *
   * @param files one or more files
   * @return their sessions
   * @throws SessionFileException if a file is not as described; the message names file, line,
   *     column, value and what is expected
   * @throws IOException if a file cannot be read
   */
  public SessionData readAll(List<Path> files) throws IOException {
    MatrixRows rows = new MatrixRows();
    ClickReading reading = new ClickReading(this, false, false, rows);
    return read(
        files,
        reading,
        false,
        inputs -> {
          IdMap sessions = reading.sessionIds();
          IdMap items = reading.itemIds();
          InteractionMatrix matrix = rows.finish(sessions.size(), items.size(), reading.dates());
          return new SessionData(
              matrix,
              sessions,
              items,
              reading.rows() - reading.leftOut(),
              rows.unknown(),
              reading.bad(),
              reading.firstBad(),
              doubts(matrix, sessions, items, rows, reading));
        });
  }

  private List<Doubt> doubts(
      InteractionMatrix matrix,
      IdMap sessions,
      IdMap items,
      MatrixRows rows,
      ClickReading reading) {
    double perSecond = rows.perSecond(format.timeUnit());
    boolean suspect = !reading.dates() && !TimeUnits.isLikely(rows.least() / perSecond);
    List<Doubt> doubts = new ArrayList<>(reading.doubts());
    doubts.addAll(
        Doubts.of(
            sessions,
            items,
            matrix.numUsers(),
            matrix::offset,
            matrix::itemAt,
            new Doubts.Times(matrix::timestampAt, perSecond, suspect, true),
            reading.sharedSessions()));
    return doubts;
  }

  /**
   * Reads files for steps of preparation: exact times, checksums of the files.
   *
   * @param files one or more files
   * @param withLeftOut whether rows that do not meet the conditions are clicks too, on {@link
   *     Clicks#LEFT_OUT}: they may be what holds a session together
   * @return their clicks
   * @throws SessionFileException if a file is not as described, or a time has more than 18 digits
   *     with its decimals
   * @throws IOException if a file cannot be read
   * @throws IllegalStateException if known items are set
   */
  public ClickData readClicks(List<Path> files, boolean withLeftOut) throws IOException {
    if (knownItems != null) {
      throw new IllegalStateException("clicks are read with any item");
    }
    ClickTable table = new ClickTable();
    ClickReading reading =
        new ClickReading(
            this,
            true,
            withLeftOut,
            (session, item, time) -> table.add(session, item, time.exact(), time.decimals()));
    return read(
        files,
        reading,
        true,
        inputs -> {
          boolean dates = reading.dates();
          long least = table.least();
          List<Doubt> doubts = new ArrayList<>(reading.doubts());
          Clicks clicks =
              table.finish(reading.sessionIds(), reading.itemIds(), dates, format.timeUnit());
          doubts.addAll(
              clicks.doubts(
                  !dates && !TimeUnits.isLikely((double) least / clicks.scale().perSecond()),
                  reading.sharedSessions()));
          return new ClickData(
              clicks,
              reading.rows(),
              reading.leftOut(),
              reading.bad(),
              reading.firstBad(),
              doubts,
              inputs);
        });
  }

  /** What is made of the rows when all are read. */
  private interface Result<T> {
    T of(List<InputFile> inputs) throws SessionFileException;
  }

  private <T> T read(List<Path> files, ClickReading reading, boolean digests, Result<T> result)
      throws IOException {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("no file to read");
    }
    List<InputFile> inputs = new ArrayList<>();
    int i = 0;
    long bytes = 0;
    try {
      for (; i < files.size(); i++) {
        Path file = files.get(i);
        InputTap tap = digests || listener != null ? new InputTap(digests) : null;
        try (InputStream text = open(file, tap)) {
          Path name = isStandardInput(file) ? STANDARD_INPUT_NAME : file;
          reading.read(new LineReader(name, text), i > 0, tap, bytes);
          if (tap != null) {
            bytes += tap.bytes();
          }
          if (digests) {
            inputs.add(new InputFile(file.toString(), tap.bytes(), tap.sha256()));
          }
        }
      }
      reading.checkBadLines(files);
      return result.of(inputs);
    } catch (OutOfMemoryError e) {
      Path file = files.get(Math.min(i, files.size() - 1));
      throw SessionFileException.heapFull(file, reading.rows() + " clicks", e);
    }
  }

  private boolean isStandardInput(Path file) {
    return standardInput != null && file.equals(STANDARD_INPUT);
  }

  private InputStream open(Path file, InputTap tap) throws IOException {
    return isStandardInput(file)
        ? InputBytes.of(standardInput, STANDARD_INPUT_NAME, tap)
        : InputBytes.open(file, tap);
  }
}
