package io.gru4j.metrics;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Recall, precision, mean reciprocal rank and NDCG of a series of ranks, where each rank is that of
 * the one item that was right. A rank may lie between two whole numbers, see {@link Ties#MIDDLE}.
 *
 * <p>Only the number of times each rank occurred is kept, so the metrics do not depend on the order
 * of the ranks, nor on how they were divided between instances that are merged: not by one bit.
 * Logarithms are those of {@link StrictMath}, the same on every machine.
 *
 * <p>Not thread-safe.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="ranks"}
 */
public final class RankMetrics {
  private final int[] cutoffs;
  private final NavigableMap<Double, Long> counts = new TreeMap<>(); // by rank
  private final int largest; // cut-off; ranks beyond it are only in the count
  private long count;

  /**
   * Makes empty metrics.
   *
   * @param cutoffs the values of k that will be asked for, each 1 or more
   * @throws IllegalArgumentException if there is none or one is below 1
   */
  public RankMetrics(int... cutoffs) {
    this.cutoffs = NextClickProtocol.at(cutoffs).cutoffs();
    this.largest = this.cutoffs[this.cutoffs.length - 1];
  }

  /**
   * Adds a rank.
   *
   * @param rank from 1, the best
   * @throws IllegalArgumentException if it is below 1
   */
  public void add(int rank) {
    add((double) rank);
  }

  /**
   * Adds a rank that may lie between two whole numbers.
   *
   * @param rank from 1, the best; infinity for an item that cannot be found
   * @throws IllegalArgumentException if it is below 1 or NaN
   */
  public void add(double rank) {
    if (!(rank >= 1)) { // so that NaN is refused
      throw new IllegalArgumentException(
          "a rank must be >= 1, got " + (rank == (int) rank ? "" + (int) rank : "" + rank));
    }
    if (rank <= largest) {
      counts.merge(rank, 1L, Long::sum);
    }
    count++;
  }

  /**
   * Adds all ranks of other metrics.
   *
   * @param other metrics with the same cut-offs; not modified
   * @return these metrics
   * @throws IllegalArgumentException if the cut-offs differ
   */
  public RankMetrics merge(RankMetrics other) {
    if (!Arrays.equals(cutoffs, other.cutoffs)) {
      throw new IllegalArgumentException(
          "cut-offs differ: "
              + Arrays.toString(cutoffs)
              + " and "
              + Arrays.toString(other.cutoffs));
    }
    Map<Double, Long> added = new TreeMap<>(other.counts); // these metrics may be the other
    added.forEach((rank, n) -> counts.merge(rank, n, Long::sum));
    count += other.count;
    return this;
  }

  /**
   * Returns the cut-offs.
   *
   * @return the cut-offs, ascending, each once; a copy
   */
  public int[] cutoffs() {
    return cutoffs.clone();
  }

  /**
   * Returns the number of ranks added.
   *
   * @return the number of ranks
   */
  public long count() {
    return count;
  }

  /**
   * Returns the share of ranks that are at most k. With one right item, this is the recall and the
   * hit rate.
   *
   * @param k a cut-off, or any number from 1 to the largest one
   * @return a number in [0, 1]; NaN if no rank was added
   * @throws IllegalArgumentException if k is out of range
   */
  public double recall(int k) {
    checkCutoff(k);
    long hits = 0;
    for (long n : counts.headMap((double) k, true).values()) {
      hits += n;
    }
    return (double) hits / count;
  }

  /**
   * Returns the share of right items among the first k of the lists, where a list that is shorter
   * counts as k items: {@link #recall} divided by k, as each list has one right item (Herlocker et
   * al. 2004, section 5.2).
   *
   * @param k a cut-off, or any number from 1 to the largest one
   * @return a number in [0, 1/k]; NaN if no rank was added
   * @throws IllegalArgumentException if k is out of range
   */
  public double precision(int k) {
    return recall(k) / k;
  }

  /**
   * Returns the mean of 1 / rank, where a rank above k counts 0.
   *
   * @param k a cut-off, or any number from 1 to the largest one
   * @return a number in [0, 1]; NaN if no rank was added
   * @throws IllegalArgumentException if k is out of range
   */
  public double mrr(int k) {
    checkCutoff(k);
    double sum = 0;
    for (Map.Entry<Double, Long> each : counts.headMap((double) k, true).entrySet()) {
      sum += (double) each.getValue() / each.getKey();
    }
    return sum / count;
  }

  /**
   * Returns the mean of 1 / log2(rank + 1), where a rank above k counts 0: the normalised
   * discounted cumulative gain of lists with one right item.
   *
   * @param k a cut-off, or any number from 1 to the largest one
   * @return a number in [0, 1]; NaN if no rank was added
   * @throws IllegalArgumentException if k is out of range
   */
  public double ndcg(int k) {
    checkCutoff(k);
    double sum = 0;
    for (Map.Entry<Double, Long> each : counts.headMap((double) k, true).entrySet()) {
      sum += each.getValue() * (StrictMath.log(2) / StrictMath.log(each.getKey() + 1));
    }
    return sum / count;
  }

  private void checkCutoff(int k) {
    if (k < 1 || k > largest) {
      throw new IllegalArgumentException(
          "k must be in [1, " + largest + "], the largest cut-off, got " + k);
    }
  }

  /** Returns the figures in words. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("RankMetrics(").append(count).append(" ranks");
    for (int k : cutoffs) {
      text.append(", recall@").append(k).append(' ').append(recall(k));
      text.append(", mrr@").append(k).append(' ').append(mrr(k));
      text.append(", ndcg@").append(k).append(' ').append(ndcg(k));
    }
    return text.append(')').toString();
  }
}
