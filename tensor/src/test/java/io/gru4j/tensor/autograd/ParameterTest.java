package io.gru4j.tensor.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.tensor.TestData;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ParameterTest {

  /** Values written row by row are read back row by row in every layout; the padding stays zero. */
  @Property
  void layoutsHoldTheSameMatrix(
      @ForAll @IntRange(min = 1, max = 70) int rows,
      @ForAll @IntRange(min = 1, max = 9) int cols,
      @ForAll @IntRange(max = 2) int layout,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Parameter p =
        switch (layout) {
          case 0 -> Parameter.ofRows("p", rows, cols);
          case 1 -> Parameter.ofPanels("p", rows, cols);
          default -> Parameter.ofSparseRows("p", rows, cols);
        };
    int from = data.below(rows * cols);
    float[] values = data.values(rows * cols - from, 1f);
    p.write(from, values, values.length);
    float[] back = new float[rows * cols];
    p.read(0, back, back.length);
    assertArrayEquals(values, Arrays.copyOfRange(back, from, back.length));
    double stored = 0;
    for (int i = 0; i < p.length(); i++) {
      stored += Math.abs(p.value()[p.offset() + i]);
    }
    double expected = 0;
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        float v = r * cols + c < from ? 0f : values[r * cols + c - from];
        assertEquals(v, p.get(r, c));
        expected += Math.abs(v);
        int at = p.offset() + (layout == 1 ? (r / 32 * cols + c) * 32 + r % 32 : r * cols + c);
        assertEquals(v, p.value()[at], "documented place");
      }
    }
    assertEquals(expected, stored, 1e-9 * (1 + expected), "nothing beside the matrix");
    assertEquals(layout == 1 ? Parameter.panelCount(rows) * 32 * cols : rows * cols, p.length());
  }

  @Test
  void sparseGradientsHoldTheRowsThatWereAddedTo() {
    Parameter p = Parameter.ofSparseRows("p", 50, 2);
    for (int round = 0; round < 2; round++) {
      assertNull(p.gradOrNull());
      assertEquals(0f, p.gradAt(7, 0));
      for (int i = 0; i < 40; i++) { // more than the first sizes of its arrays
        p.addRowGrad(49 - i, new float[] {9, i, -i}, 1);
      }
      p.addRowGrad(47, new float[] {100, 1000}, 0);
      assertEquals(40, p.touchedRows());
      assertEquals(47, p.touchedRow(2));
      assertEquals(2, p.touchedPlace(47));
      assertEquals(-1, p.touchedPlace(3));
      assertEquals(102f, p.gradAt(47, 0));
      assertEquals(998f, p.gradAt(47, 1));
      assertEquals(39f, p.gradAt(10, 0));
      assertEquals(0f, p.gradAt(9, 0));
      assertEquals(102f, p.gradOrNull()[p.offset() + 2 * 2]);
      p.zeroGrad();
      assertEquals(0, p.touchedRows());
    }
    assertTrue(p.isSparse());
    assertEquals(
        "p has a sparse gradient", assertThrows(IllegalStateException.class, p::grad).getMessage());
  }

  @Test
  void zeroingADenseGradientIsLazyButSeen() {
    Parameter p = Parameter.ofRows("p", 2, 2);
    assertNull(p.gradOrNull());
    p.grad()[p.offset() + 3] = 5f;
    p.noteGradSumOfSquares(25);
    assertEquals(5f, p.gradAt(1, 1));
    assertEquals(25, p.gradSumOfSquares());
    assertFalse(p.beginGrad(), "there is a gradient to add to");
    assertTrue(Double.isNaN(p.gradSumOfSquares()), "a change forgets the sum");
    p.zeroGrad();
    assertNull(p.gradOrNull());
    assertEquals(0f, p.gradAt(1, 1));
    assertEquals(0f, p.grad()[p.offset() + 3]);
    p.zeroGrad();
    assertTrue(p.beginGrad(), "the caller must write all of it");
  }

  @Test
  void indicesAndSizesAreChecked() {
    Parameter p = Parameter.ofPanels("lin.weight", 3, 2);
    assertEquals("lin.weight", p.name());
    assertEquals(3, p.rows());
    assertEquals(2, p.cols());
    assertEquals(
        "lin.weight: (3, 0) is outside (3, 2)",
        assertThrows(IndexOutOfBoundsException.class, () -> p.get(3, 0)).getMessage());
    assertThrows(IndexOutOfBoundsException.class, () -> p.set(0, 2, 1f));
    assertThrows(IndexOutOfBoundsException.class, () -> p.gradAt(-1, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> p.get(0, -1));
    Parameter sparse = Parameter.ofSparseRows("emb.weight", 3, 2);
    assertThrows(IndexOutOfBoundsException.class, () -> sparse.gradAt(0, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> sparse.gradAt(3, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> p.read(5, new float[2], 2));
    assertThrows(IllegalArgumentException.class, () -> Parameter.ofRows("p", 0, 2));
    assertThrows(IllegalArgumentException.class, () -> Parameter.ofRows("p", 2, 0));
    assertThrows(IllegalArgumentException.class, () -> Parameter.ofPanels("p", 1 << 20, 1 << 20));
  }
}
