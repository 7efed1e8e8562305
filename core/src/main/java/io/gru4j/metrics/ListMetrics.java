package io.gru4j.metrics;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is on recommended lists, whether it is right or not: how much of the catalogue, and how
 * popular it is.
 *
 * <ul>
 *   <li><b>Coverage@k</b>: the share of the catalogue that is among the first k of at least one
 *       list (aggregate diversity: Adomavicius and Kwon 2012; catalogue coverage: Herlocker et al.
 *       2004, section 5.3).
 *   <li><b>Popularity@k</b>: the mean over the lists of the mean popularity of their first k items,
 *       where an item's popularity is the number of its training clicks divided by that of the item
 *       that has most (Ludewig and Jannach 2018, arXiv:1803.09587, section 4.2). An empty list has
 *       none and does not count.
 * </ul>
 *
 * <p>Only whole numbers are added up, so the metrics depend neither on the order of the lists nor
 * on how they were divided between instances that are merged: not by one bit. Takes 4 bytes an
 * item. Not thread-safe.
 */
public final class ListMetrics {
  private static final int NEVER = Integer.MAX_VALUE;

  /** Lists of one length: how many, and the training clicks of all their items. */
  private record Sum(long lists, long clicks) {
    Sum plus(Sum other) {
      return new Sum(lists + other.lists, clicks + other.clicks);
    }
  }

  private final int[] cutoffs;
  private final int[] clicks; // of each item, shared; null: not known
  private final int mostClicks;
  private final int[] bestPlace; // of each item on any list, from 1
  private final TreeMap<Integer, Sum>[] sums; // of each cut-off, by length of the list up to it

  /**
   * Makes empty metrics.
   *
   * @param numItems items of the catalogue, at least 1
   * @param clicksOrNull how often each was clicked in training; kept, not copied; null if that is
   *     not known: the popularity is then NaN
   * @param cutoffs the values of k that will be asked for, each at least 1
   * @throws IllegalArgumentException if there is not one number of clicks for each item
   */
  public ListMetrics(int numItems, int[] clicksOrNull, int... cutoffs) {
    if (clicksOrNull != null && clicksOrNull.length != numItems) {
      throw new IllegalArgumentException(
          "clicks: expected %d numbers, one for each item, got %d"
              .formatted(numItems, clicksOrNull.length));
    }
    this.cutoffs = NextClickProtocol.at(cutoffs).cutoffs();
    this.clicks = clicksOrNull;
    this.mostClicks = clicks == null ? 0 : Arrays.stream(clicks).max().orElse(0);
    this.bestPlace = new int[numItems];
    Arrays.fill(bestPlace, NEVER);
    this.sums = newSums(this.cutoffs.length);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private static TreeMap<Integer, Sum>[] newSums(int n) {
    TreeMap<Integer, Sum>[] sums = new TreeMap[n];
    Arrays.setAll(sums, i -> new TreeMap<>());
    return sums;
  }

  /**
   * Adds a list.
   *
   * @param items distinct items, the best first, in its first {@code length} elements
   * @param length how long the list is, 0 or more
   * @throws IndexOutOfBoundsException if an item is none of the catalogue
   */
  public void add(int[] items, int length) {
    long total = 0;
    int done = 0;
    for (int c = 0; c < cutoffs.length; c++) {
      int end = Math.min(cutoffs[c], length);
      for (; done < end; done++) {
        int item = items[done];
        bestPlace[item] = Math.min(bestPlace[item], done + 1);
        total += clicks == null ? 0 : clicks[item];
      }
      if (end > 0) {
        sums[c].merge(end, new Sum(1, total), Sum::plus);
      }
    }
  }

  /**
   * Adds all lists of other metrics.
   *
   * @param other metrics of the same items and cut-offs; not modified
   * @return these metrics
   * @throws IllegalArgumentException if items or cut-offs differ
   */
  public ListMetrics merge(ListMetrics other) {
    if (bestPlace.length != other.bestPlace.length || !Arrays.equals(cutoffs, other.cutoffs)) {
      throw new IllegalArgumentException(
          "%d items at %s cannot be merged with %d items at %s"
              .formatted(
                  bestPlace.length,
                  Arrays.toString(cutoffs),
                  other.bestPlace.length,
                  Arrays.toString(other.cutoffs)));
    }
    for (int item = 0; item < bestPlace.length; item++) {
      bestPlace[item] = Math.min(bestPlace[item], other.bestPlace[item]);
    }
    for (int c = 0; c < cutoffs.length; c++) {
      for (Map.Entry<Integer, Sum> each : other.sums[c].entrySet()) {
        sums[c].merge(each.getKey(), each.getValue(), Sum::plus);
      }
    }
    return this;
  }

  /**
   * Returns the share of the catalogue that is among the first k of at least one list.
   *
   * @param k a cut-off
   * @return in [0, 1]
   * @throws IllegalArgumentException if k is no cut-off
   */
  public double coverage(int k) {
    cutoff(k);
    long covered = Arrays.stream(bestPlace).filter(place -> place <= k && place != NEVER).count();
    return (double) covered / bestPlace.length;
  }

  /**
   * Returns the mean popularity of the first k items.
   *
   * @param k a cut-off
   * @return in [0, 1]; NaN if the clicks are not known, or no list has an item
   * @throws IllegalArgumentException if k is no cut-off
   */
  public double popularity(int k) {
    int c = cutoff(k);
    if (mostClicks == 0) {
      return Double.NaN;
    }
    double sum = 0;
    long lists = 0;
    for (Map.Entry<Integer, Sum> each : sums[c].entrySet()) {
      sum += (double) each.getValue().clicks() / each.getKey();
      lists += each.getValue().lists();
    }
    return sum / lists / mostClicks;
  }

  private int cutoff(int k) {
    int c = Arrays.binarySearch(cutoffs, k);
    if (c < 0) {
      throw new IllegalArgumentException(
          "k must be one of the cut-offs " + Arrays.toString(cutoffs) + ", got " + k);
    }
    return c;
  }
}
