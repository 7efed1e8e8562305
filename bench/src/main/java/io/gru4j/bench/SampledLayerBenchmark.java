package io.gru4j.bench;

import io.gru4j.tensor.ItemSampler;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.RandomStream;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import io.gru4j.tensor.nn.OwnNegatives;
import io.gru4j.tensor.nn.PairwiseLoss;
import io.gru4j.tensor.nn.SharedNegatives;
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

/**
 * Loss and gradients of 64 rows of 100 hidden units against 2048 shared samples, or 50 negatives of
 * each row's own, one thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
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
public class SampledLayerBenchmark {

  private static final int H = 100;
  private static final int ROWS = 64;
  private static final int SAMPLES = 2048;
  private static final int NEGATIVES = 50;
  private static final double ALPHA = 0.5; // of chances by Zipf's law

  /** Items. */
  @Param({"40000", "1000000"})
  public int items;

  private final Tape tape = new Tape();
  private final RandomStream random = new RandomStream(1);
  private Parallel parallel;
  private Parameter weight;
  private Parameter bias;
  private Variable hidden;
  private SharedNegatives crossEntropy;
  private SharedNegatives bprMax;
  private OwnNegatives bpr;
  private ItemSampler sampler;
  private final int[] targets = new int[ROWS];
  private final int[] samples = new int[SAMPLES];
  private final int[] negatives = new int[ROWS * NEGATIVES];

  /** Draws everything. */
  @Setup
  public void prepare() {
    weight = Parameter.ofSparseRows("weight", items, H);
    bias = Parameter.ofSparseBias("bias", items);
    hidden = new Variable(Ours.random(ROWS, H));
    double[] weights = new double[items];
    for (int item = 0; item < items; item++) {
      weights[item] = Math.pow(item + 1, -ALPHA);
      for (int h = 0; h < H; h++) {
        weight.set(item, h, random.nextFloat() - 0.5f);
      }
    }
    sampler = new ItemSampler(weights);
    parallel = new Parallel(1);
    crossEntropy = SharedNegatives.crossEntropy(weight, bias, ROWS, null, null, parallel);
    bprMax = SharedNegatives.bprMax(weight, bias, ROWS, 1, 0.5, parallel);
    bpr = new OwnNegatives(weight, bias, PairwiseLoss.BPR, NEGATIVES, parallel);
    draw();
  }

  private void draw() {
    for (int i = 0; i < ROWS; i++) {
      targets[i] = sampler.at(random.nextDouble());
    }
    for (int i = 0; i < SAMPLES; i++) {
      samples[i] = sampler.at(random.nextDouble());
    }
    for (int i = 0; i < negatives.length; i++) {
      negatives[i] = random.nextInt(items);
    }
  }

  private void begin() {
    weight.zeroGrad();
    bias.zeroGrad();
    hidden.grad().fill(0f);
  }

  /** Ends the threads. */
  @TearDown
  public void close() {
    parallel.close();
  }

  /**
   * Draws targets, samples and negatives.
   *
   * @param work checks the kernels
   */
  @Benchmark
  public void draws(Work work) {
    draw();
  }

  /**
   * Draws, and cross-entropy over shared samples.
   *
   * @param work checks the kernels
   * @return the loss
   */
  @Benchmark
  public double sharedCrossEntropy(Work work) {
    draw();
    begin();
    tape.backward(crossEntropy.forward(tape, hidden, targets, samples, SAMPLES));
    return crossEntropy.lossValue();
  }

  /**
   * Draws, and bpr-max over shared samples.
   *
   * @param work checks the kernels
   * @return the loss
   */
  @Benchmark
  public double sharedBprMax(Work work) {
    draw();
    begin();
    tape.backward(bprMax.forward(tape, hidden, targets, samples, SAMPLES));
    return bprMax.lossValue();
  }

  /**
   * Draws, and bpr over negatives of each row's own.
   *
   * @param work checks the kernels
   * @return the loss
   */
  @Benchmark
  public double ownBpr(Work work) {
    draw();
    begin();
    tape.backward(bpr.forward(tape, hidden, targets, negatives));
    return bpr.lossValue();
  }
}
