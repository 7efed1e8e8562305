package io.gru4j.tensor;

import io.gru4j.tensor.kernel.Kernels;

/** Tells which kernels this JVM computes with. Results do not depend on them, speed does. */
public final class Backend {

  private Backend() {}

  /**
   * Returns the kernels in use.
   *
   * @return {@code scalar}, or for the Vector API its width: {@code vector, 512 bit}
   */
  public static String description() {
    return Kernels.get().description();
  }

  /**
   * Says that this process has little to compute, some billions of multiply-adds or less, before
   * anything is computed: it is then done with scalar kernels before the JVM has compiled those on
   * the Vector API. Has no effect once something was computed, nor where a system property forces
   * kernels.
   */
  public static void expectLittleWork() {
    Kernels.expectLittleWork();
  }
}
