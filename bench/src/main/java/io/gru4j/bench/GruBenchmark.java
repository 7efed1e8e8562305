package io.gru4j.bench;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Operations;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.Gru;
import io.gru4j.tensor.nn.GruParameters;
import java.util.Arrays;
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

/** A GRU layer of 250 inputs and 100 hidden units over T steps, forward and back. */
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
      "-Xms1g",
      "-Xmx1g"
    })
public class GruBenchmark {

  private static final int E = 250;
  private static final int H = 100;

  /** Rows: sessions. */
  @Param({"8", "64", "512"})
  public int rows;

  /** Time steps of a chunk (bptt). */
  @Param({"1", "8"})
  public int steps;

  private final Tape tape = new Tape();
  private Parallel parallel;
  private Operations operations;
  private GruParameters parameters;
  private Gru gru;
  private Variable input;
  private Matrix state;
  private int[] activeRows;

  /** Draws everything and checks the first element of the first step against the equations. */
  @Setup
  public void prepare() {
    RandomStream random = new RandomStream(1);
    parameters = GruParameters.zeros(0, E, H);
    for (Parameter p : parameters.all()) {
      for (int row = 0; row < p.rows(); row++) {
        for (int col = 0; col < p.cols(); col++) {
          p.set(row, col, 0.2f * random.nextFloat() - 0.1f);
        }
      }
    }
    input = new Variable(Ours.random(rows * steps, E));
    state = Matrix.zeros(rows, H);
    activeRows = new int[steps];
    Arrays.fill(activeRows, rows);
    parallel = new Parallel(1);
    operations = new Operations(tape, parallel);
    gru = new Gru(parameters, parallel);
    double actual = step().value().get(0, 0);
    double expected = firstState();
    if (!(Math.abs(actual - expected) <= 1e-5)) {
      throw new IllegalStateException("h[0][0] is " + actual + ", expected " + expected);
    }
  }

  /** With a state of zeros the recurrent product is its bias. */
  private double firstState() {
    double[] x = new double[3]; // r, z, n
    double[] h = new double[3];
    Parameter weight = parameters.weightIh();
    for (int gate = 0; gate < 3; gate++) {
      x[gate] = parameters.biasIh().value()[parameters.biasIh().offset() + gate * H];
      h[gate] = parameters.biasHh().value()[parameters.biasHh().offset() + gate * H];
      for (int i = 0; i < E; i++) {
        x[gate] += (double) weight.get(gate * H, i) * input.value().get(0, i);
      }
    }
    double r = 1 / (1 + Math.exp(-x[0] - h[0]));
    double z = 1 / (1 + Math.exp(-x[1] - h[1]));
    return (1 - z) * Math.tanh(x[2] + r * h[2]);
  }

  private Variable step() {
    parameters.all().forEach(Parameter::zeroGrad);
    input.grad().fill(0f);
    state.fill(0f);
    Variable output = gru.forward(tape, input, activeRows, steps, state);
    tape.backward(operations.sum(output));
    return output;
  }

  /** Ends the threads. */
  @TearDown
  public void close() {
    parallel.close();
  }

  /**
   * Output and all gradients of its sum.
   *
   * @param work counts the products: 18 R T H (E + H) operations
   * @return the output
   */
  @Benchmark
  public Variable forwardAndBackward(Work work) {
    work.add(18e-9 * rows * steps * H * (E + H));
    return step();
  }
}
