package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class CsrMatrixTest {

  @Property
  void agreesWithNaiveMaps(
      @ForAll @IntRange(max = 20) int rows,
      @ForAll @IntRange(max = 40) int cols,
      @ForAll @IntRange(max = 500) int room,
      @ForAll long seed) {
    Random random = new Random(seed);
    CsrMatrix.Builder builder = CsrMatrix.builder(rows, cols, room);
    int[] indptr = new int[rows + 1];
    TreeMap<Integer, Float> all = new TreeMap<>(); // row * cols + col
    for (int row = 0; row < rows; row++) {
      TreeMap<Integer, Float> entries = new TreeMap<>();
      for (int k = random.nextInt(2 * cols + 1); k > 0 && cols > 0; k--) {
        int col = random.nextInt(cols);
        float value = random.nextInt(4) == 0 ? 0f : random.nextFloat() - 0.5f;
        entries.put(col, value);
        all.put(row * cols + col, value);
      }
      int[] columns = entries.keySet().stream().mapToInt(Integer::intValue).toArray();
      float[] values = values(entries);
      builder.row(columns, values);
      indptr[row + 1] = all.size();
    }
    CsrMatrix matrix = builder.build();

    assertEquals(rows, matrix.rows());
    assertEquals(cols, matrix.cols());
    assertEquals(all.size(), matrix.nnz());
    for (int row = 0; row < rows; row++) {
      int[] columns = matrix.rowIndices(row);
      float[] values = matrix.rowValues(row);
      assertEquals(columns.length, matrix.nnz(row));
      for (int k = 0; k < columns.length; k++) {
        assertEquals(columns[k], matrix.index(row, k));
        assertEquals(values[k], matrix.value(row, k));
      }
      for (int col = 0; col < cols; col++) {
        Float expected = all.get(row * cols + col);
        assertEquals(expected != null, matrix.isStored(row, col));
        assertEquals(expected == null ? 0f : expected, matrix.get(row, col));
      }
    }
    int width = cols;
    CsrMatrix same =
        CsrMatrix.of(
            rows,
            cols,
            indptr,
            all.keySet().stream().mapToInt(key -> key % width).toArray(),
            values(all));
    assertEquals(matrix, same);
    assertEquals(matrix.hashCode(), same.hashCode());
  }

  private static float[] values(TreeMap<Integer, Float> entries) {
    float[] values = new float[entries.size()];
    int n = 0;
    for (float value : entries.values()) {
      values[n++] = value;
    }
    return values;
  }

  @Test
  void isOnlyEqualToTheSame() {
    CsrMatrix matrix =
        CsrMatrix.of(2, 3, new int[] {0, 1, 2}, new int[] {1, 1}, new float[] {1, 2});
    assertNotEquals(
        matrix, CsrMatrix.of(2, 4, new int[] {0, 1, 2}, new int[] {1, 1}, new float[] {1, 2}));
    assertNotEquals(
        matrix, CsrMatrix.of(2, 3, new int[] {0, 1, 2}, new int[] {1, 2}, new float[] {1, 2}));
    assertNotEquals(
        matrix, CsrMatrix.of(2, 3, new int[] {0, 1, 2}, new int[] {1, 1}, new float[] {1, 3}));
    assertNotEquals(
        matrix, CsrMatrix.of(2, 3, new int[] {0, 0, 2}, new int[] {0, 1}, new float[] {1, 2}));
    assertEquals("CsrMatrix(2 x 3, nnz 2)", matrix.toString());
    CsrMatrix other = CsrMatrix.of(2, 3, new int[] {0, 1, 1}, new int[] {1}, new float[] {1});
    assertNotEquals(matrix.hashCode(), other.hashCode());
  }

  @Test
  void storesZerosAndCopiesArrays() {
    int[] columns = {0, 2};
    float[] values = {0f, 5f};
    CsrMatrix matrix = CsrMatrix.builder(3, 3).row(columns, values).build();
    columns[0] = 1;
    values[1] = 9f;
    assertTrue(matrix.isStored(0, 0));
    assertFalse(matrix.isStored(0, 1));
    assertEquals(5f, matrix.get(0, 2));
    matrix.rowIndices(0)[0] = 2;
    matrix.rowValues(0)[1] = 7f;
    assertArrayEquals(new int[] {0, 2}, matrix.rowIndices(0));
    assertArrayEquals(new float[] {0f, 5f}, matrix.rowValues(0));
    assertEquals(0, matrix.nnz(2), "rows that were not added are empty");
    assertEquals(2, matrix.nnz());
    assertFalse(matrix.isStored(2, 0));
    assertArrayEquals(new int[0], matrix.rowIndices(1));
    assertArrayEquals(new float[0], matrix.rowValues(2));
  }

  @Test
  void refusesWhatIsNoMatrix() {
    assertMessage("row 0: column 3 is outside [0, 3)", () -> row(3));
    assertMessage("row 0: column -1 is outside [0, 3)", () -> row(-1));
    assertMessage("row 0: column 1 comes after 1", () -> row(1, 1));
    assertMessage("row 0: column 0 comes after 2", () -> row(2, 0));
    assertMessage(
        "indptr: expected 3 numbers",
        () -> CsrMatrix.of(2, 3, new int[] {0, 1}, new int[] {0}, new float[] {1}));
    assertMessage(
        "indptr must run from 0 to 1",
        () -> CsrMatrix.of(2, 3, new int[] {0, 1, 2}, new int[] {0}, new float[] {1}));
    assertMessage(
        "indptr[1] = 2 is outside [0, 1]",
        () -> CsrMatrix.of(2, 3, new int[] {0, 2, 1}, new int[] {0}, new float[] {1}));
    assertMessage(
        "1 indices but 2 values",
        () -> CsrMatrix.of(1, 3, new int[] {0, 1}, new int[] {0}, new float[] {1, 2}));
    assertMessage("-1 rows", () -> CsrMatrix.builder(-1, 2));
    assertMessage("room for -1 entries", () -> CsrMatrix.builder(1, 2, -1));
    assertMessage(
        "1 rows and -2 columns",
        () -> CsrMatrix.of(1, -2, new int[] {0, 0}, new int[0], new float[0]));
    assertMessage(
        "row 1: column 3 is outside [0, 3)",
        () -> CsrMatrix.of(2, 3, new int[] {0, 1, 2}, new int[] {0, 3}, new float[2]));
    assertMessage(
        "row 0: column 1 comes after 1",
        () -> CsrMatrix.of(1, 3, new int[] {0, 2}, new int[] {1, 1}, new float[2]));
    assertThrows(IllegalStateException.class, () -> CsrMatrix.builder(1, 1).emptyRow().emptyRow());
    CsrMatrix matrix = CsrMatrix.builder(1, 2).build();
    assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(1, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(0, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> matrix.value(0, 0));
  }

  @Test
  void aMatrixStaysAsItIsWhenItsBuilderGoesOn() {
    for (long room : new long[] {0, 1, 2, 3, Long.MAX_VALUE}) {
      CsrMatrix.Builder builder = CsrMatrix.builder(4, 3, room);
      CsrMatrix two = builder.row(new int[] {0, 2}, new float[] {1, 2}).emptyRow().build();
      CsrMatrix three = builder.row(new int[] {1}, new float[] {3}).build();
      CsrMatrix four = builder.row(new int[] {2}, new float[] {4}).build();
      assertEquals(2, two.nnz());
      assertArrayEquals(new int[] {0, 2}, two.rowIndices(0));
      assertArrayEquals(new float[] {1, 2}, two.rowValues(0));
      assertEquals(0, two.nnz(2));
      assertEquals(3f, three.get(2, 1));
      assertEquals(0, three.nnz(3));
      assertEquals(4f, four.get(3, 2));
    }
  }

  private static void row(int... columns) {
    CsrMatrix.builder(1, 3).row(columns, new float[columns.length]);
  }

  private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }

  /** A sum that overflows must not reach an array: the refusal says what would be right. */
  @Test
  void sizesThatNoArrayHasAreRefused() {
    for (int rows : new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE - 8, -1, Integer.MIN_VALUE}) {
      String expected =
          "a sparse matrix has rows in [0, 2147483638] and columns in [0, 2147483647], got "
              + rows
              + " rows and 3 columns";
      for (Executable call :
          List.<Executable>of(
              () -> CsrMatrix.builder(rows, 3),
              () -> CsrMatrix.builder(rows, 3, Long.MAX_VALUE),
              () -> CsrMatrix.of(rows, 3, new int[1], new int[0], new float[0]))) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, call).getMessage());
      }
    }
  }

  /**
   * Room is made for no more entries than there can be, and none where there cannot be an array.
   */
  @Test
  void widestColumnsAndRoomAreTaken() {
    int widest = Integer.MAX_VALUE;
    for (long room : new long[] {0, 1L << 40, Long.MAX_VALUE}) {
      CsrMatrix matrix =
          CsrMatrix.builder(2, widest, room).row(new int[] {0, widest - 1}, new float[2]).build();
      assertEquals(2, matrix.nnz());
    }
    assertEquals(0, CsrMatrix.builder(2, 2, Integer.MAX_VALUE - 8).build().nnz());
  }
}
