package io.gru4j.tensor.kernel;

import jdk.incubator.vector.VectorSpecies;

/** The vectors of this JVM's choice. */
final class Vectors {

  /** 128, 256 or 512 bits. */
  static final VectorSpecies<Float> SPECIES = VectorWidth.species();

  /** SIMD lanes: 4, 8 or 16. */
  static final int L = SPECIES.length();

  /** Vector registers that the tiles count on: 16 or 32. */
  static final int REGISTERS = VectorRegisters.choose(SPECIES.vectorBitSize());

  /** Of the kernels on these vectors. */
  static final String DESCRIPTION = "vector, " + SPECIES.vectorBitSize() + " bit";

  private Vectors() {}
}
