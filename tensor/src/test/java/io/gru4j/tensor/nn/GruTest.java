package io.gru4j.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.PlainGru4Rec;
import io.gru4j.tensor.Reference;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Operations;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GruTest {

  private final Parallel parallel = new Parallel(1);

  /** Around 4, 8 and 16 SIMD lanes and a panel of 32, and primes. */
  @Provide
  Arbitrary<Integer> widths() {
    return Arbitraries.of(1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33);
  }

  /** A stack of layers over a chunk, its data, and the same in double precision. */
  private final class Stack {
    final Tape tape = new Tape();
    final int[] active;
    final int T;
    final int M;
    final DistinctRows distinct; // null if each row has an input of its own
    final int[] numbers; // of each row's input
    final Variable x;
    final List<GruParameters> parameters = new ArrayList<>();
    final List<Gru> layers = new ArrayList<>();
    final List<Matrix> states = new ArrayList<>();

    final double[][] xReference;
    final List<double[][]> statesReference = new ArrayList<>();

    Stack(TestData data, int layerCount, int E, int H, int[] active, float scale) {
      this(data, layerCount, E, H, active, scale, 0);
    }

    /** With rows of so many inputs at most, if that is not 0. */
    Stack(TestData data, int layerCount, int E, int H, int[] active, float scale, int inputs) {
      this.active = active;
      this.T = active.length;
      this.M = TestData.sum(active);
      this.distinct = inputs == 0 ? null : new DistinctRows();
      int D = inputs == 0 ? M : distinct.find(data.targets(M, inputs, 0), M);
      this.numbers = IntStream.range(0, M).map(m -> inputs == 0 ? m : distinct.number(m)).toArray();
      this.x = data.variable(D, E, 1f);
      this.xReference = Reference.of(x.value());
      for (int i = 0; i < layerCount; i++) {
        GruParameters p = data.gru(i, i == 0 ? E : H, H, scale);
        parameters.add(p);
        layers.add(new Gru(p, parallel));
        Matrix state = data.matrix(active[0], H, 1f);
        states.add(state);
        statesReference.add(Reference.of(state));
      }
    }

    void beginAtZero() {
      states.forEach(state -> state.fill(0f));
      statesReference.forEach(state -> Arrays.stream(state).forEach(h -> Arrays.fill(h, 0)));
    }

    Variable forward() {
      Variable y = x;
      for (int i = 0; i < layers.size(); i++) {
        DistinctRows shared = i == 0 ? distinct : null;
        y = layers.get(i).forward(tape, y, shared, active, T, states.get(i));
      }
      return y;
    }

    /** Compares values, last states and all gradients with the plain network. */
    void check(long seed) {
      PlainLayers plain = new PlainLayers(parameters);
      Variable y = forward();
      double[][] inputs =
          IntStream.of(numbers).mapToObj(i -> xReference[i]).toArray(double[][]::new);
      Reference.assertClose("output", plain.forward(inputs, active, statesReference), y.value());
      for (int i = 0; i < layers.size(); i++) {
        Reference.assertClose("state of layer " + i, statesReference.get(i), states.get(i));
      }
      Variable w = new TestData(~seed).variable(y.rows(), y.cols(), 1f);
      Operations ops = new Operations(tape, parallel);
      tape.backward(ops.sum(ops.multiply(y, w)));
      double[][] dx = new double[x.rows()][x.cols()];
      PlainGru4Rec.FILE.embeddingBackward(dx, numbers, plain.backward(Reference.of(w.value())));
      Reference.assertGradient("x", dx, x.grad()::get);
      plain.assertGradients();
    }
  }

  @Property
  void valuesAndGradients(
      @ForAll("widths") int E,
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 1, max = 3) int layers,
      @ForAll @IntRange(min = 1, max = 6) int T,
      @ForAll @IntRange(max = 5) int rows,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    float scale = 1.5f / (float) Math.sqrt(E + H);
    new Stack(data, layers, E, H, data.activeRows(T, rows), scale).check(seed);
  }

  /** Rows that share their inputs, around the borders of blocks; from states of zeros or not. */
  @Property
  void sharedInputs(
      @ForAll("widths") int E,
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 1, max = 2) int layers,
      @ForAll @IntRange(min = 1, max = 4) int T,
      @ForAll @IntRange(max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 60) int inputs,
      @ForAll boolean atZero,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    float scale = 1.5f / (float) Math.sqrt(E + H);
    Stack stack = new Stack(data, layers, E, H, data.activeRows(T, rows), scale, inputs);
    if (atZero) {
      stack.beginAtZero();
    }
    stack.check(seed);
  }

  /** What rows that share inputs compute are the bits of rows with inputs of their own. */
  @Property
  void sharedInputsDoNotChangeABitOfForward(
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 1, max = 4) int T,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 60) int inputs,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Stack stack = new Stack(data, 1, 7, H, data.activeRows(T, rows), 1f, inputs);
    float[] own = new float[stack.M * 7];
    for (int m = 0; m < stack.M; m++) {
      System.arraycopy(stack.x.value().data(), stack.numbers[m] * 7, own, m * 7, 7);
    }
    Matrix state = Matrix.of(rows, H, stack.states.getFirst().toArray());
    Variable x = new Variable(Matrix.of(stack.M, 7, own));
    Gru gru = new Gru(stack.parameters.getFirst(), parallel);
    Variable expected = gru.forward(new Tape(), x, stack.active, stack.T, state);
    assertArrayEquals(expected.value().toArray(), stack.forward().value().toArray());
    assertArrayEquals(state.toArray(), stack.states.getFirst().toArray());
  }

  @Property
  void saturatedGates(
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 1, max = 4) int T,
      @ForAll @IntRange(min = 1, max = 4) int rows,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Stack stack = new Stack(data, 1, 3, H, data.activeRows(T, rows), 0.2f);
    Parameter bias = stack.parameters.get(0).biasIh();
    float by = data.below(2) == 0 ? 20f : 6f; // gradients of 1e-9, or some that can be compared
    for (int j = 0; j < 3 * H; j++) { // every gate wide open or shut
      bias.set(j, 0, data.below(2) == 0 ? by : -by);
    }
    stack.check(seed);
  }

  /** Rows around the borders of the blocks that one task takes. */
  @Property
  void manyRows(
      @ForAll @IntRange(min = 31, max = 66) int rows,
      @ForAll @IntRange(min = 1, max = 3) int T,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    new Stack(data, 2, 3, 5, data.activeRows(T, rows), 0.5f).check(seed);
  }

  /**
   * More rows of a chunk, all time steps together, than the gradients of the weights take at a
   * time.
   */
  @Test
  void manyRowsInAll() {
    new Stack(new TestData(1), 1, 3, 5, new int[] {66, 66, 66}, 0.5f).check(1);
    new Stack(new TestData(2), 1, 3, 5, new int[] {66, 63}, 0.5f).check(2);
  }

  /** Rows and hidden units that fill the largest tiles of the product. */
  @Property(tries = 12)
  void manyRowsOfManyUnits(
      @ForAll @IntRange(min = 12, max = 40) int rows,
      @ForAll @IntRange(min = 32, max = 35) int H,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    new Stack(data, 1, 33, H, data.activeRows(2, rows), 0.3f).check(seed);
  }

  /** The hand-written layer against its equations written with elementary operations. */
  @Property
  void equalsTheLayerComposedOfOperations(
      @ForAll("widths") int E,
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 1, max = 6) int T,
      @ForAll @IntRange(min = 1, max = 6) int rows,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int[] active = data.activeRows(T, rows);
    int M = TestData.sum(active);
    GruParameters p = data.gru(0, E, H, 1.5f / (float) Math.sqrt(E + H));
    Variable x = data.variable(M, E, 1f);
    Matrix state = data.matrix(rows, H, 1f);
    Matrix w = data.matrix(M, H, 1f);

    Composed c = new Composed(p, x.value(), state, active, T, w);
    Tape tape = new Tape();
    Variable y = new Gru(p, parallel).forward(tape, x, active, T, state);
    assertArrayEquals(c.output, y.value().toArray(), 3e-6f);
    assertArrayEquals(c.lastState, state.toArray(), 3e-6f);
    Operations ops = new Operations(tape, parallel);
    tape.backward(ops.sum(ops.multiply(y, new Variable(w))));
    assertArrayEquals(c.x.grad().toArray(), x.grad().toArray(), 3e-5f, "x");
    for (int i = 0; i < 4; i++) {
      Parameter q = p.all().get(i);
      Matrix expected = c.weights.get(i).grad();
      for (int row = 0; row < q.rows(); row++) {
        for (int col = 0; col < q.cols(); col++) {
          // biases are (1, 3H) there
          float e = i < 2 ? expected.get(row, col) : expected.get(0, row);
          assertEquals(e, q.gradAt(row, col), 5e-5f, q.name());
        }
      }
    }
  }

  /** A GRU layer as a reader would write it from the equations. */
  private final class Composed {
    final Variable x;
    final List<Variable> weights;
    final float[] output;
    final float[] lastState;

    Composed(GruParameters p, Matrix input, Matrix before, int[] active, int T, Matrix w) {
      Tape tape = new Tape();
      Operations ops = new Operations(tape, parallel);
      int H = p.hidden();
      x = new Variable(Matrix.of(input.rows(), input.cols(), input.toArray()));
      Variable ih = copy(p.weightIh());
      Variable hh = copy(p.weightHh());
      Variable bih = asRow(p.biasIh());
      Variable bhh = asRow(p.biasHh());
      weights = List.of(ih, hh, bih, bhh);
      output = new float[input.rows() * H];
      lastState = before.toArray();
      Variable h = new Variable(Matrix.of(before.rows(), H, before.toArray()));
      Variable loss = new Variable(Matrix.zeros(1, 1));
      int start = 0;
      for (int t = 0; t < T; t++) {
        int n = active[t];
        h = ops.rows(h, IntStream.range(0, n).toArray());
        Variable xt = ops.rows(x, IntStream.range(start, start + n).toArray());
        Variable gx = ops.addRow(ops.matmulTransposed(xt, ih), bih);
        Variable gh = ops.addRow(ops.matmulTransposed(h, hh), bhh);
        Variable r = ops.sigmoid(ops.add(ops.columns(gx, 0, H), ops.columns(gh, 0, H)));
        Variable z = ops.sigmoid(ops.add(ops.columns(gx, H, H), ops.columns(gh, H, H)));
        Variable n1 = ops.multiply(r, ops.columns(gh, 2 * H, H));
        Variable candidate = ops.tanh(ops.add(ops.columns(gx, 2 * H, H), n1));
        h = ops.add(ops.multiply(ops.oneMinus(z), candidate), ops.multiply(z, h));
        System.arraycopy(h.value().data(), 0, output, start * H, n * H);
        System.arraycopy(h.value().data(), 0, lastState, 0, n * H);
        float[] part = Arrays.copyOfRange(w.data(), start * H, (start + n) * H);
        Variable weighted = ops.multiply(h, new Variable(Matrix.of(n, H, part)));
        loss = ops.add(loss, ops.sum(weighted));
        start += n;
      }
      tape.backward(loss);
    }

    private Variable copy(Parameter p) {
      float[] values = new float[p.rows() * p.cols()];
      p.read(0, values, values.length);
      return new Variable(Matrix.of(p.rows(), p.cols(), values));
    }

    private Variable asRow(Parameter p) {
      float[] values = new float[p.rows()];
      p.read(0, values, values.length);
      return new Variable(Matrix.of(1, p.rows(), values));
    }
  }

  /** Chunks carry the state: T time steps at once equal T1 and then T - T1, bit for bit. */
  @Property
  void chunksCarryTheState(
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 2, max = 6) int T,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int[] active = data.activeRows(T, rows);
    int first = 1 + data.below(T - 1);
    GruParameters p = data.gru(0, 3, H, 1f);
    Variable x = data.variable(TestData.sum(active), 3, 1f);
    Matrix state = data.matrix(rows + 1, H, 1f); // one row more than there are sessions
    Matrix carried = Matrix.of(rows + 1, H, state.toArray());
    Tape tape = new Tape();
    float[] whole = new Gru(p, parallel).forward(tape, x, active, T, state).value().toArray();

    Gru gru = new Gru(p, parallel);
    int[] head = Arrays.copyOf(active, first);
    int[] tail = Arrays.copyOfRange(active, first, T);
    float[] values = x.value().toArray();
    int cut = TestData.sum(head);
    Variable xHead = new Variable(Matrix.of(cut, 3, Arrays.copyOf(values, cut * 3)));
    Variable xTail =
        new Variable(
            Matrix.of(TestData.sum(tail), 3, Arrays.copyOfRange(values, cut * 3, values.length)));
    float[] one = gru.forward(tape, xHead, head, first, carried).value().toArray();
    float[] two = gru.forward(tape, xTail, tail, T - first, carried).value().toArray();
    float[] joined = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, joined, one.length, two.length);
    assertArrayEquals(whole, joined);
    assertArrayEquals(state.toArray(), carried.toArray());
  }

  /** Gradients add to what is there; a second forward pass does not see the first. */
  @Test
  void aLayerIsUsedAgain() {
    TestData data = new TestData(5);
    GruParameters p = data.gru(0, 4, 6, 0.5f);
    Gru gru = new Gru(p, parallel);
    float[][] grads = new float[2][];
    Variable big = data.variable(9 + 7, 4, 1f);
    Variable small = data.variable(5, 4, 1f);
    for (int round = 0; round < 2; round++) {
      if (round == 1) { // fill all buffers with something else
        run(gru, big, new int[] {9, 7});
      }
      p.all().forEach(Parameter::zeroGrad);
      small.grad().fill(0f);
      run(gru, small, new int[] {3, 2});
      grads[round] = allGrads(p, small);
    }
    assertArrayEquals(grads[0], grads[1]);
    run(gru, small, new int[] {3, 2});
    float[] twice = allGrads(p, small);
    for (int i = 0; i < twice.length; i++) {
      assertEquals(2 * grads[0][i], twice[i], 1e-5f);
    }
  }

  /**
   * With states of zeros the recurrent weights have no gradient, whatever the arrays held before.
   */
  @Test
  void oneStepFromZeroAfterAnother() {
    TestData data = new TestData(6);
    GruParameters p = data.gru(0, 4, 6, 0.5f);
    Gru gru = new Gru(p, parallel);
    Variable x = data.variable(9, 4, 1f);
    run(gru, x, new int[] {9});
    p.all().forEach(Parameter::zeroGrad);
    run(gru, x, null, new int[] {9}, 0f);
    for (int row = 0; row < 18; row++) {
      for (int col = 0; col < 6; col++) {
        assertEquals(0f, p.weightHh().gradAt(row, col));
      }
    }
    run(gru, x, new int[] {9});
    float[] added = p.weightHh().grad().clone();
    run(gru, x, null, new int[] {9}, 0f);
    assertArrayEquals(added, p.weightHh().grad());
  }

  /**
   * A layer that holds earlier gradients starts again like a fresh one, with shared inputs or
   * without.
   */
  @Property(tries = 60)
  void beginsAnewFromZeroOrNot(
      @ForAll @IntRange(min = 1, max = 3) int T,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll boolean atZero,
      @ForAll boolean shared,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    GruParameters p = data.gru(0, 4, 6, 0.5f);
    GruParameters same = new TestData(seed).gru(0, 4, 6, 0.5f);
    Gru used = new Gru(p, parallel);
    DistinctRows distinct = new DistinctRows();
    for (int before : new int[] {T, 1, 3}) {
      runDistinct(used, data, distinct, data.activeRows(before, 40), 0.5f);
      runDistinct(used, data, null, data.activeRows(before, 40), 0f);
    }
    p.all().forEach(Parameter::zeroGrad);
    int[] active = data.activeRows(T, rows);
    float state = atZero ? 0f : 0.5f;
    TestData ours = new TestData(~seed);
    Variable x = runDistinct(used, ours, shared ? distinct : null, active, state);
    TestData theirs = new TestData(~seed);
    DistinctRows fresh = shared ? new DistinctRows() : null;
    Variable y = runDistinct(new Gru(same, parallel), theirs, fresh, active, state);
    assertArrayEquals(allGrads(same, y), allGrads(p, x));
  }

  /** Returns the input, of rows that share it if {@code distinct} is not null. */
  private Variable runDistinct(
      Gru gru, TestData data, DistinctRows distinct, int[] active, float before) {
    int M = TestData.sum(active);
    int D = distinct == null ? M : distinct.find(data.targets(M, 1 + data.below(60), 0), M);
    Variable x = data.variable(D, 4, 1f);
    run(gru, x, distinct, active, before);
    return x;
  }

  private static float[] allGrads(GruParameters p, Variable x) {
    float[] all = x.grad().toArray();
    for (Parameter q : p.all()) {
      float[] grad = q.grad();
      int n = all.length;
      all = Arrays.copyOf(all, n + grad.length);
      System.arraycopy(grad, 0, all, n, grad.length);
    }
    return all;
  }

  private void run(Gru gru, Variable x, int[] active) {
    run(gru, x, null, active, 0.5f);
  }

  private void run(Gru gru, Variable x, DistinctRows distinct, int[] active, float before) {
    Tape tape = new Tape();
    Matrix state = Matrix.zeros(active[0], 6);
    state.fill(before);
    Variable y = gru.forward(tape, x, distinct, active, active.length, state);
    tape.backward(new Operations(tape, parallel).sum(y));
  }

  @Test
  void shapesAreChecked() {
    Gru gru = new Gru(GruParameters.zeros(0, 4, 6), parallel);
    Tape tape = new Tape();
    Variable x = new Variable(Matrix.zeros(5, 4));
    int[] active = {3, 2};
    Matrix state = Matrix.zeros(3, 6);
    assertMessage("over 5 rows", gru, x, active, Matrix.zeros(3, 5));
    assertMessage("state (2, 6)", gru, x, active, Matrix.zeros(2, 6));
    assertMessage("over 6 rows: got input (5, 4)", gru, x, new int[] {3, 3}, state);
    assertMessage("input (5, 3)", gru, new Variable(Matrix.zeros(5, 3)), active, state);
    assertMessage("activeRows[1] = 3", gru, x, new int[] {2, 3}, state);
    assertMessage("activeRows[0] = -1", gru, x, new int[] {-1, 3}, state);
    assertEquals(0, tape.size());
    DistinctRows four = new DistinctRows();
    four.find(new int[4], 4);
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> gru.forward(tape, x, four, active, 2, state))
            .getMessage();
    assertEquals("GRU over 5 rows: got the distinct ones of 4", message);
    DistinctRows two = new DistinctRows();
    two.find(new int[] {1, 1, 2, 1, 2}, 5);
    message =
        assertThrows(
                IllegalArgumentException.class, () -> gru.forward(tape, x, two, active, 2, state))
            .getMessage();
    assertTrue(message.startsWith("GRU over 2 distinct rows: got input"), message);
    assertEquals(0, tape.size());
  }

  private static void assertMessage(String part, Gru gru, Variable x, int[] active, Matrix state) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> gru.forward(new Tape(), x, active, active.length, state))
            .getMessage();
    assertTrue(message.contains(part), message);
  }

  /** A trained network's single time steps give the bits of a chunk, layer by layer. */
  @Property
  void singleTimeStepsOfGruStateEqualTheChunk(
      @ForAll("widths") int H,
      @ForAll @IntRange(min = 1, max = 3) int layerCount,
      @ForAll @IntRange(min = 1, max = 6) int T,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 1000) int items,
      @ForAll boolean gatesMadeBefore,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Parameter table = data.fill(Parameter.ofSparseRows("emb.weight", items, 3), 1f);
    List<GruParameters> layers = new ArrayList<>();
    for (int i = 0; i < layerCount; i++) {
      layers.add(data.gru(i, i == 0 ? 3 : H, H, 1f));
    }
    int[] active = data.activeRows(T, rows);
    int M = TestData.sum(active);
    int[] packed = data.targets(M, items, 0);
    Tape tape = new Tape();
    Variable y = new Embedding(table).forward(tape, packed, M);
    List<Matrix> last = new ArrayList<>();
    for (GruParameters p : layers) {
      Matrix state = Matrix.zeros(rows, H);
      last.add(state);
      y = new Gru(p, parallel).forward(tape, y, active, T, state);
    }
    ItemGates gates =
        gatesMadeBefore
            ? ItemGates.of(table, layers.getFirst(), descending(items), parallel)
            : null;
    GruState single = new GruState(table, layers, rows, gates);
    single.advance(data.targets(rows, items, 0), rows); // a session before, to be forgotten
    single.reset();
    int start = 0;
    for (int t = 0; t < T; t++) {
      single.advance(Arrays.copyOfRange(packed, start, start + active[t]), active[t]);
      for (int i = 0; i < active[t] * H; i++) {
        assertEquals(y.value().data()[start * H + i], single.top().data()[i]);
      }
      start += active[t];
    }
    for (int i = 0; i < layerCount; i++) {
      assertArrayEquals(last.get(i).toArray(), single.layer(i).toArray());
    }
  }

  private static int[] descending(int n) {
    return IntStream.range(0, n).map(i -> n - 1 - i).toArray();
  }

  @Test
  void itemsWhoseGatesWereNotMadeAreRefused() {
    TestData data = new TestData(1);
    Parameter table = data.fill(Parameter.ofSparseRows("emb.weight", 5, 3), 1f);
    List<GruParameters> layers = List.of(data.gru(0, 3, 11, 1f));
    ItemGates gates = ItemGates.of(table, layers.getFirst(), new int[] {4, 2}, parallel);
    assertEquals(
        2 * 64 * 4, ItemGates.bytes(layers.getFirst().hidden(), 2)); // 33 gates in two panels
    GruState state = new GruState(table, layers, 1, gates);
    state.advance(new int[] {2}, 1);
    GruState other = new GruState(table, layers, 1);
    other.advance(new int[] {2}, 1);
    assertArrayEquals(other.top().toArray(), state.top().toArray());
    assertEquals(
        "the gates of item 3 were not made",
        assertThrows(IllegalArgumentException.class, () -> state.advance(new int[] {3}, 1))
            .getMessage());
    assertThrows(IndexOutOfBoundsException.class, () -> state.advance(new int[] {5}, 1));
    List<GruParameters> same = List.of(data.gru(0, 3, 11, 1f));
    assertThrows(IllegalArgumentException.class, () -> new GruState(table, same, 1, gates));
    GruParameters wide = data.gru(0, 3, 1000, 1f);
    assertEquals(
        "the gates of 720000 items are more than one array holds",
        assertThrows(
                IllegalArgumentException.class,
                () -> ItemGates.of(table, wide, new int[720_000], parallel))
            .getMessage());
    int[] unknown = {5};
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> ItemGates.of(table, layers.getFirst(), unknown, parallel));
  }

  /** In six tasks, of some milliseconds each: threads do meet. */
  @Test
  void itemGatesOnAnyNumberOfThreads() {
    TestData data = new TestData(1);
    int n = 4_100;
    Parameter table = data.fill(Parameter.ofSparseRows("emb.weight", n, 250), 1f);
    GruParameters layer = data.gru(0, 250, 32, 1f);
    int[] items = descending(n);
    float[] expected = new float[n * 96];
    ItemGates.of(table, layer, items, parallel).read(items, n, expected);
    for (int threads : new int[] {2, 3, 8}) {
      try (Parallel several = new Parallel(threads)) {
        for (int round = 0; round < 4; round++) {
          float[] actual = new float[n * 96];
          ItemGates.of(table, layer, items, several).read(items, n, actual);
          assertArrayEquals(expected, actual);
        }
      }
    }
  }

  @Test
  void aChunkNeedsATimeStep() {
    Gru gru = new Gru(new TestData(1).gru(0, 2, 2, 1f), parallel);
    Variable none = new Variable(Matrix.zeros(0, 2));
    assertEquals(
        "a chunk has at least 1 time step, got 0",
        assertThrows(
                IllegalArgumentException.class,
                () -> gru.forward(new Tape(), none, new int[1], 0, Matrix.zeros(1, 2)))
            .getMessage());
  }
}
