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

/** A session of six clicks through time, cut into two chunks: bptt is 3. */
final class UnrolledPicture {
  private static final int[] X = {170, 330, 490, 720, 880}; // middle of each step
  private static final int BOUNDARY = 605;
  private static final int LOSS = 80;
  private static final int SOFTMAX = 170;
  private static final int CELL = 290;
  private static final int EMBEDDING = 400;
  private static final int CLICK = 470;

  private UnrolledPicture() {}

  static Svg draw() {
    Svg svg =
        new Svg(
            960,
            650,
            "The network unrolled over time",
            "Five steps of one session in two chunks, of three steps and of two. At each step a"
                + " click goes through the embedding into the GRU, and the state goes up to the"
                + " output layer, which is compared with the next click. States run from left to"
                + " right through all five steps. Gradients run the other way, down from the output"
                + " layer and from each step to the one before, but not from the second chunk into"
                + " the first: there they are dropped. After each chunk the optimizer changes the"
                + " weights, with the sum of the gradients of its steps.");
    svg.card(82, 20, 486, 560).card(642, 20, 306, 560);
    svg.heading(100, 45, 14, START, PLAIN, "first chunk (bptt 3)");
    svg.heading(660, 45, 14, START, PLAIN, "second chunk");
    for (int t = 0; t < X.length; t++) {
      step(svg, t);
    }
    states(svg);
    gradients(svg);
    weights(svg);
    legend(svg);
    return svg;
  }

  private static void step(Svg svg, int t) {
    int x = X[t];
    svg.arrow(STATE, x - 12, CLICK - 16, x - 12, EMBEDDING + 18);
    svg.arrow(STATE, x - 12, EMBEDDING - 18, x - 12, CELL + 30);
    svg.text(x - 20, 358, 16, Svg.Anchor.END, STATE, "$x_" + t + "$");
    svg.arrow(STATE, x - 12, CELL - 30, x - 12, SOFTMAX + 20);
    svg.text(x - 20, 230, 16, Svg.Anchor.END, STATE, "$h_" + t + "$");
    svg.arrow(STATE, x - 12, SOFTMAX - 20, x - 12, LOSS + 20);
    svg.dashedArrow(GRADIENT, x + 12, LOSS + 20, x + 12, SOFTMAX - 20);
    svg.dashedArrow(GRADIENT, x + 12, SOFTMAX + 20, x + 12, CELL - 30);
    svg.dashedArrow(GRADIENT, x + 12, CELL + 30, x + 12, EMBEDDING - 18);
    svg.box(x - 55, LOSS - 20, 110, 40, 8, TARGET);
    svg.text(x, LOSS + 5, 14, MIDDLE, TARGET, "$ℓ_" + t + "$: click " + (t + 1) + "?");
    svg.box(x - 55, SOFTMAX - 20, 110, 40, 8, WEIGHT);
    svg.text(x, SOFTMAX + 5, 14, MIDDLE, WEIGHT, "output layer");
    svg.box(x - 45, CELL - 30, 90, 60, 8, GATE);
    svg.heading(x, CELL + 6, 16, MIDDLE, GATE, "GRU");
    svg.box(x - 55, EMBEDDING - 18, 110, 36, 8, WEIGHT);
    svg.text(x, EMBEDDING + 5, 14, MIDDLE, WEIGHT, "embedding");
    svg.text(x - 12, CLICK + 2, 14, MIDDLE, PLAIN, "click " + t);
  }

  private static void states(Svg svg) {
    int y = CELL - 14;
    svg.circle(44, y, 20, "$0$", 17, STATE);
    svg.arrow(STATE, 64, y, X[0] - 45, y);
    for (int t = 1; t < X.length; t++) {
      svg.arrow(STATE, X[t - 1] + 45, y, X[t] - 45, y);
      if (t != 3) {
        svg.text((X[t - 1] + X[t]) / 2.0, y - 9, 16, MIDDLE, STATE, "$h_" + (t - 1) + "$");
      }
    }
    svg.text(BOUNDARY, y - 32, 16, MIDDLE, STATE, "$h_2$");
    svg.text(BOUNDARY, y - 14, 12.5, MIDDLE, STATE, "carried");
  }

  private static void gradients(Svg svg) {
    int y = CELL + 14;
    svg.text(X[1] + 19, 230, 15, START, GRADIENT, "$dh_1^{out}$");
    for (int t = 1; t < X.length; t++) {
      if (t == 3) {
        svg.dashedLine(GRADIENT, X[3] - 45, y, BOUNDARY + 8, y);
        svg.line(GRADIENT, BOUNDARY - 7, y - 7, BOUNDARY + 7, y + 7);
        svg.line(GRADIENT, BOUNDARY - 7, y + 7, BOUNDARY + 7, y - 7);
        svg.text(BOUNDARY, y + 27, 12.5, MIDDLE, GRADIENT, "dropped");
      } else {
        svg.dashedArrow(GRADIENT, X[t] - 45, y, X[t - 1] + 45, y);
      }
    }
  }

  private static void weights(Svg svg) {
    int y = 508;
    svg.box(98, y, 454, 50, 8, GRADIENT).box(658, y, 274, 50, 8, GRADIENT);
    svg.text(
        325, y + 21, 14, MIDDLE, GRADIENT, "$dW_{hh}$ = the sum over steps 0, 1, 2, and so on");
    svg.text(
        325, y + 40, 14, MIDDLE, GRADIENT, "for every parameter; then a step of the optimizer");
    svg.text(795, y + 21, 14, MIDDLE, GRADIENT, "the sum over steps 3, 4;");
    svg.text(795, y + 40, 14, MIDDLE, GRADIENT, "then the next step of the optimizer");
    svg.arrow(WEIGHT, 552, y + 25, 658, y + 25);
    svg.text(BOUNDARY, y + 16, 12.5, MIDDLE, WEIGHT, "new $W$");
  }

  private static void legend(Svg svg) {
    int y = 615;
    svg.arrow(STATE, 100, y, 150, y);
    svg.text(160, y + 5, 13, START, PLAIN, "forward: values");
    svg.dashedArrow(GRADIENT, 340, y, 290, y);
    svg.text(350, y + 5, 13, START, PLAIN, "backward: gradients");
    svg.text(510, y + 5, 13, START, MUTED, "boxes of the same name share their parameters");
  }
}
