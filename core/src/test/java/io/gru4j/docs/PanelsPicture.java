package io.gru4j.docs;

import static io.gru4j.docs.Ink.GATE;
import static io.gru4j.docs.Ink.MUTED;
import static io.gru4j.docs.Ink.PLAIN;
import static io.gru4j.docs.Ink.STATE;
import static io.gru4j.docs.Ink.TARGET;
import static io.gru4j.docs.Ink.WEIGHT;
import static io.gru4j.docs.Svg.Anchor.MIDDLE;
import static io.gru4j.docs.Svg.Anchor.START;

/** The weights of 70 classes and 4 hidden units, as a matrix and in memory. */
final class PanelsPicture {
  private static final int V = 70;
  private static final int H = 4;
  private static final int PANEL = 32;
  private static final int CLASS = 50; // the element that is followed
  private static final int UNIT = 2;
  private static final Ink[] INKS = {STATE, WEIGHT, GATE};
  private static final int TOP = 70;
  private static final int ROW = 4; // pixels of a class
  private static final int COLUMN = 34;

  private PanelsPicture() {}

  static Svg draw() {
    int index = (CLASS / PANEL * H + UNIT) * PANEL + CLASS % PANEL;
    Svg svg =
        new Svg(
            960,
            510,
            "A matrix in panels of 32 rows",
            "On the left the matrix W with 70 rows, one for each class, and 4 columns, one for each"
                + " hidden unit. It is cut into panels of 32 rows; the last is filled up with 26"
                + " classes that never occur. On the right the order in memory: of each panel, all"
                + " 32 numbers of column 0, then all 32 of column 1, and so on. The element of"
                + " class 50 and unit 2 is at position 210.");
    matrix(svg);
    memory(svg, index);
    return svg;
  }

  private static void matrix(Svg svg) {
    int left = 120;
    svg.heading(left + H * COLUMN / 2.0, 28, 15, MIDDLE, PLAIN, "$W$, shape $(V, H)$ = (70, 4)");
    for (int k = 0; k < H; k++) {
      svg.text(left + k * COLUMN + COLUMN / 2.0, 58, 13, MIDDLE, MUTED, "" + k);
    }
    svg.text(left - 12, 58, 13, Svg.Anchor.END, MUTED, "$k$ =");
    for (int p = 0; p < 3; p++) {
      double y = TOP + p * PANEL * ROW;
      for (int k = 0; k < H; k++) {
        svg.box(left + k * COLUMN, y, COLUMN, PANEL * ROW, 0, INKS[p]);
      }
      svg.text(20, y + 58, 14, START, INKS[p], "panel " + p);
      int last = Math.min(V, (p + 1) * PANEL) - 1;
      svg.text(20, y + 77, 12.5, START, MUTED, "$j$ = " + p * PANEL + " … " + last);
    }
    double padding = TOP + V * ROW;
    svg.hatch(left, padding, H * COLUMN, (3 * PANEL - V) * ROW);
    svg.text(left + H * COLUMN + 12, padding + 46, 12.5, START, MUTED, "filled up: bias −∞,");
    svg.text(left + H * COLUMN + 12, padding + 63, 12.5, START, MUTED, "probability 0");
    double y = TOP + CLASS * ROW;
    svg.bar(left + UNIT * COLUMN, y, COLUMN, ROW, TARGET);
    svg.text(left + H * COLUMN + 12, y + 2, 14, START, TARGET, "$W_{50,2}$");
  }

  private static void memory(Svg svg, int index) {
    int left = 470;
    int width = 3; // of a number
    svg.heading(
        left - 2,
        28,
        15,
        START,
        PLAIN,
        "in memory: $[$panel$][k][$32$]$, one line after the other");
    svg.text(left + PANEL * width * 2, 58, 13, MIDDLE, MUTED, "one panel, 4 × 32 numbers");
    for (int p = 0; p < 3; p++) {
      int y = TOP + p * 108;
      for (int k = 0; k < H; k++) {
        int x = left + k * PANEL * width;
        svg.box(x, y, PANEL * width, 40, 0, INKS[p]);
        if (p == 2) {
          svg.hatch(x + V % PANEL * width, y, (PANEL - V % PANEL) * width, 40);
        }
        if (p < 2) {
          svg.text(x + 8, y + 25, 13, START, INKS[p], "$k$ = " + k);
        }
        svg.code(x + 2, y + 57, 12, START, MUTED, "" + (p * H + k) * PANEL);
      }
      svg.text(left - 12, y + 25, 14, Svg.Anchor.END, INKS[p], "panel " + p);
    }
    int k = UNIT;
    double x = left + k * PANEL * width + CLASS % PANEL * width;
    int y = TOP + 108;
    svg.bar(x, y, width, 40, TARGET);
    svg.arrow(TARGET, 876, 402, 876, 252, x + 1.5, 252, x + 1.5, y + 42);
    svg.box(left - 60, 402, 480, 72, 8, TARGET);
    svg.text(
        left + 180,
        431,
        16,
        MIDDLE,
        TARGET,
        "position of $(j, k)$:  $(⌊j / 32⌋ H + k) · 32 + j$ mod $32$");
    svg.text(left + 180, 460, 16, MIDDLE, TARGET, "(50, 2):  (1 · 4 + 2) · 32 + 18 = " + index);
  }
}
