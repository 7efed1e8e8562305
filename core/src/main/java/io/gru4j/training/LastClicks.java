package io.gru4j.training;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.TimeUnits;
import java.util.Arrays;

/**
 * When items were last clicked: in seconds since 1970 where the times of the clicks are seen to
 * count from there in some unit, so that files in different units go together; else as they are.
 */
public final class LastClicks {
  private LastClicks() {}

  /**
   * Finds the last click of each item.
   *
   * @param x with timestamps
   * @return a time for each item; NaN for one without a click
   */
  public static double[] of(InteractionMatrix x) {
    double[] last = new double[x.numItems()];
    Arrays.fill(last, Double.NaN);
    double newest = Double.NEGATIVE_INFINITY;
    for (int user = 0; user < x.numUsers(); user++) {
      for (int i = 0; i < x.historyLength(user); i++) {
        int item = x.item(user, i);
        double time = x.timestamp(user, i);
        newest = Math.max(newest, time);
        if (!(last[item] >= time)) {
          last[item] = time;
        }
      }
    }
    double unit = unit(newest);
    for (int item = 0; item < last.length; item++) {
      last[item] /= unit;
    }
    return last;
  }

  /**
   * Finds the first click of all, in the unit of {@link #of}.
   *
   * @param x with timestamps and at least one click
   * @return a time
   */
  public static double first(InteractionMatrix x) {
    double oldest = Double.POSITIVE_INFINITY;
    double newest = Double.NEGATIVE_INFINITY;
    for (int user = 0; user < x.numUsers(); user++) {
      int n = x.historyLength(user);
      if (n > 0) {
        oldest = Math.min(oldest, x.timestamp(user, 0));
        newest = Math.max(newest, x.timestamp(user, n - 1));
      }
    }
    return oldest / unit(newest);
  }

  /**
   * Counts the clicks that are not later than a time.
   *
   * @param x with timestamps
   * @param time in the unit of {@link #of}; NaN for none
   * @return how many
   */
  public static long notAfter(InteractionMatrix x, double time) {
    double newest = Double.NEGATIVE_INFINITY;
    for (int user = 0; user < x.numUsers(); user++) {
      int n = x.historyLength(user);
      newest = n > 0 ? Math.max(newest, x.timestamp(user, n - 1)) : newest;
    }
    double unit = unit(newest);
    long count = 0;
    for (int user = 0; user < x.numUsers(); user++) {
      for (int i = 0; i < x.historyLength(user); i++) {
        count += x.timestamp(user, i) / unit <= time ? 1 : 0;
      }
    }
    return count;
  }

  /**
   * Finds the newest of some times.
   *
   * @param last as {@link #of} returns them
   * @return the largest; NaN if there is none
   */
  public static double newest(double[] last) {
    return Arrays.stream(last).filter(time -> !Double.isNaN(time)).max().orElse(Double.NaN);
  }

  /**
   * Says whether a time is one of seconds since 1970.
   *
   * @param time as {@link #of} returns it
   * @return true if it is, so that an age in days means something
   */
  public static boolean isSeconds(double time) {
    return TimeUnits.guess(time) == TimeUnits.SECONDS;
  }

  private static double unit(double newest) {
    TimeUnits unit = TimeUnits.guess(newest);
    return unit == null ? 1 : unit.perSecond();
  }
}
