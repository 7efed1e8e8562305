package io.gru4j.tensor.nn;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The K best of a stream of scored classes: higher scores first, of equal scores the lower class.
 *
 * <p>Candidates go into a buffer with room for more than K. When it is full, its K best stay, and
 * from then on a class must score above the worst of them. So most classes cost one comparison, and
 * the buffer need not be sorted. A score of -0 is kept as 0. Allocates nothing after construction
 * (sorting more than some thousand may). Not thread-safe.
 */
public final class TopK {

  private static final int LEAST_ROOM = 160; // beyond K: less of it is full more often

  /** The key of a score of minus infinity is not greater than this, others are. */
  private static final long NOTHING = key(0, Float.NEGATIVE_INFINITY);

  private static final int MOST = (Integer.MAX_VALUE - 8) / 2;

  private final int capacity;
  private final long[] keys; // one comparison orders by score, then by class
  private int k;
  private int size; // of the buffer
  private long floor = NOTHING; // keys to be kept are greater
  private float floorScore = Float.NEGATIVE_INFINITY;
  private IntPredicate rejected;

  /**
   * Creates an empty selection.
   *
   * @param k how many to keep, at least 1; takes 16 bytes each
   * @throws IllegalArgumentException if {@code k} is below 1, or 2 k are more than an array holds
   */
  public TopK(int k) {
    if (k < 1 || k > MOST) {
      throw new IllegalArgumentException("k must be in [1, %d], got %d".formatted(MOST, k));
    }
    this.k = k;
    capacity = k;
    keys = new long[(int) room(k)];
  }

  private static long room(int k) {
    return k + (long) Math.max(k, LEAST_ROOM);
  }

  /**
   * Returns the bytes of a selection.
   *
   * @param k how many it keeps at most
   * @return the bytes
   */
  public static double bytes(int k) {
    return (double) Long.BYTES * room(k);
  }

  /**
   * Returns the largest number that may be kept.
   *
   * @return the K of the constructor
   */
  public int capacity() {
    return capacity;
  }

  /**
   * Empties the selection and sets what it keeps from now on.
   *
   * @param k how many to keep, in [1, {@link #capacity}]
   * @param rejected classes that are never kept; asked only of those that might be kept, in the
   *     order in which they are offered. Null rejects none
   * @throws IllegalArgumentException if {@code k} is out of range
   */
  public void keep(int k, IntPredicate rejected) {
    if (k < 1 || k > capacity) {
      throw new IllegalArgumentException("k must be in [1, %d], got %d".formatted(capacity, k));
    }
    this.k = k;
    this.rejected = rejected;
    clear();
  }

  /** Empties the selection. */
  public void clear() {
    size = 0;
    floor = NOTHING;
    floorScore = Float.NEGATIVE_INFINITY;
  }

  /**
   * Returns the score that a class offered later, with a higher number, must exceed to be kept.
   *
   * @return the worst kept score, or minus infinity while there is room
   */
  public float threshold() {
    if (size >= k) {
      keepBest();
    }
    return floorScore;
  }

  /** Whether every class with a score may be kept: then any K scores are a bound for the K best. */
  boolean rejectsNone() {
    return rejected == null;
  }

  /** Whether a class is never kept; asked in the order of {@link #offer}, once for each class. */
  boolean rejects(int c) {
    return rejected != null && rejected.test(c);
  }

  /** How many are kept now: the k of the last {@link #keep}. */
  int kept() {
    return k;
  }

  /** A lower bound of {@link #threshold} that costs nothing. */
  float floorScore() {
    return floorScore;
  }

  /**
   * Offers a class. A score that is NaN or minus infinity is never kept.
   *
   * @param c its number
   * @param score its score
   */
  public void offer(int c, float score) {
    if (score > Float.NEGATIVE_INFINITY) {
      long key = key(c, score);
      if (key > floor && (rejected == null || !rejected.test(c))) {
        add(key);
      }
    }
  }

  /** Offers a class of which {@link #rejects} has said that it may be kept. */
  void offerAdmitted(int c, float score) {
    if (score > Float.NEGATIVE_INFINITY) {
      long key = key(c, score);
      if (key > floor) {
        add(key);
      }
    }
  }

  private void add(long key) {
    keys[size++] = key;
    makeRoom();
  }

  private void makeRoom() {
    if (size == keys.length) {
      keepBest();
    }
  }

  /** Greater for a higher score; of equal scores for the lower class. */
  private static long key(int c, float score) {
    int bits = Float.floatToRawIntBits(score + 0f);
    int ordered = bits ^ bits >> 31 & Integer.MAX_VALUE; // as ints the floats below 0 go down
    return (long) ordered << 32 | ~c & 0xffff_ffffL;
  }

  private static int classOf(long key) {
    return ~(int) key;
  }

  private static float scoreOf(long key) {
    int ordered = (int) (key >> 32);
    return Float.intBitsToFloat(ordered ^ ordered >> 31 & Integer.MAX_VALUE);
  }

  /** Leaves the K best in the buffer, which holds at least so many, and raises the floor. */
  private void keepBest() {
    int from = 0;
    int to = size; // the K-th best is in [from, to), better ones are before it
    int random = size;
    while (to - from > 1) {
      random = random * 1_103_515_245 + 12_345; // no order of the input makes it slow
      int at = from + (int) ((random >>> 1) * (long) (to - from) >> 31);
      long pivot = keys[at];
      keys[at] = keys[to - 1];
      int better = from;
      for (int i = from; i < to - 1; i++) {
        long key = keys[i];
        keys[i] = keys[better];
        keys[better] = key;
        better += key > pivot ? 1 : 0;
      }
      keys[to - 1] = keys[better];
      keys[better] = pivot;
      if (better < k - 1) {
        from = better + 1;
      } else if (better > k - 1) {
        to = better;
      } else {
        break;
      }
    }
    size = k;
    floor = keys[k - 1];
    floorScore = scoreOf(floor);
  }

  /**
   * Puts the kept classes in order, best first. Afterwards only reading and {@link #clear} are
   * allowed.
   */
  public void sort() {
    if (size > k) {
      keepBest();
    }
    Arrays.sort(keys, 0, size); // the best is the last
  }

  /**
   * Takes the kept classes out, in the order of their numbers, and empties the selection.
   *
   * @param classes at least {@link #size} long; out: the classes, ascending
   * @param scores as long; out: their scores
   */
  public void takeByClass(int[] classes, float[] scores) {
    if (size > k) {
      keepBest();
    }
    for (int i = 0; i < size; i++) {
      keys[i] = (long) classOf(keys[i]) << 32 | keys[i] >>> 32;
    }
    Arrays.sort(keys, 0, size);
    for (int i = 0; i < size; i++) {
      classes[i] = (int) (keys[i] >> 32);
      scores[i] = scoreOf(keys[i] << 32);
    }
    clear();
  }

  /**
   * Returns how many classes are kept.
   *
   * @return in [0, K]
   */
  public int size() {
    return Math.min(size, k);
  }

  /**
   * Returns one of the kept classes, after {@link #sort}.
   *
   * @param i place in [0, size), 0 the best
   * @return its number
   */
  public int classAt(int i) {
    return classOf(keys[size - 1 - i]);
  }

  /**
   * Returns the score of one of the kept classes, after {@link #sort}.
   *
   * @param i place in [0, size), 0 the best
   * @return its score
   */
  public float scoreAt(int i) {
    return scoreOf(keys[size - 1 - i]);
  }

  /** Returns classes and scores, for messages. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size(); i++) {
      text.append(i == 0 ? "" : ", ").append(classAt(i)).append(": ").append(scoreAt(i));
    }
    return text.toString();
  }
}
