package io.gru4j.algorithms;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.file.OneLine;
import io.gru4j.model.FittedModel;
import io.gru4j.training.LastClicks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The items of an updated model: those of the start that are kept, in their order, then the new
 * ones, in the order of the new sessions.
 */
final class ItemNumbers {
  private final FittedModel start;
  private final IdMap newIds; // of the new sessions
  private final int[] newClicks; // of each item of the new sessions
  private final double[] newLast;
  private final double[] oldLast; // of each item of the start
  private final int[] fromOld; // number in the new sessions of each of the start's items, or -1
  private final List<String> forgotten = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final IdMap items;
  private final int[] rows; // of each item, its number in the start, or -1
  private final int added;

  ItemNumbers(FittedModel start, InteractionMatrix x, IdMap ofX, Duration forgetAfter) {
    this.start = start;
    newIds = ofX;
    newClicks = x.itemClicks();
    newLast = LastClicks.of(x);
    oldLast = lastOf(start, LastClicks.first(x));
    fromOld = numbers(start.items(), ofX);
    double oldest = forgetAfter == null ? Double.NEGATIVE_INFINITY : oldestKept(forgetAfter);
    List<String> ids = new ArrayList<>();
    int[] kept = new int[start.numItems()];
    for (int item = 0; item < kept.length; item++) {
      boolean clicked = fromOld[item] >= 0 && newClicks[fromOld[item]] > 0;
      if (clicked || oldLast[item] >= oldest) {
        kept[ids.size()] = item;
        ids.add(start.items().idOf(item));
      } else {
        forgotten.add(start.items().idOf(item));
      }
    }
    int known = ids.size();
    IdMap keptIds = forgotten.isEmpty() ? start.items() : IdMap.of(ids);
    for (int item = 0; item < ofX.size(); item++) {
      String id = ofX.idOf(item);
      if (keptIds.indexOf(id) < 0 && start.items().indexOf(id) < 0) {
        ids.add(id);
      }
    }
    added = ids.size() - known;
    items = added == 0 ? keptIds : IdMap.of(ids);
    rows = Arrays.copyOf(kept, ids.size());
    Arrays.fill(rows, known, rows.length, -1);
    warnOfCase(ids.subList(known, ids.size()));
  }

  /** Where the start does not know it, it can be no later than the first new click. */
  private static double[] lastOf(FittedModel start, double firstNew) {
    double[] last = start.lastClicks();
    if (last == null) {
      last = new double[start.numItems()];
      Arrays.fill(last, Double.NaN);
    }
    for (int item = 0; item < last.length; item++) {
      if (Double.isNaN(last[item])) {
        last[item] = firstNew;
      }
    }
    return last;
  }

  private double oldestKept(Duration age) {
    double newest = LastClicks.newest(newLast);
    if (!LastClicks.isSeconds(newest) || !LastClicks.isSeconds(LastClicks.newest(oldLast))) {
      throw new IllegalArgumentException(
          ("items cannot be forgotten by age: the times of the clicks (the newest new one is %s, of"
                  + " the model %s) do not count from 1970 in s, ms, us or ns")
              .formatted(newest, LastClicks.newest(oldLast)));
    }
    return newest - age.toNanos() * 1e-9;
  }

  private void warnOfCase(List<String> added) {
    Map<String, String> lower = new HashMap<>();
    int alike = 0;
    String first = null;
    for (String id : added) {
      String other = lower.put(id.toLowerCase(Locale.ROOT), id);
      if (other != null) {
        alike++;
        first = first == null ? OneLine.quoted(id) + " and " + OneLine.quoted(other) : first;
      }
    }
    for (int item = 0; !lower.isEmpty() && item < start.numItems(); item++) {
      String known = start.items().idOf(item);
      String id = lower.get(known.toLowerCase(Locale.ROOT));
      if (id != null) {
        alike++;
        first = first == null ? OneLine.quoted(id) + " and " + OneLine.quoted(known) : first;
      }
    }
    if (alike > 0) {
      warnings.add(
          "%d of %d new items differ from another one in upper and lower case alone, such as %s"
              .formatted(alike, added.size(), first));
    }
  }

  /** The number in {@code to} of each item of {@code from}, -1 if there is none. */
  private static int[] numbers(IdMap from, IdMap to) {
    int[] numbers = new int[from.size()];
    for (int item = 0; item < numbers.length; item++) {
      numbers[item] = to.indexOf(from.idOf(item));
    }
    return numbers;
  }

  /** The number of each item of some sessions; -1: the updated model does not know it. */
  int[] of(IdMap ids) {
    return numbers(ids, items);
  }

  /** The ids. */
  IdMap items() {
    return items;
  }

  /** For each item its number in the start, negative if it is new. */
  int[] rows() {
    return rows;
  }

  /** How many are new; they are the last. */
  int added() {
    return added;
  }

  /** Ids of those that are forgotten. */
  List<String> forgotten() {
    return List.copyOf(forgotten);
  }

  /** What is doubtful. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** The clicks of each item in all trainings; {@code addUp} if none of the new ones is an old. */
  int[] clicks(boolean addUp) {
    int[] old = start.itemClicks();
    int[] all = new int[rows.length];
    int[] now = numbers(items, newIds);
    for (int item = 0; item < all.length; item++) {
      long before = old == null || rows[item] < 0 ? 0 : old[rows[item]];
      long fresh = now[item] < 0 ? 0 : newClicks[now[item]];
      long sum = addUp ? before + fresh : Math.max(before, fresh);
      all[item] = (int) Math.min(Integer.MAX_VALUE, sum);
    }
    return all;
  }

  /** The time of each item's last click. */
  double[] lastClicks() {
    double[] last = new double[rows.length];
    int[] now = numbers(items, newIds);
    for (int item = 0; item < last.length; item++) {
      double before = rows[item] < 0 ? Double.NaN : oldLast[rows[item]];
      double fresh = now[item] < 0 ? Double.NaN : newLast[now[item]];
      last[item] = before >= fresh || Double.isNaN(fresh) ? before : fresh;
    }
    return last;
  }
}
