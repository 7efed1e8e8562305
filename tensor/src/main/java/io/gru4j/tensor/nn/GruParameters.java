package io.gru4j.tensor.nn;

import io.gru4j.tensor.autograd.Layout;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.Kernels;
import java.util.List;

/**
 * The weights of one GRU layer, gates stacked r, z, n as in torch.nn.GRU.
 *
 * @param weightIh shape (3H, inputs), in panels
 * @param weightHh shape (3H, H), in panels
 * @param biasIh shape (3H, 1), in panels
 * @param biasHh shape (3H, 1), in panels
 */
public record GruParameters(
    Parameter weightIh, Parameter weightHh, Parameter biasIh, Parameter biasHh) {

  /**
   * Returns a layer of zeros.
   *
   * @param layer number of the layer, for torch's names: {@code rnn.weight_ih_l0}
   * @param inputs width of the input
   * @param H hidden units
   * @return new parameters
   */
  public static GruParameters zeros(int layer, int inputs, int H) {
    return new GruParameters(
        Parameter.ofPanels("rnn.weight_ih_l" + layer, 3 * H, inputs),
        Parameter.ofPanels("rnn.weight_hh_l" + layer, 3 * H, H),
        Parameter.ofBias("rnn.bias_ih_l" + layer, 3 * H),
        Parameter.ofBias("rnn.bias_hh_l" + layer, 3 * H));
  }

  /**
   * Returns the bytes of a layer's values; its gradients take as many, and so does each of an
   * optimizer's arrays.
   *
   * @param inputs width of the input
   * @param H hidden units
   * @return the bytes, also of arrays that are too long to be made
   */
  public static double bytes(int inputs, int H) {
    long outputs = outputs(H);
    return Layout.panelsBytes(outputs, inputs)
        + Layout.panelsBytes(outputs, H)
        + 2 * Layout.panelsBytes(outputs, 1);
  }

  /** Gates, one of each kind for each hidden unit. */
  static long outputs(int H) {
    return 3L * H;
  }

  /** Those, filled up to whole panels. */
  static long gates(int H) {
    return Layout.panelCount(outputs(H)) * Kernels.PANEL;
  }

  /**
   * Returns the width of the input.
   *
   * @return at least 1
   */
  public int inputs() {
    return weightIh.cols();
  }

  /**
   * Returns the number of hidden units.
   *
   * @return at least 1
   */
  public int hidden() {
    return weightHh.cols();
  }

  /**
   * Returns the gates' numbers of one row, as buffers have them.
   *
   * @return 3H, filled up to whole panels
   */
  public int gates() {
    return (int) gates(hidden());
  }

  /**
   * Returns the four parameters.
   *
   * @return in the order of the record
   */
  public List<Parameter> all() {
    return List.of(weightIh, weightHh, biasIh, biasHh);
  }
}
