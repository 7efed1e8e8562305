package io.gru4j.tensor.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Parameter;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GradientClippingTest {

  /** Over dense, sparse and absent gradients, some longer than a segment of 32768. */
  @Property
  void theNormIsThatOfAllGradients(
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll boolean large,
      @ForAll boolean noted,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    int cols = large ? 1700 : 3;
    Parameter dense = Parameter.ofRows("dense", rows, cols);
    Parameter sparse = Parameter.ofSparseRows("sparse", rows, cols);
    Parameter absent = Parameter.ofRows("absent", rows, cols);
    double sum = 0;
    float[] grad = dense.grad();
    for (int i = 0; i < dense.length(); i++) {
      float d = data.value(1f);
      grad[dense.offset() + i] = d;
      sum += (double) d * d;
    }
    if (noted) {
      dense.noteGradSumOfSquares(sum);
    }
    for (int i = 0; i < rows; i += 2) {
      float[] d = data.values(cols, 1f);
      sparse.addRowGrad(rows - 1 - i, d, 0);
      for (float v : d) {
        sum += (double) v * v;
      }
    }
    double first = 0;
    for (int threads : new int[] {1, 2}) {
      try (Parallel parallel = new Parallel(threads)) {
        double norm = new GradientClipping(List.of(dense, sparse, absent), parallel).norm();
        assertEquals(Math.sqrt(sum), norm, 1e-5 * Math.sqrt(sum));
        first = threads == 1 ? norm : first;
        assertEquals(first, norm, "bits");
      }
    }
  }

  /** As torch: clipNorm / (norm + 1e-6), at most 1. */
  @Property
  void clippingNeverRaisesTheNorm(
      @ForAll @DoubleRange(max = 1e6) double norm,
      @ForAll @DoubleRange(min = 0.01, max = 1e3) double clipNorm) {
    float factor = GradientClipping.factor(norm, clipNorm);
    assertTrue(factor > 0 && factor <= 1, "factor " + factor);
    double after = norm * factor;
    assertTrue(after <= norm);
    assertTrue(after <= clipNorm * (1 + 1e-6), "norm " + norm + " becomes " + after);
    if (norm < clipNorm - 1e-6) {
      assertEquals(1f, factor, "nothing to clip");
    } else if (norm > clipNorm) {
      assertEquals(clipNorm / (norm + 1e-6), factor, 1e-6 * factor);
    }
  }

  @Test
  void aNormThatIsNotFiniteIsSeen() {
    Parameter p = Parameter.ofRows("p", 1, 2);
    try (Parallel parallel = new Parallel(1)) {
      GradientClipping clipping = new GradientClipping(List.of(p), parallel);
      assertEquals(0.0, clipping.norm(), "no gradient");
      p.grad()[p.offset() + 1] = Float.NaN;
      assertTrue(Double.isNaN(clipping.norm()));
      p.grad()[p.offset() + 1] = Float.POSITIVE_INFINITY;
      assertEquals(Double.POSITIVE_INFINITY, clipping.norm());
    }
    assertTrue(Float.isNaN(GradientClipping.factor(Double.NaN, 1)));
  }
}
