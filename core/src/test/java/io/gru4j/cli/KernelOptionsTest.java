package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.ChildJvm;
import io.gru4j.ChildJvm.End;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a user sees of the JVM's options that choose the kernels. */
@Tag("child-jvm")
class KernelOptionsTest {

  @Test
  void aWrongOptionEndsWithOneLineThatNamesItAndTheRightValues() throws Exception {
    String bits = "system property gru4j.vectorBits must be 128, 256 or 512, got ";
    assertRefused(bits + "64", "-Dgru4j.vectorBits=64");
    assertRefused(bits + "wide", "-Dgru4j.vectorBits=wide", "-Dgru4j.kernels=scalar");
    assertRefused(
        "system property gru4j.kernels must be vector or scalar, got nonsense",
        "-Dgru4j.kernels=nonsense");
    assertRefused(
        "gru4j.kernels=vector: vectors of this JVM have 64 bits, vector kernels need 128"
            + " (see -XX:MaxVectorSize, in bytes)",
        "-Dgru4j.kernels=vector",
        "-XX:MaxVectorSize=8");
  }

  private static void assertRefused(String message, String... options) throws Exception {
    End end = demo(options);
    assertEquals(1, end.status(), end.err());
    assertEquals("gru4j demo: " + message, end.err().lines().toList().getLast());
    assertFalse(end.err().contains("\tat "), end.err());
    assertEquals("", end.out());
  }

  @Test
  void slowKernelsAreExplained() throws Exception {
    String usual = demo().out();
    End narrow = demo("-XX:MaxVectorSize=8");
    assertEquals(0, narrow.status(), narrow.err());
    assertTrue(narrow.err().contains("kernels: scalar: vectors of this JVM have 64 bits"));
    assertEquals(usual, narrow.out());
    End withoutFma = demo("-XX:-UseFMA");
    assertEquals(0, withoutFma.status(), withoutFma.err());
    assertTrue(withoutFma.err().contains("kernels: scalar\n"), withoutFma.err());
    long warnings =
        withoutFma
            .err()
            .lines()
            .filter(line -> line.contains("fused multiply-add is no instruction of this JVM"))
            .count();
    assertEquals(1, warnings, withoutFma.err());
    assertEquals(usual, withoutFma.out());
  }

  @Test
  void littleWorkIsDoneOnScalarKernels() throws Exception {
    End little = demo();
    String scalar = "kernels: scalar: there is little work, and vectors take longer to begin";
    assertTrue(little.err().contains(scalar), little.err());
    for (String forced : List.of("-Dgru4j.kernels=vector", "-Dgru4j.vectorBits=256")) {
      End vector = demo(forced);
      assertTrue(vector.err().contains("kernels: vector, "), vector.err());
      assertEquals(little.out(), vector.out());
    }
  }

  /** Trains a small model, with the Vector API. */
  private static End demo(String... options) throws Exception {
    List<String> flags = new ArrayList<>(List.of(options));
    flags.add("--add-modules=jdk.incubator.vector");
    List<String> words = List.of("demo", "--sessions=100", "--items=50", "--max-epochs=1");
    return new ChildJvm(List.of(), flags, "io.gru4j.cli.Main", words).end();
  }
}
