package io.gru4j.bench;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.optim.Adagrad;
import io.gru4j.tensor.optim.Optimizer;
import io.gru4j.tensor.optim.Sgd;
import java.util.Arrays;
import java.util.List;
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

/** One step of an optimizer over the output weights of N items; 100 hidden units. */
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
public class OptimizerBenchmark {

  private static final int H = 100;
  private static final float RATE = 0.1f;
  private static final float GRADIENT = 0.25f;

  /** Items. */
  @Param({"10000", "100000"})
  public int items;

  /** Which optimizer. */
  @Param({"adagrad", "sgd-momentum"})
  public String optimizer;

  private Parallel parallel;
  private Parameter weight;
  private Optimizer step;

  /** Makes the parameter and checks the first step against the formula. */
  @Setup
  public void prepare() {
    weight = Parameter.ofPanels("weight", items, H);
    weight.beginGrad();
    Arrays.fill(weight.gradOrNull(), GRADIENT);
    parallel = new Parallel(1);
    step =
        optimizer.equals("adagrad")
            ? new Adagrad(List.of(weight), RATE, parallel)
            : new Sgd(List.of(weight), RATE, 0.9f, parallel);
    step.step(1f);
    double expected = optimizer.equals("adagrad") ? -RATE : -RATE * GRADIENT;
    double actual = weight.get(items - 1, H - 1);
    if (!(Math.abs(actual - expected) <= 1e-6)) {
      throw new IllegalStateException("the first step is " + actual + ", expected " + expected);
    }
  }

  /** Ends the threads. */
  @TearDown
  public void close() {
    parallel.close();
  }

  /**
   * One step.
   *
   * @param work checks the kernels; no operations are counted: memory is the limit
   * @param traffic counts gradient, state and parameter read, state and parameter written
   * @return the parameter
   */
  @Benchmark
  public Parameter step(Work work, PeakBenchmark.Traffic traffic) {
    step.step(1f);
    traffic.gigabytes += 5 * 4e-9 * items * H;
    return weight;
  }
}
