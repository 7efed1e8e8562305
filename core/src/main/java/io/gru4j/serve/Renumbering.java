package io.gru4j.serve;

import io.gru4j.data.IdMap;
import java.util.Arrays;
import java.util.SortedMap;

/**
 * What an update and those after it have made of the numbers of a model's items: those after a
 * forgotten one have moved up, new ones follow them. Immutable.
 */
final class Renumbering {
  private final int[] forgotten; // ascending
  private final String[] ids; // of those
  private final Renumbering next; // of the update after; null: none
  private final IdMap items; // of the last one

  private Renumbering(SortedMap<Integer, String> forgotten, Renumbering nextOrNull, IdMap items) {
    this.forgotten = forgotten.keySet().stream().mapToInt(Integer::intValue).toArray();
    this.ids = forgotten.values().toArray(String[]::new);
    this.next = nextOrNull;
    this.items = items;
  }

  /** The last update, which made a model of these items. */
  static Renumbering last(SortedMap<Integer, String> forgotten, IdMap items) {
    return new Renumbering(forgotten, null, items);
  }

  /** The update before this one. */
  Renumbering before(SortedMap<Integer, String> forgotten) {
    return new Renumbering(forgotten, this, items);
  }

  /** The number that an item has after all; -1 if it is forgotten and has not come back. */
  int now(int item) {
    int number = item;
    for (Renumbering each = this; each != null; each = each.next) {
      int at = Arrays.binarySearch(each.forgotten, number);
      if (at >= 0) {
        return items.indexOf(each.ids[at]);
      }
      number += at + 1; // those before it are gone
    }
    return number;
  }

  /** The id of an item that one of the updates has forgotten. */
  String idOfForgotten(int item) {
    int at = Arrays.binarySearch(forgotten, item);
    return at >= 0 ? ids[at] : next.idOfForgotten(item + at + 1);
  }
}
