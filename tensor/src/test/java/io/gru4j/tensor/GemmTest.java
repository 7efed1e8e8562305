package io.gru4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GemmTest {

  /** Each element is one fused chain over ascending k, so a plain loop gives the same bits. */
  @Property
  void equalsTheChainBitForBit(
      @ForAll @IntRange(max = 70) int M,
      @ForAll @IntRange(max = 100) int N,
      @ForAll @IntRange(max = 40) int K,
      @ForAll boolean transposeA,
      @ForAll boolean transposeB,
      @ForAll boolean adds,
      @ForAll long seed) {
    check(M, N, K, transposeA, transposeB, adds, seed);
  }

  @Provide
  Arbitrary<Integer> rows() {
    return Arbitraries.of(1, 12, 48, 49, 128, 129, 192, 193, 252, 264, 265);
  }

  @Provide
  Arbitrary<Integer> columns() {
    return Arbitraries.of(1, 31, 32, 33, 255, 256, 257, 289);
  }

  @Provide
  Arbitrary<Integer> depths() {
    return Arbitraries.of(1, 191, 192, 193, 385, 511, 512, 513, 1024, 1025, 2048, 2049);
  }

  /** Around the borders of the blocks of rows, the panels of a task and the parts of k. */
  @Property(tries = 40)
  void blocksMeet(
      @ForAll("rows") int M,
      @ForAll("columns") int N,
      @ForAll("depths") int K,
      @ForAll boolean transposeA,
      @ForAll boolean transposeB,
      @ForAll boolean adds,
      @ForAll long seed) {
    check(M, N, K, transposeA, transposeB, adds, seed);
  }

  /** Several parts of k: of many rows and columns, of few of either; panels not packed at once. */
  @Test
  void longProducts() {
    for (boolean adds : new boolean[] {false, true}) {
      check(50, 260, 4200, false, false, adds, 1);
      check(130, 260, 4200, false, false, adds, 1);
      check(130, 40, 2100, true, false, adds, 1);
      check(130, 1100, 3000, true, true, adds, 1);
      check(130, 1100, 1100, false, false, adds, 1);
      check(130, 6000, 190, false, false, adds, 1);
      check(20, 260, 1100, false, true, adds, 1);
      check(130, 1030, 300, false, false, adds, 1);
      check(128, 1024, 513, false, true, adds, 1);
    }
  }

  private static void check(
      int M, int N, int K, boolean transposeA, boolean transposeB, boolean adds, long seed) {
    TestData data = new TestData(seed);
    Matrix a = transposeA ? data.matrix(K, M, 1f) : data.matrix(M, K, 1f);
    Matrix b = transposeB ? data.matrix(N, K, 1f) : data.matrix(K, N, 1f);
    Matrix c = data.matrix(M, N, 1f);
    float[] expected = c.toArray();
    for (int i = 0; i < M; i++) {
      for (int j = 0; j < N; j++) {
        float sum = 0f;
        for (int k = 0; k < K; k++) {
          float x = transposeA ? a.get(k, i) : a.get(i, k);
          sum = Math.fma(x, transposeB ? b.get(j, k) : b.get(k, j), sum);
        }
        expected[i * N + j] = adds ? expected[i * N + j] + sum : sum;
      }
    }
    try (Parallel parallel = new Parallel(1)) {
      new Gemm(parallel).multiply(a, transposeA, b, transposeB, c, adds);
    }
    assertArrayEquals(expected, c.toArray());
  }

  /** More rows than one task takes, sizes that change from call to call, and several threads. */
  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    int[][] shapes = {{600, 100, 33}, {257, 64, 7}, {256, 31, 50}, {1, 300, 300}, {530, 1, 1}};
    for (int[] s : shapes) {
      sameBits(s[0], s[1], s[2], true);
    }
    sameBits(150, 1100, 100, true); // many rows and panels, in place
    sameBits(300, 260, 4200, false); // several parts
    sameBits(150, 1100, 3000, false); // not all panels packed at once
    sameBits(600, 256, 1100, false); // the most rows
    sameBits(100, 1030, 300, false); // the most panels, with few threads
  }

  private static void sameBits(int M, int N, int K, boolean transposeA) {
    TestData data = new TestData(M);
    Matrix a = transposeA ? data.matrix(K, M, 0.01f) : data.matrix(M, K, 0.01f);
    Matrix b = data.matrix(K, N, 1f);
    double[][] rows = Reference.of(a);
    double[][] expected =
        Reference.product(transposeA ? Reference.transpose(rows, M) : rows, Reference.of(b), N);
    float[] first = null;
    for (int threads : new int[] {1, 2, 3, 40}) {
      try (Parallel parallel = new Parallel(threads)) {
        Gemm gemm = new Gemm(parallel);
        Matrix c = data.matrix(M, N, 1f);
        gemm.multiply(a, transposeA, b, false, c, false);
        first = first == null ? c.toArray() : first;
        assertArrayEquals(first, c.toArray());
        Reference.assertClose("C", expected, c);
      }
    }
  }

  @Test
  void aBufferLongerThanItsMatrixIsNoFactor() {
    try (Parallel parallel = new Parallel(1)) {
      Matrix a = new TestData(1).matrix(9, 4, 1f).resizeRows(2);
      Matrix b = Matrix.of(4, 1, 1, 1, 1, 1);
      Matrix c = Matrix.zeros(2, 1);
      new Gemm(parallel).multiply(a, false, b, false, c, false);
      Reference.assertClose("C", Reference.product(Reference.of(a), Reference.of(b), 1), c);
    }
  }

  /**
   * A panel that is not full is packed with the values behind its columns; they must not reach C.
   */
  @Test
  void whatStandsBehindTheLastColumnDoesNotMatter() {
    for (int M : new int[] {20, 130}) {
      for (int N : new int[] {1, 4, 31, 33, 300}) {
        for (boolean transposeB : new boolean[] {false, true}) {
          behindTheLastColumn(M, N, 30, transposeB);
        }
      }
    }
  }

  private static void behindTheLastColumn(int M, int N, int K, boolean transposeB) {
    try (Parallel parallel = new Parallel(1)) {
      Gemm gemm = new Gemm(parallel);
      Matrix nan = Matrix.zeros(K, Math.ceilDiv(N, 32) * 32);
      nan.fill(Float.NaN);
      Matrix a = new TestData(N).matrix(M, K, 1f);
      gemm.multiply(a, false, nan, false, Matrix.zeros(M, nan.cols()), false); // fills the buffers
      Matrix b =
          transposeB ? new TestData(1).matrix(N, K, 1f) : new TestData(1).matrix(K + 40, N, 1f);
      double[][] expected = Reference.of(b);
      if (transposeB) {
        expected = Reference.transpose(expected, K);
      } else {
        Arrays.fill(b.data(), K * N, b.data().length, Float.NaN);
        b = b.resizeRows(K);
        expected = Arrays.copyOf(expected, K);
      }
      Matrix c = Matrix.zeros(M, N);
      gemm.multiply(a, false, b, transposeB, c, false);
      Reference.assertClose("C", Reference.product(Reference.of(a), expected, N), c);
    }
  }

  @Test
  void shapesAreChecked() {
    try (Parallel parallel = new Parallel(1)) {
      Gemm gemm = new Gemm(parallel);
      Matrix a = Matrix.zeros(3, 4);
      Matrix c = Matrix.zeros(3, 3);
      assertEquals(
          "matmul: (3, 4) x (5, 2): inner sizes 4 and 5 differ",
          error(() -> gemm.multiply(a, false, Matrix.zeros(5, 2), false, c, false)));
      assertEquals(
          "matmul: (3, 4)^T x (5, 2)^T: inner sizes 3 and 2 differ",
          error(() -> gemm.multiply(a, true, Matrix.zeros(5, 2), true, c, false)));
      assertEquals(
          "matmul: expected a result of shape (3, 2), got (3, 3)",
          error(() -> gemm.multiply(a, false, Matrix.zeros(4, 2), false, c, false)));
      Matrix square = Matrix.zeros(3, 3);
      assertEquals(
          "matmul: the result must not be one of the factors",
          error(() -> gemm.multiply(square, false, c, false, square, false)));
      assertEquals(
          "matmul: the result must not be one of the factors",
          error(() -> gemm.multiply(c, false, square, false, square, false)));
    }
  }

  private static String error(Runnable run) {
    return assertThrows(IllegalArgumentException.class, run::run).getMessage();
  }
}
