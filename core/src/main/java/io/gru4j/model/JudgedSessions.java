package io.gru4j.model;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.metrics.NextClickProtocol;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.tensor.Parallel;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Sessions on which models with different catalogues are judged alike: every click but each
 * session's first is a target for each of them.
 *
 * <p>A target that a model does not know is a miss for it, and so is one that comes before the
 * model has seen an item that it knows. To leave such clicks out instead, as {@code gru4j evaluate}
 * does, would ask an old model only what it can answer: it would look the better the older it is.
 * Clicks on unknown items before a target are passed over, as a server passes over them.
 *
 * <p>Immutable, for any number of threads.
 */
public final class JudgedSessions {
  private final InteractionMatrix sessions;
  private final IdMap items;
  private final BitSet targets; // items of these sessions

  /**
   * Makes sessions whose clicks are all targets.
   *
   * @param sessions users are sessions, items have the numbers of {@code items}
   * @param items the id of each item
   * @throws IllegalArgumentException if there is not one id for each item
   */
  public JudgedSessions(InteractionMatrix sessions, IdMap items) {
    this(sessions, items, all(items));
    if (sessions.numItems() != items.size()) {
      throw new IllegalArgumentException(
          "the sessions have %d items, got %d ids".formatted(sessions.numItems(), items.size()));
    }
  }

  private JudgedSessions(InteractionMatrix sessions, IdMap items, BitSet targets) {
    this.sessions = sessions;
    this.items = items;
    this.targets = targets;
  }

  private static BitSet all(IdMap items) {
    BitSet all = new BitSet();
    all.set(0, items.size());
    return all;
  }

  /**
   * Returns these sessions with fewer targets: the clicks on items that an older catalogue lacks.
   *
   * @param known the older catalogue, whose items are no targets any more
   * @return the same sessions
   */
  public JudgedSessions newSince(IdMap known) {
    BitSet unknown = (BitSet) targets.clone();
    for (int item = 0; item < items.size(); item++) {
      if (known.indexOf(items.idOf(item)) >= 0) {
        unknown.clear(item);
      }
    }
    return new JudgedSessions(sessions, items, unknown);
  }

  /**
   * Returns how many clicks are to be predicted.
   *
   * @return at least 0
   */
  public int targets() {
    int count = 0;
    for (int user : sessions.activeUsers()) {
      for (int position = 1; position < sessions.historyLength(user); position++) {
        count += targets.get(sessions.item(user, position)) ? 1 : 0;
      }
    }
    return count;
  }

  /**
   * Ranks all targets over a model's whole catalogue. Ties count against the model.
   *
   * @param model what is judged
   * @param parallel runs the work; the result does not depend on it
   * @param cutoffs values of k for {@code recall@k} and so on, each at least 1
   * @return metrics of as many ranks as there are targets
   */
  public RankMetrics judge(FittedModel model, Parallel parallel, int... cutoffs) {
    int[] numbers = new int[items.size()]; // of the model; -1: it does not know the item
    BitSet known = new BitSet();
    for (int item = 0; item < numbers.length; item++) {
      numbers[item] = model.items().indexOf(items.idOf(item));
      if (numbers[item] >= 0 && targets.get(item)) {
        known.set(numbers[item]);
      }
    }
    NextClickProtocol protocol = NextClickProtocol.at(cutoffs).targets(known);
    RankMetrics ranks =
        model.evaluateRanks(numbered(numbers, model.numItems()), protocol, parallel);
    for (long misses = targets() - ranks.count(); misses > 0; misses--) {
      ranks.add(Double.POSITIVE_INFINITY);
    }
    return ranks;
  }

  /** The clicks on items that have a number, in their order. */
  private InteractionMatrix numbered(int[] numbers, int numItems) {
    int[] users = new int[sessions.numInteractions()];
    int[] clicked = new int[users.length];
    double[] places = new double[users.length];
    int n = 0;
    for (int user : sessions.activeUsers()) {
      for (int position = 0; position < sessions.historyLength(user); position++) {
        int number = numbers[sessions.item(user, position)];
        if (number >= 0) {
          users[n] = user;
          clicked[n] = number;
          places[n++] = position;
        }
      }
    }
    return InteractionMatrix.of(
        sessions.numUsers(),
        numItems,
        Arrays.copyOf(users, n),
        Arrays.copyOf(clicked, n),
        Arrays.copyOf(places, n));
  }
}
