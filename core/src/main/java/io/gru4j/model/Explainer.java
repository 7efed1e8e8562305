package io.gru4j.model;

import io.gru4j.data.IdMap;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.nn.GruState;
import io.gru4j.tensor.nn.GruTrace;
import io.gru4j.tensor.nn.OutputScorer;
import io.gru4j.tensor.nn.TopK;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Says what each click of a session does to the scores of some items. With T clicks and K items,
 * leaving one out takes T (T - 1) / 2 steps of the GRU, all those of one click together, and one
 * pass over the output layer's weights for the probabilities; the gradients take one forward pass,
 * whatever K is, and one backward pass of K rows over T time steps. {@code
 * io.gru4j.bench.ExplainBenchmark} measures it.
 *
 * <p>Used by one thread; the parameters are only read.
 */
final class Explainer {
  private final GruNetwork network;
  private final OutputScorer scorer;
  private final int[] clicks;
  private final int T;
  private final GruTrace trace;
  private final Matrix last; // (1, H): the top layer's state after the session

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
    this.trace = new GruTrace(network.embedding(), network.layers(), clicks);
    Matrix states = trace.states(network.layers().size() - 1);
    int H = states.cols();
    this.last = Matrix.of(1, H, Arrays.copyOfRange(states.data(), T * H, (T + 1) * H));
  }

  /**
   * Leaves one click out at a time. Row t of the result is the state after the session without
   * click t. Up to that click it is the whole session's state; so each row begins with a copy of
   * that, and takes the clicks that follow. Row T is the state after the whole session.
   */
  private Matrix leaveOneOut() {
    GruState without = new GruState(network.embedding(), network.layers(), T + 1);
    int[] item = new int[T];
    for (int t = 0; t < T; t++) {
      Arrays.fill(item, 0, t, clicks[t]);
      without.advance(item, t);
      for (int layer = 0; layer < network.layers().size(); layer++) {
        Matrix states = trace.states(layer);
        int H = states.cols();
        System.arraycopy(states.data(), t * H, without.layer(layer).data(), t * H, H);
      }
    }
    System.arraycopy(last.data(), 0, without.top().data(), T * last.cols(), last.cols());
    return without.top();
  }

  /** The targets' rows of the output weights: d(w h + b) / dh = w. Shape (K, H). */
  private Matrix dLast(int[] targets) {
    Matrix d = Matrix.zeros(targets.length, last.cols());
    for (int k = 0; k < targets.length; k++) {
      network.outputWeight().readRow(targets[k], d.data(), k * d.cols());
    }
    return d;
  }

  /**
   * Finds the items with the highest scores after the session.
   *
   * @param k how many, at least 1
   * @return their numbers, best first
   */
  int[] top(int k) {
    TopK best = new TopK(Math.min(k, network.numItems()));
    scorer.top(last, 0, 1, new TopK[] {best});
    int[] items = new int[best.size()];
    Arrays.setAll(items, best::classAt);
    return items;
  }

  /**
   * Explains items.
   *
   * @param targets their numbers
   * @param items the ids of all items
   * @return one for each of them, in that order
   */
  List<Explanation> explain(int[] targets, IdMap items) {
    Matrix without = leaveOneOut();
    Matrix gradients = trace.gradientTimesInput(dLast(targets));
    double[] logSums = new double[T + 1];
    scorer.logSumExp(without, 0, T + 1, logSums); // one pass over the weights
    List<Explanation> result = new ArrayList<>();
    for (int k = 0; k < targets.length; k++) {
      float score = scorer.score(last, 0, targets[k]);
      List<Contribution> contributions = new ArrayList<>();
      for (int t = 0; t < T; t++) {
        float other = scorer.score(without, t, targets[k]);
        contributions.add(
            new Contribution(
                items.idOf(clicks[t]),
                score - other,
                (score - logSums[T]) - (other - logSums[t]),
                gradients.data()[k * T + t]));
      }
      double probability = Math.exp(score - logSums[T]);
      result.add(new Explanation(items.idOf(targets[k]), score, probability, contributions));
    }
    return result;
  }

  /**
   * Traces the gates.
   *
   * @param items the ids of all items
   * @return what they did at each click
   */
  Trace trace(IdMap items) {
    List<Trace.Layer> layers = new ArrayList<>();
    for (int i = 0; i < network.layers().size(); i++) {
      int H = network.layers().get(i).hidden();
      Matrix gates = trace.gates(i); // r, z, n
      layers.add(
          new Trace.Layer(
              rows(gates, 0, 0, H),
              rows(gates, 0, H, H),
              rows(gates, 0, 2 * H, H),
              rows(trace.states(i), 1, 0, H)));
    }
    return new Trace(Arrays.stream(clicks).mapToObj(items::idOf).toList(), layers);
  }

  /** A part of T rows, from the row {@code first} on. */
  private float[][] rows(Matrix from, int first, int col, int count) {
    float[][] rows = new float[T][];
    for (int t = 0; t < T; t++) {
      int at = (first + t) * from.cols() + col;
      rows[t] = Arrays.copyOfRange(from.data(), at, at + count);
    }
    return rows;
  }
}
