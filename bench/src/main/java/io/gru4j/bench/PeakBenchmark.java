package io.gru4j.bench;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * The two limits of this machine for a kernel: multiply-adds a second on registers alone, and bytes
 * a second read from and written to each level of memory. A kernel's figure is a fraction of one of
 * them.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xms1g", "-Xmx1g"})
public class PeakBenchmark {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** Multiply-adds of one call, for each accumulator. */
  private static final int STEPS = 10_000;

  private static final int ACCUMULATORS = 12;

  /** 1e9 floating-point operations of one {@link #multiplyAdds}. */
  static final double GFLOP = 2e-9 * STEPS * ACCUMULATORS * SPECIES.length();

  /** Work done, in units that make JMH's "ops/s" column read GFLOP/s. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Flops {
    /** 1e9 floating-point operations. */
    public double gflops;
  }

  /** Bytes read or written, in units that make JMH's "ops/s" column read GB/s. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Traffic {
    /** 1e9 bytes. */
    public double gigabytes;
  }

  /** An array to read or write. */
  @State(Scope.Thread)
  public static class Memory {
    /** Size of the array: within a core's second-level cache, a shared cache, and no cache. */
    @Param({"256", "4096", "262144"})
    public int kilobytes;

    private float[] values;

    /** Fills the array and checks the vector sum against the plain one: both are exact. */
    @Setup
    public void fill() {
      values = new float[kilobytes * 256];
      Arrays.fill(values, 0f);
      for (int i = 0; i < values.length; i += 1024) {
        values[i] = 1f;
      }
      float expected = values.length / 1024;
      float sum = sum(values);
      if (sum != expected) {
        throw new IllegalStateException("sum is " + sum + ", expected " + expected);
      }
    }
  }

  /** Operands that the compiler cannot compute in advance. */
  @State(Scope.Thread)
  public static class Operands {
    private float factor = 0.5f;
    private float other = 0.25f;

    /** Prints the width in use and checks the sum of the accumulators, which is exact. */
    @Setup
    public void check() {
      System.out.println("# Vector: " + SPECIES.vectorBitSize() + " bit");
      float sum = multiplyAdds(factor, other);
      float starts = (ACCUMULATORS - 1) * ACCUMULATORS / 2;
      float expected = (starts + ACCUMULATORS * STEPS * factor * other) * SPECIES.length();
      if (sum != expected) {
        throw new IllegalStateException("accumulators sum to " + sum + ", expected " + expected);
      }
    }
  }

  /**
   * Multiply-adds on registers: independent chains, enough of them to hide the latency of each.
   *
   * @param operands factors of every multiply-add
   * @param work counts the operations
   * @return the sum of all lanes of all accumulators
   */
  @Benchmark
  public float fma(Operands operands, Flops work) {
    float sum = multiplyAdds(operands.factor, operands.other);
    work.gflops += GFLOP;
    return sum;
  }

  /**
   * Reads an array from front to back, adding it up.
   *
   * @param memory the array
   * @param traffic counts the bytes
   * @return the sum of the array
   */
  @Benchmark
  public float read(Memory memory, Traffic traffic) {
    float sum = sum(memory.values);
    traffic.gigabytes += 4e-9 * memory.values.length;
    return sum;
  }

  /**
   * Writes an array from front to back. A line that is not in a cache is read before it is written.
   *
   * @param memory the array
   * @param traffic counts the bytes written
   * @return the array
   */
  @Benchmark
  public float[] write(Memory memory, Traffic traffic) {
    Arrays.fill(memory.values, 1f);
    traffic.gigabytes += 4e-9 * memory.values.length;
    return memory.values;
  }

  /** The accumulator is the addend, as in a product; otherwise the compiler copies it first. */
  static float multiplyAdds(float factor, float other) {
    FloatVector f = FloatVector.broadcast(SPECIES, factor);
    FloatVector g = FloatVector.broadcast(SPECIES, other);
    // Different starts, or the compiler may see that all chains are one.
    FloatVector a0 = FloatVector.broadcast(SPECIES, 0f);
    FloatVector a1 = FloatVector.broadcast(SPECIES, 1f);
    FloatVector a2 = FloatVector.broadcast(SPECIES, 2f);
    FloatVector a3 = FloatVector.broadcast(SPECIES, 3f);
    FloatVector a4 = FloatVector.broadcast(SPECIES, 4f);
    FloatVector a5 = FloatVector.broadcast(SPECIES, 5f);
    FloatVector a6 = FloatVector.broadcast(SPECIES, 6f);
    FloatVector a7 = FloatVector.broadcast(SPECIES, 7f);
    FloatVector a8 = FloatVector.broadcast(SPECIES, 8f);
    FloatVector a9 = FloatVector.broadcast(SPECIES, 9f);
    FloatVector a10 = FloatVector.broadcast(SPECIES, 10f);
    FloatVector a11 = FloatVector.broadcast(SPECIES, 11f);
    for (int i = 0; i < STEPS; i++) {
      a0 = f.fma(g, a0);
      a1 = f.fma(g, a1);
      a2 = f.fma(g, a2);
      a3 = f.fma(g, a3);
      a4 = f.fma(g, a4);
      a5 = f.fma(g, a5);
      a6 = f.fma(g, a6);
      a7 = f.fma(g, a7);
      a8 = f.fma(g, a8);
      a9 = f.fma(g, a9);
      a10 = f.fma(g, a10);
      a11 = f.fma(g, a11);
    }
    FloatVector all =
        a0.add(a1)
            .add(a2)
            .add(a3)
            .add(a4)
            .add(a5)
            .add(a6)
            .add(a7)
            .add(a8)
            .add(a9)
            .add(a10)
            .add(a11);
    return sumLanes(all);
  }

  /** Eight accumulators: one chain of additions would wait for itself, not for memory. */
  private static float sum(float[] x) {
    int n = SPECIES.length();
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    FloatVector a4 = a0;
    FloatVector a5 = a0;
    FloatVector a6 = a0;
    FloatVector a7 = a0;
    for (int i = 0; i <= x.length - 8 * n; i += 8 * n) {
      a0 = a0.add(FloatVector.fromArray(SPECIES, x, i));
      a1 = a1.add(FloatVector.fromArray(SPECIES, x, i + n));
      a2 = a2.add(FloatVector.fromArray(SPECIES, x, i + 2 * n));
      a3 = a3.add(FloatVector.fromArray(SPECIES, x, i + 3 * n));
      a4 = a4.add(FloatVector.fromArray(SPECIES, x, i + 4 * n));
      a5 = a5.add(FloatVector.fromArray(SPECIES, x, i + 5 * n));
      a6 = a6.add(FloatVector.fromArray(SPECIES, x, i + 6 * n));
      a7 = a7.add(FloatVector.fromArray(SPECIES, x, i + 7 * n));
    }
    return sumLanes(a0.add(a1).add(a2.add(a3)).add(a4.add(a5).add(a6.add(a7))));
  }

  private static float sumLanes(FloatVector v) {
    float sum = 0f;
    for (float lane : v.toArray()) {
      sum += lane;
    }
    return sum;
  }
}
