package io.gru4j.tensor.kernel;

import java.lang.System.Logger.Level;

/**
 * Picks the kernels once a JVM, and says so once at INFO; what makes them slow, at WARNING.
 *
 * <p>Vector kernels run where the Vector API is there, vectors have a width that there are tiles
 * for, and fused multiply-add is an instruction. Without it scalar kernels are the faster ones:
 * they have software for it.
 */
final class KernelChoice {

  /**
   * What a JVM offers.
   *
   * @param vectorBits width of the vectors that it prefers, 0 without the Vector API
   * @param fma whether fused multiply-add is an instruction
   */
  record Jvm(int vectorBits, boolean fma) {

    static Jvm current() {
      ModuleLayer layer = KernelChoice.class.getModule().getLayer();
      boolean vectors =
          (layer == null ? ModuleLayer.boot() : layer)
              .findModule("jdk.incubator.vector")
              .isPresent();
      return new Jvm(vectors ? VectorWidth.preferred() : 0, FusedMultiplyAdd.INSTRUCTION);
    }
  }

  /**
   * Which kernels, and what to say of them.
   *
   * @param bits width of the vectors, 0 for scalar kernels
   * @param why what follows their name at INFO, perhaps empty
   * @param warning what makes them slow, or null
   */
  record Choice(int bits, String why, String warning) {}

  private static final String PROPERTY = "gru4j.kernels";

  private static final Kernels KERNELS;
  private static final RuntimeException FAULT; // thrown by those who ask, not by class loading

  static {
    Kernels kernels = null;
    RuntimeException fault = null;
    try {
      String forced = System.getProperty(PROPERTY);
      String width = System.getProperty(VectorWidth.PROPERTY);
      Choice choice = choose(forced, width, Jvm.current());
      if (Kernels.littleWork() && forced == null && width == null) {
        choice = forLittleWork(choice);
      }
      VectorRegisters.choose(choice.bits()); // wrong whatever the kernels
      kernels = kernels(choice);
    } catch (RuntimeException e) {
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

  private static Kernels kernels(Choice choice) {
    Kernels kernels = choice.bits() > 0 ? Kernels.vector() : Kernels.scalar();
    System.Logger logger = System.getLogger("io.gru4j");
    logger.log(Level.INFO, "kernels: {0}{1}", kernels.description(), choice.why());
    if (choice.warning() != null) {
      logger.log(Level.WARNING, "{0}", choice.warning());
    }
    return kernels;
  }

  /**
   * Chooses.
   *
   * @param forced value of the system property {@code gru4j.kernels}, null if it is not set
   * @param asked value of {@link VectorWidth#PROPERTY}, null if it is not set
   * @throws IllegalArgumentException if a property has a value that it cannot have
   * @throws IllegalStateException if vectors are forced and cannot be had
   */
  static Choice choose(String forced, String asked, Jvm jvm) {
    if (forced != null && !forced.equals("vector") && !forced.equals("scalar")) {
      throw new IllegalArgumentException(
          "system property " + PROPERTY + " must be vector or scalar, got " + forced);
    }
    int bits = VectorWidth.choose(asked, jvm.vectorBits()); // wrong whatever the kernels
    String slow = jvm.fma() ? null : withoutFma("scalar kernels compute it in software, slower");
    if ("scalar".equals(forced)) {
      return new Choice(0, "", slow);
    }
    boolean vectors = forced != null;
    if (jvm.vectorBits() == 0) {
      if (vectors) {
        throw new IllegalStateException(
            PROPERTY + "=vector needs the JVM flag --add-modules jdk.incubator.vector");
      }
      String advice = " (for SIMD start the JVM with --add-modules jdk.incubator.vector)";
      return new Choice(0, jvm.fma() ? advice : "", slow);
    }
    if (bits == 0) {
      String narrow =
          "vectors of this JVM have "
              + jvm.vectorBits()
              + " bits, vector kernels need "
              + VectorWidth.NARROWEST
              + " (see -XX:MaxVectorSize, in bytes)";
      if (vectors) {
        throw new IllegalStateException(PROPERTY + "=vector: " + narrow);
      }
      return new Choice(0, ": " + narrow, slow);
    }
    if (!jvm.fma()) {
      return vectors
          ? new Choice(bits, "", withoutFma("vector kernels are far slower than scalar ones"))
          : new Choice(0, "", slow);
    }
    return new Choice(bits, "", bits > jvm.vectorBits() ? emulated(bits, jvm.vectorBits()) : null);
  }

  /** Scalar kernels, of which only those that vectors would replace need an explanation. */
  static Choice forLittleWork(Choice choice) {
    return choice.bits() == 0
        ? choice
        : new Choice(0, ": there is little work, and vectors take longer to begin", null);
  }

  private static String withoutFma(String effect) {
    return "fused multiply-add is no instruction of this JVM: "
        + effect
        + ", with the same bits; drop -XX:-UseFMA, -XX:UseAVX=0 and -XX:UseSSE, or give a virtual"
        + " machine a CPU model with FMA and AVX (QEMU: -cpu host)";
  }

  private static String emulated(int bits, int preferred) {
    return VectorWidth.PROPERTY
        + "="
        + bits
        + " is wider than this JVM's vectors of "
        + preferred
        + " bits: it emulates them, far slower, with the same bits";
  }
}
