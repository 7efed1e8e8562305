package io.gru4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SessionOrderingTest {
  private static final TestSessions SESSIONS = TestSessions.make(3, 40, 12);

  @Test
  void sessionsAreOrderedByTheirFirstClick() {
    List<Interaction> rows = new ArrayList<>();
    int[] starts = {30, 10, 20, 10};
    for (int user = 0; user < 4; user++) {
      rows.add(new Interaction(user, 0, starts[user] + 1000));
      rows.add(new Interaction(user, 1, starts[user]));
    }
    InteractionMatrix x = InteractionMatrix.of(5, 2, rows);
    assertArrayEquals(new int[] {1, 3, 2, 0}, order(x, SessionOrder.TIME, 1).users(3));
    assertArrayEquals(new int[] {0, 1, 2, 3}, order(x, SessionOrder.USER, 1).users(3));
  }

  private static SessionOrdering order(InteractionMatrix x, SessionOrder order, long seed) {
    return new SessionOrdering(x, order, seed);
  }

  @Property(tries = 50)
  void shufflingIsAnewInEachEpochAndSeeded(
      @ForAll long seed, @ForAll @IntRange(max = 9) int epoch) {
    InteractionMatrix x = SESSIONS.x();
    int[] shuffled = order(x, SessionOrder.SHUFFLED, seed).users(epoch);
    assertArrayEquals(shuffled, order(x, SessionOrder.SHUFFLED, seed).users(epoch));
    assertFalse(
        Arrays.equals(shuffled, order(x, SessionOrder.SHUFFLED, seed).users(epoch + 1)), "epoch");
    assertFalse(
        Arrays.equals(shuffled, order(x, SessionOrder.SHUFFLED, seed + 1).users(epoch)), "seed");
    assertArrayEquals(x.activeUsers(), Arrays.stream(shuffled).sorted().toArray());
  }
}
