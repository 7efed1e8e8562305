package io.gru4j.tensor.kernel;

import io.gru4j.tensor.nn.Allocations;
import java.util.concurrent.TimeUnit;

/**
 * Calls the kernels of rows mostly with rows shorter than a vector, now and then with longer ones,
 * until the JIT has compiled them; then counts the bytes that long rows allocate.
 */
final class ShortRows {
  private static final int LONG = 2 * Kernels.LANES + 1;
  private static final int SHORT = 3;
  private static final int CALLS = 3_000;
  private static final Kernels KERNELS = Kernels.get();

  private ShortRows() {}

  /** A kernel on rows of n floats. */
  private interface RowKernel {
    void run(int n);
  }

  /** Prints a line for each kernel: its name and the bytes that a call allocates. */
  public static void main(String[] args) throws ReflectiveOperationException {
    float[] x = new float[Kernels.PANEL * LONG];
    float[] y = new float[Kernels.PANEL * LONG];
    float[] z = new float[Kernels.PANEL * LONG];
    print("exp", n -> KERNELS.elements().exp(y, 0, x, 0, n));
    print("sigmoid", n -> KERNELS.elements().sigmoid(y, 0, x, 0, n));
    print("tanh", n -> KERNELS.elements().tanh(y, 0, x, 0, n));
    print("multiply", n -> KERNELS.elements().multiply(y, 0, x, 0, z, 0, n));
    print("axpy", n -> KERNELS.elements().axpy(0f, x, 0, y, 0, n));
    print("adagrad", n -> KERNELS.elements().adagrad(y, 0, x, 0, z, 0, n, 1f, 0.1f, 0f, 1e-8f));
    print("dot", n -> KERNELS.elements().dot(x, 0, y, 0, n));
    print(
        "adagradMomentum",
        n -> KERNELS.elements().adagradMomentum(y, 0, x, z, 0, z, 0, n, 1f, 0.1f, 1e-6f, 0f, 0.3f));
    print("sgdMomentum", n -> KERNELS.elements().sgdMomentum(y, 0, x, 0, z, 0, n, 1f, 0.1f, 0.9f));
    print("gruForward", n -> KERNELS.elements().gruForward(x, 0, y, 0, z, 0, z, LONG, n));
    int P = Kernels.PANEL;
    print(
        "product", n -> KERNELS.products().product(y, 0, P, y, 0, P, x, 0, 4 * n, z, 0, 12, n, 3));
    print(
        "gruBackward",
        n -> KERNELS.elements().gruBackward(x, 0, y, 0, z, 0, z, LONG, z, 2 * LONG, n));
  }

  private static void print(String name, RowKernel kernel) throws ReflectiveOperationException {
    System.out.println(name + " " + bytesOfLongRows(kernel));
  }

  private static long bytesOfLongRows(RowKernel kernel) throws ReflectiveOperationException {
    for (int i = 0; i < 400_000; i++) {
      kernel.run(i % 500 == 0 ? LONG : SHORT);
    }
    Allocations allocated = new Allocations();
    long least = Long.MAX_VALUE;
    long start = System.nanoTime();
    while (least > 0 && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10)) {
      long before = allocated.bytes();
      for (int i = 0; i < CALLS; i++) {
        kernel.run(LONG);
      }
      least = Math.min(least, (allocated.bytes() - before) / CALLS);
    }
    return least;
  }
}
