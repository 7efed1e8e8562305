package io.gru4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same bits at 128, 256 and 512 bits, at whatever width the JVM is told to have, without fused
 * multiply-add and without the Vector API, each in a JVM of its own because the kernels are chosen
 * once. A width that the machine lacks is emulated by the JVM: slower, same result.
 */
@Tag("child-jvm")
class SimdWidthsTest {

  private static final String MODULE = "--add-modules=jdk.incubator.vector";

  private final String expected = Long.toHexString(KernelDigest.of());

  @Test
  void everyWidthGivesTheBitsOfThisJvm() throws Exception {
    for (int bits : new int[] {128, 256, 512}) {
      List<String> lines = run(MODULE, "-Dgru4j.kernels=vector", "-Dgru4j.vectorBits=" + bits);
      assertEquals(List.of("vector, " + bits + " bit", expected), lines);
    }
    assertEquals(List.of("scalar", expected), run());
    assertEquals(List.of("scalar", expected), run(MODULE, "-Dgru4j.kernels=scalar"));
  }

  /** The tiles of 64-bit Arm and of x86, whatever the processor. */
  @Test
  void everyNumberOfRegistersGivesTheBits() throws Exception {
    assumeFalse(
        Kernels.get().products() instanceof ScalarProducts, "the tests with vectors run it");
    for (int bytes : new int[] {16, 32}) {
      assumeTrue(VectorWidth.preferred() >= 8 * bytes, "vectors are narrower here");
      for (int registers : new int[] {16, 32}) {
        assertEquals(
            List.of("vector, " + 8 * bytes + " bit", expected),
            run(
                MODULE,
                "-XX:MaxVectorSize=" + bytes,
                "-D" + VectorRegisters.PROPERTY + "=" + registers),
            registers + " registers of " + bytes + " bytes");
      }
    }
  }

  /** Whatever the JVM says of the processor, down to vectors of two floats. */
  @Test
  void everyWidthThatTheJvmReportsGivesTheBitsOrScalarKernels() throws Exception {
    assumeFalse(
        Kernels.get().products() instanceof ScalarProducts, "the tests with vectors run it");
    for (int bytes : new int[] {4, 8, 16, 32, 64}) {
      int bits = Math.min(8 * bytes, VectorWidth.preferred());
      assertEquals(
          List.of(bits < 128 ? "scalar" : "vector, " + bits + " bit", expected),
          run(MODULE, "-XX:MaxVectorSize=" + bytes),
          bytes + " bytes");
    }
  }

  @Test
  void everyInstructionSetOfX86GivesTheBits() throws Exception {
    assumeFalse(
        Kernels.get().products() instanceof ScalarProducts, "the tests with vectors run it");
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "the flags of another processor");
    for (String flag : new String[] {"AVX=3", "AVX=2", "AVX=1", "SSE=4"}) {
      List<String> lines = run(MODULE, "-XX:Use" + flag);
      assertTrue(lines.getFirst().startsWith("vector, "), flag + ": " + lines);
      assertEquals(expected, lines.getLast(), flag);
    }
    for (String flag : new String[] {"AVX=0", "SSE=3", "SSE=2"}) { // these have no FMA
      assertEquals(List.of("scalar", expected), run(MODULE, "-XX:Use" + flag), flag);
    }
  }

  /** Scalar kernels, whose software for it is far faster than vectors through BigDecimal. */
  @Test
  void withoutFusedMultiplyAddTheBitsAreTheSame() throws Exception {
    assertEquals(List.of("scalar", expected), run("-XX:-UseFMA"));
    assertEquals(List.of("scalar", expected), run("-XX:-UseFMA", MODULE));
    assertEquals(List.of("scalar", expected), run("-XX:-UseFMA", "-Xint"));
    assertEquals(
        List.of("scalar", expected), run("-XX:-UseFMA", "-Xcomp", "-XX:-TieredCompilation"));
  }

  @Test
  @Tag("long")
  void vectorsForcedWithoutFusedMultiplyAddHaveTheBits() throws Exception {
    assumeFalse(
        Kernels.get().products() instanceof ScalarProducts, "the tests with vectors run it");
    List<String> lines = run("-XX:-UseFMA", MODULE, "-Dgru4j.kernels=vector");
    assertEquals(List.of(Kernels.get().description(), expected), lines);
  }

  private static List<String> run(String... flags) throws Exception {
    return ChildJvm.run(KernelDigest.class, flags);
  }
}
