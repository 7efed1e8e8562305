package io.gru4j.prepare;

import io.gru4j.data.TimeScale;
import java.time.Duration;
import java.time.ZoneId;

/** Says when the later of two parts begins: sessions that start then or after it are in it. */
public sealed interface Cut {

  /**
   * Finds the time.
   *
   * @param log the clicks of both parts, at least one
   * @return ticks of the log's scale
   * @throws IllegalArgumentException if it needs to know what a tick is, and the clicks do not tell
   */
  long time(SessionLog<?> log);

  /**
   * Names the cut.
   *
   * @return a few words for a table
   */
  String words();

  /**
   * The last days: so much before the last click of all.
   *
   * @param duration above 0
   */
  record Last(Duration duration) implements Cut {
    /**
     * Checks the duration.
     *
     * @throws IllegalArgumentException if it is not above 0
     */
    public Last {
      if (duration.isZero() || duration.isNegative()) {
        throw new IllegalArgumentException("a part must be longer than 0, got " + duration);
      }
    }

    @Override
    public long time(SessionLog<?> log) {
      return log.lastTime() - log.scale().ticks(duration);
    }

    @Override
    public String words() {
      return "the last " + Durations.words(duration);
    }
  }

  /**
   * A share of the sessions, the newest, rounded to the nearest number, at least one. Sessions that
   * start at the same time as the oldest of them go with it.
   *
   * @param share above 0 and below 1
   */
  record Fraction(double share) implements Cut {
    /**
     * Checks the share.
     *
     * @throws IllegalArgumentException if it is not above 0 and below 1
     */
    public Fraction {
      if (!(share > 0 && share < 1)) {
        throw new IllegalArgumentException("a share must be above 0 and below 1, got " + share);
      }
    }

    @Override
    public long time(SessionLog<?> log) {
      long sessions = log.numSessions();
      return log.start(sessions - Math.clamp(Math.round(share * sessions), 1, sessions));
    }

    @Override
    public String words() {
      return "the newest " + share + " of the sessions";
    }
  }

  /**
   * From a time on.
   *
   * @param time a number as in the files, or a date such as {@code 2026-11-30 12:00:00}
   * @param zone of a date without one
   */
  record From(String time, ZoneId zone) implements Cut {
    /**
     * Checks the time.
     *
     * @throws IllegalArgumentException if it is neither a number nor a date
     */
    public From {
      new TimeScale(1, 0).parse(time, zone);
    }

    boolean isNumber() {
      return time.matches("[-+]?[\\d.]+([eE][-+]?\\d+)?");
    }

    @Override
    public long time(SessionLog<?> log) {
      return log.scale().parse(time, zone);
    }

    @Override
    public String words() {
      return "from " + time;
    }
  }
}
