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

import java.util.Locale;

/** From five logits to probabilities and to the gradient, number by number. */
final class SoftmaxPicture {
  private static final double[] LOGITS = {2, 0.5, 3, -1, 1};
  private static final int TARGET_CLASS = 1;
  private static final int TOP = 122; // of the first class
  private static final int ROW = 46;
  private static final int COLUMN = 172;
  private static final int LEFT = 112;

  private SoftmaxPicture() {}

  static Svg draw() {
    double max = Double.NEGATIVE_INFINITY;
    for (double s : LOGITS) {
      max = Math.max(max, s);
    }
    int n = LOGITS.length;
    double[] shifted = new double[n];
    double[] e = new double[n];
    double sum = 0;
    for (int j = 0; j < n; j++) {
      shifted[j] = LOGITS[j] - max;
      e[j] = StrictMath.exp(shifted[j]);
      sum += e[j];
    }
    double[] p = new double[n];
    double[] gradient = new double[n];
    for (int j = 0; j < n; j++) {
      p[j] = e[j] / sum;
      gradient[j] = p[j] - (j == TARGET_CLASS ? 1 : 0);
    }
    Svg svg =
        new Svg(
            1000,
            455,
            "Softmax, the loss and its gradient",
            "Bars of five classes in five columns. The logits; the logits less the largest of them;"
                + " their exponentials, between 0 and 1; the same divided by their sum, which are"
                + " the probabilities; the probabilities less 1 for the class that was really"
                + " clicked, which are the gradient: below 0 for that class, above 0 for all"
                + " others, 0 in total.");
    svg.box(14, TOP + TARGET_CLASS * ROW - 3, 972, ROW - 6, 8, TARGET);
    for (int j = 0; j < n; j++) {
      double y = TOP + j * ROW + 23;
      boolean target = j == TARGET_CLASS;
      svg.text(28, y, 14, START, target ? TARGET : PLAIN, "class " + j + (target ? " $= y$" : ""));
    }
    column(svg, 0, 72, 17, "$s_j$", "logits", LOGITS, STATE);
    column(svg, 1, 118, 17, "$s_j − m$", "less the largest", shifted, STATE);
    column(svg, 2, 30, 88, "$e^{s_j − m}$", "exponentials", e, GATE);
    column(svg, 3, 30, 88, "$p_j$", "probabilities", p, WEIGHT);
    column(svg, 4, 104, 60, "$p_j − [j = y]$", "gradient", gradient, GRADIENT);
    int y = TOP + n * ROW + 26;
    foot(svg, 0, y, STATE, "largest: $m$ = " + decimals(max, 1));
    foot(svg, 1, y, STATE, "none above 0");
    foot(svg, 2, y, GATE, "sum: $c$ = " + decimals(sum, 3));
    foot(svg, 3, y, WEIGHT, "sum 1");
    foot(svg, 4, y, GRADIENT, "sum 0");
    String loss = decimals(-StrictMath.log(p[TARGET_CLASS]), 3);
    svg.text(
        500, y + 52, 16, MIDDLE, TARGET, "loss  $ℓ = −$log$ p_y = m + $log$ c − s_y =$ " + loss);
    return svg;
  }

  /** One column: zero line at {@code zero}, and {@code scale} pixels for each unit. */
  private static void column(
      Svg svg, int i, int zero, int scale, String symbol, String name, double[] values, Ink ink) {
    int left = LEFT + i * COLUMN;
    double x = left + zero;
    svg.text(left + 82, 44, 20, MIDDLE, ink, symbol);
    svg.text(left + 82, 72, 13, MIDDLE, MUTED, name);
    if (i > 0) {
      svg.arrow(PLAIN, left - 22, 38, left + 12, 38);
    }
    svg.line(MUTED, x, TOP - 18, x, TOP + values.length * ROW - 2);
    for (int j = 0; j < values.length; j++) {
      double y = TOP + j * ROW;
      double length = Math.abs(values[j]) * scale;
      boolean below = values[j] < 0;
      svg.bar(below ? x - length : x, y + 6, length, 22, ink);
      double at = below ? x - length - 5 : x + length + 6;
      svg.text(at, y + 22, 13, below ? END : START, PLAIN, decimals(values[j], i < 2 ? 1 : 3));
    }
  }

  private static void foot(Svg svg, int i, int y, Ink ink, String text) {
    svg.text(LEFT + i * COLUMN + 82, y, 14, MIDDLE, ink, text);
  }

  static String decimals(double x, int count) {
    return String.format(Locale.ROOT, "%." + count + "f", x).replace('-', '−');
  }
}
