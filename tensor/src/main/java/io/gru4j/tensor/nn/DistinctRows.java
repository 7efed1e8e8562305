package io.gru4j.tensor.nn;

import java.util.Arrays;

/**
 * The rows of a matrix that have a target, equal ones once.
 *
 * <p>Sessions that have begun with the same clicks have the same hidden state, to the bit, as many
 * of a batch have at its first click. What the output layer makes of such rows is the same up to
 * their targets, so it is made once; and rows without a target are left out.
 *
 * <p>Rows are numbered in the order in which they first occur. Nothing is allocated but when there
 * are more rows than ever before.
 */
final class DistinctRows {

  private int count;
  private int[] first = new int[0]; // [u]
  private int[] start = new int[1]; // [u], and the end of the last
  private int[] members = new int[0]; // [i]
  private int[] number = new int[0]; // [m]
  private int[] table = new int[0]; // by hash: u + 1, or 0

  /**
   * Looks for them.
   *
   * @param x shape (M, H)
   * @param target of each of the M rows, negative where it has none
   * @return how many there are
   */
  int find(float[] x, int[] target, int M, int H) {
    makeRoom(M);
    Arrays.fill(table, 0);
    count = 0;
    for (int m = 0; m < M; m++) {
      number[m] = target[m] < 0 ? -1 : numberOf(x, m, H);
    }
    sortByNumber(M);
    return count;
  }

  private void makeRoom(int M) {
    if (number.length < M) {
      first = new int[M];
      start = new int[M + 1];
      members = new int[M];
      number = new int[M];
      table = new int[4 * Integer.highestOneBit(M)]; // at most half full
    }
  }

  private int numberOf(float[] x, int m, int H) {
    int from = m * H;
    int mask = table.length - 1;
    int slot = hash(x, from, H) & mask;
    while (table[slot] != 0) {
      int u = table[slot] - 1;
      int other = first[u] * H;
      if (Arrays.equals(x, from, from + H, x, other, other + H)) {
        return u;
      }
      slot = (slot + 1) & mask;
    }
    table[slot] = count + 1;
    first[count] = m;
    return count++;
  }

  /**
   * Two chains, which need not wait for one another; the lower bits of a value, which are often 0,
   * get some of the upper ones. At last the end of MurmurHash3.
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
    int mixed = a + 0x9E3779B9 * b;
    mixed = (mixed ^ mixed >>> 16) * 0x85EBCA6B;
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

  /** The first of the rows number u, from 0 on. */
  int first(int u) {
    return first[u];
  }

  /** The rows number u are {@link #member} from here to the start of u + 1, in ascending order. */
  int start(int u) {
    return start[u];
  }

  /** The i-th row that has a target, by ascending number, from 0 on. */
  int member(int i) {
    return members[i];
  }

  /** The number of row m, -1 if it has no target. */
  int number(int m) {
    return number[m];
  }
}
