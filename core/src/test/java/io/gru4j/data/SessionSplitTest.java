package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SessionSplitTest {

  private static InteractionMatrix sessions(int users, long seed) {
    Random random = new Random(seed);
    List<Interaction> rows = new ArrayList<>();
    for (int user = 0; user < users; user++) {
      int start = random.nextInt(users);
      // the first and the last user always have interactions, so that there are two sessions
      boolean idle = user > 0 && user < users - 1 && random.nextInt(5) == 0;
      for (int n = idle ? 0 : 1 + random.nextInt(4); n > 0; n--) {
        rows.add(new Interaction(user, random.nextInt(5), start + random.nextInt(10)));
      }
    }
    return InteractionMatrix.of(users, 5, rows);
  }

  @Property
  void byFractionTakesTheNewest(
      @ForAll @IntRange(min = 2, max = 60) int users,
      @ForAll @IntRange(min = 1, max = 999) int perMille,
      @ForAll long seed) {
    InteractionMatrix all = sessions(users, seed);
    double fraction = perMille / 1000.0;
    SessionSplit split = SessionSplit.byFraction(all, fraction);
    int n = all.numActiveUsers();
    int newest = (int) Math.max(1, Math.min(n - 1, Math.round(fraction * n)));
    int[] expected =
        IntStream.of(all.activeUsers())
            .boxed()
            .sorted(
                Comparator.<Integer>comparingDouble(user -> all.timestamps(user)[0])
                    .thenComparingInt(user -> user))
            .skip(n - newest)
            .mapToInt(user -> user)
            .sorted()
            .toArray();
    assertArrayEquals(expected, split.validation().activeUsers());
    assertWhole(all, split);
    assertEquals(split, SessionSplit.byFraction(data(all), fraction));
  }

  private static SessionData data(InteractionMatrix all) {
    List<String> users = IntStream.range(0, all.numUsers()).mapToObj(u -> "u" + u).toList();
    return SessionData.of(all, IdMap.of(users), IdMap.of(List.of("a", "b", "c", "d", "e")));
  }

  @Property
  void byTimeTakesThoseThatStartThen(
      @ForAll @IntRange(min = 2, max = 60) int users, @ForAll long seed) {
    InteractionMatrix all = sessions(users, seed);
    double[] starts =
        IntStream.of(all.activeUsers())
            .mapToDouble(user -> all.timestamps(user)[0])
            .sorted()
            .toArray();
    double time = starts[new Random(seed).nextInt(starts.length)];
    if (time == starts[0]) {
      assertMessage("leaves one side empty", () -> SessionSplit.byTime(all, time));
      return;
    }
    SessionSplit split = SessionSplit.byTime(all, time);
    assertArrayEquals(
        IntStream.of(all.activeUsers()).filter(user -> all.timestamps(user)[0] >= time).toArray(),
        split.validation().activeUsers());
    assertWhole(all, split);
    assertEquals(split, SessionSplit.byTime(data(all), time));
  }

  private static void assertWhole(InteractionMatrix all, SessionSplit split) {
    assertTrue(split.train().numInteractions() > 0);
    assertTrue(split.validation().numInteractions() > 0);
    assertTrue(all.sameShape(split.train()));
    assertEquals(all, split.train().union(split.validation()));
    assertEquals(
        all.numActiveUsers(),
        split.train().numActiveUsers() + split.validation().numActiveUsers(),
        "no session is cut");
  }

  @Property
  void leaveLastOutTakesTheLastOfTwoOrMore(
      @ForAll @IntRange(min = 2, max = 60) int users, @ForAll boolean times, @ForAll long seed) {
    InteractionMatrix some = sessions(users, seed);
    InteractionMatrix all = times ? some : some.withoutTimestamps();
    Validation validation = Validation.leaveLastOut(all);
    for (int user = 0; user < users; user++) {
      int[] items = all.items(user);
      int n = items.length < 2 ? 0 : items.length;
      assertArrayEquals(Arrays.copyOf(items, Math.max(0, n - 1)), validation.in().items(user));
      assertArrayEquals(
          n == 0 ? new int[0] : new int[] {items[n - 1]}, validation.out().items(user));
    }
  }

  @Test
  void refusesWhatCannotBeSplit() {
    InteractionMatrix one = InteractionMatrix.of(3, 1, List.of(new Interaction(1, 0, 1)));
    assertMessage("two sessions or more", () -> SessionSplit.byFraction(one, 0.5));
    assertMessage("two sessions or more", () -> SessionSplit.byTime(one, 1));
    assertMessage("got 1.0", () -> SessionSplit.byFraction(one, 1));
    assertMessage("got 0.0", () -> SessionSplit.byFraction(one, 0));
    assertMessage("got NaN", () -> SessionSplit.byFraction(one, Double.NaN));
    assertMessage("timestamps", () -> SessionSplit.byFraction(one.withoutTimestamps(), 0.5));
    InteractionMatrix two =
        InteractionMatrix.of(2, 1, List.of(new Interaction(0, 0, 1), new Interaction(1, 0, 4)));
    assertMessage("sessions start from 1.0 to 4.0", () -> SessionSplit.byTime(two, 5));
    assertMessage("time NaN", () -> SessionSplit.byTime(two, Double.NaN));
    assertMessage("same shape", () -> new Validation(one, two));
    assertMessage("same shape", () -> new SessionSplit(one, two));
  }

  private static void assertMessage(String part, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }
}
