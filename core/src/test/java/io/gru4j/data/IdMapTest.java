package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class IdMapTest {

  /** Text of any characters, short so that prefixes of each other are common. */
  static String randomId(Random random) {
    StringBuilder id = new StringBuilder();
    for (int n = 1 + random.nextInt(6); n > 0; n--) {
      switch (random.nextInt(4)) {
        case 0 -> id.append((char) ('a' + random.nextInt(3)));
        case 1 -> id.append(" \t\"',;\\?\0".charAt(random.nextInt(9)));
        case 2 -> id.append((char) (0xa0 + random.nextInt(0x2000)));
        default -> id.appendCodePoint(0x1f600 + random.nextInt(50));
      }
    }
    return id.toString();
  }

  @Property
  void agreesWithAList(@ForAll @IntRange(max = 3000) int n, @ForAll long seed) {
    Random random = new Random(seed);
    Set<String> distinct = new LinkedHashSet<>();
    for (int i = 0; i < n; i++) {
      distinct.add(random.nextBoolean() ? randomId(random) : Integer.toString(i));
    }
    List<String> ids = new ArrayList<>(distinct);
    IdMap map = IdMap.of(ids);
    assertEquals(ids.size(), map.size());
    assertEquals(ids, map.ids());
    for (int i = 0; i < ids.size(); i++) {
      assertEquals(i, map.indexOf(ids.get(i)));
      assertEquals(ids.get(i), map.idOf(i));
    }
    for (int i = 0; i < 100; i++) {
      String id = randomId(random);
      assertEquals(ids.indexOf(id), map.indexOf(id));
    }
    assertEquals(map, IdMap.of(ids));
    assertEquals(map.hashCode(), IdMap.of(ids).hashCode());
  }

  @Test
  void orderAndBoundariesMatter() {
    assertNotEquals(IdMap.of(List.of("a", "b")), IdMap.of(List.of("b", "a")));
    assertNotEquals(IdMap.of(List.of("ab", "c")), IdMap.of(List.of("a", "bc")));
    assertNotEquals(
        IdMap.of(List.of("ab", "c")).hashCode(), IdMap.of(List.of("a", "bc")).hashCode());
    assertNotEquals(IdMap.of(List.of("a")).hashCode(), IdMap.of(List.of("b")).hashCode());
    assertEquals("IdMap(2 ids)", IdMap.of(List.of("ab", "c")).toString());
  }

  /**
   * Equal under {@code String.hashCode} and every other polynomial in 31. In a table almost half
   * full, ids that do not collide take searches of 1.5 slots, on average.
   */
  @Test
  void idsMadeToCollideAreFoundAsSoonAsOthers() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      StringBuilder id = new StringBuilder();
      for (int bit = 0; bit < 12; bit++) {
        id.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      ids.add(id.toString());
    }
    assertEquals(1, ids.stream().mapToInt(String::hashCode).distinct().count());
    IdMap map = IdMap.of(ids);
    long slots = 0;
    for (int i = 0; i < ids.size(); i++) {
      assertEquals(i, map.indexOf(ids.get(i)));
      slots += map.slotsSearched(ids.get(i));
    }
    assertTrue(slots < 2L * ids.size(), slots + " slots for " + ids.size() + " ids");
    assertTrue(slots > 1.1 * ids.size(), "some collide: " + slots + " slots");
    assertEquals(map, IdMap.of(ids), "whatever the seeds of the two");
  }

  @Test
  void refusesWhatIsNoId() {
    assertMessage("ids[1] is empty", List.of("a", ""));
    assertMessage("ids[2] = \"a\" is there already as ids[0]", List.of("a", "b", "a"));
    assertMessage("ids[0] has an unpaired surrogate", List.of("x\ud83d"));
    IdMap map = IdMap.of(List.of("?", "a"));
    assertEquals(-1, map.indexOf("\ud83d"), "an unpaired surrogate is not a question mark");
    assertEquals(-1, map.indexOf(""));
    assertThrows(IndexOutOfBoundsException.class, () -> map.idOf(2));
    assertThrows(IndexOutOfBoundsException.class, () -> map.idOf(-1));
    assertEquals(-1, IdMap.of(List.of()).indexOf("a"));
  }

  private static void assertMessage(String part, List<String> ids) {
    String message = assertThrows(IllegalArgumentException.class, () -> IdMap.of(ids)).getMessage();
    assertTrue(message.contains(part), message);
  }
}
