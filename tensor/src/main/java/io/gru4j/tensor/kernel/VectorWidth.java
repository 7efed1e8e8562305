package io.gru4j.tensor.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * How wide the vectors are: 128, 256 or 512 bits, the widths that there are tiles for, of 4, 8 or
 * 16 lanes, which divide the 16 virtual lanes that sums are defined on.
 */
final class VectorWidth {

  /** System property that asks for another width than the JVM's. */
  static final String PROPERTY = "gru4j.vectorBits";

  /** The narrowest vectors that there are kernels for. */
  static final int NARROWEST = 128;

  private VectorWidth() {}

  /** Returns the width of the vectors that the JVM prefers, in bits; needs the Vector API. */
  static int preferred() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }

  /**
   * Returns the width to use, in bits.
   *
   * @param asked value of {@link #PROPERTY}, null if it is not set
   * @param preferred width that the JVM prefers: of any size, as processors with scalable vectors
   *     have up to 2048 bits
   * @return what is asked for, whatever the JVM prefers: it emulates what the processor lacks; else
   *     the widest that fits the JVM's, or 0 if none does
   * @throws IllegalArgumentException if it is asked for what there are no kernels for
   */
  static int choose(String asked, int preferred) {
    return switch (asked) {
      case null -> preferred >= 512 ? 512 : preferred >= 256 ? 256 : preferred >= 128 ? 128 : 0;
      case "128" -> 128;
      case "256" -> 256;
      case "512" -> 512;
      default ->
          throw new IllegalArgumentException(
              "system property " + PROPERTY + " must be 128, 256 or 512, got " + asked);
    };
  }

  /** Returns the species of this JVM's choice, which {@link KernelChoice} has found to exist. */
  static VectorSpecies<Float> species() {
    return switch (choose(System.getProperty(PROPERTY), preferred())) {
      case 512 -> FloatVector.SPECIES_512;
      case 256 -> FloatVector.SPECIES_256;
      default -> FloatVector.SPECIES_128;
    };
  }
}
