package io.gru4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** How many registers the tiles count on, whatever the processor and the property. */
class VectorRegistersTest {

  @Test
  void theArchitectureAndTheWidthDecide() {
    for (String x86 : new String[] {"amd64", "x86_64"}) {
      assertEquals(16, VectorRegisters.choose(null, 128, x86));
      assertEquals(16, VectorRegisters.choose(null, 256, x86));
      assertEquals(32, VectorRegisters.choose(null, 512, x86));
    }
    for (int bits : new int[] {128, 256, 512}) {
      assertEquals(32, VectorRegisters.choose(null, bits, "aarch64"));
      assertEquals(32, VectorRegisters.choose(null, bits, "riscv64"));
    }
  }

  @Test
  void thePropertyForcesARow() {
    for (int bits : new int[] {0, 128, 256}) {
      assertEquals(32, VectorRegisters.choose("32", bits, "amd64"));
      assertEquals(16, VectorRegisters.choose("16", bits, "aarch64"));
    }
    assertEquals(32, VectorRegisters.choose("32", 512, "amd64"));
  }

  @Test
  void aValueThatThePropertyCannotHaveIsNamedWithItAndTheRightOnes() {
    for (String asked : new String[] {"8", "", "many", " 16", "64"}) {
      assertEquals(message(asked), refusal(asked, 128));
    }
    assertEquals(message("16"), refusal("16", 512));
  }

  private static String message(String asked) {
    return "system property gru4j.vectorRegisters must be 16 or 32, and 32 for vectors of 512 bits,"
        + " got "
        + asked;
  }

  private static String refusal(String asked, int bits) {
    return assertThrows(
            IllegalArgumentException.class, () -> VectorRegisters.choose(asked, bits, "amd64"))
        .getMessage();
  }
}
