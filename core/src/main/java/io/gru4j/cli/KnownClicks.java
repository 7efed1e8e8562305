package io.gru4j.cli;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sessions as a model sees them, and what it does not see of them.
 *
 * @param known the clicks on items that the model knows; the sessions are all there
 * @param unknown the items of each session's other clicks, in their order
 */
record KnownClicks(SessionData known, List<List<String>> unknown) {

  /** Parts clicks on any items by those of a model. */
  static KnownClicks of(SessionData all, IdMap modelItems) {
    InteractionMatrix clicks = all.interactions();
    int[] users = new int[clicks.numInteractions()];
    int[] items = new int[users.length];
    double[] times = new double[users.length];
    List<List<String>> unknown = new ArrayList<>();
    int n = 0;
    for (int user = 0; user < clicks.numUsers(); user++) {
      List<String> left = new ArrayList<>();
      for (int position = 0; position < clicks.historyLength(user); position++) {
        String id = all.items().idOf(clicks.item(user, position));
        int item = modelItems.indexOf(id);
        if (item < 0) {
          left.add(id);
        } else {
          users[n] = user;
          items[n] = item;
          times[n++] = clicks.timestamp(user, position);
        }
      }
      unknown.add(List.copyOf(left));
    }
    InteractionMatrix matrix =
        InteractionMatrix.of(
            clicks.numUsers(),
            modelItems.size(),
            Arrays.copyOf(users, n),
            Arrays.copyOf(items, n),
            Arrays.copyOf(times, n));
    return new KnownClicks(SessionData.of(matrix, all.sessions(), modelItems), unknown);
  }
}
