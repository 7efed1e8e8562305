package io.gru4j.model;

import io.gru4j.tensor.autograd.Parameter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether the scores of a network are finite after any clicks, judged by the largest absolute value
 * of each parameter. A hidden state is at most 1, so
 *
 * <pre>
 *   |gate|  &lt;= inputs * max|weight_ih| * max|x| + max|bias_ih| + H * max|weight_hh| + max|bias_hh|
 *   |score| &lt;= H * max|lin.weight| + max|lin.bias|
 * </pre>
 *
 * <p>where x is the item's embedding, of E components, and above the first layer a hidden state, of
 * the H of the layer below. Both must be at most half the largest float: the other half is for what
 * is rounded on the way, and lets the difference of two scores be finite too.
 */
final class ScoreBound {
  private static final double LARGEST = Float.MAX_VALUE / 2;
  private static final int LARGEST_BITS = Float.floatToRawIntBits(Float.MAX_VALUE);

  private final GruNetwork network;
  private final Map<String, Double> largest = new ConcurrentHashMap<>();

  ScoreBound(GruNetwork network) {
    this.network = network;
  }

  /**
   * Takes in values of a parameter. May be called by several threads at once.
   *
   * @return the index of the first value that is NaN or infinite, or -1
   */
  int add(Parameter parameter, float[] values, int from, int to) {
    int most = 0;
    for (int i = from; i < to; i++) { // sizes of floats are in the order of their bits
      most = Math.max(most, Float.floatToRawIntBits(values[i]) & Integer.MAX_VALUE);
    }
    if (most > LARGEST_BITS) {
      int wrong = from;
      while (Math.abs(values[wrong]) <= Float.MAX_VALUE) {
        wrong++;
      }
      return wrong;
    }
    largest.merge(parameter.name(), (double) Float.intBitsToFloat(most), Math::max);
    return -1;
  }

  /** What is wrong with the parameters taken in, with the tensor's name and figures; or null. */
  String fault() {
    double x = largest(network.embedding());
    int inputs = network.numComponents();
    for (int i = 0; i < network.layers().size(); i++) {
      Parameter weightIh = network.layers().get(i).weightIh();
      Parameter weightHh = network.layers().get(i).weightHh();
      Parameter biasIh = network.layers().get(i).biasIh();
      Parameter biasHh = network.layers().get(i).biasHh();
      double fromInput = inputs * largest(weightIh) * x;
      double fromState = weightHh.cols() * largest(weightHh);
      double gate = fromInput + fromState + largest(biasIh) + largest(biasHh);
      if (gate > LARGEST) {
        return fault(
            largestOf(weightIh, fromInput, weightHh, fromState, biasIh, biasHh), "gate", gate);
      }
      x = 1; // of the layer above
      inputs = weightHh.cols();
    }
    double fromWeight = network.hiddenSize() * largest(network.outputWeight());
    double score = fromWeight + largest(network.outputBias());
    Parameter part =
        fromWeight >= largest(network.outputBias()) ? network.outputWeight() : network.outputBias();
    return score > LARGEST ? fault(part, "score", score) : null;
  }

  private Parameter largestOf(
      Parameter weightIh,
      double fromInput,
      Parameter weightHh,
      double fromState,
      Parameter biasIh,
      Parameter biasHh) {
    Parameter weight = fromInput >= fromState ? weightIh : weightHh;
    Parameter bias = largest(biasIh) >= largest(biasHh) ? biasIh : biasHh;
    return Math.max(fromInput, fromState) >= largest(bias) ? weight : bias;
  }

  private double largest(Parameter parameter) {
    return largest.getOrDefault(parameter.name(), 0.0);
  }

  private String fault(Parameter parameter, String what, double bound) {
    return String.format(
        Locale.ROOT,
        "tensor \"%s\": values up to %.3g, so that a %s may come to %.3g, more than %.3g",
        parameter.name(),
        largest(parameter),
        what,
        bound,
        LARGEST);
  }
}
