package io.gru4j.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/** Finds what is doubtful about clicks that were read. */
final class Doubts {
  /** What pandas, databases and JavaScript write for a value that is not there. */
  private static final List<String> MISSING =
      List.of(
          "NaN", "nan", "null", "NULL", "None", "none", "NA", "<NA>", "N/A", "\\N", "undefined");

  private static final int FEWEST_CLICKS = 100; // in fewer a tenth is nothing
  private static final int LONG_SESSION = 50; // clicks; a shorter one may be one person's
  private static final double DAY = 86_400;

  private final IdMap sessions;
  private final IdMap items;
  private final int numSessions;
  private final int numClicks;
  private final IntUnaryOperator start; // of a session, and of the one after the last
  private final IntUnaryOperator item; // of a click
  private final List<Doubt> found = new ArrayList<>();

  private Doubts(
      IdMap sessions, IdMap items, int numSessions, IntUnaryOperator start, IntUnaryOperator item) {
    this.sessions = sessions;
    this.items = items;
    this.numSessions = numSessions;
    this.numClicks = start.applyAsInt(numSessions);
    this.start = start;
    this.item = item;
  }

  /**
   * The times of clicks.
   *
   * @param of of a click
   * @param perSecond how many units of time make a second; 0: not known
   * @param suspect whether they are numbers of which the least is not likely in this unit
   * @param whole whether they are as they were read, without decimals
   */
  record Times(IntToDoubleFunction of, double perSecond, boolean suspect, boolean whole) {}

  /**
   * Looks at clicks.
   *
   * @param sharedSessions sessions with clicks of several persons
   */
  static List<Doubt> of(
      IdMap sessions,
      IdMap items,
      int numSessions,
      IntUnaryOperator start,
      IntUnaryOperator item,
      Times times,
      int sharedSessions) {
    Doubts doubts = new Doubts(sessions, items, numSessions, start, item);
    doubts.missingSessions();
    doubts.missingItems();
    if (sharedSessions > 0) {
      doubts.add(
          Doubt.Kind.SHARED_SESSION,
          count(sharedSessions, "session has", "sessions have")
              + String.format(Locale.ROOT, " clicks of several persons, of %,d", numSessions));
    }
    if (times.perSecond > 0) {
      doubts.longSessions(times.of, times.perSecond);
    }
    if (times.suspect && !doubts.dateNumbers(times) && times.perSecond > 0) {
      doubts.mixedUnits(times.of, times.perSecond);
    }
    doubts.giantSession();
    return doubts.found;
  }

  private void add(Doubt.Kind kind, String figures) {
    add(kind, figures, null);
  }

  private void add(Doubt.Kind kind, String figures, String id) {
    found.add(new Doubt(kind, figures, id));
  }

  private void missingSessions() {
    for (String text : MISSING) {
      int session = sessions.indexOf(text);
      if (session >= 0 && session < numSessions) {
        int clicks = start.applyAsInt(session + 1) - start.applyAsInt(session);
        if (clicks > 0) {
          add(Doubt.Kind.MISSING_SESSION, clicksWith(clicks) + " the session " + text, text);
        }
      }
    }
  }

  private void missingItems() {
    for (String text : MISSING) {
      int missing = items.indexOf(text);
      if (missing >= 0) {
        int clicks = 0;
        for (int click = 0; click < numClicks; click++) {
          clicks += item.applyAsInt(click) == missing ? 1 : 0;
        }
        if (clicks > 0) {
          add(Doubt.Kind.MISSING_ITEM, clicksWith(clicks) + " the item " + text, text);
        }
      }
    }
  }

  private String clicksWith(int clicks) {
    return clicksOf(clicks) + (clicks == 1 ? " has" : " have");
  }

  private String clicksOf(int clicks) {
    return count(clicks, "click", "clicks") + share(clicks);
  }

  private String share(long clicks) {
    return String.format(Locale.ROOT, " (%.1f %%)", 100.0 * clicks / numClicks);
  }

  private void longSessions(IntToDoubleFunction time, double perSecond) {
    int days = 0;
    int several = 0;
    double longest = 0;
    for (int session = 0; session < numSessions; session++) {
      int from = start.applyAsInt(session);
      int to = start.applyAsInt(session + 1);
      if (to - from > 1) {
        several++;
        double span = (time.applyAsDouble(to - 1) - time.applyAsDouble(from)) / perSecond;
        days += span > DAY ? 1 : 0;
        longest = Math.max(longest, span);
      }
    }
    if (days > 0) {
      add(
          Doubt.Kind.LONG_SESSION,
          count(days, "session goes", "sessions go")
              + String.format(
                  Locale.ROOT,
                  " on for more than a day, of %,d with two clicks or more; the longest for %,.0f"
                      + " days",
                  several,
                  longest / DAY));
    }
  }

  private boolean dateNumbers(Times times) {
    String pattern = times.whole ? TimePatterns.ofNumbers(numClicks, times.of) : null;
    if (pattern == null) {
      return false;
    }
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int click = 0; click < numClicks; click++) {
      least = Math.min(least, times.of.applyAsDouble(click));
      most = Math.max(most, times.of.applyAsDouble(click));
    }
    add(
        Doubt.Kind.DATE_NUMBERS,
        String.format(
            Locale.ROOT, "all times are numbers that look like dates, %.0f to %.0f", least, most),
        pattern);
    return true;
  }

  /** Times count from 1970 in the unit that was found or given: others must be of another unit. */
  private void mixedUnits(IntToDoubleFunction time, double perSecond) {
    int others = 0;
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int click = 0; click < numClicks; click++) {
      double seconds = time.applyAsDouble(click) / perSecond;
      if (!TimeUnits.isLikely(seconds)) {
        others++;
        least = Math.min(least, seconds);
        most = Math.max(most, seconds);
      }
    }
    if (others > 0) {
      add(
          Doubt.Kind.MIXED_UNITS,
          clicksOf(others)
              + (others == 1 ? " has a time outside " : " have times outside ")
              + TimeUnits.LIKELY
              + String.format(Locale.ROOT, ": %.3f to %.3f seconds after 1970", least, most));
    }
  }

  private void giantSession() {
    int giant = 0;
    int most = 0;
    for (int session = 0; session < numSessions; session++) {
      int length = start.applyAsInt(session + 1) - start.applyAsInt(session);
      if (length > most) {
        most = length;
        giant = session;
      }
    }
    if (numClicks >= FEWEST_CLICKS && most > LONG_SESSION && most > numClicks / 10) {
      add(
          Doubt.Kind.GIANT_SESSION,
          "the session "
              + SessionFileException.quoted(sessions.idOf(giant))
              + String.format(Locale.ROOT, " has %,d of %,d clicks", most, numClicks)
              + share(most),
          sessions.idOf(giant));
    }
  }

  private static String count(int n, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", n, n == 1 ? one : many);
  }
}
