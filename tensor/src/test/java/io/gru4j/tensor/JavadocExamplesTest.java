package io.gru4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.autograd.Operations;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.Embedding;
import io.gru4j.tensor.nn.Gru;
import io.gru4j.tensor.nn.GruParameters;
import io.gru4j.tensor.nn.GruState;
import io.gru4j.tensor.nn.OutputLayer;
import io.gru4j.tensor.nn.OutputScorer;
import io.gru4j.tensor.nn.TopK;
import io.gru4j.tensor.optim.Adagrad;
import io.gru4j.tensor.optim.GradientClipping;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of the documentation, which takes them from here by the names of their regions. */
class JavadocExamplesTest {
  private final Parallel parallel = new Parallel(2);

  @Test
  void differentiate() {
    // @start region="autograd"
    Tape tape = new Tape();
    Operations ops = new Operations(tape, parallel);
    Variable x = new Variable(Matrix.of(1, 2, 3, 4));
    Variable w = new Variable(Matrix.of(2, 1, 0.5f, -1));
    Variable y = ops.matmul(x, w); // 3 * 0.5 - 4 * 1
    tape.backward(ops.multiply(y, y)); // y^2, whose derivative by w is 2 y x
    float[] gradient = w.grad().toArray(); // -15, -20
    // @end
    assertEquals(-2.5f, y.value().get(0, 0));
    assertArrayEquals(new float[] {-15, -20}, gradient);
  }

  @Test
  void multiplyMatrices() {
    // @start region="gemm"
    Matrix a = Matrix.of(2, 3, 1, 2, 3, 4, 5, 6);
    Matrix c = Matrix.zeros(2, 2);
    new Gemm(parallel).multiply(a, false, a, true, c, false); // C = A A^T
    // @end
    assertArrayEquals(new float[] {14, 32, 32, 77}, c.toArray());
  }

  @Test
  void runTasks() {
    long[] squares = new long[100];
    // @start region="parallel"
    try (Parallel workers = new Parallel(4)) {
      workers.run(squares.length, i -> squares[i] = (long) i * i);
    }
    // @end
    assertEquals(9801, squares[99]);
  }

  @Test
  void drawNumbers() {
    // @start region="random"
    RandomStream random = new RandomStream(42);
    long first = random.nextLong();
    long second = random.nextLong();
    long again = RandomStream.at(42, 1); // the second number, without the first
    // @end
    assertTrue(first != second);
    assertEquals(second, again);
  }

  /** Two sessions, 0 1 2 and 3 1, in one chunk: after 0 comes 1, after 3 too, after 1 comes 2. */
  @Test
  void trainAStepAndAsk() {
    int V = 4;
    int H = 8;
    TestData data = new TestData(1);
    Parameter table = data.fill(Parameter.ofSparseRows("emb.weight", V, H), 0.5f);
    GruParameters gru = data.gru(0, H, H, 0.5f);
    Parameter weight = data.fill(Parameter.ofPanels("lin.weight", V, H), 0.5f);
    Parameter bias = Parameter.ofBias("lin.bias", V);
    List<Parameter> parameters =
        List.of(table, gru.weightIh(), gru.weightHh(), gru.biasIh(), gru.biasHh(), weight, bias);
    // @start region="step"
    Tape tape = new Tape();
    Embedding embedding = new Embedding(table);
    Gru layer = new Gru(gru, parallel);
    OutputLayer output = new OutputLayer(weight, bias, parallel);
    GradientClipping clipping = new GradientClipping(parameters, parallel);
    Adagrad optimizer = new Adagrad(parameters, 0.1f, parallel);

    int[] activeRows = {2, 1}; // packed by time: two sessions at time 0, one of them at time 1
    int[] items = {0, 3, 1};
    int[] targets = {1, 1, 2};
    for (int epoch = 0; epoch < 50; epoch++) {
      parameters.forEach(Parameter::zeroGrad);
      Variable x = embedding.forward(tape, items, items.length);
      Variable hidden = layer.forward(tape, x, activeRows, 2, Matrix.zeros(2, H));
      tape.backward(output.forward(tape, hidden, targets));
      optimizer.step(GradientClipping.factor(clipping.norm(), 1.0));
    }
    // @end
    assertTrue(output.lossValue() < 0.05, "loss " + output.lossValue());
    // @start region="ask"
    GruState state = new GruState(table, List.of(gru), 1);
    state.advance(new int[] {0}, 1); // one session clicks item 0
    TopK best = new TopK(2);
    new OutputScorer(weight, bias, V).top(state.top(), 0, 1, new TopK[] {best});
    int likeliest = best.classAt(0); // 1
    // @end
    assertEquals(1, likeliest);
  }
}
