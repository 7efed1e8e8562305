package io.gru4j.tensor.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gru4j.tensor.TestData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DistinctRowsTest {

  private static final float[] VALUES = {0f, -0f, 1f, 0.5f, Float.NaN, Float.MIN_VALUE, -3e38f};

  /** One object over several matrices, against a search that compares every row with all others. */
  @Property
  void equalRowsHaveOneNumber(
      @ForAll @IntRange(max = 60) int M,
      @ForAll @IntRange(min = 1, max = 5) int H,
      @ForAll @IntRange(min = 1, max = 7) int values,
      @ForAll @IntRange(max = 3) int maskEvery,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    DistinctRows distinct = new DistinctRows();
    for (int rows : new int[] {M, M / 2, M + 1}) {
      float[] x = new float[rows * H];
      for (int i = 0; i < x.length; i++) {
        x[i] = VALUES[data.below(values)];
      }
      int[] targets = data.targets(rows, 9, maskEvery);
      int count = distinct.find(x, targets, rows, H);
      assertAsSearched(distinct, count, x, targets, H);
      assertEquals(rows, distinct.rows());
      assertEquals(count, distinct.count());
      int[] keys = data.targets(rows, 1 + data.below(2 * rows + 1), 0);
      for (int m = 0; m < rows; m++) { // numbers below 2^24 are floats too
        keys[m] *= m % 2 == 0 ? 1 : -1;
      }
      count = distinct.find(keys, rows);
      float[] asFloats = new float[rows];
      for (int m = 0; m < rows; m++) {
        asFloats[m] = keys[m];
      }
      assertAsSearched(distinct, count, asFloats, new int[rows], 1);
      assertEquals(count, distinct.count());
    }
  }

  private static void assertAsSearched(
      DistinctRows distinct, int count, float[] x, int[] targets, int H) {
    List<Integer> first = new ArrayList<>();
    List<List<Integer>> members = new ArrayList<>();
    for (int m = 0; m < targets.length; m++) {
      int number = -1;
      if (targets[m] >= 0) {
        number = first.size();
        for (int u = 0; u < first.size(); u++) {
          int other = first.get(u);
          if (Arrays.equals(x, m * H, m * H + H, x, other * H, other * H + H)) {
            number = u;
          }
        }
        if (number == first.size()) {
          first.add(m);
          members.add(new ArrayList<>());
        }
        members.get(number).add(m);
      }
      assertEquals(number, distinct.number(m));
    }
    assertEquals(first.size(), count);
    List<Integer> inOrder = new ArrayList<>();
    for (int u = 0; u < first.size(); u++) {
      assertEquals(first.get(u), distinct.first(u));
      assertEquals(inOrder.size(), distinct.start(u));
      inOrder.addAll(members.get(u));
    }
    assertEquals(inOrder.size(), distinct.start(first.size()));
    for (int i = 0; i < inOrder.size(); i++) {
      assertEquals(inOrder.get(i), distinct.member(i));
    }
  }

  @Test
  void numbersOfRowsAreChecked() {
    DistinctRows distinct = new DistinctRows();
    for (int M : new int[] {-1, 4}) {
      assertThrows(IndexOutOfBoundsException.class, () -> distinct.find(new int[3], M));
    }
    assertEquals(0, distinct.rows());
  }

  /** Many rows that differ in one value only, each in another place of the row, are told apart. */
  @Test
  void everyValueCounts() {
    int H = 300;
    float[] x = new float[H * H];
    for (int i = 0; i < H; i++) {
      x[i * H + i] = 1f;
    }
    DistinctRows distinct = new DistinctRows();
    assertEquals(H, distinct.find(x, new int[H], H, H));
  }
}
