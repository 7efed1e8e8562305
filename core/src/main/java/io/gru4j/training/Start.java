package io.gru4j.training;

import io.gru4j.model.FittedModel;
import io.gru4j.parameters.NewItems;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

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
 * @param forgotten items of the model that are not trained any more
 */
public record Start(
    FittedModel model,
    String sha256,
    int[] rows,
    NewItems newItems,
    KeptState kept,
    int[] clicks,
    double[] lastClicks,
    Map<String, String> settings,
    int forgotten) {

  /** How many items are new. */
  int added() {
    int n = 0;
    for (int row : rows) {
      n += row < 0 ? 1 : 0;
    }
    return n;
  }

  /** Everything that the update was told, by name. */
  Map<String, String> allSettings() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("new_items", newItems.toString());
    all.put("state", kept == null ? "fresh" : kept.sha256());
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
