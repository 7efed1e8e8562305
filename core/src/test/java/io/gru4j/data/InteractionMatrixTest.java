package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InteractionMatrixTest {
  @TempDir private Path folder;

  /** Few distinct times, so that many are equal. */
  private static List<Interaction> rows(int users, int items, int n, long seed) {
    Random random = new Random(seed);
    List<Interaction> rows = new ArrayList<>();
    for (int i = 0; i < n && users > 0 && items > 0; i++) {
      double time = random.nextInt(1 + n / 2) - 3 + random.nextInt(2) * 0.25;
      rows.add(new Interaction(random.nextInt(users), random.nextInt(items), time));
    }
    return rows;
  }

  /** The rows in the order a matrix keeps them. */
  private static List<Interaction> sorted(List<Interaction> rows) {
    List<Interaction> sorted = new ArrayList<>(rows); // List.sort is stable
    sorted.sort(
        Comparator.comparingInt(Interaction::user).thenComparingDouble(Interaction::timestamp));
    return sorted;
  }

  @Property
  void agreesWithNaiveLists(
      @ForAll @IntRange(max = 12) int users,
      @ForAll @IntRange(max = 9) int items,
      @ForAll @IntRange(max = 150) int n,
      @ForAll long seed) {
    List<Interaction> rows = rows(users, items, n, seed);
    InteractionMatrix matrix = InteractionMatrix.of(users, items, rows);

    assertEquals(users, matrix.numUsers());
    assertEquals(items, matrix.numItems());
    assertTrue(matrix.hasTimestamps());
    assertEquals(rows.size(), matrix.numInteractions());
    assertEquals(sorted(rows), matrix.rows());
    int[] activeUsers = rows.stream().mapToInt(Interaction::user).sorted().distinct().toArray();
    int[] activeItems = rows.stream().mapToInt(Interaction::item).sorted().distinct().toArray();
    assertArrayEquals(activeUsers, matrix.activeUsers());
    assertArrayEquals(activeItems, matrix.activeItems());
    assertEquals(activeUsers.length, matrix.numActiveUsers());
    assertEquals(activeItems.length, matrix.numActiveItems());
    CsrMatrix counts = matrix.values();
    CsrMatrix binary = matrix.binaryValues();
    TimestampMatrix last = matrix.lastTimestampsMatrix();
    assertEquals(users, last.numUsers());
    assertEquals(items, last.numItems());
    long pairs = 0;
    for (int user = 0; user < users; user++) {
      int u = user;
      List<Interaction> history = sorted(rows).stream().filter(r -> r.user() == u).toList();
      assertEquals(history.size(), matrix.historyLength(user));
      int[] historyItems = history.stream().mapToInt(Interaction::item).toArray();
      assertArrayEquals(historyItems, matrix.sortedItems(user));
      assertArrayEquals(historyItems, matrix.items(user));
      assertArrayEquals(
          history.stream().mapToDouble(Interaction::timestamp).toArray(), matrix.timestamps(user));
      for (int k = 0; k < history.size(); k++) {
        assertEquals(history.get(k).item(), matrix.item(user, k));
        assertEquals(history.get(k).timestamp(), matrix.timestamp(user, k));
      }
      for (int item = 0; item < items; item++) {
        int i = item;
        long count = history.stream().filter(r -> r.item() == i).count();
        OptionalDouble latest =
            history.stream().filter(r -> r.item() == i).mapToDouble(Interaction::timestamp).max();
        assertEquals(count, counts.get(user, item));
        assertEquals(count > 0, counts.isStored(user, item));
        assertEquals(count > 0 ? 1 : 0, binary.get(user, item));
        assertEquals(latest, last.get(user, item));
        pairs += count > 0 ? 1 : 0;
      }
      assertArrayEquals(counts.rowIndices(user), last.rowIndices(user));
      assertArrayEquals(
          IntStream.of(last.rowIndices(user))
              .mapToDouble(i -> last.get(u, i).getAsDouble())
              .toArray(),
          last.rowValues(user));
    }
    assertEquals(pairs, binary.nnz());
    assertEquals(pairs, last.nnz());
    assertEquals(users * items == 0 ? 0 : (double) pairs / (users * items), matrix.density());
  }

  @Property
  void filtersAndUnionAgreeWithNaiveLists(
      @ForAll @IntRange(min = 1, max = 8) int users,
      @ForAll @IntRange(min = 1, max = 8) int items,
      @ForAll @IntRange(max = 100) int n,
      @ForAll long seed) {
    List<Interaction> rows = rows(users, items, n, seed);
    InteractionMatrix matrix = InteractionMatrix.of(users, items, rows);
    Random random = new Random(~seed);
    double t = rows.isEmpty() ? 0 : rows.get(random.nextInt(rows.size())).timestamp();
    Set<Integer> someUsers = some(users, random);
    Set<Integer> someItems = some(items, random);

    assertKept(matrix, rows, r -> r.timestamp() > t, matrix.timestampsGt(t));
    assertKept(matrix, rows, r -> r.timestamp() >= t, matrix.timestampsGte(t));
    assertKept(matrix, rows, r -> r.timestamp() < t, matrix.timestampsLt(t));
    assertKept(matrix, rows, r -> r.timestamp() <= t, matrix.timestampsLte(t));
    assertKept(matrix, rows, r -> someUsers.contains(r.user()), matrix.usersIn(someUsers));
    assertKept(matrix, rows, r -> someItems.contains(r.item()), matrix.itemsIn(someItems));

    List<Interaction> others = rows(users, items, n / 2, seed + 1);
    InteractionMatrix union = matrix.union(InteractionMatrix.of(users, items, others));
    List<Interaction> both =
        Stream.concat(sorted(rows).stream(), sorted(others).stream()).collect(Collectors.toList());
    assertEquals(sorted(both), union.rows());
  }

  private static Set<Integer> some(int size, Random random) {
    Set<Integer> some = new TreeSet<>();
    for (int id = 0; id < size; id++) {
      if (random.nextBoolean()) {
        some.add(id);
      }
    }
    return some;
  }

  private static void assertKept(
      InteractionMatrix matrix,
      List<Interaction> rows,
      Predicate<Interaction> kept,
      InteractionMatrix actual) {
    assertTrue(matrix.sameShape(actual), "a filter keeps the shape");
    assertEquals(sorted(rows.stream().filter(kept).toList()), actual.rows());
  }

  @Property
  void isTheSameAfterSaveAndLoad(
      @ForAll @IntRange(max = 8) int users,
      @ForAll @IntRange(max = 8) int items,
      @ForAll @IntRange(max = 60) int n,
      @ForAll boolean times,
      @ForAll boolean gzip,
      @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    List<Interaction> rows = new ArrayList<>();
    for (Interaction row : rows(users, items, n, seed)) {
      double any = Double.longBitsToDouble(random.nextLong());
      double time =
          switch (random.nextInt(4)) {
            case 0 -> Double.isFinite(any) ? any : -0.0;
            case 1 -> (1L << 53) - random.nextInt(5);
            case 2 -> -1e300;
            default -> row.timestamp();
          };
      rows.add(new Interaction(row.user(), row.item(), time));
    }
    InteractionMatrix matrix = InteractionMatrix.of(users, items, rows);
    matrix = times ? matrix : matrix.withoutTimestamps();
    Path directory = Files.createTempDirectory("interactions");
    Path file = directory.resolve(gzip ? "x.tsv.gz" : "x.tsv");
    matrix.save(file);
    matrix.save(file); // replaces what is there
    InteractionMatrix loaded = InteractionMatrix.load(file);
    assertEquals(matrix, loaded);
    assertEquals(times, loaded.hasTimestamps());
    byte[] bytes = Files.readAllBytes(file);
    assertEquals(gzip, bytes[0] == 0x1f && bytes[1] == (byte) 0x8b);
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList(), "no temporary file stays");
    }
    Files.delete(file);
    Files.delete(directory);
  }

  /** More rows than the reader first makes room for, more text than the writer keeps. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void manyRowsAreTheSameAfterSaveAndLoad(boolean times) throws IOException {
    int n = 150_000;
    int[] users = new Random(1).ints(n, 0, 900).toArray();
    int[] items = new Random(2).ints(n, 0, 700).toArray();
    double[] timestamps = times ? new Random(3).ints(n, 0, 5000).asDoubleStream().toArray() : null;
    InteractionMatrix matrix = InteractionMatrix.of(900, 700, users, items, timestamps);
    Path file = folder.resolve("many.tsv.gz");
    matrix.save(file);
    assertEquals(matrix, InteractionMatrix.load(file));
  }

  @Test
  void matricesAreEqualByTheirContents() {
    List<Interaction> rows = List.of(new Interaction(0, 1, 5), new Interaction(1, 0, 6));
    InteractionMatrix matrix = InteractionMatrix.of(2, 3, rows);
    InteractionMatrix same = InteractionMatrix.of(2, 3, rows.reversed());
    assertEquals(matrix, same);
    assertEquals(matrix.hashCode(), same.hashCode());
    assertEquals(matrix.lastTimestampsMatrix(), same.lastTimestampsMatrix());
    assertEquals(matrix.lastTimestampsMatrix().hashCode(), same.lastTimestampsMatrix().hashCode());
    List<InteractionMatrix> others =
        List.of(
            InteractionMatrix.of(3, 3, rows),
            InteractionMatrix.of(2, 4, rows),
            InteractionMatrix.of(2, 3, rows.subList(0, 1)),
            InteractionMatrix.of(2, 3, List.of(rows.get(0), new Interaction(1, 1, 6))),
            InteractionMatrix.of(2, 3, List.of(rows.get(0), new Interaction(0, 0, 6))),
            InteractionMatrix.of(2, 3, List.of(rows.get(0), new Interaction(1, 0, 7))));
    for (InteractionMatrix other : others) {
      assertNotEquals(matrix, other);
      assertNotEquals(matrix.lastTimestampsMatrix(), other.lastTimestampsMatrix());
    }
    InteractionMatrix other = others.getLast(); // hashes differ, as most do
    assertNotEquals(matrix.hashCode(), other.hashCode());
    assertNotEquals(
        matrix.lastTimestampsMatrix().hashCode(), other.lastTimestampsMatrix().hashCode());
    assertNotEquals(matrix, matrix.withoutTimestamps());
    assertNotEquals(matrix.lastTimestampsMatrix(), null);
  }

  @Test
  void longHistoriesAreSortedStably() {
    // 1000 interactions with 10 distinct times: item = place in the input.
    List<Interaction> rows = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      rows.add(new Interaction(0, i, i * 7919 % 10));
    }
    int[] items = InteractionMatrix.of(1, 1000, rows).sortedItems(0);
    for (int k = 1; k < items.length; k++) {
      int before = items[k - 1] * 7919 % 10;
      int now = items[k] * 7919 % 10;
      assertTrue(before < now || (before == now && items[k - 1] < items[k]), "at " + k);
    }
  }

  @Test
  void equalTimesKeepTheOrderOfTheInput() {
    List<Interaction> rows =
        List.of(
            new Interaction(0, 3, 5),
            new Interaction(0, 1, 5),
            new Interaction(0, 2, 4),
            new Interaction(0, 0, 5));
    assertArrayEquals(new int[] {2, 3, 1, 0}, InteractionMatrix.of(1, 4, rows).sortedItems(0));
    List<Interaction> reversed = new ArrayList<>(rows);
    Collections.reverse(reversed);
    assertArrayEquals(new int[] {2, 0, 1, 3}, InteractionMatrix.of(1, 4, reversed).sortedItems(0));
  }

  @Test
  void worksWithoutTimestamps() {
    InteractionMatrix matrix =
        InteractionMatrix.of(2, 3, new int[] {1, 0, 1}, new int[] {2, 1, 0}, null);
    assertFalse(matrix.hasTimestamps());
    assertArrayEquals(new int[] {2, 0}, matrix.items(1));
    assertEquals(2, matrix.values().nnz(1));
    assertEquals(1, matrix.itemsIn(1).numInteractions());
    assertTrue(
        assertThrows(IllegalStateException.class, () -> matrix.sortedItems(0))
            .getMessage()
            .contains("has no timestamps"));
    assertThrows(IllegalStateException.class, () -> matrix.timestampsGt(0));
    assertThrows(IllegalStateException.class, () -> matrix.timestamps(0));
    assertThrows(IllegalStateException.class, () -> matrix.timestamp(0, 0));
    assertThrows(IllegalStateException.class, matrix::rows);
    assertThrows(IllegalStateException.class, matrix::lastTimestampsMatrix);
    InteractionMatrix timed = InteractionMatrix.of(2, 3, List.of(new Interaction(0, 0, 1)));
    assertMessage("the first has none", () -> matrix.union(timed));
    assertMessage("the second has none", () -> timed.union(matrix));
  }

  @Test
  void namesRowAndFault() {
    assertMessage(
        "InteractionMatrix: row 1: user 2 is outside [0, 2)",
        () -> InteractionMatrix.of(2, 2, new int[] {0, 2}, new int[] {0, 0}, null));
    assertMessage(
        "InteractionMatrix: row 0: item -1 is outside [0, 2)",
        () -> InteractionMatrix.of(2, 2, new int[] {0}, new int[] {-1}, null));
    assertMessage(
        "InteractionMatrix: row 0: item 2 is outside [0, 2)",
        () -> InteractionMatrix.of(2, 2, new int[] {0}, new int[] {2}, null));
    assertMessage(
        "row 1: timestamp NaN is not a finite number",
        () ->
            InteractionMatrix.of(
                1, 1, new int[] {0, 0}, new int[] {0, 0}, new double[] {1, Double.NaN}));
    assertMessage(
        "2 users, 1 items: the lengths must be equal",
        () -> InteractionMatrix.of(2, 2, new int[] {0, 1}, new int[] {0}, null));
    assertMessage(
        "1 users, 1 items, 2 timestamps",
        () -> InteractionMatrix.of(2, 2, new int[] {0}, new int[] {0}, new double[] {0, 1}));
    assertMessage(
        "cannot have -1 users", () -> InteractionMatrix.of(-1, 2, new int[0], new int[0], null));
    InteractionMatrix matrix = InteractionMatrix.of(2, 3, List.of());
    assertMessage("user 2 is outside [0, 2)", () -> matrix.usersIn(2));
    assertMessage("item 3 is outside [0, 3)", () -> matrix.itemsIn(3));
    assertMessage(
        "equal shapes, got 2 users x 3 items and 3 users x 3 items",
        () -> matrix.union(InteractionMatrix.of(3, 3, List.of())));
    int most = Integer.MAX_VALUE - 8;
    assertEquals(most, InteractionMatrix.unionRows(most - 5, 5));
    assertMessage(
        "the union of a matrix of 2147483634 rows and one of 6 has 2147483640, at most 2147483639",
        () -> InteractionMatrix.unionRows(most - 5, 6));
    assertMessage(
        "has 4294967278, at most 2147483639", () -> InteractionMatrix.unionRows(most, most));
    assertMessage("NaN", () -> matrix.timestampsGt(Double.NaN));
    assertThrows(IndexOutOfBoundsException.class, () -> matrix.sortedItems(2));
    assertThrows(IndexOutOfBoundsException.class, () -> matrix.item(0, 0));
  }

  private static void assertMessage(String part, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void refusesFilesThatAreNoSavedMatrix() throws IOException {
    String first = "#gru4j-interactions version=1 users=2 items=3 rows=2\n";
    String header = "user\titem\ttimestamp\n";
    assertFileFault("", "is empty, expected a saved InteractionMatrix");
    assertFileFault("SessionId\tItemId\n", ":1: the first line is not that of a saved");
    assertFileFault(first, "ends after its first line");
    assertFileFault(first + "user\titem\tzeit\n", ":2: the header line is");
    assertFileFault(first + header + "0\t0\t1\n", "ends after 1 rows, expected rows=2");
    assertFileFault(first + header + "0\t0\t1\n0\t0\t1\n0\t0\t1\n", ":5: there are more rows");
    assertFileFault(first + header + "0\t3\t1\n", ":3: item \"3\" is not a whole number in [0, 3)");
    assertFileFault(first + header + "x\t0\t1\n", ":3: user \"x\" is not a whole number in [0, 2)");
    assertFileFault(first + header + "0\t0\tnow\n", ":3: timestamp \"now\" is not a number");
    assertFileFault(
        "#gru4j-interactions version=1 users=9999999999 items=3 rows=2\n",
        "users=9999999999 is more than a matrix can have");
    assertFileFault(
        "#gru4j-interactions version=1 users=2 items=3 rows=2147483646\n" + header,
        "ends after 0 rows");
    assertFileFault(
        "#gru4j-interactions version=1 users=2147483646 items=1 rows=0\n" + header,
        ":1: users=2147483646 takes 16383 MiB before any row, this JVM can hold "
            + Runtime.getRuntime().maxMemory() / (1 << 20));
    assertFileFault(
        "#gru4j-interactions version=1 users=2 items=2147483647 rows=0\n" + header,
        ":1: items=2147483647 is more than a matrix can have");
  }

  private void assertFileFault(String content, String part) throws IOException {
    Path file = folder.resolve("matrix.tsv");
    Files.writeString(file, content);
    String message =
        assertThrows(SessionFileException.class, () -> InteractionMatrix.load(file)).getMessage();
    assertTrue(message.startsWith(file.toString()) && message.contains(part), message);
  }

  @Test
  void moreUsersThanAnArrayHasAreRefused() {
    for (int users : new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE - 8, -1}) {
      assertEquals(
          "InteractionMatrix: cannot have "
              + users
              + " users and 3 items, users are in [0, 2147483638] and items in [0, 2147483647]",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> InteractionMatrix.of(users, 3, new int[0], new int[0], null))
              .getMessage());
    }
  }

  @Test
  void aBuilderTakesTextIdsInAnyOrder() {
    SessionData data =
        InteractionMatrix.builder()
            .add("b", "sock", 2)
            .add("a", "é", 5)
            .add("b", "shoe", 1)
            .add("b", "é", 2)
            .build();
    assertEquals(List.of("b", "a"), data.sessions().ids());
    assertEquals(List.of("sock", "é", "shoe"), data.items().ids());
    assertArrayEquals(new int[] {2, 0, 1}, data.interactions().items(0));
    assertArrayEquals(new double[] {1, 2, 2}, data.interactions().timestamps(0));
    assertArrayEquals(new int[] {1}, data.interactions().items(1));
    assertEquals(4, data.clicks());

    InteractionsBuilder builder = InteractionMatrix.builder().add("a", "b", 0);
    for (String[] wrong :
        new String[][] {
          {"", "b", "1", "click 1: the session's id is empty"},
          {"a", "", "1", "click 1: the item's id is empty"},
          {"a", "\ud800", "1", "click 1: the item's id \"?\" has an unpaired surrogate"},
          {"a", "b", "NaN", "click 1: time NaN is not a finite number"}
        }) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> builder.add(wrong[0], wrong[1], Double.parseDouble(wrong[2])))
              .getMessage();
      assertEquals(wrong[3].split("\"")[0], message.split("\"")[0]);
    }
    for (int i = 0; i < 100; i++) {
      builder.add("s" + i % 7, "i" + i % 9, i);
    }
    SessionData many = builder.build();
    assertEquals(101, many.interactions().numInteractions());
    assertEquals(8, many.sessions().size());
    assertThrows(IllegalStateException.class, () -> builder.add("a", "b", 0));
  }
}
