package io.gru4j.docs;

import static io.gru4j.docs.Ink.GATE;
import static io.gru4j.docs.Ink.MUTED;
import static io.gru4j.docs.Ink.PLAIN;
import static io.gru4j.docs.Ink.STATE;
import static io.gru4j.docs.Ink.TARGET;
import static io.gru4j.docs.Ink.WEIGHT;
import static io.gru4j.docs.SoftmaxPicture.decimals;
import static io.gru4j.docs.Svg.Anchor.MIDDLE;
import static io.gru4j.docs.Svg.Anchor.START;

/** The softmax of one row over a catalogue of twelve classes in three tiles. */
final class RunningMaximumPicture {
  private static final double[][] TILES = {{1, 3, 0.5, 2}, {2, 5, 4, 0}, {3.5, 1, 4.5, 2.5}};
  private static final int LEFT = 150;
  private static final int TILE = 270; // from one tile to the next
  private static final int CELL = 60;

  private RunningMaximumPicture() {}

  static Svg draw() {
    Svg svg =
        new Svg(
            960,
            560,
            "The softmax over tiles, with a running maximum",
            "Twelve logits of one row in three tiles of four. Each tile has its largest logit and"
                + " the sum of the exponentials of its logits less that. From tile to tile the"
                + " largest logit so far and the sum so far are carried along; when a tile brings a"
                + " larger one, the sum so far shrinks by the exponential of the old maximum less"
                + " the new. After the last tile each tile gets one factor, which makes its"
                + " exponentials probabilities.");
    String[] names = {"tile 0", "tile 1", "tile 2"};
    label(svg, 78, "logits $s_j$");
    label(svg, 138, "its maximum $m_i$");
    label(svg, 196, "$e^{s_j − m_i}$");
    label(svg, 254, "its sum $c_i$");
    svg.heading(16, 322, 14, START, TARGET, "so far");
    label(svg, 352, "maximum $m$");
    label(svg, 402, "sum $c$");
    svg.heading(16, 480, 14, START, WEIGHT, "in the end");
    label(svg, 510, "the tile's factor");
    svg.rule(16, 290, 944).rule(16, 450, 944);
    double m = Double.NEGATIVE_INFINITY;
    double c = 0;
    double[] max = new double[3];
    for (int i = 0; i < 3; i++) {
      int left = LEFT + i * TILE;
      int middle = left + 2 * CELL;
      svg.heading(middle, 36, 14, MIDDLE, PLAIN, names[i]);
      max[i] = largest(TILES[i]);
      double sum = 0;
      for (int j = 0; j < 4; j++) {
        double s = TILES[i][j];
        double e = StrictMath.exp(s - max[i]);
        sum += e;
        cell(svg, left + j * CELL, 54, s == max[i] ? TARGET : STATE, decimals(s, 1));
        cell(svg, left + j * CELL, 172, GATE, decimals(e, 3));
      }
      svg.text(middle, 138, 17, MIDDLE, TARGET, decimals(max[i], 1));
      svg.text(middle, 254, 17, MIDDLE, GATE, decimals(sum, 4));
      double next = Math.max(m, max[i]);
      double shrink = StrictMath.exp(m - next);
      double scale = StrictMath.exp(max[i] - next);
      String formula =
          decimals(c, 4)
              + " · "
              + decimals(shrink, 3)
              + " + "
              + decimals(sum, 4)
              + " · "
              + decimals(scale, 3);
      c = c * shrink + sum * scale;
      m = next;
      svg.text(middle, 352, 17, MIDDLE, TARGET, decimals(m, 1));
      svg.text(middle, 402, 17, MIDDLE, PLAIN, decimals(c, 4));
      if (i > 0) {
        svg.text(middle, 428, 12.5, MIDDLE, MUTED, "= " + formula);
        svg.arrow(TARGET, middle - TILE + 30, 346, middle - 30, 346);
        svg.arrow(PLAIN, middle - TILE + 42, 396, middle - 42, 396);
      }
    }
    for (int i = 0; i < 3; i++) {
      int middle = LEFT + i * TILE + 2 * CELL;
      double factor = StrictMath.exp(max[i] - m) / c;
      svg.text(middle, 510, 17, MIDDLE, WEIGHT, decimals(factor, 4));
      svg.text(middle, 534, 12.5, MIDDLE, MUTED, "$= e^{m_" + i + " − m} / c$");
    }
    return svg;
  }

  private static double largest(double[] values) {
    double max = values[0];
    for (double x : values) {
      max = Math.max(max, x);
    }
    return max;
  }

  private static void label(Svg svg, int y, String text) {
    svg.text(16, y, 14, START, PLAIN, text);
  }

  private static void cell(Svg svg, int x, int y, Ink ink, String text) {
    svg.box(x, y, CELL, 38, 0, ink).text(x + CELL / 2.0, y + 24, 14, MIDDLE, ink, text);
  }
}
