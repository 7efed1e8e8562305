package io.gru4j.algorithms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.VSknn.Decay;
import io.gru4j.algorithms.VSknn.Settings;
import io.gru4j.data.CsrMatrix;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class VSknnTest {

  private static InteractionMatrix sessions(int users, int items, long seed) {
    Random random = new Random(seed);
    List<Interaction> rows = new ArrayList<>();
    for (int user = 0; user < users; user++) {
      for (int n = random.nextInt(7); n > 0; n--) {
        rows.add(new Interaction(user, random.nextInt(items), random.nextInt(50)));
      }
    }
    return InteractionMatrix.of(users, items, rows);
  }

  private static double weight(Decay decay, int back, int length) {
    return switch (decay) {
      case CONSTANT -> 1;
      case POSITION -> (double) (length - back) / length;
      case LINEAR -> back > 10 ? 0 : 1 - back / 10.0;
      case LOG -> 1 / Math.log10(back + 1.7);
      case RECIPROCAL -> 1.0 / (back + 1);
      case RECIPROCAL_SQUARE -> Math.pow(back + 1, -2);
    };
  }

  /** The definition, step by step, over all training sessions. */
  private static double[] naive(InteractionMatrix x, Settings settings, int[] session) {
    record Neighbour(int user, double similarity, int back) {}
    Map<Integer, Integer> back = new TreeMap<>(); // of each item, to its newest click
    for (int b = session.length - 1; b >= 0; b--) {
      back.put(session[session.length - 1 - b], b);
    }
    List<Integer> users = new ArrayList<>();
    for (int user : x.activeUsers()) {
      if (Arrays.stream(x.items(user)).anyMatch(back::containsKey)) {
        users.add(user);
      }
    }
    Comparator<Integer> byEnd =
        Comparator.comparingDouble(u -> x.timestamp(u, x.historyLength(u) - 1));
    users.sort(byEnd.thenComparing(u -> u).reversed());
    List<Neighbour> neighbours = new ArrayList<>();
    for (int user : users.subList(0, Math.min(users.size(), settings.sampleSize()))) {
      double similarity = 0;
      int newest = Integer.MAX_VALUE;
      List<Integer> shared = new ArrayList<>(back.keySet());
      shared.retainAll(Arrays.stream(x.items(user)).boxed().toList());
      shared.sort(Comparator.comparing(back::get));
      for (int item : shared) {
        similarity += weight(settings.similarity(), back.get(item), session.length);
        newest = Math.min(newest, back.get(item));
      }
      neighbours.add(new Neighbour(user, (float) similarity, newest));
    }
    neighbours.sort(Comparator.comparingDouble(n -> -n.similarity())); // stable: the newest first
    double[] scores = new double[x.numItems()];
    for (Neighbour each : neighbours.subList(0, Math.min(neighbours.size(), settings.k()))) {
      Set<Integer> items =
          new LinkedHashSet<>(Arrays.stream(x.items(each.user())).boxed().toList());
      for (int item : items) {
        scores[item] += each.similarity() * weight(settings.score(), each.back(), session.length);
      }
    }
    for (int item = 0; item < scores.length; item++) {
      int i = item;
      long with =
          IntStream.of(x.activeUsers())
              .filter(u -> Arrays.stream(x.items(u)).anyMatch(other -> other == i))
              .count();
      scores[item] *=
          1 + settings.idf() * Math.log(Math.max(1.0, x.numActiveUsers()) / Math.max(1, with));
    }
    return scores;
  }

  @Property
  void scoresAreThoseOfTheDefinition(
      @ForAll @IntRange(max = 30) int users,
      @ForAll @IntRange(min = 1, max = 9) int items,
      @ForAll @IntRange(min = 1, max = 12) int k,
      @ForAll @IntRange(min = 1, max = 20) int sampleSize,
      @ForAll Decay similarity,
      @ForAll Decay score,
      @ForAll long seed) {
    InteractionMatrix x = sessions(users, items, seed);
    Random random = new Random(seed + 1);
    Settings settings = new Settings(k, sampleSize, similarity, score, random.nextInt(3));
    VSknn knn = new VSknn(settings).fit(x);
    float[] scores = new float[items];
    for (int n = 0; n < 5; n++) {
      int[] session = random.ints(n * n, 0, items).toArray();
      int[] longer = Arrays.copyOf(session, session.length + 1); // beyond its length
      knn.score(longer, session.length, scores);
      double[] expected = naive(x, settings, session);
      for (int item = 0; item < items; item++) {
        assertEquals(expected[item], scores[item], 1e-5 * (1 + expected[item]), "item " + item);
      }
    }
  }

  @Test
  void anExampleByHand() {
    // Sessions 0: a b, 1: a c, 2: b d, each newer than the one before; asked for a, b.
    InteractionMatrix x =
        InteractionMatrix.of(
            3,
            4,
            new int[] {0, 0, 1, 1, 2, 2},
            new int[] {0, 1, 0, 2, 1, 3},
            new double[] {0, 1, 2, 3, 4, 5});
    float[] scores = new float[4];
    Settings settings = new Settings(3, 3, Decay.POSITION, Decay.RECIPROCAL, 0);
    new VSknn(settings).fit(x).score(new int[] {0, 1}, 2, scores);
    // similarities 1/2 + 1, 1/2, 1; b, shared by 0 and 2, is 0 clicks back, and a is 1 back
    assertArrayEquals(new float[] {1.5f + 0.25f, 1.5f + 1, 0.25f, 1}, scores);
    Settings newest = new Settings(3, 1, Decay.POSITION, Decay.CONSTANT, 0);
    new VSknn(newest).fit(x).score(new int[] {0, 1}, 2, scores);
    assertArrayEquals(new float[] {0, 1, 0, 1}, scores, "one candidate, the newest");
    Settings nearest = new Settings(1, 3, Decay.POSITION, Decay.CONSTANT, 0);
    new VSknn(nearest).fit(x).score(new int[] {0, 1}, 2, scores);
    assertArrayEquals(new float[] {1.5f, 1.5f, 0, 0}, scores, "one neighbour, the most similar");
    Settings rare = new Settings(1, 1, Decay.CONSTANT, Decay.CONSTANT, 2);
    new VSknn(rare).fit(x).score(new int[] {3}, 1, scores);
    double b = 1 + 2 * Math.log(3 / 2.0);
    double d = 1 + 2 * Math.log(3);
    assertArrayEquals(new float[] {0, (float) b, 0, (float) d}, scores);
  }

  @Test
  void aLongSessionSearchesWithItsNewestItems() {
    int items = NeighbourSearch.MOST_ITEMS + 2;
    InteractionMatrix x =
        InteractionMatrix.of(2, items, new int[] {0, 1}, new int[] {0, 5}, new double[2]);
    VSknn knn = new VSknn().fit(x);
    float[] scores = new float[items];
    int[] session = IntStream.range(0, items).toArray();
    knn.score(session, items, scores);
    assertEquals(0, scores[0], "clicked too long ago");
    assertTrue(scores[5] > 0);
  }

  @Test
  void threadsShareABaseline() throws InterruptedException {
    InteractionMatrix x = sessions(300, 40, 1);
    VSknn knn = new VSknn().fit(x);
    CsrMatrix expected = knn.predict(x);
    CsrMatrix[] found = new CsrMatrix[4];
    Thread[] threads = new Thread[found.length];
    for (int t = 0; t < threads.length; t++) {
      int place = t;
      threads[t] = Thread.ofPlatform().start(() -> found[place] = knn.predict(x));
    }
    for (int t = 0; t < threads.length; t++) {
      threads[t].join();
      assertEquals(expected, found[t]);
    }
  }

  @Test
  void everyBaselinePredictsAsItScores() {
    InteractionMatrix x = sessions(40, 9, 3);
    for (Baseline baseline : Baseline.all()) {
      assertThrows(IllegalStateException.class, () -> baseline.predict(x));
      assertThrows(
          IllegalStateException.class, () -> baseline.score(new int[] {0}, 1, new float[9]));
      NextItemPredictor predictor = baseline;
      CsrMatrix all = predictor.fit(x).predict(x);
      CsrMatrix best = predictor.predict(x, 2);
      float[] scores = new float[9];
      for (int user = 0; user < x.numUsers(); user++) {
        int[] session = x.items(user);
        if (session.length == 0) {
          assertEquals(0, all.nnz(user));
          continue;
        }
        baseline.score(session, session.length, scores);
        Integer[] order = IntStream.range(0, 9).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparing(item -> -scores[item]));
        for (int place = 0; place < 9; place++) {
          int item = order[place];
          assertEquals(scores[item], all.get(user, item));
          assertEquals(scores[item] > 0, all.isStored(user, item));
          assertEquals(scores[item] > 0 && place < 2, best.isStored(user, item));
        }
      }
      assertThrows(IllegalArgumentException.class, () -> baseline.predict(sessions(3, 8, 1)));
      assertThrows(IllegalArgumentException.class, () -> baseline.predict(x, 0));
      assertThrows(
          IllegalArgumentException.class, () -> baseline.score(new int[] {0}, 1, new float[3]));
    }
  }

  @Test
  void wrongSettingsAreNamed() {
    for (String wrong : List.of("k must be >= 1, got 0", "sampleSize must be >= 1, got -1")) {
      boolean k = wrong.startsWith("k");
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new Settings(k ? 0 : 1, k ? 1 : -1, Decay.LOG, Decay.LOG, 0))
              .getMessage();
      assertEquals(wrong, message);
    }
    assertThrows(
        IllegalArgumentException.class, () -> new Settings(1, 1, Decay.LOG, Decay.LOG, Double.NaN));
    assertThrows(
        IllegalArgumentException.class,
        () -> new VSknn().fit(sessions(3, 4, 1).withoutTimestamps()));
  }
}
