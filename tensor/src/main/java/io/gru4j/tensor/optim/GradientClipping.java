package io.gru4j.tensor.optim;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.Kernels;
import java.util.List;

/**
 * Clipping by the joint L2 norm of all gradients.
 *
 * <p>Source: Pascanu et al. 2013, arXiv:1211.5063, algorithm 1. As torch does, the factor is {@code
 * clipNorm / (norm + 1e-6)}, and 1 where that is above 1.
 */
public final class GradientClipping {

  private static final int SEGMENT = 1 << 15; // values

  private final List<Parameter> parameters;
  private final Parallel parallel;
  private final Parallel.Task segmentTask = this::sumSegment;
  private final double[] sums;
  private Parameter current;
  private int currentLength;

  /**
   * Creates the clipping of a list of parameters.
   *
   * @param parameters those whose gradients count
   * @param parallel runs the work
   */
  public GradientClipping(List<Parameter> parameters, Parallel parallel) {
    this.parameters = List.copyOf(parameters);
    this.parallel = parallel;
    int longest = 0;
    for (Parameter p : parameters) {
      longest = Math.max(longest, p.length());
    }
    this.sums = new double[(int) segments(longest)];
  }

  private static double segments(double length) {
    return Math.ceil(length / SEGMENT);
  }

  /**
   * Returns the bytes of its sums.
   *
   * @param longest values of the longest parameter, those that fill up its last panel included
   * @return the bytes
   */
  public static double bytes(double longest) {
    return Double.BYTES * segments(longest);
  }

  /**
   * Returns the joint L2 norm of the gradients: squares are added in float in segments of at most
   * 32768 values (the output layer, which notes its own sum, adds a panel of its weights at a
   * time), the segments in double.
   *
   * @return at least 0; not finite if a gradient is not
   */
  public double norm() {
    double sum = 0;
    for (int i = 0; i < parameters.size(); i++) {
      sum += sumOfSquares(parameters.get(i));
    }
    return Math.sqrt(sum);
  }

  private double sumOfSquares(Parameter p) {
    if (!Double.isNaN(p.gradSumOfSquares())) {
      return p.gradSumOfSquares();
    }
    if (p.gradOrNull() == null) {
      return 0;
    }
    current = p;
    currentLength = p.isSparse() ? p.touchedRows() * p.cols() : p.length();
    int segments = Math.ceilDiv(currentLength, SEGMENT);
    parallel.run(segments, segmentTask);
    double sum = 0;
    for (int i = 0; i < segments; i++) {
      sum += sums[i];
    }
    return sum;
  }

  private void sumSegment(int segment) {
    int from = segment * SEGMENT;
    int n = Math.min(SEGMENT, currentLength - from);
    sums[segment] =
        Kernels.get().elements().sumOfSquares(current.gradOrNull(), current.offset() + from, n);
  }

  /**
   * Returns the factor that brings gradients of a norm down to {@code clipNorm}.
   *
   * @param norm the norm before clipping
   * @param clipNorm the largest norm allowed, above 0
   * @return in (0, 1]; NaN if the norm is
   */
  public static float factor(double norm, double clipNorm) {
    return (float) Math.min(1, clipNorm / (norm + 1e-6));
  }
}
