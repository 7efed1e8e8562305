package io.gru4j.algorithms;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.metrics.NextClickMetrics;
import io.gru4j.metrics.NextClickProtocol;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.nn.TopK;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Measures how well the next click is predicted: after every prefix of every test session, the item
 * that was clicked next is ranked among the whole catalogue.
 *
 * <p>Ties count against the scorer, if the protocol does not say otherwise: the rank is 1 + the
 * number of other items whose score is not below that of the item clicked. So a scorer that gives
 * all items the same score is right about nothing.
 *
 * {@snippet class="io.gru4j.JavadocExamplesTest" region="baseline"}
 */
public final class NextClickEvaluation {
  private static final int SESSIONS = 64; // of a task

  private NextClickEvaluation() {}

  /**
   * Ranks each click but the first of each session, on the caller's thread.
   *
   * @param scorer what is measured
   * @param sessions the test sessions; those of one click have nothing to predict
   * @param cutoffs the values of k wanted, each 1 or more
   * @return the metrics of all ranks
   */
  public static RankMetrics evaluate(
      SessionScorer scorer, InteractionMatrix sessions, int... cutoffs) {
    Judge judge = new Judge(scorer, sessions, NextClickProtocol.at(cutoffs), null);
    for (int user = 0; user < sessions.numUsers(); user++) {
      judge.session(user, false);
    }
    return judge.metrics.ranks();
  }

  /**
   * Ranks each click but the first of each session, and looks at what is recommended there: the
   * best items whose score is above 0. A click on an item that is on no list, whose score is not
   * above 0, is a miss however ties are counted.
   *
   * @param scorer what is measured; several threads ask it at once
   * @param sessions the test sessions; those of one click have nothing to predict
   * @param protocol how they are judged
   * @param clicksOrNull how often each item was clicked in training; null: the popularity is NaN
   * @param parallel runs the work; the result does not depend on it
   * @return the metrics of all ranks and lists
   */
  public static NextClickMetrics evaluate(
      SessionScorer scorer,
      InteractionMatrix sessions,
      NextClickProtocol protocol,
      int[] clicksOrNull,
      Parallel parallel) {
    int[] users = sessions.activeUsers();
    List<Judge> judges = new ArrayList<>();
    Queue<Judge> free = new ConcurrentLinkedQueue<>();
    parallel.run(
        Math.ceilDiv(users.length, SESSIONS),
        task -> {
          Judge judge = free.poll();
          if (judge == null) {
            judge = new Judge(scorer, sessions, protocol, clicksOrNull);
            synchronized (judges) {
              judges.add(judge);
            }
          }
          int end = Math.min(users.length, (task + 1) * SESSIONS);
          for (int i = task * SESSIONS; i < end; i++) {
            judge.session(users[i], true);
          }
          free.add(judge);
        });
    NextClickMetrics all = NextClickMetrics.empty(protocol, sessions.numItems(), clicksOrNull);
    for (Judge judge : judges) {
      all = all.merge(judge.metrics); // whole numbers: the same in any order
    }
    return all;
  }

  /**
   * Returns the rank of an item, ties against it.
   *
   * @param scores of all items; NaN counts as equal to anything
   * @param target the item, in [0, scores.length)
   * @return 1 + the number of other items whose score is not below the target's
   */
  public static int rank(float[] scores, int target) {
    float score = scores[target];
    int rank = 0;
    for (float other : scores) {
      rank += other < score ? 0 : 1; // the target itself is the 1
    }
    return rank;
  }

  /** The buffers and the figures of one thread. */
  private static final class Judge {
    private final SessionScorer scorer;
    private final InteractionMatrix sessions;
    private final NextClickProtocol protocol;
    private final float[] scores;
    private final BitSet seen;
    private final TopK top;
    private final int[] list;
    private final NextClickMetrics metrics;

    Judge(
        SessionScorer scorer,
        InteractionMatrix sessions,
        NextClickProtocol protocol,
        int[] clicksOrNull) {
      this.scorer = scorer;
      this.sessions = sessions;
      this.protocol = protocol;
      int numItems = sessions.numItems();
      scores = new float[numItems];
      seen = new BitSet(numItems);
      top = new TopK(Math.max(1, Math.min(protocol.largest(), numItems)));
      list = new int[top.capacity()];
      metrics = NextClickMetrics.empty(protocol, numItems, clicksOrNull);
    }

    void session(int user, boolean lists) {
      int[] items = sessions.items(user);
      seen.clear();
      for (int length = 1; length < items.length; length++) {
        if (protocol.seenExcluded()) {
          seen.set(items[length - 1]);
        }
        int target = items[length];
        if (!protocol.isTarget(target)) {
          continue;
        }
        scorer.score(items, length, scores);
        boolean listed = scores[target] > 0 || !lists;
        metrics.ranks().add(listed ? rankUnseen(target) : Double.POSITIVE_INFINITY);
        if (lists) {
          addList();
        }
      }
    }

    private double rankUnseen(int target) {
      if (seen.get(target)) {
        return Double.POSITIVE_INFINITY;
      }
      int last = rank(scores, target);
      float score = scores[target];
      int first = 1;
      for (float other : scores) {
        first += other > score ? 1 : 0;
      }
      for (int item = seen.nextSetBit(0); item >= 0; item = seen.nextSetBit(item + 1)) {
        last -= scores[item] < score ? 0 : 1;
        first -= scores[item] > score ? 1 : 0;
      }
      return protocol.ties().rank(first, last);
    }

    private void addList() {
      top.clear();
      for (int item = 0; item < scores.length; item++) {
        if (scores[item] > 0 && !seen.get(item)) {
          top.offer(item, scores[item]);
        }
      }
      top.sort();
      for (int i = 0; i < top.size(); i++) {
        list[i] = top.classAt(i);
      }
      metrics.lists().add(list, top.size());
    }
  }
}
