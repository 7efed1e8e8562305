package io.gru4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same bits at 128, 256 and 512 bits and without the Vector API, each in a JVM of its own
 * because the width is chosen once. A width that the machine lacks is emulated by the JVM: slower,
 * same result.
 */
class SimdWidthsTest {

  @Test
  @Tag("child-jvm")
  void everyWidthGivesTheBitsOfThisJvm() throws Exception {
    String expected = Long.toHexString(KernelDigest.of());
    for (int bits : new int[] {128, 256, 512}) {
      List<String> lines = run("--add-modules=jdk.incubator.vector", "-Dgru4j.vectorBits=" + bits);
      assertEquals(List.of("vector, " + bits + " bit", expected), lines);
    }
    assertEquals(List.of("scalar", expected), run());
    assertEquals(
        List.of("scalar", expected),
        run("--add-modules=jdk.incubator.vector", "-Dgru4j.kernels=scalar"));
  }

  private static List<String> run(String... flags) throws Exception {
    return ChildJvm.run(KernelDigest.class, flags);
  }
}
