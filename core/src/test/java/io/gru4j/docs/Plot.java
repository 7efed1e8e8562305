package io.gru4j.docs;

import static io.gru4j.docs.Ink.MUTED;
import static io.gru4j.docs.Ink.PLAIN;
import static io.gru4j.docs.Svg.Anchor.END;
import static io.gru4j.docs.Svg.Anchor.MIDDLE;
import static io.gru4j.docs.Svg.Anchor.START;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** The frame of curves over an axis: where figures stand, rules and ticks, curves, the legend. */
final class Plot {
  static final int WIDTH = 960;
  static final int HEIGHT = 470;
  static final int LEFT = 84;
  static final int RIGHT = 700;
  static final int TOP = 44;
  static final int BOTTOM = 410;
  static final int LEGEND = 724;

  private static final Ink[] INKS = {Ink.STATE, Ink.WEIGHT, Ink.GRADIENT, Ink.GATE, Ink.TARGET};

  /** How many curves can be told from each other. */
  static final int CURVES = INKS.length;

  private final double least;
  private final double most;

  /**
   * Chooses the range of the figures.
   *
   * @param figures all of them, such as recalls
   */
  Plot(double... figures) {
    double low = DoubleStream.of(figures).min().orElseThrow();
    double high = DoubleStream.of(figures).max().orElseThrow();
    least = low - 0.05 * (high - low) - 1e-3;
    most = high + 0.05 * (high - low) + 1e-3;
  }

  static Ink ink(int curve) {
    return INKS[curve];
  }

  /** The least figure that has a place. */
  double least() {
    return least;
  }

  double y(double figure) {
    return BOTTOM + (TOP - BOTTOM) * (figure - least) / (most - least);
  }

  /** Draws the axis of the figures and the line of the other one. */
  void axes(Svg svg, String name, String otherName) {
    svg.heading(LEFT, 26, 15, START, PLAIN, name);
    svg.text((LEFT + RIGHT) / 2.0, BOTTOM + 46, 14, MIDDLE, PLAIN, otherName);
    double step = step(most - least);
    for (long k = (long) Math.ceil(least / step); k * step <= most; k++) {
      svg.rule(LEFT, y(k * step), RIGHT);
      svg.text(LEFT - 10, y(k * step) + 4.5, 13, END, MUTED, tick(k * step, step));
    }
    svg.line(PLAIN, LEFT, TOP, LEFT, BOTTOM, RIGHT, BOTTOM);
  }

  /** Draws a tick of the other axis. */
  static void xTick(Svg svg, double x, String text) {
    svg.line(MUTED, x, BOTTOM, x, BOTTOM + 5);
    svg.text(x, BOTTOM + 22, 13, MIDDLE, MUTED, text);
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

  private static String tick(double figure, double step) {
    int decimals = Math.max(1, (int) Math.ceil(-Math.log10(step) - 1e-9));
    return String.format(Locale.ROOT, "%." + decimals + "f", figure);
  }

  /** Draws a line through points with a dot at each; x and y in turn. */
  static void curve(Svg svg, int curve, double... xy) {
    if (xy.length > 2) {
      svg.line(ink(curve), xy);
    }
    for (int i = 0; i < xy.length; i += 2) {
      svg.dot(xy[i], xy[i + 1], ink(curve));
    }
  }

  /** Writes what a curve is, and lines below that. */
  static void legend(Svg svg, int curve, String name, String... below) {
    double y = TOP + 16 + 84 * curve;
    svg.bar(LEGEND, y - 10, 12, 12, ink(curve));
    svg.heading(LEGEND + 20, y, 14, START, ink(curve), name);
    for (int i = 0; i < below.length; i++) {
      svg.text(LEGEND + 20, y + 20 + 18 * i, 13, START, MUTED, below[i]);
    }
  }
}
