package io.gru4j.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Vectors stay in registers whatever rows came first: after many rows shorter than a vector, longer
 * rows allocate nothing. It runs in a JVM of its own, because the JIT decides once.
 */
class ShortRowsTest {

  @Test
  @Tag("child-jvm")
  void afterShortRowsLongOnesAllocateNothing() throws Exception {
    assumeFalse(
        Kernels.get().products() instanceof ScalarProducts, "the tests with vectors run it");
    List<String> lines = ChildJvm.run(ShortRows.class, "--add-modules=jdk.incubator.vector");
    assertEquals(
        List.of(
            "exp 0",
            "sigmoid 0",
            "tanh 0",
            "multiply 0",
            "axpy 0",
            "adagrad 0",
            "dot 0",
            "adagradMomentum 0",
            "sgdMomentum 0",
            "gruForward 0",
            "product 0",
            "gruBackward 0"),
        lines);
  }
}
