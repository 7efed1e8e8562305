package io.gru4j.bench;

import io.gru4j.tensor.Backend;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Floating-point work done, as secondary metrics of a benchmark in operations a second, and the
 * check that a fork has the kernels it was asked for.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Work {

  /** 1e9 floating-point operations: reads as GFLOP/s. */
  public double gflops;

  /** Work over what one core's registers do in a second: reads as a share of the peak. */
  public double ofPeak;

  private double peak;

  /**
   * Refuses kernels that were not asked for, and measures the peak. A command line with {@code
   * -jvmArgsAppend} replaces the options of the benchmark's fork; without this check it would run
   * on scalar kernels and nobody would know.
   *
   * @throws IllegalStateException if {@code gru4j.kernels} is not set or the kernels are others
   */
  @Setup
  public void prepare() {
    String wanted = System.getProperty("gru4j.kernels");
    if (wanted == null || !Backend.description().startsWith(wanted)) {
      throw new IllegalStateException(
          ("kernels are %s, gru4j.kernels is %s: -jvmArgsAppend must keep"
                  + " \"--add-modules=jdk.incubator.vector -Dgru4j.kernels=vector\"")
              .formatted(Backend.description(), wanted));
    }
    peak = Peak.gflops(1);
    System.out.printf(
        "# Kernels: %s; FMA peak of a core: %.0f GFLOP/s%n", Backend.description(), peak);
  }

  /**
   * Counts work.
   *
   * @param gflop 1e9 floating-point operations
   */
  void add(double gflop) {
    gflops += gflop;
    ofPeak += gflop / peak;
  }
}
