package io.gru4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Reads sessions from text files: one click a line, columns found by the header line.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="read"}
 *
 * <p>The format: UTF-8, with or without a byte order mark, lines ending in LF or CRLF, plain or
 * gzip'd (told by the first bytes, not by the name; of several members too). The first line names
 * the columns. A tab in it makes the file tab-separated: a field is what stands between tabs.
 * Otherwise it is CSV with quotes as in RFC 4180. Other columns and blank lines are ignored.
 *
 * <p>Session and item are any non-empty text, compared byte by byte: {@code 7} and {@code 07} are
 * two. Time is a decimal number; beyond 2<sup>53</sup> (nanoseconds since 1970) neighbouring times
 * may become equal, and equal times keep the order of their lines. Lines of one session need not be
 * together, and a session may go on in the next file.
 *
 * <p>Each file needs its header. A file that was cut in parts after its header was written is
 * joined first: {@code cat part1.gz part2.gz > whole.gz} is a valid gzip file.
 *
 * <p>Reading takes constant memory besides the result, also of a small gzip file that unpacks to
 * gigabytes; a result for which the heap is too small is a {@link SessionFileException}. Instances
 * are immutable settings and may be shared between threads.
 */
public final class SessionFiles {
  private static final int SESSION = 0;
  private static final int ITEM = 1;
  private static final int TIME = 2;
  private static final int SHOWN_BAD_LINES = 5;

  private final SessionColumns columns;
  private final IdMap knownItems;
  private final double maxBadShare;

  /** Makes settings with the default columns, any item, and no bad line. */
  public SessionFiles() {
    this(SessionColumns.DEFAULT, null, 0);
  }

  private SessionFiles(SessionColumns columns, IdMap knownItems, double maxBadShare) {
    this.columns = columns;
    this.knownItems = knownItems;
    this.maxBadShare = maxBadShare;
  }

  /**
   * Sets the names of the columns.
   *
   * @param columns the names
   * @return new settings
   */
  public SessionFiles columns(SessionColumns columns) {
    return new SessionFiles(Objects.requireNonNull(columns), knownItems, maxBadShare);
  }

  /**
   * Sets the items: they are numbered by this map, and clicks on others are dropped and counted.
   *
   * @param knownItems the items, those of the training data or the model
   * @return new settings
   */
  public SessionFiles knownItems(IdMap knownItems) {
    return new SessionFiles(columns, Objects.requireNonNull(knownItems), maxBadShare);
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
    return new SessionFiles(columns, knownItems, maxBadShare);
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
    if (files.isEmpty()) {
      throw new IllegalArgumentException("no file to read");
    }
    Reading reading = new Reading();
    int i = 0;
    try {
      for (; i < files.size(); i++) {
        reading.read(files.get(i), i > 0);
      }
      return reading.finish(files);
    } catch (OutOfMemoryError e) {
      Path file = files.get(Math.min(i, files.size() - 1));
      throw SessionFileException.heapFull(file, reading.clicks + " clicks", e);
    }
  }

  /** One call of {@link #readAll}. */
  private final class Reading {
    private final IdMap.Builder sessions = new IdMap.Builder();
    private final IdMap.Builder items = knownItems == null ? new IdMap.Builder() : null;
    private int[] users = new int[1 << 12];
    private int[] clicked = new int[1 << 12];
    private double[] times = new double[1 << 12];
    private int n;
    private long clicks;
    private long dropped;
    private long bad;
    private final List<SessionFileException> firstBad = new ArrayList<>();

    void read(Path file, boolean later) throws IOException {
      List<String> wanted = List.of(columns.session(), columns.item(), columns.time());
      String hint =
          later ? "; each file needs its header, parts of one file are to be joined first" : "";
      try (LineReader lines = new LineReader(file);
          TableReader table = new TableReader(lines, wanted, hint)) {
        while (true) {
          try {
            if (!table.next()) {
              return;
            }
            click(table);
          } catch (SessionFileException e) {
            if (!e.isOfOneLine() || maxBadShare == 0) {
              throw e;
            }
            bad++;
            if (firstBad.size() < SHOWN_BAD_LINES) {
              firstBad.add(e);
            }
          } catch (IllegalArgumentException e) { // too many clicks or ids for an array
            throw SessionFileException.ofFile(file, lines.line(), e.getMessage(), e);
          }
        }
      }
    }

    private void click(TableReader table) throws SessionFileException {
      byte[] buffer = table.buffer();
      double time = Decimal.parse(buffer, table.start(TIME), table.end(TIME));
      if (Double.isNaN(time)) {
        throw table.fault(
            TIME,
            table.start(TIME) == table.end(TIME)
                ? "is empty, expected a number"
                : "is not a number, expected for example seconds since 1970");
      }
      for (int column = SESSION; column <= ITEM; column++) {
        if (table.start(column) == table.end(column)) {
          throw table.fault(column, "is empty, expected an id");
        }
      }
      int session = sessions.add(buffer, table.start(SESSION), table.end(SESSION));
      int item =
          knownItems == null
              ? items.add(buffer, table.start(ITEM), table.end(ITEM))
              : knownItems.indexOf(buffer, table.start(ITEM), table.end(ITEM));
      clicks++;
      if (item < 0) {
        dropped++;
        return;
      }
      if (n == users.length) {
        grow();
      }
      users[n] = session;
      clicked[n] = item;
      times[n++] = time;
    }

    private void grow() {
      int capacity = (int) Math.min(Integer.MAX_VALUE - 8, n + (n >> 1) + 1L);
      if (capacity == n) {
        throw new IllegalArgumentException("more than " + n + " clicks do not fit one matrix");
      }
      users = Arrays.copyOf(users, capacity);
      clicked = Arrays.copyOf(clicked, capacity);
      times = Arrays.copyOf(times, capacity);
    }

    SessionData finish(List<Path> files) throws SessionFileException {
      if (bad > maxBadShare * (clicks + bad)) {
        SessionFileException first = firstBad.getFirst();
        throw SessionFileException.ofFile(
            SessionFileException.Kind.TOO_MANY_BAD_LINES,
            files.getFirst(),
            0,
            "%s%d of %d lines are bad, more than the share of %s that may be; the first: %s"
                .formatted(
                    files.size() > 1 ? "in this file and those after it, " : "",
                    bad,
                    clicks + bad,
                    maxBadShare,
                    first.getMessage()),
            first);
      }
      IdMap itemIds = knownItems == null ? items.build() : knownItems;
      IdMap sessionIds = sessions.build();
      InteractionMatrix interactions =
          InteractionMatrix.of(sessionIds.size(), itemIds.size(), users, clicked, times, n);
      return new SessionData(interactions, sessionIds, itemIds, clicks, dropped, bad, firstBad);
    }
  }
}
