package io.gru4j.tensor.nn;

import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Kernels.PANEL;

import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.ProductKernels;
import io.gru4j.tensor.kernel.RowKernels;
import java.util.Arrays;

/**
 * The gradient of the output layer's input, summed while forward has the weights in cache:
 *
 * <pre>
 *   dHidden[m,:] = scale / n * ( sum_j softmax(logits[m,:])[j] * W[j,:] - W[target[m],:] )
 * </pre>
 *
 * <p>The softmax is not known before all classes are seen, but e = exp(logit - m) is, for the
 * largest logit m so far: each slot of tiles sums e W beside its m, and shrinks the sum when a tile
 * brings a larger one (Milakov and Gimelshein 2018, arXiv:1805.02867, do so for the softmax). In
 * the end each slot's sum gets the factor that makes its e a probability.
 *
 * <p>The product needs a transposed copy of the weights. For up to 24 distinct rows the copy would
 * cost more than the product. Then {@link ProductKernels#laneProducts} is used, which needs no
 * copy, and the sums of its 16 lanes are folded. The same is done for up to 8 hidden units beyond
 * the last panel of 32, which would leave most lanes of a vector idle.
 */
final class HiddenGradient {

  private static final int MAX_LANE_ROWS = 24;
  private static final int MAX_LANE_UNITS = 8; // with more rows
  private static final int LANE_BLOCK =
      12; // rows by lanes at a time: sums and weights stay in cache
  private static final int LANE_UNITS = 64; // by lanes at a time, whole panels
  private static final int LANE_LENGTH = LANE_BLOCK * LANE_UNITS * LANES;

  private final ProductKernels productKernels = Kernels.get().products();
  private final RowKernels rowKernels = Kernels.get().rows();
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final Parameter weight;
  private final int H;
  private final int slots;
  private final int unitPanels; // of 32 hidden units
  private final ThreadLocal<float[]> transposed; // a tile's weights: [h / 32][class][h % 32]
  private final ThreadLocal<float[]> packed; // e of a tile and some rows
  private final ThreadLocal<float[]> laneScratch; // of a block of rows: [row][h][16]
  private final ThreadLocal<float[]> factors; // [slot]
  private final ThreadLocal<float[]> scratch; // one tile's sums of a block of rows

  private int U; // distinct rows
  private int lanesFrom; // units from here on go by lanes
  private float[] sums = new float[0]; // [slot][panel of units][u][32]
  private float[] slotMax = new float[0]; // [slot][u]; then the factor of the slot's sum
  private float[] targetWeight = new float[0]; // [m][h]

  /**
   * Makes what does not depend on the number of rows.
   *
   * @param block the most rows that are added at a time
   */
  HiddenGradient(Parameter weight, ClassTiles tiles, int block) {
    this.weight = weight;
    this.H = weight.cols();
    this.slots = tiles.slots();
    this.unitPanels = Math.ceilDiv(H, PANEL);
    int packedLength = packedLength(tiles);
    this.packed = ThreadLocal.withInitial(() -> new float[packedLength]);
    this.laneScratch = ThreadLocal.withInitial(() -> new float[LANE_LENGTH]);
    this.factors = ThreadLocal.withInitial(() -> new float[slots]);
    int scratchLength = (int) scratchLength(H, block);
    this.scratch = ThreadLocal.withInitial(() -> new float[scratchLength]);
    int transposedLength = (int) transposedLength(H, tiles);
    this.transposed = ThreadLocal.withInitial(() -> new float[transposedLength]);
  }

  private static int packedLength(ClassTiles tiles) {
    return Kernels.blockScratch(tiles.mostPanels());
  }

  private static double scratchLength(int H, int block) {
    return block * Buffers.padded(H);
  }

  private static double transposedLength(int H, ClassTiles tiles) {
    return tiles.mostPanels() * PANEL * Buffers.padded(H);
  }

  private static double sumsLength(int H, int slots, int M) {
    return (double) slots * M * Buffers.padded(H);
  }

  /** The bytes of the buffers for M rows. */
  static double bytes(int H, ClassTiles tiles, int M) {
    double max = (double) tiles.slots() * M;
    return Float.BYTES * (sumsLength(H, tiles.slots(), M) + max + Buffers.rows(M, H));
  }

  /** The bytes of one thread, if any number of up to M rows may be distinct. */
  static double threadBytes(int H, ClassTiles tiles, int block, int M) {
    double copies = lanesFrom(H, M) == 0 ? 0 : transposedLength(H, tiles) + packedLength(tiles);
    return Float.BYTES * (copies + LANE_LENGTH + tiles.slots() + scratchLength(H, block));
  }

  /** Makes room for M rows, however many of them are distinct. */
  void allocate(int M) {
    sums = Buffers.atLeast(sums, sumsLength(H, slots, M));
    slotMax = Buffers.atLeast(slotMax, (double) slots * M);
    targetWeight = Buffers.atLeast(targetWeight, Buffers.rows(M, H));
  }

  /** Begins with U distinct rows. */
  void begin(int U) {
    this.U = U;
    lanesFrom = lanesFrom(H, U);
  }

  private static int lanesFrom(int H, int U) {
    if (U <= MAX_LANE_ROWS) {
      return 0;
    }
    int rest = H % PANEL;
    return rest <= MAX_LANE_UNITS ? H - rest : H;
  }

  /** Where a panel of units of a slot's sum of one row lies. */
  private int at(int slot, int unitPanel, int u) {
    return ((slot * unitPanels + unitPanel) * U + u) * PANEL;
  }

  /**
   * Adds e W of some rows of one tile to a slot's sums.
   *
   * @param first whether this is the slot's first tile
   * @param panel the tile's first panel, and {@code panels} how many
   * @param u first of the distinct rows, and {@code rows} how many
   * @param e the tile's exponentials from {@code eo}, {@code [panel][row][32]}, panels {@code eps}
   *     apart
   * @param max the tile's largest logit of each row, from {@code maxo}
   */
  void add(
      int slot,
      boolean first,
      int panel,
      int panels,
      int u,
      int rows,
      float[] e,
      int eo,
      int eps,
      float[] max,
      int maxo) {
    float[] sum = first ? sums : scratch.get();
    int so = first ? at(slot, 0, u) : 0;
    int sps = (first ? U : rows) * PANEL; // from one panel of units to the next
    int w = weight.offset() + panel * H * PANEL;
    if (lanesFrom > 0) {
      float[] t = transposed.get();
      if (u == 0) {
        transpose(t, w, panels);
      }
      float[] a = packed.get();
      productKernels.blockProduct(sum, so, sps, e, eo, eps, t, 0, a, panels, rows, lanesFrom);
    }
    if (lanesFrom < H) {
      productsByLanes(sum, so, sps, e, eo, eps, w, panels, rows);
    }
    if (first) {
      System.arraycopy(max, maxo, slotMax, slot * U + u, rows);
    } else {
      for (int r = 0; r < rows; r++) {
        merge(slot, u + r, sum, r * PANEL, sps, max[maxo + r]);
      }
    }
  }

  /** To [h / 32][class][h % 32]: the product of one panel of units runs through all classes. */
  private void transpose(float[] t, int w, int panels) {
    for (int k = 0; k < lanesFrom; k += PANEL) {
      for (int p = 0; p < panels; p++) {
        int to = (k * panels + p * PANEL) * PANEL;
        int from = w + (p * H + k) * PANEL;
        int units = Math.min(PANEL, H - k);
        productKernels.transpose(t, to, PANEL, weight.value(), from, PANEL, units, PANEL);
      }
    }
  }

  /** The hidden units from {@link #lanesFrom} on, without a transposed copy. */
  private void productsByLanes(
      float[] sum, int so, int sps, float[] e, int eo, int eps, int w, int panels, int rows) {
    float[] lanes = laneScratch.get();
    for (int h = lanesFrom; h < H; h += LANE_UNITS) {
      int units = Math.min(LANE_UNITS, H - h);
      for (int r = 0; r < rows; r += LANE_BLOCK) {
        productKernels.laneProducts(
            lanes,
            0,
            units * LANES,
            e,
            eo + r * PANEL,
            eps,
            weight.value(),
            w + h * PANEL,
            H * PANEL,
            panels,
            Math.min(LANE_BLOCK, rows - r),
            units);
        int from = 0;
        for (int i = r; i < Math.min(r + LANE_BLOCK, rows); i++) {
          for (int k = h; k < h + units; k += PANEL) {
            int n = Math.min(PANEL, h + units - k);
            productKernels.foldLanes(sum, so + k / PANEL * sps + i * PANEL, lanes, from, n);
            from += n * LANES;
          }
        }
      }
    }
  }

  /**
   * Adds a tile's sum of one row to its slot's; both are relative to their largest logit.
   *
   * @param tile the tile's sum from {@code to}, panels of units {@code tps} apart
   */
  private void merge(int slot, int u, float[] tile, int to, int tps, float tileMax) {
    int row = slot * U + u;
    boolean larger = tileMax > slotMax[row];
    float factor = Kernels.exp(larger ? slotMax[row] - tileMax : tileMax - slotMax[row]);
    for (int p = 0; p < unitPanels; p++) {
      int so = at(slot, p, u);
      int i = to + p * tps;
      int n = Math.min(PANEL, H - p * PANEL);
      if (larger) {
        elementKernels.axpy(factor, sums, so, tile, i, n);
        System.arraycopy(tile, i, sums, so, n);
      } else {
        elementKernels.axpy(factor, tile, i, sums, so, n);
      }
    }
    slotMax[row] = larger ? tileMax : slotMax[row];
  }

  /** Keeps the weights of one row's target, for {@link #finish}. */
  void keepTarget(int m, int target) {
    int w = weight.offset() + target / PANEL * H * PANEL + target % PANEL;
    float[] value = weight.value();
    for (int k = 0; k < H; k++) {
      targetWeight[m * H + k] = value[w + k * PANEL];
    }
  }

  /**
   * Turns the slots' largest logits of one distinct row into the factors of their sums.
   *
   * @param max the row's largest logit
   * @param sum the row's sum of exp(logit - max), times n
   */
  void normalise(int u, float max, double sum) {
    for (int i = u; i < slots * U; i += U) {
      slotMax[i] = (float) (Kernels.exp(slotMax[i] - max) / sum);
    }
  }

  /**
   * Adds the gradient of one row to {@code dHidden} from {@code d}, slots in order.
   *
   * @param u number of row m among the distinct ones
   * @param scale the loss's gradient
   * @param targetScale {@code scale / n}, less with smoothed labels
   */
  void finish(int u, int m, float scale, float targetScale, float[] dHidden, int d) {
    float[] row = scratch.get();
    Arrays.fill(row, 0, unitPanels * PANEL, 0f);
    float[] factor = factors.get();
    for (int slot = 0; slot < slots; slot++) {
      factor[slot] = slotMax[slot * U + u] * scale;
    }
    int slotStride = unitPanels * U * PANEL;
    for (int p = 0; p < unitPanels; p++) {
      rowKernels.combineRows(row, p * PANEL, factor, 0, sums, at(0, p, u), slotStride, slots);
    }
    elementKernels.axpy(1f, row, 0, dHidden, d, H);
    elementKernels.axpy(-targetScale, targetWeight, m * H, dHidden, d, H);
  }
}
