package io.gru4j.algorithms;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.DROPOUT;
import static io.gru4j.parameters.GRU4RecParameters.HIDDEN_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.MOMENTUM;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_LAYERS;
import static io.gru4j.parameters.GRU4RecParameters.OPTIMIZATION_ALGORITHM;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.data.CsrMatrix;
import io.gru4j.data.IdMap;
import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.Recommendation;
import io.gru4j.model.UnknownItems;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.OptimizationAlgorithm;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What must not change the result of fit and predict, and what must change it in a known way. */
class MetamorphicTest {

  /** A network whose scores clearly depend on every click of a session. */
  private static GruNetwork network(Random random, int items) {
    int hidden = 1 + random.nextInt(random.nextInt(3) == 0 ? 40 : 18); // few units, or a panel
    GruNetwork network =
        GruNetwork.zeros(items, 1 + random.nextInt(9), hidden, 1 + random.nextInt(2))
            .initialise(random.nextLong());
    for (Parameter p : network.parameters()) {
      for (int i = 0; i < p.value().length; i++) {
        // None is zero: a step of 1e-30 moves a zero, and nothing else.
        p.value()[i] = p.value()[i] == 0 ? 1 : 60 * p.value()[i];
      }
    }
    return network;
  }

  private static List<int[]> sessions(Random random, int users, int items) {
    return IntStream.range(0, users)
        .mapToObj(u -> random.ints(random.nextInt(7), 0, items).toArray())
        .toList();
  }

  private static InteractionMatrix matrix(List<int[]> sessions, int items) {
    List<Interaction> rows = new ArrayList<>();
    for (int user = 0; user < sessions.size(); user++) {
      for (int t = 0; t < sessions.get(user).length; t++) {
        rows.add(new Interaction(user, sessions.get(user)[t], t));
      }
    }
    return InteractionMatrix.of(sessions.size(), items, rows);
  }

  private static IdMap ids(int items) {
    return IdMap.of(IntStream.range(0, items).mapToObj(i -> "item" + i).toList());
  }

  private static FittedModel model(GruNetwork network) {
    return new FittedModel(network, ids(network.numItems()), Map.of(), List.of(), null);
  }

  private static List<Integer> shuffled(Random random, int n) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, n).boxed().toList());
    Collections.shuffle(order, random);
    return order;
  }

  private static void assertSameRow(CsrMatrix expected, int row, CsrMatrix actual, int other) {
    assertArrayEquals(expected.rowIndices(row), actual.rowIndices(other));
    assertArrayEquals(bits(expected.rowValues(row)), bits(actual.rowValues(other)));
  }

  private static int[] bits(float[] x) {
    return IntStream.range(0, x.length).map(i -> Float.floatToRawIntBits(x[i])).toArray();
  }

  /** Other users in the matrix, their order, batch_size and threads do not change a bit. */
  @Property(tries = 60)
  void predictDependsOnTheSessionAlone(
      @ForAll @IntRange(min = 1, max = 300) int users,
      @ForAll @IntRange(min = 2, max = 60) int few,
      @ForAll boolean many,
      @ForAll @IntRange(max = 70) int topK,
      @ForAll long seed) {
    Random random = new Random(seed);
    int items = many ? 1000 + few : few; // around a scorer's first tile of 1,024
    TestSessions data = TestSessions.make(seed, 6, items);
    List<int[]> sessions = sessions(random, users, items);
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      estimator.setParams(Map.of("max_epochs", 1)).threads(1);
      if (topK > 0) {
        estimator.setParams(Map.of("predict_topK", topK));
      }
      estimator.fit(data.x(), data.items(), null, 1, network(random, items));
      CsrMatrix scores = estimator.predict(matrix(sessions, items));
      List<Integer> order = shuffled(random, users).subList(0, 1 + random.nextInt(users));
      InteractionMatrix others = matrix(order.stream().map(sessions::get).toList(), items);
      estimator
          .setParams(Map.of("batch_size", 1 + random.nextInt(200)))
          .threads(1 + random.nextInt(3));
      CsrMatrix actual = estimator.predict(others);
      for (int row = 0; row < order.size(); row++) {
        int user = order.get(row);
        int stored = topK > 0 ? Math.min(topK, items) : items;
        assertEquals(sessions.get(user).length == 0 ? 0 : stored, actual.nnz(row));
        assertSameRow(scores, user, actual, row);
      }
      int user = order.getFirst();
      assertSameRow(scores, user, estimator.predict(matrix(List.of(sessions.get(user)), items)), 0);
    }
  }

  /**
   * Every session starts from a hidden state of zeros, in every batch of every epoch: with steps
   * too small to change a float, training has the loss of each prefix scored on its own, however
   * the sessions are batched and cut.
   */
  @Property(tries = 60)
  void eachSessionStartsFromZeros(
      @ForAll @IntRange(min = 2, max = 40) int users,
      @ForAll @IntRange(min = 2, max = 40) int items,
      @ForAll @IntRange(min = 1, max = 6) int bptt,
      @ForAll @IntRange(min = 1, max = 12) int batchSize,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<int[]> sessions = new ArrayList<>(sessions(random, users, items));
    sessions.set(0, new int[] {0, 1}); // at least one has a target
    GruNetwork network = network(random, items);
    network.outputBias().set(items, 0, -1000f); // the pad token: its probability is 0
    FittedModel before = model(network.copy());
    double loss = 0;
    int targets = 0;
    try (Parallel parallel = new Parallel(1)) {
      for (int[] session : sessions) {
        for (int end = 1; end < session.length; end++) {
          int[] prefix = Arrays.copyOf(session, end);
          float[] logits =
              before.predict(matrix(List.of(prefix), items), null, parallel).rowValues(0);
          loss += crossEntropy(logits, session[end]);
          targets++;
        }
      }
    }
    GRU4RecParameters parameters =
        GRU4RecParameters.builder()
            .set(BPTT, bptt)
            .set(BATCH_SIZE, batchSize)
            .set(MAX_EPOCHS, 2)
            .set(LEARNING_RATE, 1e-30)
            .set(HIDDEN_SIZE, network.hiddenSize())
            .set(NUM_COMPONENTS, network.numComponents())
            .set(NUM_LAYERS, network.layers().size())
            .build();
    try (GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(parameters).threads(1)) {
      estimator.fit(matrix(sessions, items), ids(items), null, 1, network);
      for (EpochSummary epoch : estimator.model().history()) {
        assertEquals(targets, epoch.targets());
        assertEquals(loss / targets, epoch.loss(), 1e-5 * (1 + loss / targets), epoch.toString());
      }
      assertArrayEquals(SameModel.values(before), SameModel.values(estimator.model()));
    }
  }

  private static double crossEntropy(float[] logits, int target) {
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return max + Math.log(sum) - logits[target];
  }

  /** The network with item i called {@code to[i]}. */
  private static GruNetwork permuted(GruNetwork network, List<Integer> to) {
    GruNetwork result = network.copy();
    for (int item = 0; item < to.size(); item++) {
      for (Parameter[] p :
          new Parameter[][] {
            {network.embedding(), result.embedding()},
            {network.outputWeight(), result.outputWeight()},
            {network.outputBias(), result.outputBias()}
          }) {
        for (int col = 0; col < p[0].cols(); col++) {
          p[1].set(to.get(item), col, p[0].get(item, col));
        }
      }
    }
    return result;
  }

  private static List<int[]> permuted(List<int[]> sessions, List<Integer> to) {
    return sessions.stream().map(s -> IntStream.of(s).map(to::get).toArray()).toList();
  }

  /** Items under other numbers have the same scores, bit for bit. */
  @Property(tries = 60)
  void permutingItemsPermutesScores(
      @ForAll @IntRange(min = 1, max = 40) int users,
      @ForAll @IntRange(min = 2, max = 140) int items,
      @ForAll long seed) {
    Random random = new Random(seed);
    GruNetwork network = network(random, items);
    List<int[]> sessions = sessions(random, users, items);
    List<Integer> to = shuffled(random, items);
    FittedModel model = model(network);
    String[] names = new String[items]; // an item keeps its id
    for (int item = 0; item < items; item++) {
      names[to.get(item)] = "item" + item;
    }
    FittedModel other =
        new FittedModel(permuted(network, to), IdMap.of(List.of(names)), Map.of(), List.of(), null);
    try (Parallel parallel = new Parallel(1)) {
      CsrMatrix scores = model.predict(matrix(sessions, items), null, parallel);
      CsrMatrix actual = other.predict(matrix(permuted(sessions, to), items), null, parallel);
      for (int user = 0; user < users; user++) {
        assertEquals(scores.nnz(user), actual.nnz(user));
        for (int item = 0; item < scores.nnz(user); item++) {
          assertEquals(
              Float.floatToRawIntBits(scores.value(user, item)),
              Float.floatToRawIntBits(actual.value(user, to.get(item))));
        }
      }
      assertEquals(
          model.evaluate(matrix(sessions, items), parallel, 1, 5).toString(),
          other.evaluate(matrix(permuted(sessions, to), items), parallel, 1, 5).toString());
    }
    List<String> session = List.of("item0", "item1");
    List<Recommendation> best = model.recommend(session, items, UnknownItems.FAIL).items();
    List<Recommendation> same = other.recommend(session, items, UnknownItems.FAIL).items();
    for (int i = 0; i < items; i++) {
      assertEquals(best.get(i).score(), same.get(i).score());
      boolean tie =
          i > 0 && best.get(i - 1).score() == best.get(i).score()
              || i + 1 < items && best.get(i + 1).score() == best.get(i).score();
      if (!tie) { // of equal scores the item with the lower number comes first
        assertEquals(best.get(i).item(), same.get(i).item());
      }
    }
  }

  /** Training on other numbers gives the same model under these numbers, but for rounding. */
  @Property(tries = 60)
  void permutingItemsPermutesTraining(
      @ForAll @IntRange(min = 2, max = 30) int users,
      @ForAll @IntRange(min = 2, max = 140) int items,
      @ForAll OptimizationAlgorithm algorithm,
      @ForAll @IntRange(min = 1, max = 4) int bptt,
      @ForAll long seed) {
    Random random = new Random(seed);
    GruNetwork network = GruNetwork.zeros(items, 5, 7, 1).initialise(seed);
    List<int[]> sessions = new ArrayList<>(sessions(random, users, items));
    sessions.set(0, new int[] {0, 1});
    List<Integer> to = shuffled(random, items);
    GRU4RecParameters parameters =
        GRU4RecParameters.builder()
            .set(BPTT, bptt)
            .set(BATCH_SIZE, 1 + random.nextInt(10))
            .set(DROPOUT, random.nextBoolean() ? 0.2 : 0)
            .set(OPTIMIZATION_ALGORITHM, algorithm)
            .set(MOMENTUM, 0.3)
            .set(LEARNING_RATE, algorithm == OptimizationAlgorithm.SGD ? 0.1 : 0.01)
            .set(HIDDEN_SIZE, 7)
            .set(NUM_COMPONENTS, 5)
            .set(MAX_EPOCHS, 2)
            .build();
    GruNetwork other = permuted(network, to);
    try (GRU4RecCrossEntropy a = new GRU4RecCrossEntropy(parameters).threads(1);
        GRU4RecCrossEntropy b = new GRU4RecCrossEntropy(parameters).threads(1)) {
      a.fit(matrix(sessions, items), ids(items), null, 3, network);
      b.fit(matrix(permuted(sessions, to), items), ids(items), null, 3, other);
      for (int e = 0; e < 2; e++) {
        assertEquals(
            a.model().history().get(e).loss(), b.model().history().get(e).loss(), 1e-4, "loss");
      }
      assertArrayEquals(
          SameModel.values(model(permuted(a.model().network(), to))),
          SameModel.values(b.model()),
          2e-3f);
    }
  }
}
