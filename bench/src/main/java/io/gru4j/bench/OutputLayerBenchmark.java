package io.gru4j.bench;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.OutputLayer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The output layer with its loss, forward and back, of R rows over N items; 100 hidden units. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "-Dgru4j.kernels=vector",
      "-Xms2g",
      "-Xmx2g"
    })
public class OutputLayerBenchmark {

  private static final int H = 100;

  /** Rows: sessions of a step that have a target. */
  @Param({"8", "64", "512"})
  public int rows;

  /** Items. */
  @Param({"1000", "10000", "40000"})
  public int items;

  private Parallel parallel;
  private Parameter weight;
  private Parameter bias;
  private OutputLayer layer;
  private Variable hidden;
  private int[] targets;
  private final Tape tape = new Tape();

  /** Draws everything and checks the loss against the definition in double. */
  @Setup
  public void prepare() {
    RandomStream random = new RandomStream(1);
    weight = Parameter.ofPanels("weight", items, H);
    bias = Parameter.ofBias("bias", items);
    hidden = new Variable(Ours.random(rows, H));
    targets = new int[rows];
    for (int item = 0; item < items; item++) {
      bias.set(item, 0, random.nextFloat() - 0.5f);
      for (int h = 0; h < H; h++) {
        weight.set(item, h, random.nextFloat() - 0.5f);
      }
    }
    for (int row = 0; row < rows; row++) {
      targets[row] = random.nextInt(items);
    }
    parallel = new Parallel(1);
    layer = new OutputLayer(weight, bias, parallel);
    step();
    double expected = loss();
    if (!(Math.abs(layer.lossValue() - expected) <= 1e-4)) {
      throw new IllegalStateException("loss is " + layer.lossValue() + ", expected " + expected);
    }
  }

  private double loss() {
    Matrix h = hidden.value();
    double loss = 0;
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      double target = 0;
      for (int item = 0; item < items; item++) {
        double logit = bias.get(item, 0);
        for (int i = 0; i < H; i++) {
          logit += (double) weight.get(item, i) * h.get(row, i);
        }
        sum += Math.exp(logit);
        target = item == targets[row] ? logit : target;
      }
      loss += Math.log(sum) - target;
    }
    return loss / rows;
  }

  private void step() {
    weight.zeroGrad();
    bias.zeroGrad();
    hidden.grad().fill(0f);
    tape.backward(layer.forward(tape, hidden, targets));
  }

  /** Ends the threads. */
  @TearDown
  public void close() {
    parallel.close();
  }

  /**
   * Loss and all three gradients.
   *
   * @param work counts the three products: 6 R N H operations
   * @return the loss
   */
  @Benchmark
  public double forwardAndBackward(Work work) {
    step();
    work.add(6e-9 * rows * items * H);
    return layer.lossValue();
  }
}
