package io.gru4j.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Layout;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.SparseGradient;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.optim.Adagrad;
import io.gru4j.tensor.optim.GradientClipping;
import io.gru4j.tensor.optim.Sgd;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What layers say of their memory, beside the arrays that they really hold after a step. */
class LayerBytesTest {
  private static final Parallel PARALLEL = new Parallel(1);
  private static final Map<Class<?>, Integer> BYTES =
      Map.of(
          byte.class,
          1,
          short.class,
          2,
          int.class,
          4,
          float.class,
          4,
          long.class,
          8,
          double.class,
          8);

  /**
   * Bytes of the arrays that an object holds, through objects of this library and what its
   * thread-locals hold for this thread.
   *
   * @param others what does not count: parameters, inputs, arrays of the caller
   */
  static double held(Object object, Object... others) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    seen.addAll(Arrays.asList(others));
    return walk(object, seen);
  }

  private static double walk(Object object, Set<Object> seen) {
    if (object == null || !seen.add(object)) {
      return 0;
    }
    Class<?> type = object.getClass();
    if (type.isArray()) {
      int length = Array.getLength(object);
      if (type.getComponentType().isPrimitive()) {
        int bytes = BYTES.get(type.getComponentType());
        return (double) bytes * length;
      }
      double sum = 0;
      for (int i = 0; i < length; i++) {
        sum += walk(Array.get(object, i), seen);
      }
      return sum;
    }
    if (object instanceof ThreadLocal<?> own) {
      return walk(own.get(), seen);
    }
    boolean ours =
        type.getName().startsWith("io.gru4j.tensor")
            && !type.getName().startsWith("io.gru4j.tensor.kernel")
            && !(object instanceof Parallel)
            && !type.isSynthetic()
            && !type.isHidden();
    double sum = 0;
    if (ours) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          field.setAccessible(true);
          try {
            sum += walk(field.get(object), seen);
          } catch (IllegalAccessException e) {
            throw new AssertionError(e);
          }
        }
      }
    }
    return sum;
  }

  private static void step(Variable loss) {
    Arrays.fill(loss.grad().data(), 1f);
  }

  private static Variable variable(TestData data, int rows, int cols) {
    return new Variable(Matrix.of(rows, cols, data.values(rows * cols, 1f)));
  }

  private static int[] ints(TestData data, int n, int bound) {
    int[] ints = new int[n];
    Arrays.setAll(ints, i -> data.below(bound));
    return ints;
  }

  /** Every operation of a tape, from gradients of 1. */
  private static void backward(Tape tape, Variable y) {
    Variable sum = new Variable(Matrix.zeros(1, 1));
    tape.record(() -> step(y));
    tape.backward(sum);
  }

  @Property
  void parameters(
      @ForAll @IntRange(min = 1, max = 100) int rows,
      @ForAll @IntRange(min = 1, max = 40) int cols) {
    Parameter panels = Parameter.ofPanels("p", rows, cols);
    assertEquals(held(panels), Layout.panelsBytes(rows, cols));
    panels.grad();
    assertEquals(held(panels), 2 * Layout.panelsBytes(rows, cols));
    assertEquals(held(Parameter.ofBias("b", rows)), Layout.panelsBytes(rows, 1));
    assertEquals(held(Parameter.ofRows("r", rows, cols)), Layout.rowsBytes(rows, cols));
  }

  /** A sparse gradient grows by steps; it states where these may end. */
  @Property
  void sparseGradients(
      @ForAll @IntRange(min = 1, max = 100) int rows,
      @ForAll @IntRange(min = 1, max = 40) int cols,
      @ForAll @IntRange(min = 1, max = 100) int lookedUp) {
    int touched = Math.min(rows, lookedUp);
    Parameter table = Parameter.ofSparseRows("e", rows, cols);
    double values = Layout.rowsBytes(rows, cols);
    assertEquals(held(table), values + SparseGradient.bytes(rows, cols, 0));
    double most = SparseGradient.bytes(rows, cols, touched);
    for (int row = 0; row < touched; row++) {
      table.addRowGrad(row, new float[cols], 0);
      assertTrue(held(table) - values <= most, row + " of " + touched);
    }
    double least = 4.0 * (rows + touched + touched * cols);
    assertTrue(held(table) - values >= least && most <= 2 * least + 4.0 * (40 + cols));
  }

  @Property
  void embedding(
      @ForAll @IntRange(min = 1, max = 40) int E,
      @ForAll @IntRange(min = 1, max = 60) int M,
      @ForAll long seed) {
    Parameter table = Parameter.ofSparseRows("e", 30, E);
    int[] items = ints(new TestData(seed), M, 30);
    Tape tape = new Tape();
    Embedding all = new Embedding(table);
    backward(tape, all.forward(tape, items, M));
    assertEquals(held(all, table, items), Embedding.bytes(E, M, false));
    DistinctRows distinct = new DistinctRows();
    distinct.find(items, M);
    assertEquals(held(distinct), DistinctRows.bytes(M));
    Embedding once = new Embedding(table);
    backward(tape, once.forward(tape, items, distinct));
    assertEquals(held(once, table), Embedding.bytes(E, M, true));
  }

  @Property
  void dropout(
      @ForAll @IntRange(min = 1, max = 40) int M, @ForAll @IntRange(min = 1, max = 40) int cols) {
    for (float probability : new float[] {0f, 0.3f}) {
      Dropout layer = new Dropout(probability, cols);
      Variable x = variable(new TestData(M), M, cols);
      Tape tape = new Tape();
      backward(tape, layer.forward(tape, x, 1));
      assertEquals(held(layer, x), Dropout.bytes(probability, M, cols));
    }
  }

  @Property(tries = 200)
  void gru(
      @ForAll @IntRange(min = 1, max = 70) int E,
      @ForAll @IntRange(min = 1, max = 70) int H,
      @ForAll @IntRange(min = 1, max = 5) int T,
      @ForAll @IntRange(min = 1, max = 40) int sessions,
      @ForAll boolean shared,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    GruParameters p = GruParameters.zeros(0, E, H);
    double values = 0;
    for (Parameter one : p.all()) {
      values += held(one);
    }
    assertEquals(values, GruParameters.bytes(E, H));
    int M = T * sessions;
    int[] active = new int[T];
    Arrays.fill(active, sessions);
    DistinctRows distinct = shared ? new DistinctRows() : null;
    int rows = shared ? distinct.find(ints(data, M, 9), M) : M;
    Variable x = variable(data, rows, E);
    Matrix state = Matrix.zeros(sessions, H);
    Gru layer = new Gru(p, PARALLEL);
    Tape tape = new Tape();
    Variable y = layer.forward(tape, x, distinct, active, T, state);
    backward(tape, y);
    Object[] others = {
      p, p.weightIh(), p.weightHh(), p.biasIh(), p.biasHh(), x, distinct, active, state
    };
    double own = held(layer, others);
    assertEquals(own, Gru.bytes(E, H, M, T, sessions, shared, 1));
    double scratch = PanelLinear.Scratch.bytes(Gru.BLOCK, Math.max(E, p.gates()));
    assertEquals(own + 2 * scratch, Gru.bytes(E, H, M, T, sessions, shared, 3));
  }

  /** Both with all logits kept and with none. */
  @Property(tries = 200)
  void outputLayer(
      @ForAll @IntRange(min = 1, max = 1500) int V,
      @ForAll @IntRange(min = 1, max = 70) int H,
      @ForAll @IntRange(min = 1, max = 40) int M,
      @ForAll boolean kept,
      @ForAll boolean smooth,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Parameter weight = Parameter.ofPanels("w", V, H);
    Parameter bias = Parameter.ofBias("b", V);
    long budget = kept ? Long.MAX_VALUE : 0;
    double share = smooth ? 0.1 : 0;
    OutputLayer layer = new OutputLayer(weight, bias, PARALLEL, budget).labelSmoothing(share);
    Variable hidden = variable(data, M, H);
    int[] targets = ints(data, M, V);
    Tape tape = new Tape();
    tape.backward(layer.forward(tape, hidden, targets));
    double own =
        held(
            layer,
            weight,
            bias,
            hidden,
            targets,
            hidden.value().data(),
            weight.gradOrNull(),
            bias.gradOrNull());
    double stated = OutputLayer.bytes(V, H, M, share, 1, budget);
    assertEquals(own - unused(layer, H, M, kept), stated);
    double three = OutputLayer.bytes(V, H, M, share, 3, budget);
    ClassTiles tiles = ClassTiles.of(V);
    assertTrue(three - stated > 2 * HiddenGradient.threadBytes(H, tiles, 128, M));
  }

  /** Scratch that a layer makes when it is asked for, but never asks for with so few rows. */
  private static double unused(OutputLayer layer, int H, int M, boolean kept) {
    double bytes = kept ? threadLocal(layer, "tileScratch") : 0;
    if (M <= 24 || H <= 8) {
      Object gradient = field(layer, "hiddenGradient");
      bytes += threadLocal(gradient, "transposed") + threadLocal(gradient, "packed");
    }
    return bytes;
  }

  private static double threadLocal(Object object, String name) {
    return held(field(object, name));
  }

  private static Object field(Object object, String name) {
    try {
      Field field = object.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(object);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Property
  void trainedLayers(
      @ForAll @IntRange(min = 1, max = 40) int E,
      @ForAll @IntRange(min = 1, max = 40) int H,
      @ForAll @IntRange(min = 1, max = 3) int layers,
      @ForAll @IntRange(min = 1, max = 96) int rows,
      @ForAll @IntRange(min = 1, max = 1500) int classes) {
    Parameter table = Parameter.ofRows("e", 9, E);
    int[] sizes = new int[layers];
    Arrays.setAll(sizes, i -> 1 + (H + 7 * i) % 40); // they differ
    sizes[layers - 1] = H;
    GruParameters[] all = new GruParameters[layers];
    Arrays.setAll(all, i -> GruParameters.zeros(i, i == 0 ? E : sizes[i - 1], sizes[i]));
    GruState state = new GruState(table, List.of(all), rows);
    Object[] others = Arrays.copyOf(all, layers + 1, Object[].class);
    others[layers] = table;
    assertEquals(held(state, others), GruState.bytes(E, sizes, rows));

    int[] items = {2, 5};
    ItemGates gates = ItemGates.of(table, all[0], items, PARALLEL);
    assertEquals(
        held(gates, table, all[0]),
        ItemGates.bytes(sizes[0], items.length) + ItemGates.tableBytes(9));

    Parameter weight = Parameter.ofPanels("w", classes, H);
    OutputScorer first = new OutputScorer(weight, Parameter.ofBias("b", classes), classes);
    OutputScorer scorer = first.copy();
    TopK[] best = new TopK[rows];
    Arrays.setAll(best, i -> new TopK(1 + i));
    scorer.select(Matrix.zeros(rows, H), 0, rows, best);
    double biases = OutputScorer.sharedBytes(classes);
    assertEquals(held(scorer, weight), biases + OutputScorer.bytes(classes, H, rows));
    assertEquals(held(best[rows - 1]), TopK.bytes(rows));
  }

  @Property(tries = 100)
  void ownNegatives(
      @ForAll @IntRange(min = 1, max = 40) int H,
      @ForAll @IntRange(min = 1, max = 70) int M,
      @ForAll @IntRange(min = 1, max = 70) int U,
      @ForAll PairwiseLoss loss,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int V = 50;
    Parameter weight = Parameter.ofSparseRows("w", V, H);
    Parameter bias = Parameter.ofSparseBias("b", V);
    OwnNegatives layer = new OwnNegatives(weight, bias, loss, U, PARALLEL);
    Variable hidden = variable(data, M, H);
    int[] targets = ints(data, M, V);
    int[] negatives = ints(data, M * U, V);
    Tape tape = new Tape();
    tape.backward(layer.forward(tape, hidden, targets, negatives));
    assertEquals(
        held(layer, weight, bias, hidden, targets, negatives), OwnNegatives.bytes(M, U, 1));
  }

  @Property(tries = 100)
  void sharedNegatives(
      @ForAll @IntRange(min = 1, max = 70) int H,
      @ForAll @IntRange(min = 1, max = 70) int M,
      @ForAll @IntRange(min = 1, max = 300) int S,
      @ForAll boolean entropy,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int V = 100_000; // so that all columns differ, nearly always
    Parameter weight = Parameter.ofSparseRows("w", V, H);
    Parameter bias = Parameter.ofSparseBias("b", V);
    SharedNegatives layer =
        entropy
            ? SharedNegatives.crossEntropy(weight, bias, M, null, null, PARALLEL)
            : SharedNegatives.bprMax(weight, bias, M, 1, 1, PARALLEL);
    Variable hidden = variable(data, M, H);
    int[] targets = ints(data, M, V);
    int[] samples = ints(data, S, V);
    Tape tape = new Tape();
    tape.backward(layer.forward(tape, hidden, targets, samples, S));
    double held = held(layer, weight, bias, hidden, targets, samples);
    double stated = SharedNegatives.bytes(H, M, S, 1);
    assertTrue(held <= stated, held + " bytes are more than " + stated);
    double ofRow = PairwiseRow.bytes((int) Buffers.padded(M + S)) * 2; // bpr-max alone has it
    assertTrue(stated - held <= (entropy ? ofRow : 0) + 5000, held + " are less than " + stated);
  }

  @Property
  void optimizers(
      @ForAll @IntRange(min = 1, max = 100) int rows,
      @ForAll @IntRange(min = 1, max = 40) int cols,
      @ForAll boolean momentum) {
    Parameter table = Parameter.ofSparseRows("e", rows, cols);
    Parameter dense = Parameter.ofPanels("w", rows, cols);
    List<Parameter> all = List.of(table, dense);
    double values = Layout.rowsBytes(rows, cols) + Layout.panelsBytes(rows, cols);
    float share = momentum ? 0.5f : 0f;
    Adagrad adagrad = new Adagrad(all, 0.1f, share, PARALLEL);
    assertEquals(held(adagrad, table, dense), Adagrad.bytes(values, cols, share));
    Sgd sgd = new Sgd(all, 0.1f, share, PARALLEL);
    assertEquals(held(sgd, table, dense), Sgd.bytes(values, cols, share));
    GradientClipping clipping = new GradientClipping(all, PARALLEL);
    double longest = dense.length();
    assertEquals(held(clipping, table, dense), GradientClipping.bytes(longest));
  }

  /** No product overflows: what cannot be made is stated as more than any heap has. */
  @Test
  void largestShapes() {
    int most = Integer.MAX_VALUE;
    double heap = 1L << 62;
    assertTrue(Gru.bytes(most, most, most, most, most, true, most) > heap);
    assertTrue(OutputLayer.bytes(most, most, most, 0.1, most) > heap);
    assertTrue(GruParameters.bytes(most, most) > heap);
    assertTrue(GruState.bytes(most, new int[] {most}, most) > heap);
    assertTrue(Embedding.bytes(most, most, true) > heap);
    assertTrue(Dropout.bytes(0.1f, most, most) > heap);
    assertTrue(SparseGradient.bytes(most, most, most) > heap);
    assertTrue(DistinctRows.bytes(most) > 4.0 * most);
    assertTrue(Buffers.packedColumns(most, 1) >= most);
  }
}
