package io.gru4j.tensor.nn;

import io.gru4j.tensor.kernel.SieveKernels;

/**
 * A state as whole numbers with one scale, and how far what they say may be from exact scores: one
 * side of the products of a {@link Sieve}, whose class comment has the proof. Not thread-safe.
 */
final class CoarseState {

  /** What the sizes of a group's numbers add up to before they are rounded, by 1/2 each at most. */
  private static final int GROUP_SUM = SieveKernels.GROUP_SUM - SieveKernels.GROUP / 2;

  private final short[] codes;
  private float scale;
  private float slack;
  private double sum;
  private double squares;
  private double restSum;
  private double restSquares;

  CoarseState(int H) {
    codes = new short[H];
  }

  /** Codes a state and measures it and what the codes leave; its slack is not known yet. */
  void take(float[] h, int ho) {
    double most = 0;
    for (int k = 0; k < codes.length; k += SieveKernels.GROUP) {
      double group = 0;
      for (int i = k; i < Math.min(codes.length, k + SieveKernels.GROUP); i++) {
        group += Math.abs(h[ho + i]);
      }
      most = Math.max(most, group);
    }
    scale = Math.max(Math.nextUp((float) (most / GROUP_SUM)), Float.MIN_NORMAL);
    sum = 0;
    squares = 0;
    restSum = 0;
    restSquares = 0;
    for (int k = 0; k < codes.length; k++) {
      double x = h[ho + k];
      double code = Math.rint(x / scale);
      double rest = x - scale * code;
      codes[k] = (short) code;
      sum += Math.abs(x);
      squares += x * x;
      restSum += Math.abs(rest);
      restSquares += rest * rest;
    }
  }

  /** The numbers, one for each hidden unit. */
  short[] codes() {
    return codes;
  }

  float scale() {
    return scale;
  }

  /** The sum of the sizes, as the state has them: NaN if one is. */
  double sum() {
    return sum;
  }

  double norm() {
    return Math.sqrt(squares);
  }

  /** The sum of the sizes of what the codes leave. */
  double restSum() {
    return restSum;
  }

  double restNorm() {
    return Math.sqrt(restSquares);
  }

  /** Half the width of bounds in units of a class's scale; NaN if there is no bound. */
  float slack() {
    return slack;
  }

  void slack(float slack) {
    this.slack = slack;
  }
}
