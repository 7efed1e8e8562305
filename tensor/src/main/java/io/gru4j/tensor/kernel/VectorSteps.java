package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;
import static io.gru4j.tensor.kernel.VectorStepsTiles.steps1;
import static io.gru4j.tensor.kernel.VectorStepsTiles.steps2;
import static io.gru4j.tensor.kernel.VectorStepsTiles.steps3;
import static io.gru4j.tensor.kernel.VectorStepsTiles.steps4;
import static io.gru4j.tensor.kernel.VectorStepsTiles.steps8;
import static io.gru4j.tensor.kernel.Vectors.L;

/**
 * The product of a block of many rows by a panel of few k, on vectors: the gradient of weights,
 * when few rows take part.
 *
 * <p>The tiles of {@link VectorProducts} keep c in registers while k runs; their beginning and end
 * cost as much as several k. Here the rows of b of some k stay in registers (8 of them with 16
 * lanes and so 32 registers, else 4) while the rows of c pass, and more k take more passes: each
 * element is the same chain. (With 16 registers a second pass costs more than the tiles.) One row
 * of c costs 2 loads, 2 stores and a broadcast for each two fused multiply-adds; rows do not depend
 * on one another, which hides their latency.
 */
final class VectorSteps {

  private static final int FEW_STEPS = L == 16 ? 24 : 4;
  private static final int MANY_ROWS = 16;

  private VectorSteps() {}

  /** Whether this is the faster way for so many rows and k. */
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
}
