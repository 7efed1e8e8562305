package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;
import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The product of a block of many rows by a panel of few steps of k, on vectors: the gradient of
 * weights, when few rows take part in a step.
 *
 * <p>The tiles of {@link VectorProduct} keep c in registers while k runs, but the beginning and the
 * end of a tile cost as much as several steps of k. Here the steps' rows of b stay in registers (8
 * of them with 32 registers, 4 with 16) while the rows of c pass, and more steps take more passes:
 * each element is the same chain. (With 16 registers a second pass costs more than the tiles.) One
 * row of c costs 2 loads, 2 stores and a broadcast for each two fused multiply-adds; rows do not
 * depend on one another, which hides their latency.
 */
final class VectorSteps {

  private static final int FEW_STEPS = L == 16 ? 24 : 4;
  private static final int MANY_ROWS = 16;

  private VectorSteps() {}

  /** Whether this is the faster way for a block of {@code rows} rows and {@code K} steps. */
  static boolean suits(int rows, int K) {
    return 0 < K && K <= FEW_STEPS && rows >= MANY_ROWS;
  }

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
    for (int l = 0; l < columns; l += 2 * L) {
      passes(c, co + l, cs, init, io + l, is, a, ao, ap, b, bo + l, rows, K);
    }
  }

  private static void passes(
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
    for (int k = 0; k < K; ) {
      int steps = L == 16 && K - k >= 8 ? 8 : Math.min(4, K - k);
      for (int i = 0; i < QUAD; i++) { // the rows at place i of their quads are ap apart
        pass(
            steps,
            c,
            co + i * cs,
            QUAD * cs,
            init,
            io + i * is,
            QUAD * is,
            a,
            ao + k * QUAD + i,
            ap,
            b,
            bo + k * PANEL,
            Math.ceilDiv(rows - i, QUAD));
      }
      k += steps;
      init = c; // the next pass continues these chains
      io = co;
      is = cs;
    }
  }

  private static void pass(
      int steps,
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
      int rows) {
    switch (steps) {
      case 8 -> steps8(c, co, cs, init, io, is, a, ao, ap, b, bo, rows);
      case 4 -> steps4(c, co, cs, init, io, is, a, ao, ap, b, bo, rows);
      case 3 -> steps3(c, co, cs, init, io, is, a, ao, ap, b, bo, rows);
      case 2 -> steps2(c, co, cs, init, io, is, a, ao, ap, b, bo, rows);
      default -> steps1(c, co, cs, init, io, is, a, ao, ap, b, bo, rows);
    }
  }

  /** 8 steps of k, 2 L columns. */
  private static void steps8(
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
      int rows) {
    FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo);
    FloatVector e0 = FloatVector.fromArray(SPECIES, b, bo + L);
    FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + PANEL);
    FloatVector e1 = FloatVector.fromArray(SPECIES, b, bo + PANEL + L);
    FloatVector b2 = FloatVector.fromArray(SPECIES, b, bo + 2 * PANEL);
    FloatVector e2 = FloatVector.fromArray(SPECIES, b, bo + 2 * PANEL + L);
    FloatVector b3 = FloatVector.fromArray(SPECIES, b, bo + 3 * PANEL);
    FloatVector e3 = FloatVector.fromArray(SPECIES, b, bo + 3 * PANEL + L);
    FloatVector b4 = FloatVector.fromArray(SPECIES, b, bo + 4 * PANEL);
    FloatVector e4 = FloatVector.fromArray(SPECIES, b, bo + 4 * PANEL + L);
    FloatVector b5 = FloatVector.fromArray(SPECIES, b, bo + 5 * PANEL);
    FloatVector e5 = FloatVector.fromArray(SPECIES, b, bo + 5 * PANEL + L);
    FloatVector b6 = FloatVector.fromArray(SPECIES, b, bo + 6 * PANEL);
    FloatVector e6 = FloatVector.fromArray(SPECIES, b, bo + 6 * PANEL + L);
    FloatVector b7 = FloatVector.fromArray(SPECIES, b, bo + 7 * PANEL);
    FloatVector e7 = FloatVector.fromArray(SPECIES, b, bo + 7 * PANEL + L);
    for (int r = 0; r < rows; r++) {
      int i = io + r * is;
      int j = ao + r * ap;
      FloatVector c0 = FloatVector.fromArray(SPECIES, init, i);
      FloatVector d0 = FloatVector.fromArray(SPECIES, init, i + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[j]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(e0, d0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, a[j + QUAD]);
      c0 = v1.fma(b1, c0);
      d0 = v1.fma(e1, d0);
      FloatVector v2 = FloatVector.broadcast(SPECIES, a[j + 2 * QUAD]);
      c0 = v2.fma(b2, c0);
      d0 = v2.fma(e2, d0);
      FloatVector v3 = FloatVector.broadcast(SPECIES, a[j + 3 * QUAD]);
      c0 = v3.fma(b3, c0);
      d0 = v3.fma(e3, d0);
      FloatVector v4 = FloatVector.broadcast(SPECIES, a[j + 4 * QUAD]);
      c0 = v4.fma(b4, c0);
      d0 = v4.fma(e4, d0);
      FloatVector v5 = FloatVector.broadcast(SPECIES, a[j + 5 * QUAD]);
      c0 = v5.fma(b5, c0);
      d0 = v5.fma(e5, d0);
      FloatVector v6 = FloatVector.broadcast(SPECIES, a[j + 6 * QUAD]);
      c0 = v6.fma(b6, c0);
      d0 = v6.fma(e6, d0);
      FloatVector v7 = FloatVector.broadcast(SPECIES, a[j + 7 * QUAD]);
      c0 = v7.fma(b7, c0);
      d0 = v7.fma(e7, d0);
      c0.intoArray(c, co + r * cs);
      d0.intoArray(c, co + r * cs + L);
    }
  }

  /** 4 steps of k, 2 L columns. */
  private static void steps4(
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
      int rows) {
    FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo);
    FloatVector e0 = FloatVector.fromArray(SPECIES, b, bo + L);
    FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + PANEL);
    FloatVector e1 = FloatVector.fromArray(SPECIES, b, bo + PANEL + L);
    FloatVector b2 = FloatVector.fromArray(SPECIES, b, bo + 2 * PANEL);
    FloatVector e2 = FloatVector.fromArray(SPECIES, b, bo + 2 * PANEL + L);
    FloatVector b3 = FloatVector.fromArray(SPECIES, b, bo + 3 * PANEL);
    FloatVector e3 = FloatVector.fromArray(SPECIES, b, bo + 3 * PANEL + L);
    for (int r = 0; r < rows; r++) {
      int i = io + r * is;
      int j = ao + r * ap;
      FloatVector c0 = FloatVector.fromArray(SPECIES, init, i);
      FloatVector d0 = FloatVector.fromArray(SPECIES, init, i + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[j]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(e0, d0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, a[j + QUAD]);
      c0 = v1.fma(b1, c0);
      d0 = v1.fma(e1, d0);
      FloatVector v2 = FloatVector.broadcast(SPECIES, a[j + 2 * QUAD]);
      c0 = v2.fma(b2, c0);
      d0 = v2.fma(e2, d0);
      FloatVector v3 = FloatVector.broadcast(SPECIES, a[j + 3 * QUAD]);
      c0 = v3.fma(b3, c0);
      d0 = v3.fma(e3, d0);
      c0.intoArray(c, co + r * cs);
      d0.intoArray(c, co + r * cs + L);
    }
  }

  /** 3 steps of k, 2 L columns. */
  private static void steps3(
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
      int rows) {
    FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo);
    FloatVector e0 = FloatVector.fromArray(SPECIES, b, bo + L);
    FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + PANEL);
    FloatVector e1 = FloatVector.fromArray(SPECIES, b, bo + PANEL + L);
    FloatVector b2 = FloatVector.fromArray(SPECIES, b, bo + 2 * PANEL);
    FloatVector e2 = FloatVector.fromArray(SPECIES, b, bo + 2 * PANEL + L);
    for (int r = 0; r < rows; r++) {
      int i = io + r * is;
      int j = ao + r * ap;
      FloatVector c0 = FloatVector.fromArray(SPECIES, init, i);
      FloatVector d0 = FloatVector.fromArray(SPECIES, init, i + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[j]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(e0, d0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, a[j + QUAD]);
      c0 = v1.fma(b1, c0);
      d0 = v1.fma(e1, d0);
      FloatVector v2 = FloatVector.broadcast(SPECIES, a[j + 2 * QUAD]);
      c0 = v2.fma(b2, c0);
      d0 = v2.fma(e2, d0);
      c0.intoArray(c, co + r * cs);
      d0.intoArray(c, co + r * cs + L);
    }
  }

  /** 2 steps of k, 2 L columns. */
  private static void steps2(
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
      int rows) {
    FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo);
    FloatVector e0 = FloatVector.fromArray(SPECIES, b, bo + L);
    FloatVector b1 = FloatVector.fromArray(SPECIES, b, bo + PANEL);
    FloatVector e1 = FloatVector.fromArray(SPECIES, b, bo + PANEL + L);
    for (int r = 0; r < rows; r++) {
      int i = io + r * is;
      int j = ao + r * ap;
      FloatVector c0 = FloatVector.fromArray(SPECIES, init, i);
      FloatVector d0 = FloatVector.fromArray(SPECIES, init, i + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[j]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(e0, d0);
      FloatVector v1 = FloatVector.broadcast(SPECIES, a[j + QUAD]);
      c0 = v1.fma(b1, c0);
      d0 = v1.fma(e1, d0);
      c0.intoArray(c, co + r * cs);
      d0.intoArray(c, co + r * cs + L);
    }
  }

  /** 1 step of k, 2 L columns. */
  private static void steps1(
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
      int rows) {
    FloatVector b0 = FloatVector.fromArray(SPECIES, b, bo);
    FloatVector e0 = FloatVector.fromArray(SPECIES, b, bo + L);
    for (int r = 0; r < rows; r++) {
      int i = io + r * is;
      int j = ao + r * ap;
      FloatVector c0 = FloatVector.fromArray(SPECIES, init, i);
      FloatVector d0 = FloatVector.fromArray(SPECIES, init, i + L);
      FloatVector v0 = FloatVector.broadcast(SPECIES, a[j]);
      c0 = v0.fma(b0, c0);
      d0 = v0.fma(e0, d0);
      c0.intoArray(c, co + r * cs);
      d0.intoArray(c, co + r * cs + L);
    }
  }
}
