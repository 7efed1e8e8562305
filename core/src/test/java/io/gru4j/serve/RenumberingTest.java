package io.gru4j.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.data.IdMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Where items are after nights that forgot some and learned others. */
class RenumberingTest {

  /** By ids, as a server knows them that had all the models. */
  @Property(tries = 300)
  void everyItemIsWhereItsIdIs(@ForAll @IntRange(min = 1, max = 6) int nights, @ForAll long seed) {
    Random random = new Random(seed);
    List<List<String>> models = new ArrayList<>();
    List<SortedMap<Integer, String>> forgotten = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(20); i++) {
      ids.add("item" + i);
    }
    List<String> all = new ArrayList<>(ids);
    for (int night = 0; night < nights; night++) {
      models.add(List.copyOf(ids));
      SortedMap<Integer, String> gone = new TreeMap<>();
      for (int i = 0; i < ids.size(); i++) {
        if (random.nextInt(4) == 0) {
          gone.put(i, ids.get(i));
        }
      }
      ids.removeAll(gone.values());
      forgotten.add(gone);
      for (int i = 0; i < random.nextInt(5); i++) { // some come back
        String id = random.nextBoolean() ? all.get(random.nextInt(all.size())) : "new" + all.size();
        if (!ids.contains(id) && !gone.containsValue(id)) {
          ids.add(id);
          all.add(id);
        }
      }
      if (ids.isEmpty()) {
        ids.add("last" + night);
      }
    }
    IdMap now = IdMap.of(ids);
    Renumbering since = null;
    for (int night = nights - 1; night >= 0; night--) {
      since =
          since == null
              ? Renumbering.last(forgotten.get(night), now)
              : since.before(forgotten.get(night));
      List<String> then = models.get(night);
      for (int item = 0; item < then.size(); item++) {
        int expected = now.indexOf(then.get(item));
        assertEquals(expected, since.now(item), then.get(item) + ", seed " + seed);
        if (expected < 0) {
          assertEquals(then.get(item), since.idOfForgotten(item));
        }
      }
    }
  }
}
