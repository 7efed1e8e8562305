package io.gru4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the rows of files one after the other and hands each click on. What is common to all: ids
 * get numbers, bad lines and rows that do not meet the conditions are counted.
 */
final class ClickReading {
  private static final int SHOWN_BAD_LINES = 5;
  private static final int ROWS_BETWEEN_REPORTS = 1 << 14;

  /** Takes the clicks. */
  interface Sink {
    /**
     * Takes a click.
     *
     * @param item its number, or -1: it is not known, or the row does not meet the conditions
     * @param time has read the row's time
     * @return false if the time does not fit the others
     */
    boolean click(int session, int item, TimeReader time);
  }

  private final SessionColumns columns;
  private final SessionFormat format;
  private final IdMap knownItems; // or null
  private final double maxBadShare;
  private final ReadListener listener; // or null
  private final boolean keepsLeftOut;
  private final Sink sink;
  private final TimeReader time;
  private final IdMap.Builder sessions = new IdMap.Builder();
  private final IdMap.Builder items = new IdMap.Builder();
  private final IdMap.Builder users = new IdMap.Builder();
  private int[] userOf = new int[0]; // of each session, 1 and the number of its first person
  private final BitSet shared = new BitSet(); // sessions of several persons
  private final Map<String, String> absences = new LinkedHashMap<>(); // of all texts
  private final Set<Condition> met = new HashSet<>();
  private final Map<Condition, Set<String>> unmet = new LinkedHashMap<>();
  private long rows; // sound ones
  private long leftOut;
  private long bad;
  private final List<SessionFileException> firstBad = new ArrayList<>();

  ClickReading(SessionFiles settings, boolean exactly, boolean keepsLeftOut, Sink sink) {
    this.columns = settings.columns;
    this.format = settings.format;
    this.knownItems = settings.knownItems;
    this.maxBadShare = settings.maxBadShare;
    this.listener = settings.listener;
    this.keepsLeftOut = keepsLeftOut;
    this.sink = sink;
    this.time = new TimeReader(format, exactly);
  }

  /**
   * Reads one text.
   *
   * @param later whether another was read before
   * @param tap counts its bytes; null: nobody wants to know
   * @param bytesBefore of the files before
   */
  void read(LineReader lines, boolean later, InputTap tap, long bytesBefore) throws IOException {
    String hint =
        later && format.header()
            ? "; each file needs its header, parts of one file are to be joined first"
            : "";
    try (lines;
        ClickRows file = ClickRows.open(lines, columns, format, hint)) {
      long next = 0;
      while (true) {
        try {
          if (!file.next()) {
            break;
          }
          click(file, lines.file());
        } catch (SessionFileException e) {
          if (!e.isOfOneLine() || maxBadShare == 0) {
            throw e;
          }
          bad++;
          if (firstBad.size() < SHOWN_BAD_LINES) {
            firstBad.add(e);
          }
        } catch (IllegalArgumentException e) { // too many clicks or ids for an array
          throw SessionFileException.ofFile(lines.file(), file.line(), e.getMessage(), e);
        }
        if (listener != null && rows >= next) {
          listener.onRows(rows, bytesBefore + tap.bytes());
          next = rows + ROWS_BETWEEN_REPORTS;
        }
      }
      file.absences()
          .forEach(
              (name, text) -> absences.merge(name, text == null ? "" : text, ClickReading::less));
      file.conditions(met, unmet);
      if (tap != null) {
        tap.finish();
      }
    }
  }

  private void click(ClickRows row, Path file) throws SessionFileException {
    boolean accepted = row.accepted();
    if (!accepted && !keepsLeftOut) {
      rows++;
      leftOut++;
      return;
    }
    row.readTime(time, rows);
    Key session = row.session();
    int item = -1;
    if (accepted) {
      Key key = row.item();
      item =
          knownItems == null
              ? items.add(key.bytes(), key.start(), key.end())
              : knownItems.indexOf(key.bytes(), key.start(), key.end());
    }
    int number = sessions.add(session.bytes(), session.start(), session.end());
    rows++;
    leftOut += accepted ? 0 : 1;
    if (format.user() != null) {
      noteUser(number, row.userOrNull());
    }
    if (!sink.click(number, item, time)) {
      throw SessionFileException.ofLine(
          file,
          row.line(),
          "the time has too many digits: with as many decimals as other times have, more than 18");
    }
  }

  private void noteUser(int session, Key user) {
    if (user == null) {
      return;
    }
    if (session >= userOf.length) {
      userOf = Arrays.copyOf(userOf, session + (session >> 1) + 16);
    }
    int number = 1 + users.add(user.bytes(), user.start(), user.end());
    if (userOf[session] == 0) {
      userOf[session] = number;
    } else if (userOf[session] != number) {
      shared.set(session);
    }
  }

  /** A field that one text has is not absent. */
  private static String less(String some, String other) {
    return some.isEmpty() ? some : other.isEmpty() ? other : some;
  }

  /** What is doubtful about the way in which the texts were read. */
  List<Doubt> doubts() {
    List<Doubt> doubts = new ArrayList<>();
    absences.values().stream()
        .filter(text -> !text.isEmpty())
        .forEach(text -> doubts.add(new Doubt(Doubt.Kind.MISSING_VALUE, text, null)));
    unmet.forEach(
        (condition, values) -> {
          if (!met.contains(condition)) {
            String there = ColumnNames.shown(List.copyOf(values));
            String figures = "no row meets " + condition + ", the first ones have " + there;
            doubts.add(new Doubt(Doubt.Kind.UNMET_CONDITION, figures, null));
          }
        });
    if (time.isKnown() && format.timeUnit() != null && !time.usesUnit()) {
      doubts.add(
          new Doubt(Doubt.Kind.UNUSED_UNIT, "the times are dates, which have no unit", null));
    }
    if (time.isKnown() && !format.zone().equals(SessionFormat.DEFAULT.zone()) && !time.usesZone()) {
      String figures = time.isDate() ? "every time has its zone" : "the times are numbers";
      doubts.add(new Doubt(Doubt.Kind.UNUSED_ZONE, figures, null));
    }
    return doubts;
  }

  /** Fails if too many lines were bad. */
  void checkBadLines(List<Path> files) throws SessionFileException {
    if (bad <= maxBadShare * (rows + bad)) {
      return;
    }
    SessionFileException first = firstBad.getFirst();
    throw SessionFileException.ofFile(
        SessionFileException.Kind.TOO_MANY_BAD_LINES,
        files.getFirst(),
        0,
        "%s%d of %d lines are bad, more than the share of %s that may be; the first: %s"
            .formatted(
                files.size() > 1 ? "in this file and those after it, " : "",
                bad,
                rows + bad,
                maxBadShare,
                first.getMessage()),
        first);
  }

  IdMap sessionIds() {
    return sessions.build();
  }

  IdMap itemIds() {
    return knownItems == null ? items.build() : knownItems;
  }

  /** Whether the times were dates. */
  boolean dates() {
    return time.isDate();
  }

  /** Sessions with clicks of several persons. */
  int sharedSessions() {
    return shared.cardinality();
  }

  long rows() {
    return rows;
  }

  long leftOut() {
    return leftOut;
  }

  long bad() {
    return bad;
  }

  List<SessionFileException> firstBad() {
    return firstBad;
  }
}
