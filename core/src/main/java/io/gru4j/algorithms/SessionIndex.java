package io.gru4j.algorithms;

import io.gru4j.data.InteractionMatrix;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Which session has which items and which item is in which sessions. Sessions are numbered by when
 * they ended: the greater, the newer. Takes 8 bytes for each distinct item of each session, and 8
 * for each item and session. Immutable.
 */
final class SessionIndex {
  private final int[] itemStarts; // of session s in the items below; s + 1 ends it
  private final int[] items; // distinct
  private final int[] sessionStarts; // of item i in the sessions below; i + 1 ends it
  private final int[] sessions; // of an item, the newest first

  /**
   * Makes an index of sessions with timestamps; of those that end together, later users' are newer.
   */
  SessionIndex(InteractionMatrix x) {
    int[] users =
        Arrays.stream(x.activeUsers())
            .boxed()
            .sorted(Comparator.comparingDouble(u -> x.timestamp(u, x.historyLength(u) - 1)))
            .mapToInt(Integer::intValue)
            .toArray();
    itemStarts = new int[users.length + 1];
    sessionStarts = new int[x.numItems() + 1];
    int[] distinct = new int[x.numInteractions()];
    int n = 0;
    for (int s = 0; s < users.length; s++) {
      int[] sorted = x.items(users[s]);
      Arrays.sort(sorted);
      for (int i = 0; i < sorted.length; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1]) {
          distinct[n++] = sorted[i];
          sessionStarts[sorted[i] + 1]++;
        }
      }
      itemStarts[s + 1] = n;
    }
    items = Arrays.copyOf(distinct, n);
    for (int item = 0; item < x.numItems(); item++) {
      sessionStarts[item + 1] += sessionStarts[item];
    }
    sessions = new int[n];
    int[] next = sessionStarts.clone();
    for (int s = users.length - 1; s >= 0; s--) {
      for (int at = itemStarts[s]; at < itemStarts[s + 1]; at++) {
        sessions[next[items[at]]++] = s;
      }
    }
  }

  int numItems() {
    return sessionStarts.length - 1;
  }

  int numSessions() {
    return itemStarts.length - 1;
  }

  /** Where a session's items begin; they end where the next one's begin. */
  int itemStart(int session) {
    return itemStarts[session];
  }

  int item(int at) {
    return items[at];
  }

  /** Where an item's sessions begin; they end where the next one's begin. */
  int sessionStart(int item) {
    return sessionStarts[item];
  }

  int session(int at) {
    return sessions[at];
  }
}
