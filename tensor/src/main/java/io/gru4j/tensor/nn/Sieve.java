package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.SieveKernels.CLASSES;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.SieveKernels;
import java.util.Arrays;

/**
 * A coarse copy of an output layer, one byte a weight, and a proven bound of how far its scores are
 * from the exact ones.
 *
 * <p>Class j has a scale {@code s = max_k |w[k]| / 127}, at least the smallest normal float, and
 * codes {@code q[k]}, whole numbers in [-127, 127] near {@code w[k] / s}. What they leave, {@code
 * r[k] = w[k] - s q[k]}, is <em>measured</em> when the copy is made, so the proof does not ask how
 * scale and codes were rounded. A state h is coded too ({@link CoarseState}): a scale a, whole
 * numbers p[k], and rests {@code t[k] = h[k] - a p[k]}, measured. The scale is as small as four
 * products of neighbours allow whose sum must fit 16 bits.
 *
 * <p>With the real numbers {@code E = b + sum_k h[k] w[k]} and {@code D = sum_k p[k] q[k]}, a whole
 * number that is computed exactly,
 *
 * <pre>
 *   E - (b + s a D) = sum_k h[k] r[k] + s sum_k t[k] q[k]
 *   |E - (b + s a D)| &lt;= s Q,   Q = min(M |h|_1, R |h|_2) + min(127 |t|_1, N |t|_2)
 * </pre>
 *
 * <p>by Hölder's inequality, each with both pairs of norms: M is the largest {@code |r[k]| / s}, R
 * the largest {@code |r|_2 / s} and N the largest {@code |q|_2} of all classes. Measured in floats,
 * a rest is off by at most 4 u of its size, since s is normal and r a multiple of the smallest
 * float; the sums of squares by H u more; and 2^-60 is more than what rests lose whose squares are
 * denormal. M, R and N are greater by as much.
 *
 * <p>All else is rounding. Let u = 2^-24 be the unit of rounding, H the number of hidden units,
 * {@code g = 1.01 (H + 8) u}, and t = 2^-149, the smallest float. A chain of H fused multiply-adds
 * that starts with c is off by at most {@code H u / (1 - H u)} times the sum of the absolute values
 * of its terms and {@code |c|}, and by t/2 for each result that is denormal. So, with {@code |w[k]|
 * <= 127.6 s}, {@code |a p[k]| <= 2 |h[k]|} (a number that is rounded to one other than zero at
 * most doubles) and {@code |t[k]| <= |h[k]|}, hence {@code a |D| <= 254 |h|_1} and {@code Q <= 128
 * |h|_1}:
 *
 * <ul>
 *   <li>the exact score, a float, is within {@code g |b| + 127.6 g s |h|_1 + H t} of E;
 *   <li>d, a float, D rounded and multiplied by a, is within {@code 510 u |h|_1 + t} of a D;
 *   <li>{@code d + slack} and the last multiply-add of a bound are off by at most u times their
 *       sizes, {@code 385 s |h|_1} each for what has the factor s.
 * </ul>
 *
 * <p>The sum for what has the factor s is less than {@code 128 g |h|_1 + 1280 u |h|_1}, and u is
 * less than g / 9: less than {@code 271 g |h|_1}. We take
 *
 * <pre>
 *   slack = Q + 512 g |h|_1 + (H + 8) t,   e = g |b| + (H + 8) t
 *   b - e + s (d - slack)  &lt;=  exact score  &lt;=  b + e + s (d + slack)
 * </pre>
 *
 * <p>where the 8 in g is for the rounding of e, of {@code b + e} and of the result. Nothing
 * overflows while {@code |h|_1 max(128, 2 max|w|) + max|b|} is less than 2^125: {@link #code} says
 * that the slack is NaN if it is not, as it does for a state that is not finite. Then there is no
 * bound. A class whose bias is minus infinity cannot be among the best: its lower bound is minus
 * infinity, its upper one NaN.
 *
 * <p>Immutable, for any number of threads.
 */
final class Sieve {

  private static final int OFFSET = SieveKernels.ALIGNED;
  private static final int TASK_PANELS = 128; // of weights
  private static final int MOST_INPUTS = 1 << 14; // for 512 g |h|_1 to be less than |h|_1
  private static final double UNDERFLOW = 0x1p-60; // more than all squares that are denormal
  private static final double UNIT = 0x1p-24;
  private static final double LARGEST = 0x1p125;

  private final SieveKernels kernels = Kernels.get().sieve();
  private final int panels;
  private final int H;
  private final byte[] codes;
  private final float[] scale;
  private final float[] bias;
  private final double largestRest; // M
  private final double restNorm; // R
  private final double codeNorm; // N
  private final double largestWeight;
  private final double largestBias;

  /** What the codes leave, the codes, and the weights: the largest of some classes. */
  private record Largest(float rest, float squares, float ofCodes, float weight) {
    static final Largest NONE = new Largest(0, 0, 0, 0);

    Largest max(Largest other) { // Math.max: NaN stays
      return new Largest(
          Math.max(rest, other.rest),
          Math.max(squares, other.squares),
          Math.max(ofCodes, other.ofCodes),
          Math.max(weight, other.weight));
    }

    Largest max(float[] found, int lane) {
      return max(
          new Largest(
              found[PANEL + lane], found[2 * PANEL + lane], found[3 * PANEL + lane], found[lane]));
    }
  }

  private Sieve(Parameter weight, float[] padded, int classes, Parallel parallel) {
    panels = panels(classes);
    H = weight.cols();
    codes = new byte[(int) codesLength(classes, H)];
    scale = new float[panels * CLASSES];
    bias = Arrays.copyOf(padded, panels * CLASSES);
    Arrays.fill(bias, classes, bias.length, Float.NEGATIVE_INFINITY);
    Largest[] found = new Largest[Math.ceilDiv(Parameter.panelCount(classes), TASK_PANELS)];
    parallel.run(
        found.length,
        task -> {
          Largest largest = Largest.NONE;
          float[] ofPanel = new float[SieveKernels.MEASURES * PANEL];
          int to = Math.min(Parameter.panelCount(classes), (task + 1) * TASK_PANELS);
          for (int p = task * TASK_PANELS; p < to; p++) {
            code(weight, p, ofPanel);
            for (int l = 0; l < Math.min(PANEL, classes - p * PANEL); l++) {
              largest = largest.max(ofPanel, l);
            }
          }
          found[task] = largest;
        });
    Largest largest = Largest.NONE;
    for (Largest one : found) {
      largest = largest.max(one);
    }
    double measured = 1 + 2.02 * (H + 8) * UNIT; // for the rounding of what is measured
    largestRest = measured * largest.rest + UNDERFLOW;
    restNorm = measured * Math.sqrt(largest.squares) + UNDERFLOW;
    codeNorm = measured * Math.sqrt(largest.ofCodes);
    largestWeight = largest.weight;
    double most = 0;
    for (int j = 0; j < classes; j++) {
      if (bias[j] != Float.NEGATIVE_INFINITY) {
        most = Math.max(most, Math.abs(bias[j]));
      }
    }
    largestBias = most;
  }

  /** Codes a panel of weights: two bytes of every four of a panel of codes. */
  private void code(Parameter weight, int panel, float[] found) {
    int halves = CLASSES / PANEL;
    int to = OFFSET + panel / halves * H * CLASSES;
    int from = weight.offset() + panel * H * PANEL;
    int half = panel % halves;
    kernels.code(codes, to, half, scale, panel * PANEL, found, weight.value(), from, H);
  }

  /**
   * Makes the coarse copy.
   *
   * @param weight shape (V, H), in panels
   * @param bias at least {@code classes} long
   * @param classes number of classes in [1, V]
   * @param parallel runs the work; the result does not depend on it
   */
  static Sieve of(Parameter weight, float[] bias, int classes, Parallel parallel) {
    return new Sieve(weight, bias, classes, parallel);
  }

  /** Whether there can be a coarse copy of so many classes: it fits one array, the proof holds. */
  static boolean fits(int classes, int H) {
    return H <= MOST_INPUTS && codesLength(classes, H) <= Integer.MAX_VALUE - 64;
  }

  /** Returns the bytes of a coarse copy. */
  static double bytes(int classes, int H) {
    return codesLength(classes, H) + 2.0 * Float.BYTES * CLASSES * panels(classes);
  }

  private static double codesLength(int classes, int H) {
    return OFFSET + (double) CLASSES * panels(classes) * H;
  }

  private static int panels(int classes) {
    return Math.ceilDiv(classes, CLASSES);
  }

  int panels() {
    return panels;
  }

  /** Codes a state, with the slack of the class comment, rounded up; NaN if there is no bound. */
  void code(float[] h, int ho, CoarseState state) {
    state.take(h, ho);
    double sum = state.sum();
    if (!(sum * Math.max(128, 2 * largestWeight) + largestBias < LARGEST)) {
      state.slack(Float.NaN);
      return;
    }
    double ofRests = Math.min(largestRest * sum, restNorm * state.norm());
    ofRests += Math.min(Byte.MAX_VALUE * state.restSum(), codeNorm * state.restNorm());
    ofRests *= 1 + 0x1p-30; // for the rounding of these doubles
    state.slack(Math.nextUp((float) (ofRests + 512 * relative() * sum + least())));
  }

  /** g of the class comment. */
  private double relative() {
    return 1.01 * (H + 8) * UNIT;
  }

  private double least() {
    return (H + 8) * (double) Float.MIN_VALUE;
  }

  /**
   * Computes bounds of the scores of some panels' classes; minus infinity and NaN where a class has
   * no score.
   *
   * @param lower out: {@link SieveKernels#CLASSES} for each panel, from {@code yo} on
   * @param upper out, as {@code lower}
   * @param state coded by {@link #code}
   */
  void bounds(float[] lower, float[] upper, int yo, int panel, int count, CoarseState state) {
    kernels.bounds(
        lower,
        upper,
        yo,
        codes,
        OFFSET + panel * H * CLASSES,
        scale,
        bias,
        panel * CLASSES,
        count,
        state.codes(),
        0,
        state.scale(),
        H,
        state.slack(),
        Math.nextUp((float) relative()),
        (float) least());
  }
}
