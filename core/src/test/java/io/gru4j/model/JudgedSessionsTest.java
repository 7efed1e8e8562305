package io.gru4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.InteractionsBuilder;
import io.gru4j.data.SessionData;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.tensor.Parallel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What a model does not know is a miss, whatever else it knows. */
class JudgedSessionsTest {
  private static final int CUTOFF = 5;

  /** An untrained model of the items from one number to another. */
  private static FittedModel model(long seed, int from, int to) {
    GruNetwork network = GruNetwork.zeros(to - from, 4, 6, 1).initialise(seed);
    network
        .parameters()
        .forEach(
            p -> {
              for (int i = 0; i < p.value().length; i++) {
                p.value()[i] *= 100;
              }
            });
    List<String> ids = IntStream.range(from, to).mapToObj(i -> "i" + i).toList();
    return new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), null);
  }

  private static List<List<String>> sessions(Random random, int items) {
    List<List<String>> sessions = new ArrayList<>();
    for (int s = 0; s < 120; s++) {
      sessions.add(random.ints(s % 7, 0, items).mapToObj(i -> "i" + i).toList());
    }
    return sessions;
  }

  private static JudgedSessions judged(List<List<String>> sessions) {
    InteractionsBuilder builder = InteractionMatrix.builder();
    for (int s = 0; s < sessions.size(); s++) {
      for (int i = 0; i < sessions.get(s).size(); i++) {
        builder.add("s" + s, sessions.get(s).get(i), i);
      }
    }
    SessionData data = builder.build();
    return new JudgedSessions(data.interactions(), data.items());
  }

  /** What a shop would show that has this model. */
  private static RankMetrics plain(
      FittedModel model, List<List<String>> sessions, IdMap oldOrNull) {
    RankMetrics ranks = new RankMetrics(CUTOFF);
    for (List<String> session : sessions) {
      for (int i = 1; i < session.size(); i++) {
        String target = session.get(i);
        if (oldOrNull != null && oldOrNull.indexOf(target) >= 0) {
          continue;
        }
        List<String> shown =
            model.recommend(session.subList(0, i), CUTOFF, UnknownItems.SKIP).items().stream()
                .map(Recommendation::item)
                .toList();
        int at = shown.indexOf(target);
        ranks.add(at < 0 ? Double.POSITIVE_INFINITY : at + 1);
      }
    }
    return ranks;
  }

  @Property(tries = 40)
  void eachTargetIsJudgedAsAShopWouldSeeIt(@ForAll long seed) {
    List<List<String>> sessions = sessions(new Random(seed), 30);
    FittedModel old = model(seed, 0, 20);
    FittedModel other = model(seed + 1, 10, 28); // drops items, has new ones, and never all
    JudgedSessions judged = judged(sessions);
    try (Parallel parallel = new Parallel(2)) {
      for (FittedModel model : List.of(old, other)) {
        assertEquals(
            plain(model, sessions, null).toString(),
            judged.judge(model, parallel, CUTOFF).toString());
        assertEquals(
            plain(model, sessions, old.items()).toString(),
            judged.newSince(old.items()).judge(model, parallel, CUTOFF).toString());
      }
    }
  }

  @Test
  void anUnknownTargetIsAMissAndNotLeftOut() {
    FittedModel model = model(1, 0, 6);
    List<String> best =
        model.recommend(List.of("i0"), 1, UnknownItems.SKIP).items().stream()
            .map(Recommendation::item)
            .toList();
    JudgedSessions judged =
        judged(List.of(List.of("i0", best.getFirst()), List.of("i0", "new"), List.of("new", "i0")));
    assertEquals(3, judged.targets());
    try (Parallel parallel = new Parallel(1)) {
      RankMetrics ranks = judged.judge(model, parallel, 1);
      assertEquals(3, ranks.count());
      assertEquals(1 / 3.0, ranks.recall(1), 0);
      RankMetrics ofNew = judged.newSince(model.items()).judge(model, parallel, 1);
      assertEquals(1, ofNew.count());
      assertEquals(0, ofNew.recall(1), 0);
    }
  }

  @Test
  void withoutATargetThereIsNoRank() {
    JudgedSessions judged = judged(List.of(List.of("i1"), List.of("i2")));
    assertEquals(0, judged.targets());
    try (Parallel parallel = new Parallel(1)) {
      assertTrue(Double.isNaN(judged.judge(model(1, 0, 6), parallel, 1).recall(1)));
    }
  }

  @Test
  void idsThatDoNotFitAreRefused() {
    InteractionMatrix one = InteractionMatrix.of(1, 2, new int[] {0}, new int[] {1}, null);
    IdMap three = IdMap.of(Arrays.asList("a", "b", "c"));
    assertThrows(IllegalArgumentException.class, () -> new JudgedSessions(one, three));
  }
}
