package io.gru4j.cli;

import io.gru4j.file.Json;
import io.gru4j.metrics.NextClickMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an evaluation has measured, as a table and as JSON.
 *
 * @param gru of the model
 * @param baselines of others, by name; may be empty
 * @param dropped clicks on unknown items
 * @param seconds that the model took
 */
record Figures(
    NextClickMetrics gru, Map<String, NextClickMetrics> baselines, long dropped, double seconds) {

  /** One measure of a metrics object. */
  private interface Measure {
    double at(NextClickMetrics metrics, int k);
  }

  private static final Map<String, Measure> MEASURES = new LinkedHashMap<>();

  static {
    MEASURES.put("Recall", (m, k) -> m.ranks().recall(k));
    MEASURES.put("MRR", (m, k) -> m.ranks().mrr(k));
    MEASURES.put("NDCG", (m, k) -> m.ranks().ndcg(k));
    MEASURES.put("Precision", (m, k) -> m.ranks().precision(k));
    MEASURES.put("Coverage", (m, k) -> m.lists().coverage(k));
    MEASURES.put("Popularity", (m, k) -> m.lists().popularity(k));
  }

  /** The object that {@code --json} prints; it begins with the name of a file, if there is one. */
  String json(String fileOrNull) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (fileOrNull != null) {
      json.put("file", fileOrNull);
    }
    json.putAll(metrics(gru));
    json.put("clicks", gru.ranks().count());
    json.put("dropped", dropped);
    json.put("seconds", seconds);
    if (!baselines.isEmpty()) {
      Map<String, Object> others = new LinkedHashMap<>();
      baselines.forEach((name, metrics) -> others.put(name, metrics(metrics)));
      json.put("baselines", others);
    }
    return Json.write(json);
  }

  private static Map<String, Object> metrics(NextClickMetrics metrics) {
    Map<String, Object> json = new LinkedHashMap<>();
    MEASURES.forEach(
        (name, measure) -> {
          Map<String, Object> values = new LinkedHashMap<>();
          for (int k : metrics.ranks().cutoffs()) {
            double value = measure.at(metrics, k);
            values.put(Integer.toString(k), Double.isNaN(value) ? null : value);
          }
          json.put(name.toLowerCase(Locale.ROOT), values);
        });
    return json;
  }

  /** The table, under the name of a file if there is one. */
  String text(String fileOrNull) {
    TextTable table = new TextTable();
    List<String> head = new ArrayList<>(List.of("k"));
    MEASURES.keySet().forEach(name -> head.add(name + "@k"));
    if (!baselines.isEmpty()) {
      head.addFirst("");
    }
    table.row(head.toArray(String[]::new));
    baselines.forEach((name, metrics) -> addRows(table, name, metrics));
    addRows(table, "GRU4Rec", gru);
    return (fileOrNull == null ? "" : fileOrNull + "\n")
        + table
        + Numbers.count(gru.ranks().count(), "click")
        + " predicted, "
        + Numbers.count(dropped)
        + " dropped, "
        + Numbers.duration(seconds)
        + "\n";
  }

  private void addRows(TextTable table, String name, NextClickMetrics metrics) {
    for (int k : metrics.ranks().cutoffs()) {
      List<String> row = new ArrayList<>();
      if (!baselines.isEmpty()) {
        row.add(name);
      }
      row.add(Integer.toString(k));
      for (Measure measure : MEASURES.values()) {
        double value = measure.at(metrics, k);
        row.add(Double.isNaN(value) ? "-" : Numbers.score(value));
      }
      table.row(row.toArray(String[]::new));
    }
  }
}
