package io.gru4j.docs;

import static io.gru4j.docs.Ink.GATE;
import static io.gru4j.docs.Ink.GRADIENT;
import static io.gru4j.docs.Ink.MUTED;
import static io.gru4j.docs.Ink.PLAIN;
import static io.gru4j.docs.Ink.STATE;
import static io.gru4j.docs.Ink.TARGET;
import static io.gru4j.docs.Ink.WEIGHT;
import static io.gru4j.docs.Svg.Anchor.END;
import static io.gru4j.docs.Svg.Anchor.MIDDLE;
import static io.gru4j.docs.Svg.Anchor.START;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
  private static final Ink[] INKS = {STATE, WEIGHT, GRADIENT, GATE, TARGET};
  private static final int LEFT = 84;
  private static final int RIGHT = 700;
  private static final int TOP = 44;
  private static final int BOTTOM = 410;
  private static final int LEGEND = 724;

  private final Map<String, List<Point>> curves;
  private final double leastSeconds;
  private final double mostSeconds;
  private final double leastRecall;
  private final double mostRecall;

  private LearningCurvesPicture(Map<String, List<Point>> curves) {
    this.curves = curves;
    List<Point> points = curves.values().stream().flatMap(List::stream).toList();
    double first = points.stream().mapToDouble(Point::seconds).min().orElseThrow();
    double last = points.stream().mapToDouble(Point::seconds).max().orElseThrow();
    double low = points.stream().mapToDouble(Point::recall).min().orElseThrow();
    double high = points.stream().mapToDouble(Point::recall).max().orElseThrow();
    leastSeconds = first / 1.15;
    mostSeconds = last * 1.15;
    leastRecall = low - 0.05 * (high - low) - 1e-3;
    mostRecall = high + 0.05 * (high - low) + 1e-3;
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
            960,
            470,
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
    if (curves.isEmpty() || curves.size() > INKS.length) {
      throw new IllegalArgumentException(
          "there can be 1 to " + INKS.length + " curves, got " + curves.keySet());
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
    return LEFT
        + (RIGHT - LEFT) * Math.log(seconds / leastSeconds) / Math.log(mostSeconds / leastSeconds);
  }

  private double y(double recall) {
    return BOTTOM + (TOP - BOTTOM) * (recall - leastRecall) / (mostRecall - leastRecall);
  }

  private void draw(Svg svg) {
    axes(svg);
    double goal = curves.containsKey(FULL) ? SHARE * best(curves.get(FULL)) : Double.NaN;
    if (goal > leastRecall) {
      svg.dashedLine(MUTED, LEFT, y(goal), RIGHT, y(goal));
      svg.text(LEFT + 8, y(goal) - 6, 13, START, MUTED, "99 % of the full softmax's best");
    }
    int i = 0;
    for (Map.Entry<String, List<Point>> each : curves.entrySet()) {
      curve(svg, each.getValue(), INKS[i]);
      legend(svg, each.getKey(), each.getValue(), goal, INKS[i], TOP + 16 + 84 * i);
      i++;
    }
  }

  private void axes(Svg svg) {
    svg.heading(LEFT, 26, 15, START, PLAIN, "Recall@20");
    for (int power = -1; power <= 6; power++) {
      for (int digit : new int[] {1, 2, 5}) {
        double seconds = digit * Math.pow(10, power);
        if (seconds >= leastSeconds && seconds <= mostSeconds) {
          svg.line(MUTED, x(seconds), BOTTOM, x(seconds), BOTTOM + 5);
          svg.text(x(seconds), BOTTOM + 22, 13, MIDDLE, MUTED, seconds(seconds));
        }
      }
    }
    svg.text((LEFT + RIGHT) / 2.0, BOTTOM + 46, 14, MIDDLE, PLAIN, "seconds of training");
    double step = step(mostRecall - leastRecall);
    for (long k = (long) Math.ceil(leastRecall / step); k * step <= mostRecall; k++) {
      svg.rule(LEFT, y(k * step), RIGHT);
      svg.text(LEFT - 10, y(k * step) + 4.5, 13, END, MUTED, tick(k * step, step));
    }
    svg.line(PLAIN, LEFT, TOP, LEFT, BOTTOM, RIGHT, BOTTOM);
  }

  /** The smallest of 1, 2, 5, 10 and so on times a power of ten that makes few ticks. */
  private static double step(double span) {
    double power = Math.pow(10, Math.floor(Math.log10(span / 8)));
    for (int digit : new int[] {1, 2, 5}) {
      if (8 * digit * power >= span) {
        return digit * power;
      }
    }
    return 10 * power;
  }

  private static String tick(double recall, double step) {
    int decimals = Math.max(1, (int) Math.ceil(-Math.log10(step) - 1e-9));
    return String.format(Locale.ROOT, "%." + decimals + "f", recall);
  }

  private void curve(Svg svg, List<Point> points, Ink ink) {
    double[] xy = new double[2 * points.size()];
    for (int i = 0; i < points.size(); i++) {
      xy[2 * i] = x(points.get(i).seconds());
      xy[2 * i + 1] = y(points.get(i).recall());
    }
    if (points.size() > 1) {
      svg.line(ink, xy);
    }
    for (int i = 0; i < points.size(); i++) {
      svg.dot(xy[2 * i], xy[2 * i + 1], ink);
    }
  }

  private static void legend(
      Svg svg, String name, List<Point> curve, double goal, Ink ink, double y) {
    svg.bar(LEGEND, y - 10, 12, 12, ink);
    svg.heading(LEGEND + 20, y, 14, START, ink, WORDS.getOrDefault(name, name));
    svg.text(LEGEND + 20, y + 20, 13, START, MUTED, "best " + recall(best(curve)));
    if (!Double.isNaN(goal)) {
      double reached = secondsTo(goal, curve);
      String text =
          Double.isNaN(reached)
              ? "never at the dashed line"
              : seconds(reached) + " s to dashed line";
      svg.text(LEGEND + 20, y + 38, 13, START, MUTED, text);
    }
  }
}
