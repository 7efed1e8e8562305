package io.gru4j.cli;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.tensor.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes sessions with a structure that can be learned, the same ones for the same seed everywhere.
 *
 * <p>Items lie on shelves of about 50. Shelves, and items on a shelf, are popular by Zipf's law,
 * and each item has a preferred successor on its shelf. A session is about two shelves: each click
 * stays on one or goes back to the other, and there it mostly takes the successor of the session's
 * last item on that shelf. So for about half of the clicks the last click alone says little: a
 * model must remember where the session left the other shelf.
 */
final class SyntheticSessions {
  private static final int SHELF = 50;
  private static final int SHORTEST = 3;
  private static final double GOES_ON = 0.85;
  private static final double CHANGES_SHELF = 0.5;
  private static final double TAKES_SUCCESSOR = 0.8;

  private final RandomStream random;
  private final int items;
  private final int shelves;
  private final double[] shelfShares; // cumulative
  private final double[][] itemShares; // by shelf, cumulative
  private final int[] successors;

  private SyntheticSessions(int items, long seed) {
    this.random = new RandomStream(seed);
    this.items = items;
    this.shelves = Math.max(2, items / SHELF);
    this.shelfShares = zipf(shelves);
    this.itemShares = new double[shelves][];
    this.successors = new int[items];
    for (int shelf = 0; shelf < shelves; shelf++) {
      int n = start(shelf + 1) - start(shelf);
      itemShares[shelf] = zipf(n);
      makeCycle(start(shelf), n);
    }
  }

  /**
   * Makes sessions.
   *
   * @param sessions how many, at least 1
   * @param items how many items there are, at least 4
   * @param seed any value
   * @return sessions with times; a later session has a greater number
   */
  static SessionData make(int sessions, int items, long seed) {
    return new SyntheticSessions(items, seed).make(sessions);
  }

  private SessionData make(int sessions) {
    int[] users = new int[16 * sessions];
    int[] clicked = new int[16 * sessions];
    double[] times = new double[16 * sessions];
    List<String> sessionIds = new ArrayList<>();
    int n = 0;
    for (int session = 0; session < sessions; session++) {
      sessionIds.add("s" + (session + 1));
      int[] shelf = new int[2];
      shelf[0] = draw(shelfShares);
      do {
        shelf[1] = draw(shelfShares);
      } while (shelf[1] == shelf[0]);
      int[] last = {-1, -1};
      int at = 0;
      int length = 0;
      do {
        if (length > 0 && random.nextDouble() < CHANGES_SHELF) {
          at = 1 - at;
        }
        boolean follows = last[at] >= 0 && random.nextDouble() < TAKES_SUCCESSOR;
        last[at] = follows ? successors[last[at]] : start(shelf[at]) + draw(itemShares[shelf[at]]);
        if (n == users.length) {
          users = Arrays.copyOf(users, 2 * n);
          clicked = Arrays.copyOf(clicked, 2 * n);
          times = Arrays.copyOf(times, 2 * n);
        }
        users[n] = session;
        clicked[n] = last[at];
        times[n++] = 1000.0 * session + length++;
      } while (length < SHORTEST || length < 1000 && random.nextDouble() < GOES_ON);
    }
    InteractionMatrix matrix =
        InteractionMatrix.of(
            sessions,
            items,
            Arrays.copyOf(users, n),
            Arrays.copyOf(clicked, n),
            Arrays.copyOf(times, n));
    return SessionData.of(matrix, IdMap.of(sessionIds), IdMap.of(itemIds()));
  }

  /** The first item of a shelf. */
  private int start(int shelf) {
    return (int) ((long) items * shelf / shelves);
  }

  private List<String> itemIds() {
    List<String> ids = new ArrayList<>();
    for (int shelf = 0; shelf < shelves; shelf++) {
      for (int item = start(shelf); item < start(shelf + 1); item++) {
        ids.add("shelf" + (shelf + 1) + "-item" + (item - start(shelf) + 1));
      }
    }
    return ids;
  }

  /** Puts the items of a shelf on a random cycle (Sattolo 1986). */
  private void makeCycle(int start, int n) {
    for (int i = 0; i < n; i++) {
      successors[start + i] = start + i;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i);
      int swapped = successors[start + i];
      successors[start + i] = successors[start + j];
      successors[start + j] = swapped;
    }
  }

  /** Cumulative shares of n things of which the i-th has weight 1 / i. */
  private static double[] zipf(int n) {
    double[] shares = new double[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += 1.0 / (i + 1);
      shares[i] = sum;
    }
    for (int i = 0; i < n; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  private int draw(double[] shares) {
    int at = Arrays.binarySearch(shares, random.nextDouble());
    return Math.min(shares.length - 1, at < 0 ? -at - 1 : at + 1);
  }
}
