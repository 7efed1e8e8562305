package io.gru4j.docs;

import static io.gru4j.docs.Ink.MUTED;
import static io.gru4j.docs.Svg.Anchor.START;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Recall@20 against seconds of training, a curve for each loss, from the lines that the benchmark
 * {@code LearningCurves} prints.
 */
final class LearningCurvesPicture {
  private record Point(double seconds, double recall) {}

  private static final String HEADER = "curve,epoch,seconds,recall,mrr";
  private static final String FULL = "full"; // what the others are compared with
  private static final double SHARE = 0.99;
  private static final Map<String, String> WORDS =
      Map.of(
          FULL,
          "full softmax",
          "sampled",
          "sampled cross-entropy",
          "bpr-max",
          "bpr-max, shared samples",
          "bpr",
          "bpr, own negatives");
  private final Map<String, List<Point>> curves;
  private final double leastSeconds;
  private final double mostSeconds;
  private final Plot plot;

  private LearningCurvesPicture(Map<String, List<Point>> curves) {
    this.curves = curves;
    List<Point> points = curves.values().stream().flatMap(List::stream).toList();
    double first = points.stream().mapToDouble(Point::seconds).min().orElseThrow();
    double last = points.stream().mapToDouble(Point::seconds).max().orElseThrow();
    leastSeconds = first / 1.15;
    mostSeconds = last * 1.15;
    plot = new Plot(points.stream().mapToDouble(Point::recall).toArray());
  }

  /**
   * Draws the picture.
   *
   * @param results comments behind {@code #}, the header, one line an epoch
   * @throws IllegalArgumentException if a line is another
   */
  static Svg draw(String results) {
    Map<String, List<Point>> curves = curves(results);
    Svg svg =
        new Svg(
            Plot.WIDTH,
            Plot.HEIGHT,
            "Recall@20 against seconds of training",
            "Curves over a logarithmic axis of seconds, one dot an epoch. " + inWords(curves));
    new LearningCurvesPicture(curves).draw(svg);
    return svg;
  }

  private static Map<String, List<Point>> curves(String results) {
    List<String> lines =
        results.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw new IllegalArgumentException("the first line must be " + HEADER);
    }
    Map<String, List<Point>> curves = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",");
      if (fields.length != HEADER.split(",").length) {
        throw new IllegalArgumentException("expected " + HEADER + ", got " + line);
      }
      Point point = new Point(Double.parseDouble(fields[2]), Double.parseDouble(fields[3]));
      curves.computeIfAbsent(fields[0], _ -> new ArrayList<>()).add(point);
    }
    if (curves.isEmpty() || curves.size() > Plot.CURVES) {
      throw new IllegalArgumentException(
          "there can be 1 to " + Plot.CURVES + " curves, got " + curves.keySet());
    }
    return curves;
  }

  private static double best(List<Point> curve) {
    return curve.stream().mapToDouble(Point::recall).max().orElseThrow();
  }

  /** Seconds until a curve reaches a recall, on straight lines between its points; or NaN. */
  private static double secondsTo(double recall, List<Point> curve) {
    for (int i = 0; i < curve.size(); i++) {
      Point to = curve.get(i);
      if (to.recall() >= recall) {
        if (i == 0) {
          return to.seconds();
        }
        Point from = curve.get(i - 1);
        double share = (recall - from.recall()) / (to.recall() - from.recall());
        return from.seconds() + share * (to.seconds() - from.seconds());
      }
    }
    return Double.NaN;
  }

  private static String inWords(Map<String, List<Point>> curves) {
    List<String> words = new ArrayList<>();
    curves.forEach(
        (name, curve) ->
            words.add(
                "%s: %s at best, after %s seconds in all"
                    .formatted(
                        WORDS.getOrDefault(name, name),
                        recall(best(curve)),
                        seconds(curve.getLast().seconds()))));
    return String.join("; ", words) + ".";
  }

  private static String recall(double recall) {
    return String.format(Locale.ROOT, "%.4f", recall);
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, seconds < 10 ? "%.1f" : "%,.0f", seconds);
  }

  private double x(double seconds) {
    return Plot.LEFT
        + (Plot.RIGHT - Plot.LEFT)
            * Math.log(seconds / leastSeconds)
            / Math.log(mostSeconds / leastSeconds);
  }

  private void draw(Svg svg) {
    axes(svg);
    double goal = curves.containsKey(FULL) ? SHARE * best(curves.get(FULL)) : Double.NaN;
    if (goal > plot.least()) {
      double y = plot.y(goal);
      svg.dashedLine(MUTED, Plot.LEFT, y, Plot.RIGHT, y);
      svg.text(Plot.LEFT + 8, y - 6, 13, START, MUTED, "99 % of the full softmax's best");
    }
    int i = 0;
    for (Map.Entry<String, List<Point>> each : curves.entrySet()) {
      Plot.curve(
          svg,
          i,
          each.getValue().stream()
              .flatMapToDouble(p -> DoubleStream.of(x(p.seconds()), plot.y(p.recall())))
              .toArray());
      legend(svg, i, each.getKey(), each.getValue(), goal);
      i++;
    }
  }

  private void axes(Svg svg) {
    for (int power = -1; power <= 6; power++) {
      for (int digit : new int[] {1, 2, 5}) {
        double seconds = digit * Math.pow(10, power);
        if (seconds >= leastSeconds && seconds <= mostSeconds) {
          Plot.xTick(svg, x(seconds), seconds(seconds));
        }
      }
    }
    plot.axes(svg, "Recall@20", "seconds of training");
  }

  private static void legend(Svg svg, int number, String name, List<Point> curve, double goal) {
    List<String> below = new ArrayList<>(List.of("best " + recall(best(curve))));
    if (!Double.isNaN(goal)) {
      double reached = secondsTo(goal, curve);
      below.add(
          Double.isNaN(reached)
              ? "never at the dashed line"
              : seconds(reached) + " s to dashed line");
    }
    Plot.legend(svg, number, WORDS.getOrDefault(name, name), below.toArray(String[]::new));
  }
}
