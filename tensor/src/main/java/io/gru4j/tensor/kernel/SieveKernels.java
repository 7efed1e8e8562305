package io.gru4j.tensor.kernel;

/**
 * Bounds of scores from weights of one byte each and a state of whole numbers.
 *
 * <p>The bytes of {@link #CLASSES} neighbouring classes form a panel: for each k one cache line, in
 * an order that lets each step of widening leave neighbours side by side: byte {@code 4 j + m} of a
 * line is that of class {@code 16 m + j}. Weight {@code w[class][k]} is about {@code scale[class] *
 * code}; the byte is {@code code + }{@link #ZERO}, without a sign.
 */
public sealed interface SieveKernels permits ScalarSieve, VectorSieve {

  /** Classes of one panel of codes. */
  int CLASSES = 64;

  /**
   * Where the data of a long array of bytes should start: see {@link Kernels#ALIGNED}, in bytes.
   */
  int ALIGNED = Float.BYTES * Kernels.ALIGNED;

  /** The byte of the code 0: bytes have no sign, so that two of them in 16 bits are a sum. */
  int ZERO = 128;

  /** Codes of a state are summed by groups of so many neighbours. */
  int GROUP = 4;

  /** The most that the sizes of a group's codes may add up to: times 127 it fits 16 bits. */
  int GROUP_SUM = Short.MAX_VALUE / Byte.MAX_VALUE;

  /** Values for each class that {@link #code} measures. */
  int MEASURES = 4;

  /** Plus and minus this a number below 2^22 has no fraction. */
  float ROUNDER = 0x1.8p23f;

  /** Returns where in its line the byte of a class of a panel is. */
  static int place(int lane) {
    return lane % (CLASSES / 4) * 4 + lane / (CLASSES / 4);
  }

  /**
   * Codes the weights of a panel of 32 classes, {@code w[k][l]}, and measures what the codes leave.
   * With {@code most = max_k |w[k][l]|}:
   *
   * <pre>
   *   scale[l] = max(most / 127, {@link Float#MIN_NORMAL}),   inverse = 1 / scale[l]
   *   code     = w[k][l] * inverse, rounded to a whole number, half to even
   *   rest     = |fma(-scale[l], code, w[k][l])| * inverse
   * </pre>
   *
   * <p>A weight that is NaN or infinite gives NaN or infinity in {@code found}.
   *
   * @param codes out: lines from {@code co} on; the other half of each is left alone
   * @param half 0 or 1: which classes of the lines they are
   * @param scale out: 32 from {@code so} on
   * @param found out, 32 for each of {@link #MEASURES}: most of each lane, its largest rest, and
   *     the sums over ascending k, fused, of the squares of its rests, and of its codes
   * @param w {@code K} rows, {@link Kernels#PANEL} apart
   */
  void code(
      byte[] codes,
      int co,
      int half,
      float[] scale,
      int so,
      float[] found,
      float[] w,
      int wo,
      int K);

  /**
   * Computes bounds of the scores of some panels of classes for one state. With {@code d = (float)
   * D * hScale}, D the sum over k of {@code h[k] * code[k][l]}, and {@code e = fma(|bias[l]|,
   * relative, least)}:
   *
   * <pre>
   *   lower[l] = fma(scale[l], d - slack, bias[l] - e)
   *   upper[l] = fma(scale[l], d + slack, bias[l] + e)
   * </pre>
   *
   * <p>For a bias of minus infinity the lower one is minus infinity and the upper one NaN.
   *
   * @param lower out: {@link #CLASSES} values for each panel, from {@code yo} on
   * @param upper out, as {@code lower}, another array
   * @param codes the panels one after the other, from {@code co} on
   * @param scale of the first panel's classes from {@code so} on
   * @param bias as {@code scale}
   * @param h the state's codes, {@code K} from {@code ho} on; the sizes of each {@link #GROUP} of
   *     neighbours, from the first on, add up to at most {@link #GROUP_SUM}
   */
  void bounds(
      float[] lower,
      float[] upper,
      int yo,
      byte[] codes,
      int co,
      float[] scale,
      float[] bias,
      int so,
      int panels,
      short[] h,
      int ho,
      float hScale,
      int K,
      float slack,
      float relative,
      float least);
}
