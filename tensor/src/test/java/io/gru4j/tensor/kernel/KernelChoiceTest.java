package io.gru4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.kernel.KernelChoice.Choice;
import io.gru4j.tensor.kernel.KernelChoice.Jvm;
import org.junit.jupiter.api.Test;

/** Which kernels a JVM gets, whatever it offers and is asked for, and what it is told. */
class KernelChoiceTest {

  private static final Jvm NO_VECTORS = new Jvm(0, true);
  private static final Jvm NARROW = new Jvm(64, true);
  private static final Jvm USUAL = new Jvm(256, true);
  private static final Jvm NO_FMA = new Jvm(256, false);

  @Test
  void vectorsAreAsWideAsTheJvmsAndNeverWiderThanTheVirtualLanes() {
    int[][] widths = {
      {32, 0}, {64, 0}, {128, 128}, {256, 256}, {512, 512}, {384, 256}, {1024, 512}, {2048, 512}
    };
    for (int[] width : widths) {
      Choice choice = KernelChoice.choose(null, null, new Jvm(width[0], true));
      assertEquals(width[1], choice.bits(), width[0] + " bits");
      assertNull(choice.warning());
    }
  }

  @Test
  void thePropertiesForceAChoice() {
    assertEquals(0, KernelChoice.choose("scalar", null, USUAL).bits());
    assertEquals(0, KernelChoice.choose("scalar", null, NO_VECTORS).bits());
    assertEquals(0, KernelChoice.choose("scalar", "128", USUAL).bits());
    assertEquals(256, KernelChoice.choose("vector", null, USUAL).bits());
    assertEquals(128, KernelChoice.choose(null, "128", USUAL).bits());
    assertEquals(0, KernelChoice.choose(null, "128", NO_VECTORS).bits());
    assertEquals("", KernelChoice.choose("scalar", null, NO_VECTORS).why());
  }

  @Test
  void aValueThatAPropertyCannotHaveIsNamedWithItAndTheRightOnes() {
    for (Jvm jvm : new Jvm[] {NO_VECTORS, NARROW, USUAL, NO_FMA}) {
      for (String bits : new String[] {"64", "0", "1024", "wide", "", " 256", "-128"}) {
        String message = refusal(IllegalArgumentException.class, "scalar", bits, jvm);
        assertEquals(
            "system property gru4j.vectorBits must be 128, 256 or 512, got " + bits, message);
        assertEquals(message, refusal(IllegalArgumentException.class, null, bits, jvm));
      }
      for (String kernels : new String[] {"fast", "", "Vector"}) {
        assertEquals(
            "system property gru4j.kernels must be vector or scalar, got " + kernels,
            refusal(IllegalArgumentException.class, kernels, null, jvm));
      }
    }
  }

  @Test
  void vectorsThatCannotBeHadAreAnErrorToWhoForcesThem() {
    String missing = refusal(IllegalStateException.class, "vector", null, NO_VECTORS);
    assertTrue(missing.contains("--add-modules jdk.incubator.vector"), missing);
    String narrow = refusal(IllegalStateException.class, "vector", null, NARROW);
    assertTrue(narrow.contains("have 64 bits") && narrow.contains("need 128"), narrow);
  }

  @Test
  void whoHasNotChosenIsToldWhyKernelsAreScalar() {
    String missing = KernelChoice.choose(null, null, NO_VECTORS).why();
    assertTrue(missing.contains("--add-modules jdk.incubator.vector"), missing);
    String narrow = KernelChoice.choose(null, null, NARROW).why();
    assertTrue(narrow.contains("have 64 bits") && narrow.contains("need 128"), narrow);
    assertEquals("", KernelChoice.choose(null, null, USUAL).why());
  }

  @Test
  void withoutTheInstructionKernelsAreScalarAndAWarningNamesCauseAndCure() {
    for (Jvm jvm : new Jvm[] {NO_FMA, new Jvm(0, false), new Jvm(64, false)}) {
      for (String forced : new String[] {null, "scalar"}) {
        Choice choice = KernelChoice.choose(forced, null, jvm);
        assertEquals(0, choice.bits());
        assertNamesFma(choice.warning());
      }
    }
    assertEquals(0, KernelChoice.choose(null, "512", NO_FMA).bits());
    Choice forced = KernelChoice.choose("vector", null, NO_FMA);
    assertEquals(256, forced.bits());
    assertNamesFma(forced.warning());
  }

  private static void assertNamesFma(String warning) {
    assertTrue(warning.startsWith("fused multiply-add is no instruction of this JVM"), warning);
    assertTrue(warning.contains("-XX:-UseFMA") && warning.contains("QEMU"), warning);
    assertFalse(warning.contains("\n"), warning);
  }

  @Test
  void vectorsThatTheJvmEmulatesAreAWarning() {
    String warning = KernelChoice.choose(null, "512", USUAL).warning();
    assertTrue(warning.contains("512") && warning.contains("256"), warning);
    assertEquals(512, KernelChoice.choose("vector", "512", NARROW).bits());
    assertNull(KernelChoice.choose(null, "256", USUAL).warning());
    assertNull(KernelChoice.choose(null, "128", USUAL).warning());
  }

  private static String refusal(
      Class<? extends RuntimeException> type, String forced, String bits, Jvm jvm) {
    return assertThrows(type, () -> KernelChoice.choose(forced, bits, jvm)).getMessage();
  }

  @Test
  void littleWorkTakesScalarKernelsInThePlaceOfVectors() {
    Choice vectors = new Choice(256, "", null);
    assertEquals(
        new Choice(0, ": there is little work, and vectors take longer to begin", null),
        KernelChoice.forLittleWork(vectors));
    Choice scalar = new Choice(0, ": vectors are narrow", "and slow");
    assertEquals(scalar, KernelChoice.forLittleWork(scalar));
  }
}
