package io.gru4j.tensor.nn;

import static io.gru4j.tensor.PlainGru4Rec.FILE;

import io.gru4j.tensor.PlainGru4Rec;
import io.gru4j.tensor.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** GRU layers on top of each other in double precision: the plain network's one, several times. */
final class PlainLayers {

  private final List<GruParameters> parameters;
  private final List<Object> layers = new ArrayList<>();
  private final List<Object> gradients = new ArrayList<>();
  private final List<Object[]> clicks = new ArrayList<>();
  private int[] active;

  /** Takes over the parameters' values. */
  PlainLayers(List<GruParameters> parameters) {
    this.parameters = parameters;
    for (GruParameters p : parameters) {
      double[][] none = {};
      double[] noBias = {};
      double[][] ih = Reference.of(p.weightIh());
      double[][] hh = Reference.of(p.weightHh());
      double[] bih = Reference.column(p.biasIh());
      double[] bhh = Reference.column(p.biasHh());
      layers.add(FILE.network(none, ih, hh, bih, bhh, none, noBias));
      gradients.add(PlainGru4Rec.zeros(0, ih[0].length, p.hidden()));
    }
  }

  /** Returns the states (M, H) of the last layer; {@code states}, by layer, move on. */
  double[][] forward(double[][] x, int[] active, List<double[][]> states) {
    this.active = active;
    double[][] y = x;
    for (int i = 0; i < layers.size(); i++) {
      clicks.add(FILE.gruForward(layers.get(i), y, active, states.get(i)));
      y = Stream.of(clicks.get(i)).map(FILE::next).toArray(double[][]::new);
    }
    return y;
  }

  /** From the gradient of what forward returned to that of its input. */
  double[][] backward(double[][] dy) {
    double[][] d = dy;
    for (int i = layers.size() - 1; i >= 0; i--) {
      d = FILE.gruBackward(layers.get(i), gradients.get(i), clicks.get(i), active, d);
    }
    return d;
  }

  /** Compares the gradients of all parameters with those that backward has made. */
  void assertGradients() {
    for (int i = 0; i < layers.size(); i++) {
      GruParameters p = parameters.get(i);
      Object d = gradients.get(i);
      String layer = " of layer " + i;
      Reference.assertGradient("weightIh" + layer, FILE.Wih(d), p.weightIh()::gradAt);
      Reference.assertGradient("weightHh" + layer, FILE.Whh(d), p.weightHh()::gradAt);
      Reference.assertGradient("biasIh" + layer, FILE.bih(d), p.biasIh()::gradAt);
      Reference.assertGradient("biasHh" + layer, FILE.bhh(d), p.biasHh()::gradAt);
    }
  }
}
