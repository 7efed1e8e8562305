package io.gru4j.bench;

import io.gru4j.tensor.Gemm;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
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

/** The product of two matrices in rows, {@code C = A B}: those of the output layer, and squares. */
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
public class GemmBenchmark {

  /** M, K and N of (M x K)(K x N). */
  @Param({"512x100x10001", "100x512x10001", "512x10001x100", "512x512x512", "2048x2048x2048"})
  public String shape;

  private Parallel parallel;
  private Gemm gemm;
  private Matrix a;
  private Matrix b;
  private Matrix c;

  /** Makes the factors and checks the product against the definition. */
  @Setup
  public void prepare() {
    String[] sizes = shape.split("x");
    a = Ours.random(Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]));
    b = Ours.random(Integer.parseInt(sizes[1]), Integer.parseInt(sizes[2]));
    c = Matrix.zeros(a.rows(), b.cols());
    parallel = new Parallel(1);
    gemm = new Gemm(parallel);
    gemm.multiply(a, false, b, false, c, false);
    GemmCheck.check(a, b, c.data());
  }

  /** Ends the threads. */
  @TearDown
  public void close() {
    parallel.close();
  }

  /**
   * One product.
   *
   * @param work counts 2 M K N operations
   * @return the product
   */
  @Benchmark
  public Matrix multiply(Work work) {
    gemm.multiply(a, false, b, false, c, false);
    work.add(2e-9 * a.rows() * a.cols() * b.cols());
    return c;
  }
}
