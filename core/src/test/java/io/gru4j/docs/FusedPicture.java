package io.gru4j.docs;

import static io.gru4j.docs.Ink.GATE;
import static io.gru4j.docs.Ink.GRADIENT;
import static io.gru4j.docs.Ink.MUTED;
import static io.gru4j.docs.Ink.PLAIN;
import static io.gru4j.docs.Ink.STATE;
import static io.gru4j.docs.Ink.TARGET;
import static io.gru4j.docs.Ink.WEIGHT;
import static io.gru4j.docs.Svg.Anchor.MIDDLE;
import static io.gru4j.docs.Svg.Anchor.START;

/** What the output layer does with one tile of the catalogue, forward and backward. */
final class FusedPicture {
  private static final int TILES = 8;
  private static final int ROW = 20; // pixels of a tile
  private static final int AT = 2; // the tile that is drawn

  private FusedPicture() {}

  static Svg draw() {
    Svg svg =
        new Svg(
            960,
            635,
            "The fused output layer, tile by tile",
            "Forward: a tile of the weights is read into the cache once. The product with the"
                + " states gives the tile's logits, these give its maximum, exponentials and sum,"
                + " and the product of the exponentials with the same weights is added to the sum"
                + " for the gradient of the states. When all tiles are done, the loss and one"
                + " factor for each row and tile are known. Backward: exponentials times factor,"
                + " less 1 at the target, are the gradient of the logits; its product with the"
                + " states is the gradient of the tile's weights.");
    forward(svg);
    between(svg);
    backward(svg);
    return svg;
  }

  private static void catalogue(Svg svg, int y, Ink ink, String name) {
    for (int i = 0; i < TILES; i++) {
      svg.box(40, y + i * ROW, 80, ROW, 0, i == AT ? ink : MUTED);
    }
    svg.heading(80, y - 10, 15, MIDDLE, ink, name);
    svg.text(80, y + TILES * ROW + 19, 12.5, MIDDLE, MUTED, "$V$ rows");
    svg.text(80, y + AT * ROW + 15, 12.5, MIDDLE, ink, "tile $i$");
  }

  private static void forward(Svg svg) {
    svg.card(20, 20, 920, 270);
    svg.heading(150, 48, 15, START, PLAIN, "forward, for each tile");
    catalogue(svg, 77, WEIGHT, "$W$");
    svg.arrow(WEIGHT, 120, 127, 176, 127);
    box(svg, 178, 92, 150, WEIGHT, "tile of $W$", "in cache: read once");
    svg.arrow(WEIGHT, 328, 127, 386, 127);
    box(svg, 388, 92, 150, STATE, "$S = X W^T + b$", "logits");
    svg.arrow(STATE, 538, 127, 596, 127);
    box(svg, 598, 92, 180, GATE, "$m_i$,  $e^{s_j − m_i}$,  $c_i$", "stands where $S$ was");
    svg.arrow(GATE, 688, 162, 688, 240, 600, 240);
    svg.arrow(WEIGHT, 253, 162, 253, 240, 376, 240);
    box(svg, 378, 205, 220, GRADIENT, "$Q = Q + e^{s_j − m_i} W$", "$Q$ shrinks when $m$ grows");
    svg.text(266, 228, 12.5, START, MUTED, "the same tile,");
    svg.text(266, 258, 12.5, START, MUTED, "still in cache");
    svg.text(790, 118, 12.5, START, MUTED, "the only exp");
    svg.text(790, 135, 12.5, START, MUTED, "of each element");
  }

  private static void between(Svg svg) {
    svg.arrow(PLAIN, 480, 290, 480, 312);
    svg.box(150, 314, 660, 44, 10, TARGET);
    svg.text(
        480,
        341,
        15,
        MIDDLE,
        TARGET,
        "all tiles seen:  $m$,  $c$,  the loss,  factors $f_i = e^{m_i − m} / (M c)$,  $dX$ from"
            + " $Q$");
    svg.arrow(PLAIN, 480, 358, 480, 380);
  }

  private static void backward(Svg svg) {
    svg.card(20, 382, 920, 236);
    catalogue(svg, 428, GRADIENT, "$dW$");
    svg.heading(150, 410, 15, START, PLAIN, "backward, for each tile");
    box(svg, 178, 440, 180, GATE, "$e^{s_j − m_i}$", "kept from forward");
    svg.arrow(GATE, 358, 475, 416, 475);
    box(svg, 418, 440, 200, GRADIENT, "$dS = f_i e^{s_j − m_i} − [j = y] / M$", "");
    svg.arrow(GRADIENT, 618, 475, 676, 475);
    box(svg, 678, 440, 200, GRADIENT, "$dW = dS^T X$,  $db$", "with its sum of squares");
    svg.arrow(GRADIENT, 778, 510, 778, 564, 150, 564, 150, 478, 122, 478);
  }

  private static void box(Svg svg, int x, int y, int w, Ink ink, String first, String second) {
    svg.box(x, y, w, 70, 8, ink);
    svg.text(x + w / 2.0, y + (second.isEmpty() ? 41 : 31), 15, MIDDLE, ink, first);
    if (!second.isEmpty()) {
      svg.text(x + w / 2.0, y + 55, 12.5, MIDDLE, MUTED, second);
    }
  }
}
