package io.gru4j.tensor.nn;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.optim.GradientClipping;
import io.gru4j.tensor.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;

/** Embedding, GRU layers and output layer put together as training does it. */
final class SmallNetwork {

  final Tape tape = new Tape();
  final Parameter table;
  final List<GruParameters> gruParameters = new ArrayList<>();
  final Parameter weight;
  final Parameter bias;
  final List<Parameter> parameters = new ArrayList<>();
  final List<Matrix> states = new ArrayList<>();
  final OutputLayer outputLayer;

  private final DistinctRows distinct = new DistinctRows();
  private final Embedding embedding;
  private final Dropout dropout;
  private final List<Gru> layers = new ArrayList<>();

  SmallNetwork(
      TestData data, Parallel parallel, int V, int E, int H, int layerCount, int rows, float p) {
    this(data, parallel, V, E, H, layerCount, rows, p, false);
  }

  /** As the other; if {@code shared}, the output layer has the weights of the embedding. */
  SmallNetwork(
      TestData data,
      Parallel parallel,
      int V,
      int E,
      int H,
      int layerCount,
      int rows,
      float p,
      boolean shared) {
    table =
        data.fill(
            shared
                ? Parameter.ofPanels("emb.weight", V, E)
                : Parameter.ofSparseRows("emb.weight", V, E),
            1f);
    embedding = new Embedding(table);
    dropout = new Dropout(p, E);
    parameters.add(table);
    for (int i = 0; i < layerCount; i++) {
      GruParameters g = data.gru(i, i == 0 ? E : H, H, 0.7f);
      gruParameters.add(g);
      parameters.addAll(g.all());
      layers.add(new Gru(g, parallel));
      states.add(data.matrix(rows, H, 1f));
    }
    weight = shared ? table : data.fill(Parameter.ofPanels("lin.weight", V, H), 1f);
    bias = data.fill(Parameter.ofBias("lin.bias", V), 1f);
    if (!shared) {
      parameters.add(weight);
    }
    parameters.add(bias);
    outputLayer = new OutputLayer(weight, bias, parallel);
  }

  /** Loss of a chunk; the states move on. */
  Variable forward(int[] items, int[] targets, int[] active, int T, int M, long seed) {
    boolean shared = !dropout.isOn();
    if (shared) {
      distinct.find(items, M);
    }
    Variable y =
        shared
            ? embedding.forward(tape, items, distinct)
            : dropout.forward(tape, embedding.forward(tape, items, M), seed);
    for (int i = 0; i < layers.size(); i++) {
      DistinctRows inputs = shared && i == 0 ? distinct : null;
      y = layers.get(i).forward(tape, y, inputs, active, T, states.get(i));
    }
    return outputLayer.forward(tape, y, targets);
  }

  /** One step of training; returns the loss. */
  double step(
      int[] items,
      int[] targets,
      int[] active,
      int T,
      int M,
      long seed,
      GradientClipping clipping,
      Optimizer optimizer) {
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).zeroGrad();
    }
    tape.backward(forward(items, targets, active, T, M, seed));
    optimizer.step(GradientClipping.factor(clipping.norm(), 1.0));
    return outputLayer.lossValue();
  }
}
