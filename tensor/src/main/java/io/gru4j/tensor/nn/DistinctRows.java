package io.gru4j.tensor.nn;

import java.util.Arrays;
import java.util.Objects;

/**
 * Finds equal rows, so that a layer computes each of them once.
 *
 * <p>Many sessions of a batch click the same item, and the item's part of the GRU's gates is the
 * same for all of them. Sessions that have begun with the same clicks have the same hidden state,
 * to the bit; at the first click of a batch there are many. The output layer computes the same for
 * such rows, apart from their targets. Rows without a target are left out.
 *
 * <p>Rows are numbered in the order in which they first occur. It allocates only when there are
 * more rows than ever before. Not thread-safe while rows are looked for.
 */
public final class DistinctRows {

  private int rows;
  private int count;
  private int[] first = new int[0]; // [u]
  private int[] start = new int[1]; // [u], and the end of the last
  private int[] members = new int[0]; // [i]
  private int[] number = new int[0]; // [m]
  private int[] table = new int[0]; // by hash: u + 1, or 0

  /** Creates it with no rows. */
  public DistinctRows() {}

  /**
   * Returns the bytes of its arrays.
   *
   * @param M the most rows that are looked at together
   * @return the bytes, also of arrays that are too long to be made
   */
  public static double bytes(int M) {
    return Integer.BYTES * (4.0 * M + 1 + tableLength(M)); // first, start, members, number
  }

  private static double tableLength(int M) {
    return 4.0 * Integer.highestOneBit(M); // at most half full
  }

  /**
   * Looks for the distinct ones of some keys, such as the items of a chunk. The rows found before
   * are forgotten.
   *
   * @param keys the key of each row
   * @param M how many rows, from 0 to the length of {@code keys}
   * @return D, how many different keys there are
   * @throws IndexOutOfBoundsException if M is out of its range
   */
  public int find(int[] keys, int M) {
    Objects.checkFromIndexSize(0, M, keys.length);
    begin(M);
    for (int m = 0; m < M; m++) {
      number[m] = numberOf(m, mixed(keys[m]), keys, null, 0);
    }
    sortByNumber(M);
    return count;
  }

  /**
   * Looks for the distinct rows of a matrix among those that have a target.
   *
   * @param x shape (M, H)
   * @param target of each of the M rows, negative where it has none
   * @return how many there are
   */
  int find(float[] x, int[] target, int M, int H) {
    begin(M);
    for (int m = 0; m < M; m++) {
      number[m] = target[m] < 0 ? -1 : numberOf(m, hash(x, m * H, H), null, x, H);
    }
    sortByNumber(M);
    return count;
  }

  private void begin(int M) {
    count = 0;
    rows = M;
    if (number.length < M) {
      first = new int[M];
      start = new int[M + 1];
      members = new int[M];
      number = new int[M];
      table = new int[(int) tableLength(M)];
    }
    Arrays.fill(table, 0);
  }

  /** The number of row m: that of an equal one before it, or the next. */
  private int numberOf(int m, int hash, int[] keys, float[] x, int H) {
    int mask = table.length - 1;
    int at = hash & mask;
    while (table[at] != 0) {
      int u = table[at] - 1;
      int other = first[u];
      boolean equal =
          keys != null
              ? keys[m] == keys[other]
              : Arrays.equals(x, m * H, m * H + H, x, other * H, other * H + H);
      if (equal) {
        return u;
      }
      at = (at + 1) & mask;
    }
    table[at] = count + 1;
    first[count] = m;
    return count++;
  }

  /**
   * Two chains, which need not wait for one another; the lower bits of a value, which are often 0,
   * get some of the upper ones.
   */
  private static int hash(float[] x, int from, int H) {
    int a = 1;
    int b = 1;
    int k = 0;
    for (; k + 1 < H; k += 2) {
      a = 31 * a + folded(x[from + k]);
      b = 31 * b + folded(x[from + k + 1]);
    }
    if (k < H) {
      a = 31 * a + folded(x[from + k]);
    }
    return mixed(a + 0x9E3779B9 * b);
  }

  /** The end of MurmurHash3. */
  private static int mixed(int hash) {
    int mixed = (hash ^ hash >>> 16) * 0x85EBCA6B;
    mixed = (mixed ^ mixed >>> 13) * 0xC2B2AE35;
    return mixed ^ mixed >>> 16;
  }

  private static int folded(float x) {
    int bits = Float.floatToRawIntBits(x);
    return bits ^ bits >>> 15;
  }

  /** Counts the rows of each number, then puts them in their places, in ascending order. */
  private void sortByNumber(int M) {
    Arrays.fill(start, 0, count + 1, 0);
    for (int m = 0; m < M; m++) {
      if (number[m] >= 0) {
        start[number[m]]++;
      }
    }
    int end = 0;
    for (int u = 0; u < count; u++) {
      end += start[u];
      start[u] = end;
    }
    start[count] = end;
    for (int m = M - 1; m >= 0; m--) {
      if (number[m] >= 0) {
        members[--start[number[m]]] = m; // from the end of its rows to their start
      }
    }
  }

  /** How many rows were looked at. */
  int rows() {
    return rows;
  }

  /** How many distinct ones there are. */
  int count() {
    return count;
  }

  /** The first of the rows number u, from 0 on. */
  int first(int u) {
    return first[u];
  }

  /** The rows number u are {@link #member} from here to the start of u + 1, in ascending order. */
  int start(int u) {
    return start[u];
  }

  /**
   * The i-th row that counts (has a target, if it is one of a matrix), by ascending number, from 0
   * on.
   */
  int member(int i) {
    return members[i];
  }

  /** The number of row m, -1 if it is a matrix's and has no target. */
  int number(int m) {
    return number[m];
  }
}
