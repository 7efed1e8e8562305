package io.gru4j.docs;

import static io.gru4j.docs.Ink.GATE;
import static io.gru4j.docs.Ink.MUTED;
import static io.gru4j.docs.Ink.PLAIN;
import static io.gru4j.docs.Ink.STATE;
import static io.gru4j.docs.Ink.TARGET;
import static io.gru4j.docs.Ink.WEIGHT;
import static io.gru4j.docs.Svg.Anchor.END;
import static io.gru4j.docs.Svg.Anchor.MIDDLE;
import static io.gru4j.docs.Svg.Anchor.START;

/** Twelve rows of states times one panel of weights: sums stay in registers while k runs. */
final class RegisterTilePicture {
  private static final int ROWS = 12;
  private static final int DEPTH = 8; // of K that are drawn
  private static final int NOW = 3; // the step of k
  private static final int LANES = 16;
  private static final int SIZE = 20; // pixels of a number of a, and of rows
  private static final int LANE = 13;
  private static final int LEFT = 330; // of b and c
  private static final int TOP = 290; // of a and c

  private RegisterTilePicture() {}

  static Svg draw() {
    Svg svg =
        new Svg(
            960,
            600,
            "A register tile",
            "A block of 12 rows of states, K numbers each, times a panel of K rows of 32 weights."
                + " The 12 times 32 sums are held in 24 registers of 16 lanes. At each step of k"
                + " two registers are loaded from row k of the panel, each of the 12 numbers of"
                + " column k of the block is copied to all lanes of a register, and 24 fused"
                + " multiply-adds add their products to the sums. Memory is written once, after the"
                + " last k.");
    block(svg);
    panel(svg);
    sums(svg);
    return svg;
  }

  private static void block(Svg svg) {
    int left = 100;
    svg.heading(left + DEPTH * SIZE / 2.0, TOP - 46, 15, MIDDLE, STATE, "states $a$: 12 rows");
    for (int k = 0; k < DEPTH; k++) {
      for (int r = 0; r < ROWS; r++) {
        svg.box(left + k * SIZE, TOP + r * SIZE, SIZE, SIZE, 0, k == NOW ? TARGET : STATE);
      }
    }
    svg.text(left + NOW * SIZE + SIZE / 2.0, TOP - 12, 14, MIDDLE, TARGET, "$k$");
    svg.text(left - 12, TOP + 14, 13, END, MUTED, "$r$ = 0");
    svg.text(left - 12, TOP + ROWS * SIZE - 6, 13, END, MUTED, "11");
    svg.text(left, TOP + ROWS * SIZE + 22, 12.5, START, MUTED, "packed four rows side by side:");
    svg.text(left, TOP + ROWS * SIZE + 39, 12.5, START, MUTED, "column $k$ is 3 × 4 numbers");
    for (int r = 4; r < ROWS; r += 4) {
      svg.line(PLAIN, left - 5, TOP + r * SIZE, left + DEPTH * SIZE + 5, TOP + r * SIZE);
    }
  }

  private static void panel(Svg svg) {
    int top = 74;
    int row = 20;
    svg.heading(LEFT + LANES * LANE, 28, 15, MIDDLE, WEIGHT, "a panel $b$ of $W$: $K$ rows of 32");
    for (int k = 0; k < DEPTH; k++) {
      for (int v = 0; v < 2; v++) {
        register(svg, v, top + k * row, row, k == NOW ? TARGET : WEIGHT);
      }
    }
    for (int v = 0; v < 2; v++) {
      double x = LEFT + (v + 0.5) * LANES * LANE;
      svg.text(x, top - 12, 12.5, MIDDLE, MUTED, "16 lanes: one register");
      svg.arrow(TARGET, x, top + DEPTH * row + 6, x, TOP - 4);
    }
    svg.text(LEFT - 12, top + NOW * row + 15, 14, END, TARGET, "$k$");
    svg.text(764, top + NOW * row + 8, 13, START, TARGET, "2 loads");
  }

  private static void register(Svg svg, int v, int y, int height, Ink ink) {
    double left = LEFT + v * LANES * LANE;
    svg.box(left, y, LANES * LANE, height, 0, ink);
    for (int l = 1; l < LANES; l++) {
      svg.tick(left + l * LANE, y + 1, y + height - 1, ink);
    }
  }

  private static void sums(Svg svg) {
    for (int r = 0; r < ROWS; r++) {
      double y = TOP + r * SIZE;
      register(svg, 0, TOP + r * SIZE, SIZE, GATE);
      register(svg, 1, TOP + r * SIZE, SIZE, GATE);
      svg.arrow(TARGET, 268, y + SIZE / 2.0, LEFT - 4, y + SIZE / 2.0);
    }
    svg.text(299, TOP - 14, 12.5, MIDDLE, TARGET, "12 copies");
    svg.heading(
        LEFT + LANES * LANE,
        TOP + ROWS * SIZE + 24,
        15,
        MIDDLE,
        GATE,
        "12 × 32 sums $c$ in 24 registers");
    int x = 765;
    svg.text(x, TOP + 30, 14, START, PLAIN, "at each step of $k$:");
    svg.text(x, TOP + 58, 15, START, GATE, "$c_{rl}$ += $a_{rk} · b_{kl}$");
    svg.text(x, TOP + 88, 13, START, MUTED, "24 fused multiply-adds,");
    svg.text(x, TOP + 106, 13, START, MUTED, "none waits for another");
    svg.text(x, TOP + 150, 14, START, PLAIN, "after the last $k$:");
    svg.text(x, TOP + 178, 13, START, MUTED, "24 stores to memory");
  }
}
