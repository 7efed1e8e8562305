package io.gru4j.tensor.kernel;

/**
 * The kernels that this JVM uses, and what all of them and their callers share.
 *
 * @param description a name for logs and reports: {@code scalar}, or {@code vector, 512 bit}
 * @param products products of matrices
 * @param rows sums, maxima and the softmax over rows of panels
 * @param elements what is done to each element
 * @param pairwise the losses of targets against negatives
 * @param sieve bounds of scores from weights of one byte each
 */
public record Kernels(
    String description,
    ProductKernels products,
    RowKernels rows,
    ElementKernels elements,
    PairwiseKernels pairwise,
    SieveKernels sieve) {

  /** Outputs of one panel of a weight matrix. */
  public static final int PANEL = 32;

  /**
   * Where the data of a long array should start, in floats. The header takes 16 bytes and these
   * take 48, which is one cache line together, and the garbage collector aligns long arrays to
   * cache lines. A vector load that crosses two lines costs as much as two loads.
   */
  public static final int ALIGNED = 12;

  /**
   * The smallest exponential, and the smallest factor of them, that the softmax keeps. Smaller
   * numbers would not change a result, but they and their products would be denormal, which is slow
   * on many processors.
   */
  public static final float SMALLEST = 1e-30f;

  /** Rows that lie side by side in a packed block: see {@link ProductKernels#product}. */
  public static final int QUAD = 4;

  /** Rows that {@link ProductKernels#blockProduct} packs at a time. */
  public static final int BLOCK_ROWS = 48;

  /** Virtual lanes on which sums across SIMD lanes are defined. */
  public static final int LANES = 16;

  private static volatile boolean littleWork; // read once, when the kernels are chosen

  /**
   * Says, before anybody asks for kernels, that there is little to compute: scalar ones are then
   * done before the JVM has compiled vector ones. Has no effect later, nor where a system property
   * forces kernels or a width.
   */
  public static void expectLittleWork() {
    littleWork = true;
  }

  static boolean littleWork() {
    return littleWork;
  }

  /** Returns the plain loops. */
  static Kernels scalar() {
    return new Kernels(
        "scalar",
        new ScalarProducts(),
        new ScalarRows(),
        new ScalarElements(),
        new ScalarPairwise(),
        new ScalarSieve());
  }

  /** Returns those on the Vector API, which must be there. */
  static Kernels vector() {
    return new Kernels(
        Vectors.DESCRIPTION,
        new VectorProducts(),
        new VectorRows(),
        new VectorElements(),
        new VectorPairwise(),
        new VectorSieve());
  }

  /** Returns how long a packed block of so many rows of {@code K} values is. */
  public static int packedLength(int rows, int K) {
    return Math.ceilDiv(rows, QUAD) * QUAD * K;
  }

  /**
   * Returns a distance between quads of packed columns of so many rows: an odd number of cache
   * lines, so that a walk over the quads meets every set of the cache.
   */
  public static int columnsStride(int rows) {
    return (Math.ceilDiv(rows, QUAD) | 1) * QUAD * QUAD;
  }

  /** Returns how much scratch {@link ProductKernels#blockProduct} wants for so many panels. */
  public static int blockScratch(int panels) {
    return packedLength(BLOCK_ROWS, panels * PANEL);
  }

  /** Returns one exponential, the bits that {@link ElementKernels#exp} gives. */
  public static float exp(float x) {
    return ScalarMath.exp(x);
  }

  /**
   * Returns {@code a * b + c} rounded once, the bits of {@link Math#fma(float, float, float)}, but
   * not its time where the JVM has no instruction for it.
   */
  public static float fma(float a, float b, float c) {
    return FusedMultiplyAdd.fma(a, b, c);
  }

  /**
   * Returns the kernels this JVM uses: vector kernels where the module {@code jdk.incubator.vector}
   * is there, its vectors have 128 bits or more, and fused multiply-add is an instruction; else
   * scalar ones, and after {@link #expectLittleWork}. The system property {@code
   * gru4j.kernels=vector|scalar} forces one kind, {@code gru4j.vectorBits=128|256|512} a width,
   * {@code gru4j.vectorRegisters=16|32} the tiles for so many registers.
   *
   * @throws IllegalArgumentException at every call, if such a property has another value
   * @throws IllegalStateException at every call, if vectors are forced and cannot be had
   */
  public static Kernels get() {
    return KernelChoice.kernels();
  }
}
