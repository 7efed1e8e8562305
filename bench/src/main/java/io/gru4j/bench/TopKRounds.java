package io.gru4j.bench;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.nn.GruState;
import io.gru4j.tensor.nn.OutputScorer;
import io.gru4j.tensor.nn.TopK;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * gru4j's side of {@link TopKTable}: the best items of one session after the other, with the scores
 * of all items and with the coarse copy in turn, which must agree.
 */
final class TopKRounds {

  private static final int STATES = 64;
  private static final int CLICKS = 20; // of a made session, at most

  private final OutputScorer exact;
  private final OutputScorer coarse;
  private final Matrix states;
  private final TopK[] best;
  private final TopK[] expected;

  private TopKRounds(GruNetwork network, Matrix states, int k) {
    OutputScorer scorer =
        new OutputScorer(network.outputWeight(), network.outputBias(), network.numItems());
    exact = scorer.exact();
    coarse = scorer.copy();
    long start = System.nanoTime();
    try (Parallel one = new Parallel(1)) {
      scorer.prepare(one);
    }
    System.out.printf(
        "# %,d items: coarse copy of %.0f MB made in %.3f s on one thread%n",
        network.numItems(),
        1e-6 * OutputScorer.coarseBytes(network.numItems(), network.hiddenSize()),
        (System.nanoTime() - start) * 1e-9);
    this.states = states;
    best = new TopK[] {new TopK(k)};
    expected = new TopK[] {new TopK(k)};
  }

  /**
   * A round: milliseconds of the full pass p50, p99, of the coarse one p50, p99; exact scores that
   * it took, mean and largest; GB/s of a mere read of as many bytes as it reads.
   *
   * @param args k, calls a round, seconds of warm-up, then number of items and hidden units, or
   *     model file and sessions
   */
  static void run(Rounds rounds, String... args) {
    int k = Integer.parseInt(args[0]);
    int calls = Integer.parseInt(args[1]);
    TopKRounds table;
    GruNetwork network;
    if (args[3].matches("\\d+")) {
      int items = Integer.parseInt(args[3]);
      network = network(items, Integer.parseInt(args[4]));
      table = new TopKRounds(network, states(network), k);
    } else {
      try {
        FittedModel model = FittedModel.load(Path.of(args[3]));
        SessionData sessions =
            new SessionFiles().knownItems(model.items()).readAll(Path.of(args[4]));
        network = model.network();
        table = new TopKRounds(network, states(network, sessions.interactions(), calls), k);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    ReadBandwidth read =
        new ReadBandwidth((long) network.numItems() * (network.hiddenSize() + 2 * Float.BYTES));
    table.check();
    long end = System.nanoTime() + (long) (Double.parseDouble(args[2]) * 1e9);
    for (int calm = 0; calm < 2 || System.nanoTime() < end; calm++) {
      table.round(Math.min(calls, STATES));
      read.gigabytesPerSecond();
    }
    while (rounds.next()) {
      double[] figures = table.round(calls);
      figures[figures.length - 1] = read.gigabytesPerSecond();
      rounds.report(figures);
    }
  }

  /** All calls of one kind, then all of the other: a service has its weights in the cache too. */
  private double[] round(int calls) {
    double[] full = new double[calls];
    double[] sieve = new double[calls];
    double sum = 0;
    int most = 0;
    for (int i = 0; i < calls; i++) {
      full[i] = milliseconds(exact, i % states.rows(), expected);
    }
    for (int i = 0; i < calls; i++) {
      sieve[i] = milliseconds(coarse, i % states.rows(), best);
      sum += coarse.exactScores();
      most = Math.max(most, coarse.exactScores());
    }
    Arrays.sort(full);
    Arrays.sort(sieve);
    return new double[] {
      full[calls / 2],
      full[calls * 99 / 100],
      sieve[calls / 2],
      sieve[calls * 99 / 100],
      sum / calls,
      most,
      0
    };
  }

  private double milliseconds(OutputScorer scorer, int row, TopK[] top) {
    long start = System.nanoTime();
    scorer.top(states, row, 1, top);
    return (System.nanoTime() - start) * 1e-6;
  }

  /** Both ways give the same for every state. */
  private void check() {
    for (int row = 0; row < states.rows(); row++) {
      exact.top(states, row, 1, expected);
      coarse.top(states, row, 1, best);
      checkRow();
    }
  }

  private void checkRow() {
    for (int i = 0; i < expected[0].size(); i++) {
      if (best[0].size() != expected[0].size()
          || best[0].classAt(i) != expected[0].classAt(i)
          || best[0].scoreAt(i) != expected[0].scoreAt(i)) {
        throw new IllegalStateException("full pass " + expected[0] + ", coarse " + best[0]);
      }
    }
  }

  /** A network with the parameters that training would start from. */
  static GruNetwork network(int items, int hidden) {
    if (hidden == GRU4RecParameters.defaults().get(GRU4RecParameters.HIDDEN_SIZE)) {
      return Ours.network(items);
    }
    return GruNetwork.zeros(items, hidden, hidden, 1)
        .initialise(RandomStream.at(Ours.DATA_SEED, 0));
  }

  /** The hidden states of made sessions. */
  static Matrix states(GruNetwork network) {
    RandomStream random = new RandomStream(Ours.DATA_SEED);
    Matrix states = Matrix.zeros(STATES, network.hiddenSize());
    int[] item = new int[1];
    for (int s = 0; s < STATES; s++) {
      GruState state = new GruState(network.embedding(), network.layers(), 1);
      for (int t = random.nextInt(CLICKS); t >= 0; t--) {
        item[0] = random.nextInt(network.numItems());
        state.advance(item, 1);
      }
      copy(state, states, s);
    }
    return states;
  }

  /** The hidden states of sessions after all their clicks. */
  private static Matrix states(GruNetwork network, InteractionMatrix sessions, int most) {
    int[] users = sessions.activeUsers();
    Matrix states = Matrix.zeros(Math.min(most, users.length), network.hiddenSize());
    int[] item = new int[1];
    for (int s = 0; s < states.rows(); s++) {
      int user = users[(int) ((long) s * users.length / states.rows())];
      GruState state = new GruState(network.embedding(), network.layers(), 1);
      for (int t = 0; t < sessions.historyLength(user); t++) {
        item[0] = sessions.item(user, t);
        state.advance(item, 1);
      }
      copy(state, states, s);
    }
    return states;
  }

  private static void copy(GruState state, Matrix states, int row) {
    int H = states.cols();
    System.arraycopy(state.top().data(), 0, states.data(), row * H, H);
  }
}
