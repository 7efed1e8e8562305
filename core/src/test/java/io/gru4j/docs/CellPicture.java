package io.gru4j.docs;

import static io.gru4j.docs.Ink.GATE;
import static io.gru4j.docs.Ink.MUTED;
import static io.gru4j.docs.Ink.PLAIN;
import static io.gru4j.docs.Ink.STATE;
import static io.gru4j.docs.Ink.WEIGHT;
import static io.gru4j.docs.Svg.Anchor.END;
import static io.gru4j.docs.Svg.Anchor.MIDDLE;
import static io.gru4j.docs.Svg.Anchor.START;

/** One step of the GRU: how the click x and the state h become the next state. */
final class CellPicture {
  private static final int R = 245; // middle of the column of the reset gate
  private static final int Z = 420; // of the update gate
  private static final int N = 595; // of the new gate
  private static final int STATE_LINE = 92;

  private CellPicture() {}

  static Svg draw() {
    Svg svg =
        new Svg(
            960,
            590,
            "One step of the GRU",
            "The state h enters on the left and leaves on the right as the next state. One product"
                + " with h and one with the click x give a part of each of the three gates. Reset"
                + " gate r and update gate z are sigmoids of the sums of their parts. The reset"
                + " gate multiplies the recurrent part of the new gate n, after the product and its"
                + " bias; n is the tanh of the sum. The next state is (1 - z) n + z h.");
    svg.card(100, 30, 770, 490);
    products(svg);
    gates(svg);
    nextState(svg);
    legend(svg);
    return svg;
  }

  private static void products(Svg svg) {
    svg.arrow(STATE, 62, STATE_LINE, 727, STATE_LINE);
    svg.circle(40, STATE_LINE, 22, "$h$", 20, STATE);
    svg.text(40, 136, 13, MIDDLE, MUTED, "old state");
    svg.dot(180, STATE_LINE, STATE).arrow(STATE, 180, STATE_LINE, 180, 140);
    svg.text(196, 126, 14, START, WEIGHT, "one product for all three: $W_{hh} h + b_{hh}$");
    bar(svg, 140, "h");
    svg.arrow(STATE, N, 548, N, 480);
    svg.circle(N, 560, 22, "$x$", 20, STATE);
    svg.text(N + 34, 565, 13, START, MUTED, "embedding of the new click");
    svg.text(N - 16, 503, 14, END, WEIGHT, "one product for all three: $W_{ih} x + b_{ih}$");
    bar(svg, 440, "x");
  }

  private static void bar(Svg svg, int y, String input) {
    String[] gates = {"r", "z", "n"};
    for (int i = 0; i < 3; i++) {
      int middle = R + i * (Z - R);
      svg.box(middle - (Z - R) / 2.0, y, Z - R, 40, 0, WEIGHT);
      svg.text(middle, y + 27, 19, MIDDLE, WEIGHT, "$g^" + input + "_" + gates[i] + "$");
    }
  }

  private static void gates(Svg svg) {
    int yr = 245;
    int yz = 375;
    int yn = 310;
    svg.arrow(WEIGHT, Z, 180, Z, yz - 13).arrow(WEIGHT, Z, 440, Z, yz + 13);
    svg.arrow(PLAIN, Z + 13, yz, Z + 36, yz).plus(Z, yz);
    svg.arrow(WEIGHT, R, 180, R, yr - 13).arrow(WEIGHT, R, 440, R, yr + 13);
    svg.arrow(PLAIN, R + 13, yr, R + 36, yr).plus(R, yr);
    svg.arrow(GATE, R + 84, yr, N - 13, yr);
    svg.arrow(WEIGHT, N, 180, N, yr - 13).arrow(WEIGHT, N, 440, N, yn + 13);
    svg.arrow(PLAIN, N, yr + 13, N, yn - 13).times(N, yr);
    svg.arrow(PLAIN, N + 13, yn, N + 36, yn).plus(N, yn);
    function(svg, R + 60, yr, "$σ$");
    function(svg, Z + 60, yz, "$σ$");
    function(svg, N + 60, yn, "tanh");
    svg.text(R + 105, yr - 9, 19, START, GATE, "$r$");
    svg.text(R + 95, yr + 19, 13, START, GATE, "reset gate");
    svg.text(N + 24, yz - 9, 19, START, GATE, "$z$");
    svg.text(N + 14, yz + 19, 13, START, GATE, "update gate");
    svg.text(N + 95, yn - 9, 19, START, GATE, "$n$");
    svg.text(N + 60, yn - 25, 13, MIDDLE, GATE, "new gate");
    svg.text(N + 20, yr - 37, 12.5, START, MUTED, "after the product,");
    svg.text(N + 20, yr - 22, 12.5, START, MUTED, "its bias included");
  }

  private static void function(Svg svg, int x, int y, String name) {
    svg.box(x - 24, y - 17, 48, 34, 8, GATE);
    svg.text(x, y + 6, name.equals("tanh") ? 15 : 19, MIDDLE, GATE, name);
  }

  private static void nextState(Svg svg) {
    int keep = 740; // column of z * h
    int take = 830; // column of (1 - z) * n
    int yz = 375;
    int yn = 310;
    svg.arrow(GATE, N + 84, yn, take - 13, yn);
    svg.arrow(GATE, Z + 84, yz, keep, yz, keep, STATE_LINE + 13);
    svg.dot(keep, yz, GATE).arrow(GATE, keep, yz, take - 28, yz);
    svg.box(take - 26, yz - 16, 52, 32, 8, GATE);
    svg.text(take, yz + 6, 16, MIDDLE, GATE, "$1 − z$");
    svg.arrow(GATE, take, yz - 16, take, yn + 13).times(take, yn);
    svg.arrow(PLAIN, take, yn - 13, take, STATE_LINE + 13);
    svg.times(keep, STATE_LINE).arrow(STATE, keep + 13, STATE_LINE, take - 13, STATE_LINE);
    svg.plus(take, STATE_LINE).arrow(STATE, take + 13, STATE_LINE, 893, STATE_LINE);
    svg.circle(917, STATE_LINE, 23, "$h′$", 20, STATE);
    svg.text(917, 137, 13, MIDDLE, MUTED, "next state");
    svg.text(keep, 70, 14, MIDDLE, PLAIN, "$z ⊙ h$");
    svg.text(keep, 53, 12.5, MIDDLE, MUTED, "kept");
    svg.text(take - 10, 210, 14, END, PLAIN, "$(1 − z) ⊙ n$");
    svg.text(take - 10, 227, 12.5, END, MUTED, "taken anew");
  }

  private static void legend(Svg svg) {
    int y = 560;
    svg.times(30, y).text(50, y + 5, 13, START, PLAIN, "product, number by number");
    svg.plus(262, y).text(282, y + 5, 13, START, PLAIN, "sum");
    svg.box(338, y - 12, 34, 24, 6, GATE).text(380, y + 5, 13, START, PLAIN, "acts on each number");
  }
}
