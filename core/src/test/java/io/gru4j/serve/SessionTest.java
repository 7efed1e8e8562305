package io.gru4j.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.Recommendation;
import io.gru4j.model.UnknownItems;
import io.gru4j.tensor.Parallel;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A live session gives the results of the model for its clicks, to the same bits. */
class SessionTest {
  private static final int ITEMS = 83;
  private static final FittedModel MODEL = model(5);
  private static final Recommender RECOMMENDER = new Recommender(MODEL);

  private static FittedModel model(long seed) {
    int[] sizes = {7, 9};
    GruNetwork network = GruNetwork.zeros(ITEMS, 5, sizes, GruNetwork.Form.PANELS).initialise(seed);
    network
        .parameters()
        .forEach(
            p -> {
              for (int i = 0; i < p.value().length; i++) {
                p.value()[i] *= 100; // so that scores depend on all clicks, visibly
              }
            });
    List<String> ids = IntStream.range(0, ITEMS).mapToObj(i -> "item" + i).toList();
    return new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), null);
  }

  private static List<String> clicks(Random random, int count) {
    return random.ints(count, 0, ITEMS).mapToObj(i -> "item" + i).toList();
  }

  private static Session session(List<String> clicks) {
    Session session = RECOMMENDER.newSession();
    clicks.forEach(session::click);
    return session;
  }

  private static List<Recommendation> expected(List<String> clicks, int k) {
    return MODEL.recommend(clicks, k, UnknownItems.FAIL).items();
  }

  @Property
  void topIsWhatTheModelRecommends(
      @ForAll @IntRange(min = 1, max = 12) int length,
      @ForAll @IntRange(min = 1, max = 100) int k,
      @ForAll long seed) {
    List<String> clicks = clicks(new Random(seed), length);
    Session session = session(clicks);
    List<Recommendation> top = session.top(k);
    assertEquals(expected(clicks, k), top);
    float[] scores = new float[ITEMS];
    session.scores(scores);
    for (Recommendation r : top) {
      assertEquals(r.score(), session.score(r.item()));
      assertEquals(r.score(), scores[MODEL.items().indexOf(r.item())]);
    }
  }

  /** More sessions than a chunk, some without a click, on any threads, with every filter. */
  @Test
  void aMatrixGetsWhatItsSessionsGet() {
    Random random = new Random(8);
    List<Interaction> rows = new ArrayList<>();
    int users = 4_500;
    for (int user = 0; user < users; user++) {
      for (int n = random.nextInt(5); n > 0; n--) {
        rows.add(new Interaction(user, random.nextInt(ITEMS), rows.size()));
      }
    }
    InteractionMatrix sessions = InteractionMatrix.of(users, ITEMS, rows);
    ItemSet some = RECOMMENDER.itemSet(List.of("item3", "item5", "item8", "item13", "item21"));
    for (ItemFilter filter :
        List.of(ItemFilter.ALL, ItemFilter.ALL.unseen().without(some), ItemFilter.ALL.only(some))) {
      for (int threads : new int[] {1, 3}) {
        List<List<Recommendation>> all = new ArrayList<>();
        try (Parallel parallel = new Parallel(threads)) {
          RECOMMENDER.recommendAll(
              sessions,
              7,
              filter,
              parallel,
              (user, items) -> {
                assertEquals(all.size(), user);
                all.add(items);
              });
        }
        assertEquals(users, all.size());
        for (int user = 0; user < users; user += user % 2 == 0 ? 1 : 13) {
          Session session = RECOMMENDER.newSession();
          for (int item : sessions.items(user)) {
            session.click("item" + item);
          }
          assertEquals(session.top(7, filter), all.get(user));
        }
      }
    }
  }

  @Test
  void popularItemsAreThoseOfMostClicks() {
    assertThrows(IllegalStateException.class, () -> RECOMMENDER.popular(3, ItemFilter.ALL));
    int[] clicks = new int[ITEMS];
    clicks[5] = 7;
    clicks[3] = 7;
    clicks[8] = 9;
    Recommender counted = new Recommender(MODEL.withItemClicks(clicks));
    List<Recommendation> expected =
        List.of(
            new Recommendation("item8", 9),
            new Recommendation("item3", 7),
            new Recommendation("item5", 7));
    assertEquals(expected, counted.popular(3, ItemFilter.ALL));
    ItemFilter without = ItemFilter.ALL.without(counted.itemSet(List.of("item3")));
    assertEquals(List.of(expected.get(0), expected.get(2)), counted.popular(2, without));
    ItemFilter only = ItemFilter.ALL.only(counted.itemSet(List.of("item5", "item3")));
    assertEquals(List.of(expected.get(1), expected.get(2)), counted.popular(5, only.unseen()));
  }

  private static long allocated() throws ReflectiveOperationException {
    Object bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    return (long)
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getCurrentThreadAllocatedBytes")
            .invoke(bean);
  }

  /**
   * Bytes of a run: the least of some tries, repeated until it is no more than expected. Before the
   * JIT has compiled the code, vectors are boxed, and on a busy machine that can take a while. The
   * measurement itself allocates some hundred bytes a try, which does not matter with so many runs.
   */
  private static long allocatedBy(Runnable work, long expected)
      throws ReflectiveOperationException {
    int runs = 3_000;
    long least = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (least > expected && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(30)) {
      long before = allocated();
      for (int i = 0; i < runs; i++) {
        work.run();
      }
      least = Math.min(least, (allocated() - before) / runs);
    }
    return least;
  }

  @Test
  void inSteadyStateNothingIsAllocatedButTheResult() throws ReflectiveOperationException {
    Session session = session(List.of("item1"));
    float[] scores = new float[ITEMS];
    assertEquals(0, allocatedBy(() -> session.click("item2"), 0));
    assertEquals(0, allocatedBy(() -> session.scores(scores), 0));
    long ten = allocatedBy(() -> session.top(10), 10 * 100 + 100);
    long forty = allocatedBy(() -> session.top(40), 40 * 100 + 100);
    assertTrue(ten <= 10 * 100 + 100, () -> ten + " bytes for 10 items");
    assertTrue(forty <= 40 * 100 + 100, () -> forty + " bytes for 40 items");
  }

  /** The batch prediction of a complete history equals the live session, to the bit. */
  @Property
  void scoresAreThoseOfPredict(@ForAll @IntRange(min = 1, max = 40) int users, @ForAll long seed) {
    Random random = new Random(seed);
    List<List<String>> sessions = new ArrayList<>();
    List<Interaction> rows = new ArrayList<>();
    for (int user = 0; user < users; user++) {
      List<String> clicks = clicks(random, 1 + random.nextInt(9));
      sessions.add(clicks);
      for (int t = 0; t < clicks.size(); t++) {
        rows.add(new Interaction(user, MODEL.items().indexOf(clicks.get(t)), t));
      }
    }
    CsrMatrix predicted;
    try (Parallel parallel = new Parallel(1 + random.nextInt(3))) {
      predicted = MODEL.predict(InteractionMatrix.of(users, ITEMS, rows), null, parallel);
    }
    float[] scores = new float[ITEMS];
    for (int user = 0; user < users; user++) {
      Session session = session(sessions.get(user));
      session.scores(scores);
      for (int item = 0; item < ITEMS; item++) {
        int expected = Float.floatToRawIntBits(predicted.value(user, item));
        assertEquals(expected, Float.floatToRawIntBits(scores[item]));
        assertEquals(expected, Float.floatToRawIntBits(session.score("item" + item)));
      }
    }
  }

  @Property
  void filtersLeaveOutWhatTheySayAndKeepTheOrder(@ForAll long seed) {
    Random random = new Random(seed);
    List<String> clicks = clicks(random, 1 + random.nextInt(6));
    List<String> out = clicks(random, random.nextInt(40));
    List<String> candidates = clicks(random, 1 + random.nextInt(60));
    boolean only = random.nextBoolean();
    boolean unseen = random.nextBoolean();
    ItemFilter filter = ItemFilter.ALL.without(RECOMMENDER.itemSet(out));
    filter = only ? filter.only(RECOMMENDER.itemSet(candidates)) : filter;
    filter = unseen ? filter.unseen() : filter;
    List<Recommendation> left = new ArrayList<>(expected(clicks, ITEMS));
    left.removeIf(
        r ->
            out.contains(r.item())
                || only && !candidates.contains(r.item())
                || unseen && clicks.contains(r.item()));
    int k = 1 + random.nextInt(20);
    assertEquals(
        left.subList(0, Math.min(k, left.size())), session(clicks).top(k, filter), "k = " + k);
  }

  @Property(tries = 30)
  void batchesAreTheSessionsOneByOne(@ForAll @IntRange(max = 70) int count, @ForAll long seed) {
    Random random = new Random(seed);
    List<Session> together = new ArrayList<>();
    List<Session> alone = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> clicks = clicks(random, random.nextInt(4));
      together.add(session(clicks));
      alone.add(session(clicks));
    }
    List<String> next =
        IntStream.range(0, count)
            .mapToObj(i -> random.nextInt(4) == 0 ? "unknown" : "item" + random.nextInt(ITEMS))
            .toList();
    int known = RECOMMENDER.clickAll(together, next);
    assertEquals(next.stream().filter(id -> !id.equals("unknown")).count(), known);
    List<List<Recommendation>> top = RECOMMENDER.topAll(together, 7, ItemFilter.ALL.unseen());
    for (int i = 0; i < count; i++) {
      assertEquals(!next.get(i).equals("unknown"), alone.get(i).click(next.get(i)));
      assertEquals(alone.get(i).top(7, ItemFilter.ALL.unseen()), top.get(i));
    }
  }

  @Property
  void goesOnFromItsBytes(@ForAll @IntRange(max = 8) int length, @ForAll long seed)
      throws SessionFormatException {
    Random random = new Random(seed);
    Session session = session(clicks(random, length));
    Session copy = RECOMMENDER.read(session.toBytes());
    assertEquals(session.clicks(), copy.clicks());
    assertEquals(session.top(5, ItemFilter.ALL.unseen()), copy.top(5, ItemFilter.ALL.unseen()));
    String next = "item" + random.nextInt(ITEMS);
    session.click(next);
    copy.click(next);
    assertEquals(session.top(5), copy.top(5));
  }

  @Property
  void changedBytesAreRefused(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = session(clicks(random, 1 + random.nextInt(5))).toBytes();
    byte[] changed = bytes.clone();
    if (random.nextBoolean()) {
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    } else {
      changed = Arrays.copyOf(changed, random.nextInt(changed.length));
    }
    byte[] read = changed;
    assertThrows(SessionFormatException.class, () -> RECOMMENDER.read(read));
  }

  @Test
  void anotherModelsSessionsAndSetsAreRefused() {
    Recommender other = new Recommender(model(6));
    byte[] bytes = session(List.of("item1")).toBytes();
    SessionFormatException e = assertThrows(SessionFormatException.class, () -> other.read(bytes));
    assertEquals(SessionFormatException.Reason.OTHER_MODEL, e.reason());
    Session session = other.newSession();
    session.click("item1");
    ItemFilter filter = ItemFilter.ALL.without(RECOMMENDER.itemSet(List.of("item2")));
    assertThrows(IllegalArgumentException.class, () -> session.top(3, filter));
    assertThrows(
        IllegalArgumentException.class,
        () -> RECOMMENDER.topAll(List.of(session), 3, ItemFilter.ALL));
  }

  @Test
  void withoutAClickThereIsNothingToSay() {
    Session session = RECOMMENDER.newSession();
    assertFalse(session.click("unknown"));
    assertTrue(session.top(3).isEmpty());
    assertThrows(IllegalStateException.class, () -> session.score("item1"));
    session.click("item1");
    session.reset();
    assertTrue(session.top(3).isEmpty());
    session.click("item2");
    assertEquals(expected(List.of("item2"), 4), session.top(4));
    assertThrows(IllegalArgumentException.class, () -> session.top(0));
  }

  @Test
  void aSessionTwiceInABatchChangesNothing() {
    Session session = session(List.of("item1"));
    List<Recommendation> before = session.top(3);
    assertThrows(
        IllegalArgumentException.class,
        () -> RECOMMENDER.clickAll(List.of(session, session), List.of("item2", "item3")));
    assertEquals(before, session.top(3));
  }

  /** A call for very many items, or with large sets, does not hold its memory afterwards. */
  @Test
  void theLargestCallLeavesNoMemoryBehind() throws Exception {
    int items = 100_000;
    GruNetwork network = GruNetwork.zeros(items, 1, 1, 1).initialise(1);
    List<String> ids = IntStream.range(0, items).mapToObj(i -> "item" + i).toList();
    Recommender recommender =
        new Recommender(new FittedModel(network, IdMap.of(ids), Map.of(), List.of(), null));
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      Session session = recommender.newSession();
      session.click("item" + i);
      sessions.add(session);
    }
    recommender.topAll(sessions, 1000, ItemFilter.ALL);
    long before = usedHeap();
    ItemSet half = recommender.itemSet(ids.subList(0, items / 2));
    WeakReference<ItemSet> set = new WeakReference<>(half);
    WeakReference<Session> session = new WeakReference<>(recommender.newSession());
    session.get().click("item1");
    session.get().top(items, ItemFilter.ALL.without(half).unseen());
    half = null;
    recommender.topAll(sessions, items, ItemFilter.ALL);
    long after = usedHeap();
    assertTrue(after - before < 4 << 20, () -> (after - before) + " bytes are kept");
    assertNull(set.get());
    assertNull(session.get());
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
