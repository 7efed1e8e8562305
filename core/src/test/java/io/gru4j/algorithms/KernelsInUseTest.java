package io.gru4j.algorithms;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Backend;
import org.junit.jupiter.api.Test;

/** All tests run twice, on either kind of kernels; this one sees that they are not the same. */
class KernelsInUseTest {
  @Test
  void thisRunIsOnTheKernelsItIsMeantFor() {
    String expected = System.getProperty("gru4j.expectKernels");
    assertNotNull(expected, "surefire sets gru4j.expectKernels in each of its two executions");
    String actual = Backend.description();
    assertTrue(actual.startsWith(expected), () -> "expected " + expected + ", got " + actual);
  }
}
