package io.gru4j.training;

import io.gru4j.model.FittedModel;
import io.gru4j.model.Lineage;
import io.gru4j.parameters.NewItems;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The model that a training goes on from, and what becomes of its items. Arrays are not copied.
 *
 * @param model the model
 * @param sha256 of its file
 * @param rows for each item that is trained, its number in that model, negative if it is new
 * @param newItems how new items begin
 * @param kept the optimizer's state that was kept beside the model's file; null for none
 * @param clicks of each item that is trained, in all trainings; chances of samples follow from them
 * @param lastClicks the time of each item's last click, as {@link FittedModel#lastClicks} has them
 * @param settings what else the update was told, for the lineage
 */
public record Start(
    FittedModel model,
    String sha256,
    int[] rows,
    NewItems newItems,
    KeptState kept,
    int[] clicks,
    double[] lastClicks,
    Map<String, String> settings) {

  private static final String STATE = "state";
  private static final String FRESH = "fresh";

  /**
   * Returns whether an update began with a fresh state of the optimizer.
   *
   * @param training any of a model's lineage
   * @return true if so; false if it went on from a kept state, or from no model
   */
  public static boolean isFresh(Lineage.Training training) {
    return FRESH.equals(training.settings().get(STATE));
  }

  /** How many items are new. */
  int added() {
    int n = 0;
    for (int row : rows) {
      n += row < 0 ? 1 : 0;
    }
    return n;
  }

  /** The ids of the model's items that are not trained any more, by their numbers in it. */
  SortedMap<Integer, String> forgotten() {
    SortedMap<Integer, String> ids = new TreeMap<>();
    BitSet kept = new BitSet();
    for (int row : rows) {
      if (row >= 0) {
        kept.set(row);
      }
    }
    int items = model.numItems();
    for (int i = kept.nextClearBit(0); i < items; i = kept.nextClearBit(i + 1)) {
      ids.put(i, model.items().idOf(i));
    }
    return ids;
  }

  /** Everything that the update was told, by name. */
  Map<String, String> allSettings() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("new_items", newItems.toString());
    all.put(STATE, kept == null ? FRESH : kept.sha256());
    all.putAll(settings);
    return all;
  }

  /**
   * A state that is read when it is needed.
   *
   * @param file its file
   * @param sha256 of that file
   */
  public record KeptState(Path file, String sha256) {}
}
