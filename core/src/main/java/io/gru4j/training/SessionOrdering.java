package io.gru4j.training;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import io.gru4j.tensor.RandomStream;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The order in which epochs take the sessions. */
final class SessionOrdering {
  private final InteractionMatrix sessions;
  private final SessionOrder order;
  private final long seed;

  SessionOrdering(InteractionMatrix sessions, SessionOrder order, long seed) {
    this.sessions = sessions;
    this.order = order;
    this.seed = seed;
  }

  /** Returns whether epochs differ. */
  boolean changes() {
    return order == SessionOrder.SHUFFLED;
  }

  /** Returns the users with interactions, in the order of an epoch; a new array. */
  int[] users(int epoch) {
    int[] users = sessions.activeUsers(); // ascending
    return switch (order) {
      case USER -> users;
      case TIME ->
          IntStream.of(users)
              .boxed()
              .sorted(Comparator.comparingDouble(user -> sessions.timestamp(user, 0)))
              .mapToInt(Integer::intValue)
              .toArray();
      case SHUFFLED -> shuffle(users, new RandomStream(RandomStream.at(seed, epoch)));
    };
  }

  /** Fisher-Yates. */
  private static int[] shuffle(int[] users, RandomStream random) {
    for (int i = users.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int user = users[i];
      users[i] = users[j];
      users[j] = user;
    }
    return users;
  }
}
