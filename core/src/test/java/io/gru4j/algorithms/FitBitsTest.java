package io.gru4j.algorithms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.ChildJvm;
import io.gru4j.tensor.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same data, parameters and seed give the same bits of every parameter, loss and score. */
class FitBitsTest {

  @Property(tries = 8)
  void onAnyNumberOfThreads(@ForAll @LongRange(max = Long.MAX_VALUE) long seed) {
    long one = FitDigest.of(seed, 1);
    for (int threads : new int[] {2, 3, 8}) {
      assertEquals(one, FitDigest.of(seed, threads), threads + " threads");
    }
  }

  /** In a JVM each, because the kernels are chosen once. */
  @Test
  @Tag("child-jvm")
  void withTheVectorApiAtAnyWidthAndWithoutIt() throws Exception {
    List<String> expected = new ArrayList<>();
    LongStream.range(0, FitDigest.CASES)
        .forEach(i -> expected.add(Long.toHexString(FitDigest.of(i, 2))));
    if (!Backend.description().equals("scalar")) {
      assertEquals(lines("scalar", expected), digests());
      assertEquals(
          lines("scalar", expected),
          digests("--add-modules=jdk.incubator.vector", "-XX:-UseFMA"),
          "without fused multiply-add");
      for (int bits : new int[] {128, 256, 512}) {
        String kernels = "vector, " + bits + " bit";
        assertEquals(
            lines(kernels, expected),
            digests(
                "--add-modules=jdk.incubator.vector",
                "-Dgru4j.kernels=vector",
                "-Dgru4j.vectorBits=" + bits),
            kernels);
      }
    }
  }

  private static List<String> lines(String kernels, List<String> digests) {
    List<String> lines = new ArrayList<>(digests);
    lines.addFirst(kernels);
    return lines;
  }

  private static List<String> digests(String... flags) throws Exception {
    ChildJvm.End end =
        new ChildJvm(List.of(), List.of(flags), FitDigest.class.getName(), List.of()).end();
    assertEquals(0, end.status(), end.err());
    return end.out().lines().toList();
  }
}
