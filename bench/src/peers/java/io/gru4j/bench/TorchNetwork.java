package io.gru4j.bench;

import io.gru4j.model.GruNetwork;
import io.gru4j.tensor.autograd.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/** The network's parameters as libtorch's tensors, under torch's names, with the same values. */
final class TorchNetwork {

  private final Map<String, Tensor> byName = new LinkedHashMap<>();
  final int numItems;
  final int hidden;
  final int numLayers;

  /** Copies a network. */
  TorchNetwork(GruNetwork network) {
    numItems = network.numItems();
    hidden = network.hiddenSize();
    numLayers = network.layers().size();
    for (Parameter p : network.parameters()) {
      float[] values = new float[p.rows() * p.cols()];
      p.read(0, values, values.length);
      boolean bias = p.isBias();
      long[] shape = bias ? new long[] {values.length} : new long[] {p.rows(), p.cols()};
      byName.put(p.name(), Tensor.create(values, shape).requires_grad_(true));
    }
  }

  Tensor get(String name) {
    return byName.get(name);
  }

  Tensor embedding() {
    return get("emb.weight");
  }

  /** Weights and biases of all GRU layers, in the order that torch's gru takes them. */
  TensorVector gru() {
    TensorVector gru = new TensorVector();
    for (int layer = 0; layer < numLayers; layer++) {
      for (String name : new String[] {"weight_ih", "weight_hh", "bias_ih", "bias_hh"}) {
        gru.push_back(get("rnn." + name + "_l" + layer));
      }
    }
    return gru;
  }

  Tensor outputWeight() {
    return get("lin.weight");
  }

  Tensor outputBias() {
    return get("lin.bias");
  }

  Map<String, Tensor> all() {
    return byName;
  }
}
