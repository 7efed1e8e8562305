package io.gru4j.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.Reference;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Operations;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DropoutTest {

  /** The mask of a seed, as the layer shows it on an input of ones. */
  private static float[] mask(Dropout dropout, int rows, int cols, long seed) {
    Variable ones = new Variable(Matrix.zeros(rows, cols));
    ones.value().fill(1f);
    return dropout.forward(new Tape(), ones, seed).value().toArray();
  }

  @Property
  void valuesAndGradientsWithAFixedMask(
      @ForAll @FloatRange(min = 0.05f, max = 0.95f) float p,
      @ForAll @IntRange(max = 6) int M,
      @ForAll @IntRange(min = 1, max = 33) int cols,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Dropout dropout = new Dropout(p, cols);
    float[] mask = mask(dropout, M, cols, seed);
    for (float m : mask) {
      assertTrue(m == 0f || m == 1f / (1f - p), "mask " + m);
    }
    Variable x = data.variable(M, cols, 1f);
    double[][] reference = Reference.of(x.value());
    Variable w = data.variable(M, cols, 1f);
    Tape tape = new Tape();
    Operations ops = new Operations(tape, new Parallel(1));
    Variable y = dropout.forward(tape, x, seed);
    double[][] projection = Reference.of(w.value());
    for (int i = 0; i < mask.length; i++) {
      assertEquals(mask[i] * x.value().data()[i], y.value().data()[i]);
      projection[i / cols][i % cols] *= mask[i];
    }
    tape.backward(ops.sum(ops.multiply(y, w)));
    Reference.assertGradient(
        "x", reference, () -> Reference.project(reference, projection), x.grad()::get, 60);
  }

  @Test
  void theProbabilityIsKeptAndSeedsDiffer() {
    Dropout dropout = new Dropout(0.3f, 100);
    float[] one = mask(dropout, 100, 100, 1);
    long dropped = 0;
    for (float m : one) {
      dropped += m == 0f ? 1 : 0;
    }
    assertEquals(3000, dropped, 5 * Math.sqrt(10_000 * 0.3 * 0.7), "5 standard deviations");
    assertArrayEquals(one, mask(dropout, 100, 100, 1));
    assertFalse(Arrays.equals(one, mask(dropout, 100, 100, 2)));
  }

  @Test
  void probabilityZeroIsNothingAtAll() {
    Variable x = new TestData(1).variable(2, 3, 1f);
    Tape tape = new Tape();
    assertSame(x, new Dropout(0f, 3).forward(tape, x, 1));
    assertFalse(new Dropout(0f, 3).isOn());
    assertTrue(new Dropout(0.1f, 3).isOn());
    assertEquals(0, tape.size());
  }

  @Test
  void theRangeIsChecked() {
    for (float p : new float[] {-0.1f, 1f, Float.NaN}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> new Dropout(p, 3)).getMessage();
      assertEquals("dropout must be in [0, 1), got " + p, message);
    }
  }
}
