package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_EPSILON;
import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_EPSILON_PLACE;
import static io.gru4j.parameters.GRU4RecOptions.ADAGRAD_MOMENTUM;
import static io.gru4j.parameters.GRU4RecOptions.BATCHING;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_EMBED;
import static io.gru4j.parameters.GRU4RecOptions.DROPOUT_HIDDEN;
import static io.gru4j.parameters.GRU4RecOptions.LEARNING_RATE_SCHEDULE;
import static io.gru4j.parameters.GRU4RecOptions.WEIGHT_DECAY;
import static io.gru4j.parameters.GRU4RecParameters.CLIPNORM;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;

import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.DistinctRows;
import io.gru4j.tensor.nn.Dropout;
import io.gru4j.tensor.nn.Embedding;
import io.gru4j.tensor.nn.Gru;
import io.gru4j.tensor.nn.GruParameters;
import io.gru4j.tensor.optim.Adagrad;
import io.gru4j.tensor.optim.GradientClipping;
import io.gru4j.tensor.optim.Optimizer;
import io.gru4j.tensor.optim.Sgd;
import java.util.Arrays;
import java.util.List;

/**
 * The network on a tape, and one optimizer step on a chunk of a batch: embedding, dropout, GRU
 * layers, objective, backward pass, clipping, optimizer.
 *
 * <p>Buffers are made for the largest chunk and kept: in steady state a step allocates nothing.
 */
public final class TrainingStep {

  private final List<Parameter> parameters;
  private final Tape tape = new Tape();
  private final DistinctRows distinctItems = new DistinctRows(); // of a chunk
  private final Embedding embedding;
  private final Dropout[] dropouts;
  private final Gru[] layers;
  private final Matrix[] states; // one row a session, or a track
  private final Matrix[] pieces; // the same, one row a piece of a session; one for equal sizes
  private final Objective objective;
  private final GradientClipping clipping;
  private final Double clipnorm;
  private final Optimizer optimizer;
  private final long dropoutSeed;

  private final double learningRate;
  private final GRU4RecOptions.Schedule schedule;
  private final double weightDecay;
  private final boolean tracks;

  private long step;
  private Chunk chunk;
  private float gradScale;
  private double rate;

  TrainingStep(
      GruNetwork network,
      GRU4RecParameters p,
      Objective objective,
      long dropoutSeed,
      Parallel parallel) {
    this.parameters = network.parameters();
    this.embedding = new Embedding(network.embedding());
    int n = network.layers().size();
    this.layers = new Gru[n];
    this.states = new Matrix[n];
    this.pieces = new Matrix[n];
    this.dropouts = new Dropout[n + 1];
    dropouts[0] = new Dropout(dropout(p, DROPOUT_EMBED), network.numComponents());
    for (int i = 0; i < n; i++) {
      GruParameters layer = network.layers().get(i);
      layers[i] = new Gru(layer, parallel);
      states[i] = Matrix.zeros(0, layer.hidden());
      pieces[i] = ofSize(layer.hidden(), i);
      dropouts[i + 1] = new Dropout(dropout(p, DROPOUT_HIDDEN), layer.hidden());
    }
    this.objective = objective;
    this.clipping = new GradientClipping(parameters, parallel);
    this.clipnorm = p.get(CLIPNORM);
    this.learningRate = p.get(LEARNING_RATE);
    this.schedule = p.get(LEARNING_RATE_SCHEDULE);
    this.weightDecay = p.get(WEIGHT_DECAY);
    this.tracks = p.get(BATCHING) == GRU4RecOptions.Batching.SESSION_PARALLEL;
    float firstRate = (float) learningRate;
    this.optimizer =
        switch (p.get(OPTIMIZATION_ALGORITHM)) {
          case ADAGRAD ->
              new Adagrad(parameters, firstRate, p.get(ADAGRAD_MOMENTUM).floatValue(), parallel)
                  .epsilon(
                      p.get(ADAGRAD_EPSILON).floatValue(),
                      p.get(ADAGRAD_EPSILON_PLACE) == GRU4RecOptions.EpsilonPlace.INSIDE);
          case SGD -> new Sgd(parameters, firstRate, p.get(MOMENTUM).floatValue(), parallel);
        };
    this.dropoutSeed = dropoutSeed;
  }

  /** The pieces' states of a layer below that is as wide, or new ones. */
  private Matrix ofSize(int H, int layer) {
    for (int i = 0; i < layer; i++) {
      if (pieces[i].cols() == H) {
        return pieces[i];
      }
    }
    return Matrix.zeros(0, H);
  }

  /** One of the two dropouts of their own, or the common one where it is None. */
  static float dropout(GRU4RecParameters p, ParameterSpec<Double> own) {
    Double value = p.get(own) == null ? p.get(DROPOUT) : p.get(own);
    return value.floatValue();
  }

  /** Sets all hidden states to zero, for so many sessions side by side. */
  void beginBatch(int rows) {
    for (Matrix state : states) {
      state.resizeRows(rows);
      state.fill(0f);
    }
  }

  /**
   * Trains on a chunk.
   *
   * @param done share of the targets of all epochs that were trained on, in [0, 1)
   * @return the loss; NaN if the chunk has no target, and no step is made
   */
  double run(Chunk chunk, double done) {
    this.chunk = chunk;
    if (chunk.numTargets == 0) {
      return Double.NaN;
    }
    rate = learningRate * schedule.factor(done);
    optimizer.rates((float) rate, (float) (rate * weightDecay));
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).zeroGrad();
    }
    boolean shared = !dropouts[0].isOn(); // rows of one item have one input
    Variable x = shared ? eachItemOnce(chunk) : eachRow(chunk);
    for (int i = 0; i < layers.length; i++) {
      x = run(i, x, shared && i == 0 ? distinctItems : null, chunk);
      x = dropouts[i + 1].forward(tape, x, seed(i + 1));
    }
    Variable loss = objective.forward(tape, x, chunk, step);
    tape.backward(loss);
    gradScale = clipnorm == null ? 1f : GradientClipping.factor(clipping.norm(), clipnorm);
    optimizer.step(gradScale);
    step++;
    return objective.loss();
  }

  private Variable eachItemOnce(Chunk chunk) {
    distinctItems.find(chunk.items, chunk.numTargets);
    return embedding.forward(tape, chunk.items, distinctItems);
  }

  private Variable eachRow(Chunk chunk) {
    Variable x = embedding.forward(tape, chunk.items, chunk.numTargets);
    return dropouts[0].forward(tape, x, seed(0));
  }

  private long seed(int layer) {
    return RandomStream.at(dropoutSeed, step * dropouts.length + layer);
  }

  /**
   * Runs a layer from the states of its tracks, and stores the states of the sessions that
   * continue.
   *
   * @param distinct which inputs the rows share; null if each has its own
   */
  private Variable run(int i, Variable x, DistinctRows distinct, Chunk chunk) {
    if (chunk.fromTrack == null) {
      return layers[i].forward(tape, x, distinct, chunk.activeRows, chunk.T, states[i]);
    }
    int H = states[i].cols();
    int rows = chunk.activeRows[0];
    Matrix pieces = this.pieces[i];
    pieces.resizeRows(rows);
    for (int r = 0; r < rows; r++) {
      if (chunk.fromTrack[r] < 0) {
        Arrays.fill(pieces.data(), r * H, (r + 1) * H, 0f);
      } else {
        System.arraycopy(states[i].data(), chunk.fromTrack[r] * H, pieces.data(), r * H, H);
      }
    }
    Variable y = layers[i].forward(tape, x, distinct, chunk.activeRows, chunk.T, pieces);
    for (int r = 0; r < rows; r++) {
      if (chunk.toTrack[r] >= 0) {
        System.arraycopy(pieces.data(), r * H, states[i].data(), chunk.toTrack[r] * H, H);
      }
    }
    return y;
  }

  /** {@return the optimizer steps made so far} */
  public long steps() {
    return step;
  }

  /** Continues as if so many steps had been made. */
  void resumeAt(long steps) {
    step = steps;
  }

  /** Returns the optimizer, of the network's parameters in their order. */
  Optimizer optimizer() {
    return optimizer;
  }

  /** Returns whether hidden states are carried from batch to batch. */
  boolean hasTracks() {
    return tracks;
  }

  /** Returns the hidden states of the layers before the next chunk, one row a session or track. */
  Matrix[] states() {
    return states;
  }

  /** {@return how many targets the last chunk had} */
  public int numTargets() {
    return chunk.numTargets;
  }

  /**
   * Returns the sum of the losses of the last chunk's targets, of the loss that {@link #run} gave.
   */
  double lossSum(double loss) {
    return loss * objective.divisor(chunk.numTargets);
  }

  /** {@return how many rows of the last chunk had a target} */
  public int rows() {
    return chunk.activeRows[0];
  }

  /** {@return the norm of the last step's gradient before clipping} */
  public double gradNorm() {
    return clipping.norm();
  }

  /** {@return the learning rate of the last step} */
  public double learningRate() {
    return rate;
  }

  /** {@return the factor that clipping gave the last step's gradient} */
  public float gradScale() {
    return gradScale;
  }
}
