package io.gru4j.model;

import io.gru4j.data.IdMap;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.Embedding;
import io.gru4j.tensor.nn.Gru;
import io.gru4j.tensor.nn.GruParameters;
import io.gru4j.tensor.nn.GruState;
import io.gru4j.tensor.nn.OutputScorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Says what each click of a session does to the scores of some items. With T clicks and K items,
 * leaving one out takes T (T - 1) / 2 steps of the GRU, all those of one click together, and the
 * gradients one forward and backward pass of K rows over T time steps: the layers are those that
 * training uses.
 *
 * <p>Used by one thread, once: the layers' gradients are its own.
 */
final class Explainer {
  private final GruNetwork network;
  private final OutputScorer scorer;
  private final int[] clicks;
  private final int T;

  /**
   * Looks at a session.
   *
   * @param network whose parameters are only read
   * @param scorer of its output layer, nobody else's
   * @param clicks numbers of the items, the oldest first, at least one
   */
  Explainer(GruNetwork network, OutputScorer scorer, int[] clicks) {
    this.network = network;
    this.scorer = scorer;
    this.clicks = clicks;
    this.T = clicks.length;
  }

  /** The states after the session, and without each of its clicks. */
  private record States(GruState whole, GruState without) {}

  /**
   * Leaves one click out at a time. Row r of {@code without} is the state after the session without
   * click r. Up to that click it is the whole session's state; so each row begins with a copy of
   * that, and takes the clicks that follow.
   */
  private States leaveOneOut() {
    GruState whole = new GruState(network.embedding(), network.layers(), 1);
    GruState without = new GruState(network.embedding(), network.layers(), T);
    int[] item = new int[T];
    for (int t = 0; t < T; t++) {
      Arrays.fill(item, 0, Math.max(t, 1), clicks[t]);
      without.advance(item, t);
      for (int layer = 0; layer < network.layers().size(); layer++) {
        int H = whole.layer(layer).cols();
        System.arraycopy(whole.layer(layer).data(), 0, without.layer(layer).data(), t * H, H);
      }
      whole.advance(item, 1);
    }
    return new States(whole, without);
  }

  /**
   * Computes, for each target and each click, the derivative of the target's score by the click's
   * embedding, times that embedding.
   *
   * @return shape (K, T)
   */
  private float[][] gradientTimesInput(int[] targets) {
    int K = targets.length;
    int E = network.numComponents();
    int[] items = new int[K * T]; // packed by time: all rows' first clicks, then their second ones
    int[] active = new int[T];
    for (int t = 0; t < T; t++) {
      Arrays.fill(items, t * K, (t + 1) * K, clicks[t]);
      active[t] = K;
    }
    Variable x = new Variable(Matrix.zeros(K * T, E));
    Embedding.lookUp(network.embedding(), items, K * T, x.value().data());
    Tape tape = new Tape();
    try (Parallel parallel = new Parallel(1)) {
      Variable h = x;
      for (int i = 0; i < network.layers().size(); i++) {
        GruParameters layer = copy(i, network.layers().get(i));
        Matrix state = Matrix.zeros(K, layer.hidden());
        h = new Gru(layer, parallel).forward(tape, h, active, T, state);
      }
      tape.backward(sumOfScores(tape, h, targets));
    }
    float[][] result = new float[K][T];
    for (int k = 0; k < K; k++) {
      for (int t = 0; t < T; t++) {
        int at = (t * K + k) * E;
        double sum = 0;
        for (int e = 0; e < E; e++) {
          sum += (double) x.value().data()[at + e] * x.grad().data()[at + e];
        }
        result[k][t] = (float) sum;
      }
    }
    return result;
  }

  /** A layer with the same values, whose gradients nobody else sees. */
  private static GruParameters copy(int i, GruParameters layer) {
    GruParameters copy = GruParameters.zeros(i, layer.inputs(), layer.hidden());
    for (int p = 0; p < copy.all().size(); p++) {
      float[] from = layer.all().get(p).value();
      System.arraycopy(from, 0, copy.all().get(p).value(), 0, from.length);
    }
    return copy;
  }

  /**
   * The sum of the rows' scores of their own targets after the last click; rows do not meet, so its
   * gradient is each row's own. Its value is not computed.
   */
  private Variable sumOfScores(Tape tape, Variable h, int[] targets) {
    Parameter weight = network.outputWeight();
    int last = (T - 1) * targets.length;
    tape.record(
        () -> {
          for (int k = 0; k < targets.length; k++) { // d(w h + b) / dh = w
            weight.readRow(targets[k], h.grad().data(), (last + k) * h.cols());
          }
        });
    return new Variable(Matrix.zeros(1, 1));
  }

  /**
   * Explains items.
   *
   * @param targets their numbers, at least one
   * @param items the ids of all items
   * @return one for each of them, in that order
   */
  List<Explanation> explain(int[] targets, IdMap items) {
    States states = leaveOneOut();
    float[][] gradients = gradientTimesInput(targets);
    double logSum = logSumExp(states.whole.top());
    List<Explanation> result = new ArrayList<>();
    for (int k = 0; k < targets.length; k++) {
      float score = scorer.score(states.whole.top(), 0, targets[k]);
      List<Contribution> contributions = new ArrayList<>();
      for (int t = 0; t < T; t++) {
        float without = scorer.score(states.without.top(), t, targets[k]);
        contributions.add(
            new Contribution(items.idOf(clicks[t]), score - without, gradients[k][t]));
      }
      double probability = Math.exp(score - logSum);
      result.add(new Explanation(items.idOf(targets[k]), score, probability, contributions));
    }
    return result;
  }

  /** The logarithm of the softmax's denominator over the whole catalogue. */
  private double logSumExp(Matrix hidden) {
    float[] scores = new float[network.numItems()];
    scorer.scores(hidden, 0, scores);
    double most = Double.NEGATIVE_INFINITY;
    for (float score : scores) {
      most = Math.max(most, score);
    }
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - most);
    }
    return most + Math.log(sum);
  }

  /**
   * Traces the gates.
   *
   * @param items the ids of all items
   * @return what they did at each click
   */
  Trace trace(IdMap items) {
    int n = network.layers().size();
    List<Trace.Layer> layers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      layers.add(new Trace.Layer(new float[T][], new float[T][], new float[T][], new float[T][]));
    }
    List<String> ids = new ArrayList<>();
    GruState state = new GruState(network.embedding(), network.layers(), 1);
    for (int t = 0; t < T; t++) {
      ids.add(items.idOf(clicks[t]));
      state.advance(new int[] {clicks[t]}, 1);
      for (int i = 0; i < n; i++) {
        int H = network.layers().get(i).hidden();
        float[] gates = state.gates(i).data(); // r, z, n
        Trace.Layer layer = layers.get(i);
        layer.reset()[t] = Arrays.copyOf(gates, H);
        layer.update()[t] = Arrays.copyOfRange(gates, H, 2 * H);
        layer.candidate()[t] = Arrays.copyOfRange(gates, 2 * H, 3 * H);
        layer.state()[t] = Arrays.copyOf(state.layer(i).data(), H);
      }
    }
    return new Trace(ids, layers);
  }
}
