package io.gru4j.algorithms;

import io.gru4j.tensor.nn.TopK;

/**
 * Finds a session's neighbours and adds up what speaks for their items, as {@link VSknn} says; the
 * buffers are reused. Belongs to one thread at a time.
 *
 * <p>Each item of the session has a list of its training sessions, the newest first. The search
 * takes the newest session at the head of any list, again and again: the lists it is taken from are
 * the items that it shares, so candidates and similarities come from one pass.
 */
final class NeighbourSearch {
  /** Distinct items of a session that find candidates, counted from its end. */
  static final int MOST_ITEMS = 100;

  private static final int NONE = -1; // session at the head of a list that has ended

  private final SessionIndex index;
  private final VSknn.Settings settings;
  private final TopK nearest; // candidates by their number
  private final double[] sums; // by item; 0 between two searches

  private final int[] candidates; // sessions, the newest first
  private final int[] sharedBack; // for each, clicks back to the newest one that it shares

  private int lists; // one for each distinct item of the session, the newest first
  private final int[] listItems = new int[MOST_ITEMS];
  private final int[] back = new int[MOST_ITEMS]; // clicks back to its newest click
  private final double[] weights = new double[MOST_ITEMS];
  private final int[] next = new int[MOST_ITEMS]; // place of the head in the index
  private final int[] heads = new int[MOST_ITEMS];

  NeighbourSearch(SessionIndex index, VSknn.Settings settings) {
    this.index = index;
    this.settings = settings;
    int most = Math.max(1, Math.min(settings.sampleSize(), index.numSessions()));
    candidates = new int[most];
    sharedBack = new int[most];
    nearest = new TopK(Math.min(settings.k(), most));
    sums = new double[index.numItems()];
  }

  /** Sets the scores of the neighbours' items; leaves the others as they are. */
  void addScores(int[] items, int length, float[] scores) {
    openLists(items, length);
    findCandidates();
    nearest.sort();
    for (int i = 0; i < nearest.size(); i++) {
      int candidate = nearest.classAt(i);
      double weight = settings.score().weight(sharedBack[candidate], length);
      double evidence = nearest.scoreAt(i) * weight;
      int session = candidates[candidate];
      for (int at = index.itemStart(session); at < index.itemStart(session + 1); at++) {
        sums[index.item(at)] += evidence;
      }
    }
    for (int i = 0; i < nearest.size(); i++) {
      int session = candidates[nearest.classAt(i)];
      for (int at = index.itemStart(session); at < index.itemStart(session + 1); at++) {
        int item = index.item(at);
        if (sums[item] > 0) { // the first neighbour that has it
          scores[item] = (float) (sums[item] * rarity(item));
          sums[item] = 0;
        }
      }
    }
  }

  private double rarity(int item) {
    int with = index.sessionStart(item + 1) - index.sessionStart(item);
    return 1 + settings.idf() * StrictMath.log((double) index.numSessions() / with);
  }

  private void openLists(int[] items, int length) {
    lists = 0;
    for (int b = 0; b < length && lists < MOST_ITEMS; b++) {
      int item = items[length - 1 - b];
      if (!isOpen(item)) {
        listItems[lists] = item;
        back[lists] = b;
        weights[lists] = settings.similarity().weight(b, length);
        next[lists] = index.sessionStart(item);
        heads[lists] = head(lists);
        lists++;
      }
    }
  }

  private boolean isOpen(int item) {
    for (int l = 0; l < lists; l++) {
      if (listItems[l] == item) {
        return true;
      }
    }
    return false;
  }

  private int head(int list) {
    boolean ended = next[list] == index.sessionStart(listItems[list] + 1);
    return ended ? NONE : index.session(next[list]);
  }

  private void findCandidates() {
    nearest.clear();
    for (int n = 0; n < candidates.length; n++) {
      int newest = NONE;
      for (int l = 0; l < lists; l++) {
        newest = Math.max(newest, heads[l]);
      }
      if (newest == NONE) {
        return;
      }
      double similarity = 0;
      int shared = NONE;
      for (int l = 0; l < lists; l++) {
        if (heads[l] == newest) {
          similarity += weights[l];
          shared = shared == NONE ? back[l] : shared;
          next[l]++;
          heads[l] = head(l);
        }
      }
      candidates[n] = newest;
      sharedBack[n] = shared;
      nearest.offer(n, (float) similarity);
    }
  }
}
