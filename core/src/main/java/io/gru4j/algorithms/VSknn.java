package io.gru4j.algorithms;

import io.gru4j.data.InteractionMatrix;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The third baseline, V-SkNN: the nearest neighbours of a session among those of training, with
 * more weight on the newest clicks ("vector multiplication session-based kNN": Ludewig and Jannach
 * 2018, arXiv:1803.09587; the rarity of items is from Ludewig et al. 2021, arXiv:1910.12781). It
 * beats many networks.
 *
 * <p>For a session of L clicks, where the click b clicks before the newest one has the weight w(b):
 *
 * <ol>
 *   <li>Candidates are the training sessions that share an item with it, of those the {@code
 *       sampleSize} that ended last. Of a session with more distinct items the newest {@value
 *       NeighbourSearch#MOST_ITEMS} find candidates.
 *   <li>A candidate's similarity is the sum of the weights of the items that both have, an item
 *       that is there twice with that of its newest click: the product of the session's vector of
 *       weights and the candidate's vector of zeros and ones.
 *   <li>Neighbours are the {@code k} most similar candidates; of equal ones those that ended last.
 *   <li>An item's score is the sum of the similarities of the neighbours that have it, each times
 *       v(b) of the newest click whose item the neighbour has too; and the whole of it times {@code
 *       1 + idf * ln(sessions / sessions with the item)}.
 * </ol>
 *
 * <p>Sums are made in double and in a fixed order: the same bits on any thread. An answer takes
 * time in proportion to {@code sampleSize}, whatever the number of training sessions.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="neighbours"}
 */
public final class VSknn extends Baseline {

  /** How weights fall from the newest click, which has b = 0, to older ones. */
  public enum Decay {
    /** 1. */
    CONSTANT,
    /** (L - b) / L: linear in the position, the paper's. */
    POSITION,
    /** 1 - b / 10, and 0 from the eleventh click on. */
    LINEAR,
    /** 1 / log10(b + 1.7). */
    LOG,
    /** 1 / (b + 1). */
    RECIPROCAL,
    /** 1 / (b + 1)<sup>2</sup>. */
    RECIPROCAL_SQUARE;

    /** The weight of the click b clicks before the newest one of L. */
    double weight(int b, int L) {
      return switch (this) {
        case CONSTANT -> 1;
        case POSITION -> (L - b) / (double) L;
        case LINEAR -> Math.max(0, 1 - b / 10.0);
        case LOG -> 1 / StrictMath.log10(b + 1.7);
        case RECIPROCAL -> 1 / (b + 1.0);
        case RECIPROCAL_SQUARE -> 1 / ((b + 1.0) * (b + 1.0));
      };
    }
  }

  /**
   * What V-SkNN can be tuned by.
   *
   * @param k neighbours, at least 1
   * @param sampleSize candidates, at least 1
   * @param similarity w, the weights of a session's clicks in its similarity to candidates
   * @param score v, the weight of a neighbour by the newest click that it shares
   * @param idf how much more a rare item counts: 0 for not at all
   */
  public record Settings(int k, int sampleSize, Decay similarity, Decay score, double idf) {

    /**
     * Those that were best on parts cut from the end of the training sessions of Yoochoose and
     * Diginetica.
     */
    public static final Settings DEFAULT =
        new Settings(500, 2500, Decay.RECIPROCAL, Decay.RECIPROCAL, 1);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if {@code k} or {@code sampleSize} is below 1 or {@code idf}
     *     is negative, NaN or infinite; the message names it
     */
    public Settings {
      if (k < 1) {
        throw new IllegalArgumentException("k must be >= 1, got " + k);
      }
      if (sampleSize < 1) {
        throw new IllegalArgumentException("sampleSize must be >= 1, got " + sampleSize);
      }
      if (!(idf >= 0 && idf < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("idf must be a number >= 0, got " + idf);
      }
    }
  }

  private final Settings settings;
  private SessionIndex index; // null: not fitted
  private Queue<NeighbourSearch> free = new ConcurrentLinkedQueue<>(); // one for each busy thread

  /**
   * Makes a baseline that is not fitted.
   *
   * @param settings its settings
   */
  public VSknn(Settings settings) {
    this.settings = settings;
  }

  /** Makes a baseline with the default settings that is not fitted. */
  public VSknn() {
    this(Settings.DEFAULT);
  }

  @Override
  public String name() {
    return "V-SkNN";
  }

  /** {@inheritDoc} The newest sessions are known by their timestamps, so it needs them. */
  @Override
  public VSknn fit(InteractionMatrix x) {
    DataChecks.requireTimestamps("X", x);
    index = new SessionIndex(x);
    free = new ConcurrentLinkedQueue<>();
    return this;
  }

  @Override
  int numItems() {
    if (index == null) {
      throw notFitted();
    }
    return index.numItems();
  }

  @Override
  public void score(int[] items, int length, float[] scores) {
    checkScores(scores);
    Arrays.fill(scores, 0);
    NeighbourSearch search = free.poll();
    if (search == null) {
      search = new NeighbourSearch(index, settings);
    }
    search.addScores(items, length, scores);
    free.add(search);
  }
}
