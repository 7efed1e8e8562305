package io.gru4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.metrics.NextClickMetrics;
import io.gru4j.metrics.NextClickProtocol;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.metrics.Ties;
import io.gru4j.tensor.Parallel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scores of a session depend on that session alone: neither other sessions nor threads change a
 * bit.
 */
class FittedModelTest {
  private static final int ITEMS = 53;
  private static final int SESSIONS = 1000; // several blocks, the last one not full
  private static final int[] THREADS = {1, 2, 7};

  private final FittedModel model = model(ITEMS);
  private final List<int[]> sessions = sessions(new Random(3));

  private static FittedModel model(int items) {
    int[] sizes = {7, 9};
    GruNetwork network = GruNetwork.zeros(items, 5, sizes, GruNetwork.Form.PANELS).initialise(11);
    network.parameters().forEach(p -> scale(p.value()));
    List<String> ids = IntStream.range(0, items).mapToObj(i -> "item" + i).toList();
    return new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), null);
  }

  /** So that a session's scores depend on all of it, visibly. */
  private static void scale(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= 100;
    }
  }

  /** Some without a click. */
  private static List<int[]> sessions(Random random) {
    return IntStream.range(0, SESSIONS)
        .mapToObj(s -> random.ints(s % 10, 0, ITEMS).toArray())
        .toList();
  }

  private static InteractionMatrix matrix(List<int[]> sessions) {
    return matrix(sessions, ITEMS);
  }

  private static InteractionMatrix matrix(List<int[]> sessions, int items) {
    List<Interaction> rows = new ArrayList<>();
    for (int user = 0; user < sessions.size(); user++) {
      for (int i = 0; i < sessions.get(user).length; i++) {
        rows.add(new Interaction(user, sessions.get(user)[i], i));
      }
    }
    return InteractionMatrix.of(sessions.size(), items, rows);
  }

  private static List<String> ids(int[] session) {
    return IntStream.of(session).mapToObj(i -> "item" + i).toList();
  }

  private static int[] indices(CsrMatrix m, int row) {
    return IntStream.range(0, m.nnz(row)).map(k -> m.index(row, k)).toArray();
  }

  /** NaN and -0.0 have bits too. */
  private static int[] bits(CsrMatrix m, int row) {
    return IntStream.range(0, m.nnz(row))
        .map(k -> Float.floatToRawIntBits(m.value(row, k)))
        .toArray();
  }

  private static void assertSameRow(CsrMatrix expected, int row, CsrMatrix actual, int other) {
    assertArrayEquals(indices(expected, row), indices(actual, other), "items of " + row);
    assertArrayEquals(bits(expected, row), bits(actual, other), "scores of " + row);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, ITEMS})
  void predictGivesEachSessionItsOwnScoresOnAnyNumberOfThreads(int topK) {
    InteractionMatrix all = matrix(sessions);
    Integer stored = topK == ITEMS ? null : (Integer) topK;
    for (int threads : THREADS) {
      try (Parallel parallel = new Parallel(threads)) {
        CsrMatrix scores = model.predict(all, stored, parallel);
        for (int s = 0; s < SESSIONS; s++) {
          CsrMatrix alone = model.predict(matrix(List.of(sessions.get(s))), stored, parallel);
          assertEquals(sessions.get(s).length == 0 ? 0 : topK, alone.nnz(0));
          assertSameRow(alone, 0, scores, s);
        }
      }
    }
  }

  /** Every protocol, on a model with equal scores, against counts over the predicted scores. */
  @ParameterizedTest
  @EnumSource(Ties.class)
  void evaluationAgreesWithCountsOverAllScores(Ties ties) {
    GruNetwork coarse = GruNetwork.zeros(ITEMS, 5, 9, 2).initialise(11);
    for (int item = 0; item < ITEMS; item++) { // three groups of one score each
      for (int h = 0; h < 9; h++) {
        coarse.outputWeight().set(item, h, coarse.outputWeight().get(item % 3, h));
      }
      coarse.outputBias().set(item, 0, item % 3 == 0 ? 1e-3f : 0);
    }
    List<String> ids = IntStream.range(0, ITEMS).mapToObj(i -> "item" + i).toList();
    int[] clicks = IntStream.range(0, ITEMS).map(i -> i * i % 7).toArray();
    FittedModel tied =
        new FittedModel(coarse, IdMap.of(ids), Map.of(), List.of(), null).withItemClicks(clicks);
    List<int[]> tests = sessions.subList(0, 200);
    for (FittedModel each : List.of(tied, model.withItemClicks(clicks))) {
      for (boolean excludeSeen : new boolean[] {false, true}) {
        NextClickProtocol protocol =
            NextClickProtocol.at(3, 20).ties(ties).excludeSeen(excludeSeen);
        NextClickMetrics expected = naive(each, tests, protocol);
        for (int threads : THREADS) {
          try (Parallel parallel = new Parallel(threads)) {
            NextClickMetrics actual = each.evaluate(matrix(tests), protocol, parallel);
            assertEquals(expected.ranks().toString(), actual.ranks().toString());
            for (int k : protocol.cutoffs()) {
              assertEquals(expected.lists().coverage(k), actual.lists().coverage(k));
              assertEquals(expected.lists().popularity(k), actual.lists().popularity(k));
            }
          }
        }
      }
    }
  }

  private static NextClickMetrics naive(
      FittedModel model, List<int[]> sessions, NextClickProtocol protocol) {
    NextClickMetrics metrics = NextClickMetrics.empty(protocol, ITEMS, model.itemClicks());
    try (Parallel one = new Parallel(1)) {
      for (int[] session : sessions) {
        for (int length = 1; length < session.length; length++) {
          int[] prefix = Arrays.copyOf(session, length);
          CsrMatrix scores = model.predict(matrix(List.of(prefix)), null, one);
          int target = session[length];
          List<Integer> candidates = new ArrayList<>(IntStream.range(0, ITEMS).boxed().toList());
          if (protocol.seenExcluded()) {
            candidates.removeAll(IntStream.of(prefix).boxed().toList());
          }
          float score = scores.get(0, target);
          int above = (int) candidates.stream().filter(j -> scores.get(0, j) > score).count();
          int atLeast = (int) candidates.stream().filter(j -> scores.get(0, j) >= score).count();
          boolean possible = candidates.contains(target);
          double rank = protocol.ties().rank(above + 1, atLeast);
          metrics.ranks().add(possible ? rank : Double.POSITIVE_INFINITY);
          candidates.sort(Comparator.comparing(j -> -scores.get(0, j)));
          metrics.lists().add(candidates.stream().mapToInt(j -> j).toArray(), candidates.size());
        }
      }
    }
    return metrics;
  }

  /**
   * What the items give to the gates is made once, by several tasks; one click alone goes without.
   */
  @Test
  void manySharedItemsGiveTheScoresOfSingleSessions() {
    int items = 2_000;
    FittedModel large = model(items);
    List<int[]> many = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      // the last half of the items is in the shortest sessions alone
      int[] session = i < items / 2 ? new int[] {i, items / 2 - 1 - i} : new int[] {i};
      many.add(session);
      many.add(session);
    }
    CsrMatrix first = null;
    for (int threads : new int[] {1, 2, 3, 8}) {
      try (Parallel parallel = new Parallel(threads)) {
        CsrMatrix scores = large.predict(matrix(many, items), 5, parallel);
        first = first == null ? scores : first;
        for (int s = 0; s < many.size(); s++) {
          assertSameRow(first, s, scores, s);
        }
        for (int s = threads; s < many.size(); s += 101) {
          CsrMatrix alone = large.predict(matrix(List.of(many.get(s)), items), 5, parallel);
          assertSameRow(alone, 0, scores, s);
        }
      }
    }
  }

  @Test
  void scoresDependOnTheSession() {
    try (Parallel parallel = new Parallel(1)) {
      CsrMatrix scores =
          model.predict(matrix(List.of(new int[] {1, 2}, new int[] {2, 1})), null, parallel);
      assertTrue(Math.abs(scores.value(0, 0) - scores.value(1, 0)) > 1e-3);
    }
  }

  @Test
  void matricesOfOtherItemsAreRefused() {
    String expected = "the model knows 53 items, got a matrix of 52";
    InteractionMatrix other = InteractionMatrix.of(1, ITEMS - 1, List.of());
    try (Parallel parallel = new Parallel(1)) {
      assertEquals(
          expected,
          assertThrows(IllegalArgumentException.class, () -> model.predict(other, null, parallel))
              .getMessage());
      assertEquals(
          expected,
          assertThrows(IllegalArgumentException.class, () -> model.evaluate(other, parallel, 5))
              .getMessage());
    }
    assertEquals(
        "the network has 53 items, got 1 ids",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new FittedModel(
                        model.network(), IdMap.of(List.of("a")), Map.of(), List.of(), null))
            .getMessage());
  }

  @Test
  void theOrderOfSessionsDoesNotMatter() {
    List<Integer> order = new ArrayList<>(IntStream.range(0, SESSIONS).boxed().toList());
    Collections.shuffle(order, new Random(5));
    try (Parallel parallel = new Parallel(2)) {
      CsrMatrix scores = model.predict(matrix(sessions), 6, parallel);
      CsrMatrix shuffled =
          model.predict(matrix(order.stream().map(sessions::get).toList()), 6, parallel);
      for (int s = 0; s < SESSIONS; s++) {
        assertSameRow(scores, order.get(s), shuffled, s);
      }
    }
  }

  @Test
  void evaluateCountsTheRanksOfSingleSessionsOnAnyNumberOfThreads() {
    int[] cutoffs = {1, 5, 20, ITEMS};
    RankMetrics expected = new RankMetrics(cutoffs);
    try (Parallel parallel = new Parallel(1)) {
      for (int[] session : sessions) {
        for (int end = 1; end < session.length; end++) {
          int[] prefix = IntStream.of(session).limit(end).toArray();
          CsrMatrix scores = model.predict(matrix(List.of(prefix)), null, parallel);
          float right = scores.value(0, session[end]);
          expected.add(
              (int) IntStream.range(0, ITEMS).filter(i -> scores.value(0, i) >= right).count());
        }
      }
    }
    for (int threads : THREADS) {
      try (Parallel parallel = new Parallel(threads)) {
        RankMetrics metrics = model.evaluate(matrix(sessions), parallel, cutoffs);
        assertEquals(expected.toString(), metrics.toString(), threads + " threads");
      }
    }
  }

  /** A test set in parts, of any size and in any order, has the metrics of the complete set. */
  @Property(tries = 50)
  void splittingATestSetDoesNotChangeItsMetrics(
      @ForAll @IntRange(min = 1, max = 5) int parts, @ForAll long seed) {
    Random random = new Random(seed);
    List<int[]> test = sessions.subList(0, 1 + random.nextInt(200));
    List<List<int[]>> split = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      split.add(new ArrayList<>());
    }
    for (int[] session : test) {
      split.get(random.nextInt(parts)).add(session);
    }
    Collections.shuffle(split, random);
    int[] cutoffs = {1, 7, 20};
    try (Parallel parallel = new Parallel(1)) {
      RankMetrics whole = model.evaluate(matrix(test), parallel, cutoffs);
      RankMetrics merged = new RankMetrics(cutoffs);
      for (List<int[]> part : split) {
        merged = merged.merge(model.evaluate(matrix(part), parallel, cutoffs));
      }
      assertEquals(whole.count(), merged.count());
      for (int k : cutoffs) {
        assertEquals(whole.recall(k), merged.recall(k), 0.0);
        assertEquals(whole.mrr(k), merged.mrr(k), 0.0);
        assertEquals(whole.ndcg(k), merged.ndcg(k), 0.0);
      }
    }
  }

  /** Every thread starts at another session, so that they are at different ones at a time. */
  @Test
  void sixtyFourThreadsGetTheBitsOfOne() throws Exception {
    int threads = 64;
    InteractionMatrix all = matrix(sessions);
    List<Recommendations> recommended =
        sessions.stream().map(s -> model.recommend(ids(s), 7, UnknownItems.FAIL)).toList();
    CsrMatrix scores;
    String ranks;
    try (Parallel one = new Parallel(1)) {
      scores = model.predict(all, 7, one);
      ranks = model.evaluate(all, one, 5).toString();
    }
    CountDownLatch start = new CountDownLatch(threads);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> users = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int first = t * SESSIONS / threads;
        int workers = 1 + t % 2;
        users.add(
            pool.submit(
                () -> {
                  start.countDown();
                  start.await();
                  for (int i = 0; i < SESSIONS; i++) {
                    int s = (first + i) % SESSIONS;
                    assertEquals(
                        recommended.get(s),
                        model.recommend(ids(sessions.get(s)), 7, UnknownItems.FAIL));
                  }
                  try (Parallel parallel = new Parallel(workers)) {
                    assertEquals(scores, model.predict(all, 7, parallel));
                    assertEquals(ranks, model.evaluate(all, parallel, 5).toString());
                  }
                  return null;
                }));
      }
      for (Future<?> user : users) {
        user.get();
      }
    }
  }

  @Test
  void recommendGivesWhatPredictScores() {
    try (Parallel parallel = new Parallel(1)) {
      CsrMatrix scores = model.predict(matrix(sessions), 7, parallel);
      for (int s = 1; s < 100; s++) {
        List<Recommendation> items =
            model.recommend(ids(sessions.get(s)), 7, UnknownItems.FAIL).items();
        assertEquals(scores.nnz(s), items.size());
        for (int i = 0; i < items.size(); i++) {
          assertTrue(i == 0 || items.get(i - 1).score() >= items.get(i).score(), "best first");
          int item = model.items().indexOf(items.get(i).item());
          int at = IntStream.of(indices(scores, s)).boxed().toList().indexOf(item);
          assertEquals(scores.value(s, at), items.get(i).score());
        }
      }
    }
  }

  @Test
  void unknownItemsAreLeftOutAndNamedOrAnError() {
    List<String> session = List.of("shoe", "item3", "sock", "item4", "shoe");
    Recommendations result = model.recommend(session, 5, UnknownItems.SKIP);
    assertEquals(List.of("shoe", "sock", "shoe"), result.unknown());
    assertEquals(
        model.recommend(List.of("item3", "item4"), 5, UnknownItems.FAIL).items(), result.items());
    assertEquals(
        "the model does not know item \"shoe\"",
        assertThrows(
                IllegalArgumentException.class,
                () -> model.recommend(session, 5, UnknownItems.FAIL))
            .getMessage());
    assertEquals(
        new Recommendations(List.of(), List.of("sock")),
        model.recommend(List.of("sock"), 5, UnknownItems.SKIP));
    assertEquals(
        new Recommendations(List.of(), List.of()),
        model.recommend(List.of(), 5, UnknownItems.SKIP));
    assertEquals(ITEMS, model.recommend(List.of("item1"), 999, UnknownItems.SKIP).items().size());
    assertThrows(
        IllegalArgumentException.class, () -> model.recommend(session, 0, UnknownItems.SKIP));
  }
}
