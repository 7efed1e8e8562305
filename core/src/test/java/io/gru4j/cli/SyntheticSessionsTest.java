package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.MarkovChain;
import io.gru4j.algorithms.NextClickEvaluation;
import io.gru4j.algorithms.Popularity;
import io.gru4j.algorithms.SessionScorer;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionSplit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SyntheticSessionsTest {
  @Property
  void shapesAreAsAskedFor(
      @ForAll @IntRange(min = 1, max = 60) int sessions,
      @ForAll @IntRange(min = 4, max = 300) int items,
      @ForAll long seed) {
    SessionData data = SyntheticSessions.make(sessions, items, seed);
    InteractionMatrix matrix = data.interactions();
    assertEquals(sessions, matrix.numUsers());
    assertEquals(items, matrix.numItems());
    double last = -1;
    for (int user = 0; user < sessions; user++) {
      assertTrue(matrix.historyLength(user) >= 3, "session " + user);
      for (double time : matrix.timestamps(user)) {
        assertTrue(time > last);
        last = time;
      }
    }
    assertEquals(matrix, SyntheticSessions.make(sessions, items, seed).interactions());
    assertNotEquals(matrix, SyntheticSessions.make(sessions, items, seed + 1).interactions());
  }

  /** The sessions of a seed are part of what the demo promises: they never change. */
  @Test
  void aSeedGivesTheSameSessionsForEver() {
    InteractionMatrix matrix = SyntheticSessions.make(3, 100, 42).interactions();
    assertEquals(EXPECTED, Arrays.toString(matrix.items(0)) + Arrays.toString(matrix.items(1)));
  }

  private static final String EXPECTED = "[63, 18, 21, 91, 72, 0, 54][50, 0, 79, 80, 76]";

  @Test
  void aSessionIsAboutTwoShelves() {
    SessionData data = SyntheticSessions.make(200, 1000, 7);
    for (int user = 0; user < 200; user++) {
      Set<String> shelves = new HashSet<>();
      for (int item : data.interactions().items(user)) {
        shelves.add(data.items().idOf(item).replaceAll("-.*", ""));
      }
      assertTrue(shelves.size() <= 2, shelves.toString());
    }
  }

  /**
   * The purpose of the demo: a scorer that remembers where the session left each shelf is much
   * better than one that sees the last click, and that one than the most popular items.
   */
  @Test
  void memoryHelps() {
    SessionData data = SyntheticSessions.make(3000, 200, 3);
    SessionSplit split = SessionSplit.byFraction(data, 0.1);
    InteractionMatrix test = split.validation();
    double popular =
        NextClickEvaluation.evaluate(new Popularity().fit(split.train()), test, 20).mrr(20);
    double markov =
        NextClickEvaluation.evaluate(new MarkovChain().fit(split.train()), test, 20).mrr(20);
    double memory = NextClickEvaluation.evaluate(new Memory(split.train()), test, 20).mrr(20);
    assertTrue(markov > 1.5 * popular, markov + " of Markov, " + popular + " of popular");
    assertTrue(memory > 1.2 * markov, memory + " of memory, " + markov + " of Markov");
  }

  /** Counts successors on the same shelf, across clicks on the other one. */
  private static final class Memory implements SessionScorer {
    private static final int SHELF = 50;
    private final Map<Long, Integer> successors = new HashMap<>();

    Memory(InteractionMatrix sessions) {
      for (int user = 0; user < sessions.numUsers(); user++) {
        Map<Integer, Integer> last = new HashMap<>();
        for (int item : sessions.items(user)) {
          Integer before = last.put(item / SHELF, item);
          if (before != null) {
            successors.merge((long) before << 32 | item, 1, Integer::sum);
          }
        }
      }
    }

    @Override
    public void score(int[] items, int length, float[] scores) {
      Arrays.fill(scores, 0);
      Map<Integer, Integer> last = new HashMap<>();
      for (int i = 0; i < length; i++) {
        last.put(items[i] / SHELF, items[i]);
      }
      for (int before : last.values()) {
        for (int item = 0; item < scores.length; item++) {
          scores[item] += successors.getOrDefault((long) before << 32 | item, 0);
        }
      }
    }
  }
}
