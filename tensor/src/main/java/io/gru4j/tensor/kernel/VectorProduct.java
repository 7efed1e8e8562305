package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;
import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;

/**
 * The product of a packed block by a panel, on vectors; {@link ScalarKernels#product} is the plain
 * loop.
 *
 * <p>A register tile of m rows x 2 vectors of columns stays in accumulators while k runs. One step
 * of k costs 2 loads of b and m broadcasts of a, for 2 m fused multiply-adds: loads stay below what
 * two load ports deliver, and 2 m independent chains hide the latency of the multiply-add. With 32
 * registers (512 bit) m is 12. 8 rows would hide the latency too, but k is short, and the beginning
 * and the end of a tile cost time as well. With the 16 of 256 bit m is 6, as long as a row of a
 * takes only one register more: without help the compiler loads all rows of a step before it
 * multiplies, and then moves accumulators to the stack and back. Fences between the rows prevent
 * that; on the x86 processors with vectors of this width a fence is no instruction. Smaller tiles
 * take what is left over, and less than 8 steps of k; at 128 bit the one of 4 x 2 takes all.
 *
 * <p>Java checks every index. From a counted loop ({@code k < K}) the compiler moves the checks to
 * the front, two for each access that is written out: a tenth of the instructions of a short
 * product. The compiler does not take a loop that ends with {@code !=} and steps by more than 1 for
 * a counted loop. Its checks stay inside, but those of one base merge into two: so the tile of 6
 * rows has a base for each pair of rows and adds constants. It takes 8 steps at a time, and its
 * test is at the end: with the test at the front, the check of the next 8 merged with those of
 * these 8, failed at the end of an array, and the code was thrown away. With more than 9 steps
 * written out the method is too large for the first compiler (C1), and then the second (C2) never
 * compiles it.
 *
 * <p>Java keeps vectors in registers only as local variables: hence the written-out tiles. {@link
 * VectorSteps} computes products of many rows and few steps of k, {@link VectorFour} those of a few
 * columns.
 */
final class VectorProduct {

  /**
   * See {@link Kernels#productDepth}. With 16 lanes a tile takes both cache lines of a step's row
   * of b, and what it reads may come from the second level as fast as it multiplies; with 8 it
   * takes one of them, and lines two apart share half of the sets of a cache: 192 steps leave room
   * there for a and c in a first level of 32 KB.
   */
  static final int DEPTH = L == 16 ? 2048 : 192;

  /** Steps of k that {@link #tile6x2} takes at a time; it needs as many. */
  private static final int STEPS = 8;

  private VectorProduct() {}

  static void product(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int rows,
      int K,
      int columns) {
    if (VectorSteps.suits(rows, K)) {
      VectorSteps.product(c, co, cs, init, io, is, a, ao, ap, b, bo, rows, K, columns);
      return;
    }
    for (int l = 0; l < columns; l += 2 * L) {
      pieces(c, co + l, cs, init, io + l, is, a, ao, ap, b, bo + l, rows, K, columns - l);
    }
  }

  /** Some columns, k in pieces of {@link #DEPTH}: later pieces continue the chains. */
  private static void pieces(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int rows,
      int K,
      int columns) {
    for (int k = 0; k == 0 || k < K; k += DEPTH) {
      int depth = Math.min(DEPTH, K - k);
      int ak = ao + k * QUAD;
      int bk = bo + k * PANEL;
      if (columns > L) {
        columns2(c, co, cs, init, io, is, a, ak, ap, b, bk, rows, depth);
      } else {
        columns1(c, co, cs, init, io, is, a, ak, ap, b, bk, rows, depth, columns);
      }
      init = c;
      io = co;
      is = cs;
    }
  }

  /** Where row r of a starts. */
  private static int row(int ao, int ap, int r) {
    return ao + r / QUAD * ap + r % QUAD;
  }

  private static void columns2(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int rows,
      int K) {
    int r = 0;
    if (L == 16) {
      for (; r + 12 <= rows; r += 12) {
        tile12x2(c, co + r * cs, cs, init, io + r * is, is, a, row(ao, ap, r), ap, b, bo, K);
      }
      for (; r + 8 <= rows; r += 8) {
        tile8x2(c, co + r * cs, cs, init, io + r * is, is, a, row(ao, ap, r), ap, b, bo, K);
      }
    } else if (L == 8 && K >= STEPS) {
      for (; r + 6 <= rows; r += 6) {
        int x = row(ao, ap, r);
        int y = row(ao, ap, r + 2);
        int z = row(ao, ap, r + 4);
        tile6x2(c, co + r * cs, cs, init, io + r * is, is, a, x, y, z, b, bo, K);
      }
      if (r % QUAD != 0 && r + 2 <= rows) { // the rest of a quad
        tile2x2(c, co + r * cs, cs, init, io + r * is, is, a, row(ao, ap, r), b, bo, K);
        r += 2;
      }
    }
    for (; r + 4 <= rows; r += 4) {
      tile4x2(c, co + r * cs, cs, init, io + r * is, is, a, row(ao, ap, r), b, bo, K);
    }
    int x = row(ao, ap, r);
    switch (rows - r) {
      case 3 -> tile3x2(c, co + r * cs, cs, init, io + r * is, is, a, x, b, bo, K);
      case 2 -> tile2x2(c, co + r * cs, cs, init, io + r * is, is, a, x, b, bo, K);
      case 1 -> tile1x2(c, co + r * cs, init, io + r * is, a, x, b, bo, K);
      default -> {}
    }
  }

  private static void columns1(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int rows,
      int K,
      int columns) {
    int r = 0;
    if (VectorFour.suits(K, columns)) {
      r = VectorFour.product(c, co, cs, init, io, is, a, ao, ap, b, bo, rows, K);
    }
    for (; r + 8 <= rows; r += 8) {
      tile8x1(c, co + r * cs, cs, init, io + r * is, is, a, row(ao, ap, r), ap, b, bo, K);
    }
    for (; r < rows; r++) {
      tile1x1(c, co + r * cs, init, io + r * is, a, row(ao, ap, r), b, bo, K);
    }
  }

  /** 12 rows from the first of a quad on, and 2 L columns. */
  private static void tile12x2(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, init, io);
    FloatVector d0 = FloatVector.fromArray(SPECIES, init, io + L);
    FloatVector c1 = FloatVector.fromArray(SPECIES, init, io + is);
    FloatVector d1 = FloatVector.fromArray(SPECIES, init, io + is + L);
    FloatVector c2 = FloatVector.fromArray(SPECIES, init, io + 2 * is);
    FloatVector d2 = FloatVector.fromArray(SPECIES, init, io + 2 * is + L);
    FloatVector c3 = FloatVector.fromArray(SPECIES, init, io + 3 * is);
    FloatVector d3 = FloatVector.fromArray(SPECIES, init, io + 3 * is + L);
    FloatVector c4 = FloatVector.fromArray(SPECIES, init, io + 4 * is);
    FloatVector d4 = FloatVector.fromArray(SPECIES, init, io + 4 * is + L);
    FloatVector c5 = FloatVector.fromArray(SPECIES, init, io + 5 * is);
    FloatVector d5 = FloatVector.fromArray(SPECIES, init, io + 5 * is + L);
    FloatVector c6 = FloatVector.fromArray(SPECIES, init, io + 6 * is);
    FloatVector d6 = FloatVector.fromArray(SPECIES, init, io + 6 * is + L);
    FloatVector c7 = FloatVector.fromArray(SPECIES, init, io + 7 * is);
    FloatVector d7 = FloatVector.fromArray(SPECIES, init, io + 7 * is + L);
    FloatVector c8 = FloatVector.fromArray(SPECIES, init, io + 8 * is);
    FloatVector d8 = FloatVector.fromArray(SPECIES, init, io + 8 * is + L);
    FloatVector c9 = FloatVector.fromArray(SPECIES, init, io + 9 * is);
    FloatVector d9 = FloatVector.fromArray(SPECIES, init, io + 9 * is + L);
    FloatVector c10 = FloatVector.fromArray(SPECIES, init, io + 10 * is);
    FloatVector d10 = FloatVector.fromArray(SPECIES, init, io + 10 * is + L);
    FloatVector c11 = FloatVector.fromArray(SPECIES, init, io + 11 * is);
    FloatVector d11 = FloatVector.fromArray(SPECIES, init, io + 11 * is + L);
    int a4 = ao + ap;
    int a8 = ao + 2 * ap;
    for (int k = 0; k < K; k++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(b1, d0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 1]);
      c1 = v1.fma(b0, c1);
      d1 = v1.fma(b1, d1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 2]);
      c2 = v2.fma(b0, c2);
      d2 = v2.fma(b1, d2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 3]);
      c3 = v3.fma(b0, c3);
      d3 = v3.fma(b1, d3);
      FloatVector v4 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD]);
      c4 = v4.fma(b0, c4);
      d4 = v4.fma(b1, d4);
      FloatVector v5 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD + 1]);
      c5 = v5.fma(b0, c5);
      d5 = v5.fma(b1, d5);
      FloatVector v6 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD + 2]);
      c6 = v6.fma(b0, c6);
      d6 = v6.fma(b1, d6);
      FloatVector v7 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD + 3]);
      c7 = v7.fma(b0, c7);
      d7 = v7.fma(b1, d7);
      FloatVector v8 = FloatVector.broadcast(SPECIES, a[a8 + k * QUAD]);
      c8 = v8.fma(b0, c8);
      d8 = v8.fma(b1, d8);
      FloatVector v9 = FloatVector.broadcast(SPECIES, a[a8 + k * QUAD + 1]);
      c9 = v9.fma(b0, c9);
      d9 = v9.fma(b1, d9);
      FloatVector v10 = FloatVector.broadcast(SPECIES, a[a8 + k * QUAD + 2]);
      c10 = v10.fma(b0, c10);
      d10 = v10.fma(b1, d10);
      FloatVector v11 = FloatVector.broadcast(SPECIES, a[a8 + k * QUAD + 3]);
      c11 = v11.fma(b0, c11);
      d11 = v11.fma(b1, d11);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + L);
    c1.intoArray(c, co + cs);
    d1.intoArray(c, co + cs + L);
    c2.intoArray(c, co + 2 * cs);
    d2.intoArray(c, co + 2 * cs + L);
    c3.intoArray(c, co + 3 * cs);
    d3.intoArray(c, co + 3 * cs + L);
    c4.intoArray(c, co + 4 * cs);
    d4.intoArray(c, co + 4 * cs + L);
    c5.intoArray(c, co + 5 * cs);
    d5.intoArray(c, co + 5 * cs + L);
    c6.intoArray(c, co + 6 * cs);
    d6.intoArray(c, co + 6 * cs + L);
    c7.intoArray(c, co + 7 * cs);
    d7.intoArray(c, co + 7 * cs + L);
    c8.intoArray(c, co + 8 * cs);
    d8.intoArray(c, co + 8 * cs + L);
    c9.intoArray(c, co + 9 * cs);
    d9.intoArray(c, co + 9 * cs + L);
    c10.intoArray(c, co + 10 * cs);
    d10.intoArray(c, co + 10 * cs + L);
    c11.intoArray(c, co + 11 * cs);
    d11.intoArray(c, co + 11 * cs + L);
  }

  /** 8 rows from the first of a quad on, and 2 L columns. */
  private static void tile8x2(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, init, io);
    FloatVector d0 = FloatVector.fromArray(SPECIES, init, io + L);
    FloatVector c1 = FloatVector.fromArray(SPECIES, init, io + is);
    FloatVector d1 = FloatVector.fromArray(SPECIES, init, io + is + L);
    FloatVector c2 = FloatVector.fromArray(SPECIES, init, io + 2 * is);
    FloatVector d2 = FloatVector.fromArray(SPECIES, init, io + 2 * is + L);
    FloatVector c3 = FloatVector.fromArray(SPECIES, init, io + 3 * is);
    FloatVector d3 = FloatVector.fromArray(SPECIES, init, io + 3 * is + L);
    FloatVector c4 = FloatVector.fromArray(SPECIES, init, io + 4 * is);
    FloatVector d4 = FloatVector.fromArray(SPECIES, init, io + 4 * is + L);
    FloatVector c5 = FloatVector.fromArray(SPECIES, init, io + 5 * is);
    FloatVector d5 = FloatVector.fromArray(SPECIES, init, io + 5 * is + L);
    FloatVector c6 = FloatVector.fromArray(SPECIES, init, io + 6 * is);
    FloatVector d6 = FloatVector.fromArray(SPECIES, init, io + 6 * is + L);
    FloatVector c7 = FloatVector.fromArray(SPECIES, init, io + 7 * is);
    FloatVector d7 = FloatVector.fromArray(SPECIES, init, io + 7 * is + L);
    int a4 = ao + ap;
    for (int k = 0; k < K; k++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(b1, d0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 1]);
      c1 = v1.fma(b0, c1);
      d1 = v1.fma(b1, d1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 2]);
      c2 = v2.fma(b0, c2);
      d2 = v2.fma(b1, d2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 3]);
      c3 = v3.fma(b0, c3);
      d3 = v3.fma(b1, d3);
      FloatVector v4 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD]);
      c4 = v4.fma(b0, c4);
      d4 = v4.fma(b1, d4);
      FloatVector v5 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD + 1]);
      c5 = v5.fma(b0, c5);
      d5 = v5.fma(b1, d5);
      FloatVector v6 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD + 2]);
      c6 = v6.fma(b0, c6);
      d6 = v6.fma(b1, d6);
      FloatVector v7 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD + 3]);
      c7 = v7.fma(b0, c7);
      d7 = v7.fma(b1, d7);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + L);
    c1.intoArray(c, co + cs);
    d1.intoArray(c, co + cs + L);
    c2.intoArray(c, co + 2 * cs);
    d2.intoArray(c, co + 2 * cs + L);
    c3.intoArray(c, co + 3 * cs);
    d3.intoArray(c, co + 3 * cs + L);
    c4.intoArray(c, co + 4 * cs);
    d4.intoArray(c, co + 4 * cs + L);
    c5.intoArray(c, co + 5 * cs);
    d5.intoArray(c, co + 5 * cs + L);
    c6.intoArray(c, co + 6 * cs);
    d6.intoArray(c, co + 6 * cs + L);
    c7.intoArray(c, co + 7 * cs);
    d7.intoArray(c, co + 7 * cs + L);
  }

  /**
   * 6 rows of three pairs, and 2 L columns; at least 8 steps of k. The class comment explains its
   * fences and loops.
   *
   * @param a0 where the first pair of rows starts in a, and {@code a2} and {@code a4} the others
   */
  private static void tile6x2(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int a0,
      int a2,
      int a4,
      float[] b,
      int bo,
      int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, init, io);
    FloatVector d0 = FloatVector.fromArray(SPECIES, init, io + L);
    FloatVector c1 = FloatVector.fromArray(SPECIES, init, io + is);
    FloatVector d1 = FloatVector.fromArray(SPECIES, init, io + is + L);
    FloatVector c2 = FloatVector.fromArray(SPECIES, init, io + 2 * is);
    FloatVector d2 = FloatVector.fromArray(SPECIES, init, io + 2 * is + L);
    FloatVector c3 = FloatVector.fromArray(SPECIES, init, io + 3 * is);
    FloatVector d3 = FloatVector.fromArray(SPECIES, init, io + 3 * is + L);
    FloatVector c4 = FloatVector.fromArray(SPECIES, init, io + 4 * is);
    FloatVector d4 = FloatVector.fromArray(SPECIES, init, io + 4 * is + L);
    FloatVector c5 = FloatVector.fromArray(SPECIES, init, io + 5 * is);
    FloatVector d5 = FloatVector.fromArray(SPECIES, init, io + 5 * is + L);
    int end = bo + K * PANEL;
    int whole = end - K % STEPS * PANEL;
    do {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[a0]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(b1, d0);
      VarHandle.acquireFence();
      FloatVector v1 = FloatVector.broadcast(SPECIES, a[a0 + 1]);
      c1 = v1.fma(b0, c1);
      d1 = v1.fma(b1, d1);
      VarHandle.acquireFence();
      FloatVector v2 = FloatVector.broadcast(SPECIES, a[a2]);
      c2 = v2.fma(b0, c2);
      d2 = v2.fma(b1, d2);
      VarHandle.acquireFence();
      FloatVector v3 = FloatVector.broadcast(SPECIES, a[a2 + 1]);
      c3 = v3.fma(b0, c3);
      d3 = v3.fma(b1, d3);
      VarHandle.acquireFence();
      FloatVector v4 = FloatVector.broadcast(SPECIES, a[a4]);
      c4 = v4.fma(b0, c4);
      d4 = v4.fma(b1, d4);
      VarHandle.acquireFence();
      FloatVector v5 = FloatVector.broadcast(SPECIES, a[a4 + 1]);
      c5 = v5.fma(b0, c5);
      d5 = v5.fma(b1, d5);
      VarHandle.acquireFence();
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, bo + PANEL);
      FloatVector b3 = FloatVector.fromArray(SPECIES, b, bo + PANEL + L);
      FloatVector v6 = FloatVector.broadcast(SPECIES, a[a0 + QUAD]);
      c0 = v6.fma(b2, c0);
      d0 = v6.fma(b3, d0);
      VarHandle.acquireFence();
      FloatVector v7 = FloatVector.broadcast(SPECIES, a[a0 + QUAD + 1]);
      c1 = v7.fma(b2, c1);
      d1 = v7.fma(b3, d1);
      VarHandle.acquireFence();
      FloatVector v8 = FloatVector.broadcast(SPECIES, a[a2 + QUAD]);
      c2 = v8.fma(b2, c2);
      d2 = v8.fma(b3, d2);
      VarHandle.acquireFence();
      FloatVector v9 = FloatVector.broadcast(SPECIES, a[a2 + QUAD + 1]);
      c3 = v9.fma(b2, c3);
      d3 = v9.fma(b3, d3);
      VarHandle.acquireFence();
      FloatVector v10 = FloatVector.broadcast(SPECIES, a[a4 + QUAD]);
      c4 = v10.fma(b2, c4);
      d4 = v10.fma(b3, d4);
      VarHandle.acquireFence();
      FloatVector v11 = FloatVector.broadcast(SPECIES, a[a4 + QUAD + 1]);
      c5 = v11.fma(b2, c5);
      d5 = v11.fma(b3, d5);
      VarHandle.acquireFence();
      FloatVector b4 = FloatVector.fromArray(SPECIES, b, bo + 2 * PANEL);
      FloatVector b5 = FloatVector.fromArray(SPECIES, b, bo + 2 * PANEL + L);
      FloatVector v12 = FloatVector.broadcast(SPECIES, a[a0 + 2 * QUAD]);
      c0 = v12.fma(b4, c0);
      d0 = v12.fma(b5, d0);
      VarHandle.acquireFence();
      FloatVector v13 = FloatVector.broadcast(SPECIES, a[a0 + 2 * QUAD + 1]);
      c1 = v13.fma(b4, c1);
      d1 = v13.fma(b5, d1);
      VarHandle.acquireFence();
      FloatVector v14 = FloatVector.broadcast(SPECIES, a[a2 + 2 * QUAD]);
      c2 = v14.fma(b4, c2);
      d2 = v14.fma(b5, d2);
      VarHandle.acquireFence();
      FloatVector v15 = FloatVector.broadcast(SPECIES, a[a2 + 2 * QUAD + 1]);
      c3 = v15.fma(b4, c3);
      d3 = v15.fma(b5, d3);
      VarHandle.acquireFence();
      FloatVector v16 = FloatVector.broadcast(SPECIES, a[a4 + 2 * QUAD]);
      c4 = v16.fma(b4, c4);
      d4 = v16.fma(b5, d4);
      VarHandle.acquireFence();
      FloatVector v17 = FloatVector.broadcast(SPECIES, a[a4 + 2 * QUAD + 1]);
      c5 = v17.fma(b4, c5);
      d5 = v17.fma(b5, d5);
      VarHandle.acquireFence();
      FloatVector b6 = FloatVector.fromArray(SPECIES, b, bo + 3 * PANEL);
      FloatVector b7 = FloatVector.fromArray(SPECIES, b, bo + 3 * PANEL + L);
      FloatVector v18 = FloatVector.broadcast(SPECIES, a[a0 + 3 * QUAD]);
      c0 = v18.fma(b6, c0);
      d0 = v18.fma(b7, d0);
      VarHandle.acquireFence();
      FloatVector v19 = FloatVector.broadcast(SPECIES, a[a0 + 3 * QUAD + 1]);
      c1 = v19.fma(b6, c1);
      d1 = v19.fma(b7, d1);
      VarHandle.acquireFence();
      FloatVector v20 = FloatVector.broadcast(SPECIES, a[a2 + 3 * QUAD]);
      c2 = v20.fma(b6, c2);
      d2 = v20.fma(b7, d2);
      VarHandle.acquireFence();
      FloatVector v21 = FloatVector.broadcast(SPECIES, a[a2 + 3 * QUAD + 1]);
      c3 = v21.fma(b6, c3);
      d3 = v21.fma(b7, d3);
      VarHandle.acquireFence();
      FloatVector v22 = FloatVector.broadcast(SPECIES, a[a4 + 3 * QUAD]);
      c4 = v22.fma(b6, c4);
      d4 = v22.fma(b7, d4);
      VarHandle.acquireFence();
      FloatVector v23 = FloatVector.broadcast(SPECIES, a[a4 + 3 * QUAD + 1]);
      c5 = v23.fma(b6, c5);
      d5 = v23.fma(b7, d5);
      VarHandle.acquireFence();
      FloatVector b8 = FloatVector.fromArray(SPECIES, b, bo + 4 * PANEL);
      FloatVector b9 = FloatVector.fromArray(SPECIES, b, bo + 4 * PANEL + L);
      FloatVector v24 = FloatVector.broadcast(SPECIES, a[a0 + 4 * QUAD]);
      c0 = v24.fma(b8, c0);
      d0 = v24.fma(b9, d0);
      VarHandle.acquireFence();
      FloatVector v25 = FloatVector.broadcast(SPECIES, a[a0 + 4 * QUAD + 1]);
      c1 = v25.fma(b8, c1);
      d1 = v25.fma(b9, d1);
      VarHandle.acquireFence();
      FloatVector v26 = FloatVector.broadcast(SPECIES, a[a2 + 4 * QUAD]);
      c2 = v26.fma(b8, c2);
      d2 = v26.fma(b9, d2);
      VarHandle.acquireFence();
      FloatVector v27 = FloatVector.broadcast(SPECIES, a[a2 + 4 * QUAD + 1]);
      c3 = v27.fma(b8, c3);
      d3 = v27.fma(b9, d3);
      VarHandle.acquireFence();
      FloatVector v28 = FloatVector.broadcast(SPECIES, a[a4 + 4 * QUAD]);
      c4 = v28.fma(b8, c4);
      d4 = v28.fma(b9, d4);
      VarHandle.acquireFence();
      FloatVector v29 = FloatVector.broadcast(SPECIES, a[a4 + 4 * QUAD + 1]);
      c5 = v29.fma(b8, c5);
      d5 = v29.fma(b9, d5);
      VarHandle.acquireFence();
      FloatVector b10 = FloatVector.fromArray(SPECIES, b, bo + 5 * PANEL);
      FloatVector b11 = FloatVector.fromArray(SPECIES, b, bo + 5 * PANEL + L);
      FloatVector v30 = FloatVector.broadcast(SPECIES, a[a0 + 5 * QUAD]);
      c0 = v30.fma(b10, c0);
      d0 = v30.fma(b11, d0);
      VarHandle.acquireFence();
      FloatVector v31 = FloatVector.broadcast(SPECIES, a[a0 + 5 * QUAD + 1]);
      c1 = v31.fma(b10, c1);
      d1 = v31.fma(b11, d1);
      VarHandle.acquireFence();
      FloatVector v32 = FloatVector.broadcast(SPECIES, a[a2 + 5 * QUAD]);
      c2 = v32.fma(b10, c2);
      d2 = v32.fma(b11, d2);
      VarHandle.acquireFence();
      FloatVector v33 = FloatVector.broadcast(SPECIES, a[a2 + 5 * QUAD + 1]);
      c3 = v33.fma(b10, c3);
      d3 = v33.fma(b11, d3);
      VarHandle.acquireFence();
      FloatVector v34 = FloatVector.broadcast(SPECIES, a[a4 + 5 * QUAD]);
      c4 = v34.fma(b10, c4);
      d4 = v34.fma(b11, d4);
      VarHandle.acquireFence();
      FloatVector v35 = FloatVector.broadcast(SPECIES, a[a4 + 5 * QUAD + 1]);
      c5 = v35.fma(b10, c5);
      d5 = v35.fma(b11, d5);
      VarHandle.acquireFence();
      FloatVector b12 = FloatVector.fromArray(SPECIES, b, bo + 6 * PANEL);
      FloatVector b13 = FloatVector.fromArray(SPECIES, b, bo + 6 * PANEL + L);
      FloatVector v36 = FloatVector.broadcast(SPECIES, a[a0 + 6 * QUAD]);
      c0 = v36.fma(b12, c0);
      d0 = v36.fma(b13, d0);
      VarHandle.acquireFence();
      FloatVector v37 = FloatVector.broadcast(SPECIES, a[a0 + 6 * QUAD + 1]);
      c1 = v37.fma(b12, c1);
      d1 = v37.fma(b13, d1);
      VarHandle.acquireFence();
      FloatVector v38 = FloatVector.broadcast(SPECIES, a[a2 + 6 * QUAD]);
      c2 = v38.fma(b12, c2);
      d2 = v38.fma(b13, d2);
      VarHandle.acquireFence();
      FloatVector v39 = FloatVector.broadcast(SPECIES, a[a2 + 6 * QUAD + 1]);
      c3 = v39.fma(b12, c3);
      d3 = v39.fma(b13, d3);
      VarHandle.acquireFence();
      FloatVector v40 = FloatVector.broadcast(SPECIES, a[a4 + 6 * QUAD]);
      c4 = v40.fma(b12, c4);
      d4 = v40.fma(b13, d4);
      VarHandle.acquireFence();
      FloatVector v41 = FloatVector.broadcast(SPECIES, a[a4 + 6 * QUAD + 1]);
      c5 = v41.fma(b12, c5);
      d5 = v41.fma(b13, d5);
      VarHandle.acquireFence();
      FloatVector b14 = FloatVector.fromArray(SPECIES, b, bo + 7 * PANEL);
      FloatVector b15 = FloatVector.fromArray(SPECIES, b, bo + 7 * PANEL + L);
      FloatVector v42 = FloatVector.broadcast(SPECIES, a[a0 + 7 * QUAD]);
      c0 = v42.fma(b14, c0);
      d0 = v42.fma(b15, d0);
      VarHandle.acquireFence();
      FloatVector v43 = FloatVector.broadcast(SPECIES, a[a0 + 7 * QUAD + 1]);
      c1 = v43.fma(b14, c1);
      d1 = v43.fma(b15, d1);
      VarHandle.acquireFence();
      FloatVector v44 = FloatVector.broadcast(SPECIES, a[a2 + 7 * QUAD]);
      c2 = v44.fma(b14, c2);
      d2 = v44.fma(b15, d2);
      VarHandle.acquireFence();
      FloatVector v45 = FloatVector.broadcast(SPECIES, a[a2 + 7 * QUAD + 1]);
      c3 = v45.fma(b14, c3);
      d3 = v45.fma(b15, d3);
      VarHandle.acquireFence();
      FloatVector v46 = FloatVector.broadcast(SPECIES, a[a4 + 7 * QUAD]);
      c4 = v46.fma(b14, c4);
      d4 = v46.fma(b15, d4);
      VarHandle.acquireFence();
      FloatVector v47 = FloatVector.broadcast(SPECIES, a[a4 + 7 * QUAD + 1]);
      c5 = v47.fma(b14, c5);
      d5 = v47.fma(b15, d5);
      VarHandle.acquireFence();
      a0 += STEPS * QUAD;
      a2 += STEPS * QUAD;
      a4 += STEPS * QUAD;
      bo += STEPS * PANEL;
    } while (bo != whole);
    if (bo != end) {
      do {
        FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo);
        FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + L);
        FloatVector v0 = FloatVector.broadcast(SPECIES, a[a0]);
        c0 = v0.fma(b0, c0);
        d0 = v0.fma(b1, d0);
        VarHandle.acquireFence();
        FloatVector v1 = FloatVector.broadcast(SPECIES, a[a0 + 1]);
        c1 = v1.fma(b0, c1);
        d1 = v1.fma(b1, d1);
        VarHandle.acquireFence();
        FloatVector v2 = FloatVector.broadcast(SPECIES, a[a2]);
        c2 = v2.fma(b0, c2);
        d2 = v2.fma(b1, d2);
        VarHandle.acquireFence();
        FloatVector v3 = FloatVector.broadcast(SPECIES, a[a2 + 1]);
        c3 = v3.fma(b0, c3);
        d3 = v3.fma(b1, d3);
        VarHandle.acquireFence();
        FloatVector v4 = FloatVector.broadcast(SPECIES, a[a4]);
        c4 = v4.fma(b0, c4);
        d4 = v4.fma(b1, d4);
        VarHandle.acquireFence();
        FloatVector v5 = FloatVector.broadcast(SPECIES, a[a4 + 1]);
        c5 = v5.fma(b0, c5);
        d5 = v5.fma(b1, d5);
        VarHandle.acquireFence();
        a0 += QUAD;
        a2 += QUAD;
        a4 += QUAD;
        bo += PANEL;
      } while (bo != end);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + L);
    c1.intoArray(c, co + cs);
    d1.intoArray(c, co + cs + L);
    c2.intoArray(c, co + 2 * cs);
    d2.intoArray(c, co + 2 * cs + L);
    c3.intoArray(c, co + 3 * cs);
    d3.intoArray(c, co + 3 * cs + L);
    c4.intoArray(c, co + 4 * cs);
    d4.intoArray(c, co + 4 * cs + L);
    c5.intoArray(c, co + 5 * cs);
    d5.intoArray(c, co + 5 * cs + L);
  }

  /** The 4 rows of a quad, and 2 L columns. */
  private static void tile4x2(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, init, io);
    FloatVector d0 = FloatVector.fromArray(SPECIES, init, io + L);
    FloatVector c1 = FloatVector.fromArray(SPECIES, init, io + is);
    FloatVector d1 = FloatVector.fromArray(SPECIES, init, io + is + L);
    FloatVector c2 = FloatVector.fromArray(SPECIES, init, io + 2 * is);
    FloatVector d2 = FloatVector.fromArray(SPECIES, init, io + 2 * is + L);
    FloatVector c3 = FloatVector.fromArray(SPECIES, init, io + 3 * is);
    FloatVector d3 = FloatVector.fromArray(SPECIES, init, io + 3 * is + L);
    for (int k = 0; k < K; k++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(b1, d0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 1]);
      c1 = v1.fma(b0, c1);
      d1 = v1.fma(b1, d1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 2]);
      c2 = v2.fma(b0, c2);
      d2 = v2.fma(b1, d2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 3]);
      c3 = v3.fma(b0, c3);
      d3 = v3.fma(b1, d3);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + L);
    c1.intoArray(c, co + cs);
    d1.intoArray(c, co + cs + L);
    c2.intoArray(c, co + 2 * cs);
    d2.intoArray(c, co + 2 * cs + L);
    c3.intoArray(c, co + 3 * cs);
    d3.intoArray(c, co + 3 * cs + L);
  }

  /** 3 rows of a quad, and 2 L columns. */
  private static void tile3x2(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, init, io);
    FloatVector d0 = FloatVector.fromArray(SPECIES, init, io + L);
    FloatVector c1 = FloatVector.fromArray(SPECIES, init, io + is);
    FloatVector d1 = FloatVector.fromArray(SPECIES, init, io + is + L);
    FloatVector c2 = FloatVector.fromArray(SPECIES, init, io + 2 * is);
    FloatVector d2 = FloatVector.fromArray(SPECIES, init, io + 2 * is + L);
    for (int k = 0; k < K; k++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(b1, d0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 1]);
      c1 = v1.fma(b0, c1);
      d1 = v1.fma(b1, d1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 2]);
      c2 = v2.fma(b0, c2);
      d2 = v2.fma(b1, d2);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + L);
    c1.intoArray(c, co + cs);
    d1.intoArray(c, co + cs + L);
    c2.intoArray(c, co + 2 * cs);
    d2.intoArray(c, co + 2 * cs + L);
  }

  /** 2 rows of a quad, and 2 L columns. */
  private static void tile2x2(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, init, io);
    FloatVector d0 = FloatVector.fromArray(SPECIES, init, io + L);
    FloatVector c1 = FloatVector.fromArray(SPECIES, init, io + is);
    FloatVector d1 = FloatVector.fromArray(SPECIES, init, io + is + L);
    for (int k = 0; k < K; k++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(b1, d0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 1]);
      c1 = v1.fma(b0, c1);
      d1 = v1.fma(b1, d1);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + L);
    c1.intoArray(c, co + cs);
    d1.intoArray(c, co + cs + L);
  }

  /** 1 row and 2 L columns. */
  private static void tile1x2(
      float[] c, int co, float[] init, int io, float[] a, int ao, float[] b, int bo, int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, init, io);
    FloatVector d0 = FloatVector.fromArray(SPECIES, init, io + L);
    for (int k = 0; k < K; k++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(b1, d0);
    }
    c0.intoArray(c, co);
    d0.intoArray(c, co + L);
  }

  /** 8 rows from the first of a quad on, and L columns. */
  private static void tile8x1(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, init, io);
    FloatVector c1 = FloatVector.fromArray(SPECIES, init, io + is);
    FloatVector c2 = FloatVector.fromArray(SPECIES, init, io + 2 * is);
    FloatVector c3 = FloatVector.fromArray(SPECIES, init, io + 3 * is);
    FloatVector c4 = FloatVector.fromArray(SPECIES, init, io + 4 * is);
    FloatVector c5 = FloatVector.fromArray(SPECIES, init, io + 5 * is);
    FloatVector c6 = FloatVector.fromArray(SPECIES, init, io + 6 * is);
    FloatVector c7 = FloatVector.fromArray(SPECIES, init, io + 7 * is);
    int a4 = ao + ap;
    for (int k = 0; k < K; k++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD]);
      c0 = v0.fma(b0, c0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 1]);
      c1 = v1.fma(b0, c1);
      FloatVector v2 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 2]);
      c2 = v2.fma(b0, c2);
      FloatVector v3 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD + 3]);
      c3 = v3.fma(b0, c3);
      FloatVector v4 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD]);
      c4 = v4.fma(b0, c4);
      FloatVector v5 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD + 1]);
      c5 = v5.fma(b0, c5);
      FloatVector v6 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD + 2]);
      c6 = v6.fma(b0, c6);
      FloatVector v7 = FloatVector.broadcast(SPECIES, a[a4 + k * QUAD + 3]);
      c7 = v7.fma(b0, c7);
    }
    c0.intoArray(c, co);
    c1.intoArray(c, co + cs);
    c2.intoArray(c, co + 2 * cs);
    c3.intoArray(c, co + 3 * cs);
    c4.intoArray(c, co + 4 * cs);
    c5.intoArray(c, co + 5 * cs);
    c6.intoArray(c, co + 6 * cs);
    c7.intoArray(c, co + 7 * cs);
  }

  /** 1 row and L columns. */
  private static void tile1x1(
      float[] c, int co, float[] init, int io, float[] a, int ao, float[] b, int bo, int K) {
    FloatVector c0 = FloatVector.fromArray(SPECIES, init, io);
    for (int k = 0; k < K; k++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo + k * PANEL);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[ao + k * QUAD]);
      c0 = v0.fma(b0, c0);
    }
    c0.intoArray(c, co);
  }
}
