package io.gru4j.tensor.kernel;

/**
 * How many vector registers the kernels count on, 16 or 32. With the number of lanes it decides
 * which register tiles they take; the page of the package has the table.
 */
final class VectorRegisters {

  /** System property that asks for the tiles of another number than the processor's. */
  static final String PROPERTY = "gru4j.vectorRegisters";

  private VectorRegisters() {}

  /**
   * Returns the number of registers to count on.
   *
   * <p>Those of 512 bits are 32. Of fewer bits x86 had 16 for long: its tiles are made for them,
   * and one of them has fences, which are instructions on other processors. All others that the
   * Vector API knows (64-bit Arm, RISC-V, POWER) have 32 or more.
   *
   * @param asked value of {@link #PROPERTY}, null if it is not set
   * @param bits width of the vectors, 0 for scalar kernels
   * @param architecture value of the system property {@code os.arch}
   * @throws IllegalArgumentException if it is asked for what there are no tiles for
   */
  static int choose(String asked, int bits, String architecture) {
    boolean x86 = architecture.equals("amd64") || architecture.equals("x86_64");
    if (asked == null) {
      return bits < 512 && x86 ? 16 : 32;
    }
    if (asked.equals("32") || asked.equals("16") && bits < 512) {
      return Integer.parseInt(asked);
    }
    throw new IllegalArgumentException(
        "system property "
            + PROPERTY
            + " must be 16 or 32, and 32 for vectors of 512 bits, got "
            + asked);
  }

  /** Returns the number of registers to count on in this JVM, for vectors of so many bits. */
  static int choose(int bits) {
    return choose(System.getProperty(PROPERTY), bits, System.getProperty("os.arch"));
  }
}
