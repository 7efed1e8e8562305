package io.gru4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The trainings behind a model, as its file has them. */
class LineageTest {

  private static Lineage.Training night(SortedMap<Integer, String> forgotten, long count) {
    Map<String, Long> rows = Map.of("forgotten", count);
    return new Lineage.Training(null, 5, Map.of(), Map.of(), Map.of(), 1, rows, forgotten);
  }

  private static SortedMap<Integer, String> ids(int count, int length) {
    SortedMap<Integer, String> ids = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      ids.put(2 * i, "x".repeat(length));
    }
    return ids;
  }

  @Test
  void whatIsWrittenIsRead() {
    Lineage lineage =
        Lineage.UNKNOWN.plus(night(ids(0, 0), 0)).plus(night(ids(3, 5), 3)).plus(night(null, 0));
    assertEquals(lineage, Lineage.fromJson("chain", lineage.toJson()));
    assertEquals("x".repeat(5), lineage.trainings().get(1).forgotten().get(4));
    assertEquals(Map.of(), lineage.trainings().get(2).forgotten(), "none was");
    assertFalse(Lineage.UNKNOWN.plus(night(null, 0)).toJson().contains("\"forgotten\":{"));
  }

  /** Older ones are of no use without those after them. */
  @Test
  void theIdsOfTheLastNightsAreKept() {
    int half = Lineage.MOST_CHARACTERS / 2 / 1_012;
    Lineage lineage = Lineage.UNKNOWN.plus(night(ids(1, 1), 1));
    lineage = lineage.plus(night(ids(half, 1_000), half)).plus(night(ids(half / 2, 1_000), 1));
    assertEquals(1, lineage.trainings().getFirst().forgotten().size());
    lineage = lineage.plus(night(ids(half, 1_000), half));
    assertNull(lineage.trainings().get(0).forgotten());
    assertNull(lineage.trainings().get(1).forgotten());
    assertEquals(half / 2, lineage.trainings().get(2).forgotten().size());
    assertEquals(half, lineage.trainings().get(3).forgotten().size());
    lineage = Lineage.UNKNOWN.plus(night(ids(1, 1), 1)).plus(night(null, 7));
    assertNull(lineage.trainings().get(0).forgotten());
    lineage = Lineage.UNKNOWN.plus(night(ids(1, 1), 1)).plus(night(ids(3 * half, 1_000), 1));
    assertNull(lineage.trainings().get(1).forgotten(), "more than there is room for");
  }

  @Test
  void numbersThatAreNoneAreRefused() {
    String json = Lineage.UNKNOWN.plus(night(ids(1, 1), 1)).toJson();
    for (String number : List.of("-1", "x", "00", "9999999999", "1.0", "")) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> Lineage.fromJson("chain", json.replace("{\"0\":", "{\"" + number + "\":")));
      assertEquals(
          "chain[0]: forgotten: \"" + number + "\" is no number of an item", e.getMessage());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> Lineage.fromJson("chain", json.replace("{\"0\":\"x\"}", "[]")));
  }
}
