package io.gru4j.docs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Recall@20 against age, from the lines that the benchmark {@code UpdateSlices} prints: the first
 * model as it was, updated with each slice of sessions, and trained anew.
 */
final class AgeingPicture {
  private static final String HEADER =
      "slice,model,targets,recall,mrr,new_targets,new_recall,cpu_seconds";
  private static final Map<String, String> WORDS =
      Map.of("stale", "first model", "updated", "updated", "retrained", "trained anew");

  private AgeingPicture() {}

  /**
   * Draws the picture.
   *
   * @param set whose sessions they are
   * @param results comments behind {@code #}, the header, one line a slice and model
   * @throws IllegalArgumentException if a line is another
   */
  static Svg draw(String set, String results) {
    Map<String, List<Double>> curves = curves(results);
    int slices = curves.values().iterator().next().size();
    Svg svg =
        new Svg(
            Plot.WIDTH,
            Plot.HEIGHT,
            "Recall@20 against the age of a model, " + set,
            "One dot a slice of sessions that came after those of the first model. Means: "
                + inWords(curves)
                + ".");
    Plot plot =
        new Plot(
            curves.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .toArray());
    for (int slice = 0; slice < slices; slice++) {
      Plot.xTick(svg, x(slice, slices), Integer.toString(slice));
    }
    plot.axes(svg, "Recall@20, " + set, "slices of sessions since the first model");
    int number = 0;
    for (Map.Entry<String, List<Double>> each : curves.entrySet()) {
      double[] xy = new double[2 * slices];
      for (int slice = 0; slice < slices; slice++) {
        xy[2 * slice] = x(slice, slices);
        xy[2 * slice + 1] = plot.y(each.getValue().get(slice));
      }
      Plot.curve(svg, number, xy);
      Plot.legend(svg, number, WORDS.get(each.getKey()), "mean " + recall(mean(each.getValue())));
      number++;
    }
    return svg;
  }

  private static double x(int slice, int slices) {
    return Plot.LEFT + (Plot.RIGHT - Plot.LEFT) * (slice + 0.5) / slices;
  }

  private static Map<String, List<Double>> curves(String results) {
    List<String> lines =
        results.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw new IllegalArgumentException("the first line must be " + HEADER);
    }
    Map<String, List<Double>> curves = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",");
      if (fields.length != HEADER.split(",").length || !WORDS.containsKey(fields[1])) {
        throw new IllegalArgumentException("expected " + HEADER + ", got " + line);
      }
      List<Double> curve = curves.computeIfAbsent(fields[1], _ -> new ArrayList<>());
      if (Integer.parseInt(fields[0]) != curve.size()) {
        throw new IllegalArgumentException("slices must be 0, 1, 2, ..., got " + line);
      }
      curve.add(Double.parseDouble(fields[3]));
    }
    if (curves.size() != WORDS.size()
        || curves.values().stream().mapToInt(List::size).distinct().count() != 1) {
      throw new IllegalArgumentException(
          "each slice must have " + WORDS.keySet() + ", got " + curves.keySet());
    }
    return curves;
  }

  private static String inWords(Map<String, List<Double>> curves) {
    return String.join(
        "; ",
        curves.entrySet().stream()
            .map(each -> WORDS.get(each.getKey()) + " " + recall(mean(each.getValue())))
            .toList());
  }

  private static double mean(List<Double> curve) {
    return IntStream.range(0, curve.size()).mapToDouble(curve::get).average().orElseThrow();
  }

  private static String recall(double recall) {
    return String.format(Locale.ROOT, "%.4f", recall);
  }
}
