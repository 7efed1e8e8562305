package io.gru4j.cli;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.model.FittedModel;
import io.gru4j.tensor.Parallel;
import java.util.Arrays;
import java.util.List;

/**
 * How well items are predicted that were clicked seldom in training, more often, and most: the mean
 * cross-entropy over the whole catalogue of the last clicks of sessions, by the target's group.
 *
 * @param groups frequent, middle and rare items
 */
record FrequencyLoss(List<Group> groups) {
  private static final int MOST_TARGETS = 2_000;
  private static final double MOST_SCORES = 2e8; // of all targets: some seconds
  private static final int SCORES_AT_ONCE = 4_000_000;

  /**
   * Items with about a third of the training clicks.
   *
   * @param name such as {@code rare}
   * @param items how many
   * @param least clicks of one
   * @param most clicks of one
   * @param targets last clicks on them
   * @param loss mean over those, in nats; NaN if there are none
   */
  record Group(String name, int items, int least, int most, int targets, double loss) {}

  /**
   * Measures.
   *
   * @param data of the training
   * @param sessions whose last clicks are predicted from those before
   */
  static FrequencyLoss measure(
      FittedModel model, DataStatistics data, InteractionMatrix sessions, Parallel parallel) {
    int[] ends = ends(data);
    int[] groupOf = new int[model.numItems()];
    Arrays.fill(groupOf, ends.length - 1); // those without a click in these data
    for (int rank = 0; rank < data.items(); rank++) {
      int group = 0;
      while (rank >= ends[group]) {
        group++;
      }
      groupOf[data.popular()[rank]] = group;
    }
    double[] sums = new double[ends.length];
    int[] targets = new int[ends.length];
    Validation last = Validation.leaveLastOut(sessions);
    int most = (int) Math.clamp(MOST_SCORES / model.numItems(), 50, MOST_TARGETS);
    int[] users = GateHistogram.spread(last.out().activeUsers(), most);
    int atOnce = Math.max(1, SCORES_AT_ONCE / model.numItems());
    for (int from = 0; from < users.length; from += atOnce) {
      int[] some = Arrays.copyOfRange(users, from, Math.min(users.length, from + atOnce));
      CsrMatrix scores = model.predict(last.in().usersIn(some), null, parallel);
      for (int user : some) {
        int target = last.out().item(user, 0);
        sums[groupOf[target]] += loss(scores, user, target);
        targets[groupOf[target]]++;
      }
    }
    List<String> names = List.of("frequent", "middle", "rare");
    Group[] groups = new Group[ends.length];
    for (int g = 0; g < groups.length; g++) {
      int first = g == 0 ? 0 : ends[g - 1];
      int end = ends[g];
      int leastClicks = end > first ? data.popularity()[end - 1] : 0;
      int mostClicks = end > first ? data.popularity()[first] : 0;
      double loss = targets[g] == 0 ? Double.NaN : sums[g] / targets[g];
      groups[g] = new Group(names.get(g), end - first, leastClicks, mostClicks, targets[g], loss);
    }
    return new FrequencyLoss(List.of(groups));
  }

  /** The ranks where a third and two thirds of the clicks are reached, and all. */
  private static int[] ends(DataStatistics data) {
    int[] ends = new int[3];
    long sum = 0;
    int group = 0;
    for (int rank = 0; rank < data.items(); rank++) {
      sum += data.popularity()[rank];
      while (group < 2 && 3 * sum >= (group + 1) * data.clicks()) {
        ends[group++] = rank + 1;
      }
    }
    ends[2] = data.items();
    return ends;
  }

  private static double loss(CsrMatrix scores, int user, int target) {
    float[] row = scores.rowValues(user);
    double max = Double.NEGATIVE_INFINITY;
    for (float score : row) {
      max = Math.max(max, score);
    }
    double sum = 0;
    for (float score : row) {
      sum += Math.exp(score - max);
    }
    return max + Math.log(sum) - scores.get(user, target);
  }
}
