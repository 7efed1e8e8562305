package io.gru4j.tensor.kernel;

import java.lang.System.Logger.Level;

/** Picks the kernels once a JVM, and says so once at INFO. */
final class KernelChoice {

  private static final Kernels KERNELS;
  private static final RuntimeException FAULT; // thrown by those who ask, not by class loading

  static {
    Kernels kernels = null;
    RuntimeException fault = null;
    try {
      kernels = choose(System.getProperty("gru4j.kernels"), vectorModulePresent());
    } catch (IllegalArgumentException | IllegalStateException e) {
      fault = e;
    }
    KERNELS = kernels;
    FAULT = fault;
  }

  private KernelChoice() {}

  static Kernels kernels() {
    if (KERNELS == null) {
      throw FAULT;
    }
    return KERNELS;
  }

  static Kernels choose(String forced, boolean vectorModulePresent) {
    boolean vector =
        switch (forced) {
          case null -> vectorModulePresent;
          case "vector" -> true;
          case "scalar" -> false;
          default ->
              throw new IllegalArgumentException(
                  "system property gru4j.kernels must be vector or scalar, got " + forced);
        };
    if (vector && !vectorModulePresent) {
      throw new IllegalStateException(
          "gru4j.kernels=vector needs the JVM flag --add-modules jdk.incubator.vector");
    }
    Kernels kernels = vector ? new VectorKernels() : new ScalarKernels();
    System.getLogger("io.gru4j")
        .log(
            Level.INFO,
            "kernels: {0}{1}",
            kernels.description(),
            advice(forced, vectorModulePresent));
    return kernels;
  }

  /** What the message says to those who have not chosen. */
  static String advice(String forced, boolean vectorModulePresent) {
    return forced != null || vectorModulePresent
        ? ""
        : " (for SIMD start the JVM with --add-modules jdk.incubator.vector)";
  }

  private static boolean vectorModulePresent() {
    ModuleLayer layer = KernelChoice.class.getModule().getLayer();
    return (layer == null ? ModuleLayer.boot() : layer)
        .findModule("jdk.incubator.vector")
        .isPresent();
  }
}
