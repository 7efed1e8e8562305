package io.gru4j.algorithms;

import io.gru4j.data.SequenceBatch;
import io.gru4j.model.GruNetwork;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.Dropout;
import io.gru4j.tensor.nn.Embedding;
import io.gru4j.tensor.nn.Gru;
import io.gru4j.tensor.nn.GruParameters;
import io.gru4j.tensor.nn.OutputLayer;
import io.gru4j.tensor.optim.Adagrad;
import io.gru4j.tensor.optim.GradientClipping;
import io.gru4j.tensor.optim.Optimizer;
import io.gru4j.tensor.optim.Sgd;
import java.util.List;

/**
 * The network on a tape, and one optimizer step on a chunk of a batch: look up, drop out, run the
 * GRU layers, take the loss, go back, clip, step.
 *
 * <p>A chunk is packed by time: the rows that still have a target in its first column, then those
 * that have one in its second, and so on. A row's last item has no target; running the GRU over it
 * would change neither the loss nor a later chunk, so it is left out. Buffers are made for the
 * largest chunk and kept: in steady state a step allocates nothing.
 */
final class TrainingStep {

  private final List<Parameter> parameters;
  private final Tape tape = new Tape();
  private final Embedding embedding;
  private final Dropout[] dropouts;
  private final Gru[] layers;
  private final Matrix[] states;
  private final OutputLayer output;
  private final GradientClipping clipping;
  private final Double clipnorm;
  private final Optimizer optimizer;
  private final long dropoutSeed;

  private long step;
  private int[] items = new int[0];
  private int[] targets = new int[0];
  private int[] activeRows = new int[0];
  private int numTargets;
  private float gradScale;

  TrainingStep(GruNetwork network, Gru4RecParameters p, long dropoutSeed, Parallel parallel) {
    this.parameters = network.parameters();
    this.embedding = new Embedding(network.embedding());
    int n = network.layers().size();
    this.layers = new Gru[n];
    this.states = new Matrix[n];
    this.dropouts = new Dropout[n + 1];
    dropouts[0] = new Dropout((float) p.dropout(), network.numComponents());
    for (int i = 0; i < n; i++) {
      GruParameters layer = network.layers().get(i);
      layers[i] = new Gru(layer, parallel);
      states[i] = Matrix.zeros(0, layer.hidden());
      dropouts[i + 1] = new Dropout((float) p.dropout(), layer.hidden());
    }
    this.output = new OutputLayer(network.outputWeight(), network.outputBias(), parallel);
    this.clipping = new GradientClipping(parameters, parallel);
    this.clipnorm = p.clipnorm();
    float learningRate = (float) p.learningRate();
    this.optimizer =
        switch (p.optimizationAlgorithm()) {
          case ADAGRAD -> new Adagrad(parameters, learningRate, parallel);
          case SGD -> new Sgd(parameters, learningRate, (float) p.momentum(), parallel);
        };
    this.dropoutSeed = dropoutSeed;
  }

  /** Begins a batch: every session starts from a hidden state of zeros. */
  void beginBatch(SequenceBatch batch) {
    for (Matrix state : states) {
      state.resizeRows(batch.rows());
      state.fill(0f);
    }
  }

  /**
   * Trains on columns {@code from} to {@code from + width - 1} of the batch.
   *
   * @return the mean loss over the chunk's targets; NaN if it has none, and no step is made
   */
  double run(SequenceBatch batch, int from, int width) {
    int T = pack(batch, from, width);
    if (numTargets == 0) {
      return Double.NaN;
    }
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).zeroGrad();
    }
    Variable x = dropouts[0].forward(tape, embedding.forward(tape, items, numTargets), seed(0));
    for (int i = 0; i < layers.length; i++) {
      x = layers[i].forward(tape, x, activeRows, T, states[i]);
      x = dropouts[i + 1].forward(tape, x, seed(i + 1));
    }
    Variable loss = output.forward(tape, x, targets);
    tape.backward(loss);
    gradScale = clipnorm == null ? 1f : GradientClipping.factor(clipping.norm(), clipnorm);
    optimizer.step(gradScale);
    step++;
    return output.lossValue();
  }

  private long seed(int layer) {
    return RandomStream.at(dropoutSeed, step * dropouts.length + layer);
  }

  /** Packs items and targets by time; returns how many columns of the chunk have a target. */
  private int pack(SequenceBatch batch, int from, int width) {
    if (activeRows.length < width) {
      activeRows = new int[width];
    }
    int T = 0;
    int total = 0;
    while (T < width && batch.activeRows(from + T) > 0) {
      activeRows[T] = batch.activeRows(from + T);
      total += activeRows[T++];
    }
    if (items.length < total) {
      items = new int[total];
      targets = new int[total];
    }
    int m = 0;
    for (int t = 0; t < T; t++) {
      for (int r = 0; r < activeRows[t]; r++) {
        items[m] = batch.item(r, from + t);
        targets[m++] = batch.target(r, from + t);
      }
    }
    numTargets = total;
    return T;
  }

  /** Returns the optimizer steps made so far. */
  long steps() {
    return step;
  }

  /** Goes on as if so many steps had been made. */
  void resumeAt(long steps) {
    step = steps;
  }

  /** Returns the optimizer, of the network's parameters in their order. */
  Optimizer optimizer() {
    return optimizer;
  }

  /** Returns the hidden states of the layers before the next chunk, one row a session. */
  Matrix[] states() {
    return states;
  }

  /** Returns how many targets the last chunk had. */
  int numTargets() {
    return numTargets;
  }

  /** Returns how many rows of the last chunk had a target. */
  int rows() {
    return activeRows[0];
  }

  /** Returns the norm of the last step's gradient before clipping. */
  double gradNorm() {
    return clipping.norm();
  }

  /** Returns the factor that clipping gave the last step's gradient. */
  float gradScale() {
    return gradScale;
  }
}
