package io.gru4j.tensor.kernel;

/**
 * Bounds of scores from weights of one byte each.
 *
 * <p>The bytes of {@link #CLASSES} neighbouring classes form a panel, {@code
 * codes[panel][k][lane]}: for each k one cache line. Weight {@code w[class][k]} is about {@code
 * scale[class] * code}.
 */
public sealed interface SieveKernels permits ScalarSieve, VectorSieve {

  /** Classes of one panel of codes. */
  int CLASSES = 64;

  /**
   * Where the data of a long array of bytes should start: see {@link Kernels#ALIGNED}, in bytes.
   */
  int ALIGNED = Float.BYTES * Kernels.ALIGNED;

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
   * @param codes out: 32 for each k, {@link #CLASSES} apart
   * @param scale out: 32 from {@code so} on
   * @param found out, 96: most of each lane, largest rest of each, and the sums over ascending k of
   *     the squares of the rests, fused
   * @param w {@code K} rows, {@link Kernels#PANEL} apart
   */
  void code(byte[] codes, int co, float[] scale, int so, float[] found, float[] w, int wo, int K);

  /** Plus and minus this a number below 2^22 has no fraction. */
  float ROUNDER = 0x1.8p23f;

  /**
   * Computes bounds of the scores of some panels of classes for some states. With {@code d} the
   * fused chain from 0 over ascending k of {@code h[r][k] * codes[k][l]}, and {@code e =
   * fma(|bias[l]|, relative, least)}:
   *
   * <pre>
   *   lower[r][l] = fma(scale[l], d - slack[r], bias[l] - e)
   *   upper[r][l] = fma(scale[l], d + slack[r], bias[l] + e)
   * </pre>
   *
   * <p>Both are NaN for a bias of minus infinity.
   *
   * @param lower out: rows {@code ys} apart, of {@link #CLASSES} values for each panel
   * @param upper out, as {@code lower}, another array
   * @param codes the panels one after the other, from {@code co} on
   * @param scale of the first panel's classes from {@code so} on
   * @param bias as {@code scale}
   * @param h rows {@code K} apart from {@code ho} on
   * @param slack one for each row
   */
  void bounds(
      float[] lower,
      float[] upper,
      int ys,
      byte[] codes,
      int co,
      float[] scale,
      float[] bias,
      int so,
      int panels,
      float[] h,
      int ho,
      int rows,
      int K,
      float[] slack,
      float relative,
      float least);
}
