package io.gru4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class MatrixTest {

  @Test
  void elementsLieRowByRow() {
    float[] values = {1, 2, 3, 4, 5, 6};
    Matrix m = Matrix.of(2, 3, values);
    values[0] = 9; // copied
    assertEquals(1f, m.get(0, 0));
    assertEquals(6f, m.get(1, 2));
    m.set(1, 0, 7);
    assertArrayEquals(new float[] {1, 2, 3, 7, 5, 6}, m.data());
    assertEquals("(2, 3)", m.toString());
    assertEquals(2, m.rows());
    assertEquals(3, m.cols());
    assertEquals(0, Matrix.zeros(0, 3).toArray().length);
    assertEquals(0, Matrix.zeros(3, 0).toArray().length);
  }

  @Test
  void rowsMayChangeAndMemoryOnlyGrows() {
    Matrix m = Matrix.zeros(4, 2);
    float[] data = m.data();
    assertSame(m, m.resizeRows(1));
    assertEquals(1, m.rows());
    m.fill(3);
    assertArrayEquals(new float[] {3, 3}, m.toArray());
    assertEquals(0f, data[2], "beyond the rows");
    assertSame(data, m.resizeRows(4).data());
    assertNotSame(data, m.resizeRows(5).data());
    assertEquals(10, m.toArray().length);
  }

  @Test
  void indicesAndSizesAreChecked() {
    Matrix m = Matrix.zeros(2, 3);
    assertThrows(IndexOutOfBoundsException.class, () -> m.get(2, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> m.get(0, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> m.get(0, -1));
    assertThrows(IndexOutOfBoundsException.class, () -> m.set(-1, 0, 1));
    assertEquals(
        "a (2, 3) matrix has 6 values, got 5",
        assertThrows(IllegalArgumentException.class, () -> Matrix.of(2, 3, 1, 2, 3, 4, 5))
            .getMessage());
    assertEquals(
        "a matrix has sizes >= 0, got (-1, 3)",
        assertThrows(IllegalArgumentException.class, () -> Matrix.zeros(-1, 3)).getMessage());
    assertEquals(
        "a matrix has sizes >= 0, got (0, -1)",
        assertThrows(IllegalArgumentException.class, () -> Matrix.zeros(0, -1)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> m.resizeRows(-1));
    assertEquals(2, m.rows());
    assertEquals(
        "a (65536, 65536) matrix has 4294967296 values, more than one Java array holds",
        assertThrows(IllegalArgumentException.class, () -> Matrix.zeros(1 << 16, 1 << 16))
            .getMessage());
  }
}
