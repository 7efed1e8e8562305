package io.gru4j.tensor;

import io.gru4j.tensor.kernel.ElementKernels;
import io.gru4j.tensor.kernel.Kernels;
import io.gru4j.tensor.kernel.ProductKernels;

/**
 * An exhibit: the product of two matrices of any shape, {@code C = op(A) op(B)} or {@code C +=
 * op(A) op(B)}, where op leaves a matrix as it is or transposes it.
 *
 * <p>No layer uses it, since a layer knows the shapes of its products and keeps its weights in
 * panels; the elementary operations of autograd do. It shows what the kernels need around them to
 * be as fast as a library at other shapes.
 *
 * <p>Each element is one fused chain over ascending k that starts with 0, {@code s = fma(A[i][k],
 * B[k][j], s)}; when adding, the finished chain is added to what is there. So it has the same bits
 * for any number of threads, with and without the Vector API.
 *
 * <p>Both factors are packed, B 32 columns at a time into panels {@code [k][32]}, A four rows at a
 * time into quads {@code [k][4]}. A task is a block of rows times some panels and goes through k in
 * parts: a panel's part stays in cache while the rows pass, the rows' part while the panels do
 * (Goto and van de Geijn 2008, Anatomy of High-Performance Matrix Multiplication). There are three
 * cases:
 *
 * <ul>
 *   <li>Many rows and panels: up to 48 rows times up to 16 panels, 8 where those would be too few
 *       tasks; parts of {@link ProductKernels#productDepth}. Several tasks need the same rows and
 *       panels, so these are packed before: all of A, of B as many panels at a time as the cache
 *       that the cores share keeps until they are used.
 *   <li>Up to 128 rows: all of them times up to 16 panels, parts of at most 512. One task needs a
 *       panel, and packs it part by part.
 *   <li>Up to 8 panels: all of them times as many rows as a thread's buffer holds, parts of at most
 *       1,024. One task needs a row, and packs it part by part; B is packed before.
 * </ul>
 *
 * <p>Buffers belong to the object and to the threads, grow to the largest shape seen and are then
 * reused: nothing is allocated after that. Not thread-safe: one thread at a time may call {@link
 * #multiply}.
 *
 * {@snippet class="io.gru4j.tensor.JavadocExamplesTest" region="gemm"}
 */
public final class Gemm {

  private static final int PANEL = Kernels.PANEL;
  private static final int QUAD = Kernels.QUAD;
  private static final int B_OFFSET = Kernels.ALIGNED; // where packed panels begin
  private static final int MOST_PANELS = 16; // of one task: rows of A serve so many
  private static final int FEW_PANELS = 8; // the same if threads would be left without a task
  private static final int ROWS = 48; // of one task: a multiple of the register tiles' rows
  private static final int MOST_ROWS = 288; // of one task, where panels are few
  private static final int REGISTER_TILE_ROWS = 12; // a multiple of those of the largest ones
  private static final int FEW_ROWS = 128; // up to here one task takes all of them
  private static final int FEW_ROWS_DEPTH = 512; // of k at most, with up to so many rows
  private static final int FEW_PANELS_DEPTH = 1024; // deeper, and the buffer would not hold ROWS
  private static final int PACKED_LENGTH = FEW_ROWS * FEW_ROWS_DEPTH; // of A in one task
  private static final int PACKED_ROWS = 16; // of op(A), that one task packs
  private static final float[] ZEROS = new float[PANEL];

  /** Floats of B that are packed at a time, 4 MiB; more where a thread would have no task. */
  private static final int AT_ONCE = 1 << 20;

  /** The buffers of a thread, shared by all objects: a task never waits for another. */
  private static final class Scratch {
    /** The product of a block by some panels, [panel][row][32]: see {@link Gemm#block}. */
    final float[] product =
        new float
            [Math.max(MOST_PANELS * blockStride(FEW_ROWS), FEW_PANELS * blockStride(MOST_ROWS))];

    /** Some panels of B, of each a part of k, [panel][k][32]. */
    final float[] panels = new float[B_OFFSET + MOST_PANELS * FEW_ROWS_DEPTH * PANEL];

    /** Of a block of rows of op(A), [row / 4][k][row % 4]. */
    final float[] quads = new float[PACKED_LENGTH];
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private final Parallel parallel;
  private final ProductKernels productKernels = Kernels.get().products();
  private final ElementKernels elementKernels = Kernels.get().elements();
  private final Parallel.Task rowsTask = this::packRows;
  private final Parallel.Task panelsTask = this::packPanels;
  private final Parallel.Task blockTask = this::block;
  private float[] packedA = new float[0]; // [k / depth][row / 4][k % depth][row % 4]
  private float[] packedB = new float[0]; // of some panels, [panel][k][32]

  private Matrix A;
  private Matrix B;
  private Matrix C;
  private boolean transposeA;
  private boolean transposeB;
  private boolean adds;
  private int M;
  private int N;
  private int K;
  private int panels;
  private int panelsOfTask;
  private int firstPanel; // of those that are packed, or of all
  private int endPanel;
  private boolean packsA; // all of it before the first product
  private boolean packsB;
  private int rowsOfTask;
  private int depthOfPart;

  /**
   * Whether the product is computed in a buffer outside C, {@code [panel][row][32]}. In C a panel's
   * rows are far apart, and distances that are powers of two map them to few sets of the cache. A
   * product that is written several times, once for each part of k, should be contiguous.
   */
  private boolean apart;

  /**
   * Creates a multiplier.
   *
   * @param parallel runs the work
   */
  public Gemm(Parallel parallel) {
    this.parallel = parallel;
  }

  /**
   * Computes {@code C = op(A) op(B)}, or adds the product to C. Sizes may be 0: a product over no k
   * is a matrix of zeros.
   *
   * @param A shape (M, K), or (K, M) if {@code transposeA}
   * @param transposeA whether op(A) is the transpose of A
   * @param B shape (K, N), or (N, K) if {@code transposeB}
   * @param transposeB whether op(B) is the transpose of B
   * @param C shape (M, N) out; another matrix than A and B
   * @param adds whether the product is added to C instead of replacing it
   * @throws IllegalArgumentException if shapes do not agree or C is one of the factors
   */
  public void multiply(
      Matrix A, boolean transposeA, Matrix B, boolean transposeB, Matrix C, boolean adds) {
    M = transposeA ? A.cols() : A.rows();
    K = transposeA ? A.rows() : A.cols();
    N = transposeB ? B.rows() : B.cols();
    int innerOfB = transposeB ? B.cols() : B.rows();
    if (K != innerOfB) {
      throw new IllegalArgumentException(
          "matmul: %s%s x %s%s: inner sizes %d and %d differ"
              .formatted(A, transposeA ? "^T" : "", B, transposeB ? "^T" : "", K, innerOfB));
    }
    if (C.rows() != M || C.cols() != N) {
      throw new IllegalArgumentException(
          "matmul: expected a result of shape (%d, %d), got %s".formatted(M, N, C));
    }
    if (C.data() == A.data() || C.data() == B.data()) {
      throw new IllegalArgumentException("matmul: the result must not be one of the factors");
    }
    this.A = A;
    this.B = B;
    this.C = C;
    this.transposeA = transposeA;
    this.transposeB = transposeB;
    this.adds = adds;
    if (M == 0 || N == 0) {
      return;
    }
    panels = Math.ceilDiv(N, PANEL);
    boolean many = panels >= 2 * MOST_PANELS * parallel.threads(); // two tasks to each thread
    int mostPanels = many ? MOST_PANELS : FEW_PANELS;
    panelsOfTask = Math.ceilDiv(panels, Math.ceilDiv(panels, mostPanels));
    packsA = panels > FEW_PANELS;
    packsB = M > FEW_ROWS;
    depthOfPart = productKernels.productDepth();
    if (!packsB) {
      depthOfPart = Math.min(FEW_ROWS_DEPTH, depthOfPart);
    } else if (!packsA) {
      depthOfPart = Math.min(FEW_PANELS_DEPTH, depthOfPart);
    }
    apart = adds || K > depthOfPart;
    rowsOfTask = !packsB ? FEW_ROWS : packsA ? ROWS : rowsOfFewPanels();
    if (packsA) {
      packedA = atLeast(packedA, (long) Math.ceilDiv(M, QUAD) * QUAD * K);
      parallel.run(Math.ceilDiv(M, PACKED_ROWS), rowsTask);
    }
    int atOnce = packsB ? panelsAtOnce() : panels;
    for (firstPanel = 0; firstPanel < panels; firstPanel = endPanel) {
      endPanel = Math.min(panels, firstPanel + atOnce);
      int panelTasks = Math.ceilDiv(endPanel - firstPanel, panelsOfTask);
      if (packsB) {
        packedB = atLeast(packedB, B_OFFSET + (long) (endPanel - firstPanel) * K * PANEL);
        parallel.run(panelTasks, panelsTask);
      }
      parallel.run(Math.ceilDiv(M, rowsOfTask) * panelTasks, blockTask);
    }
  }

  /** Those of whole tasks, at least one to each thread. */
  private int panelsAtOnce() {
    long lengthOfTask = Math.max(1L, (long) panelsOfTask * K * PANEL);
    return panelsOfTask * (int) Math.max(parallel.threads(), AT_ONCE / lengthOfTask);
  }

  /**
   * Each task reads all of B, so it takes as many rows as leave two tasks for each of several
   * threads. No sum crosses tasks, so their number may depend on the threads here.
   */
  private int rowsOfFewPanels() {
    int threads = parallel.threads();
    int rows = Math.ceilDiv(M, threads == 1 ? 1 : 2 * threads);
    int most = Math.min(MOST_ROWS, PACKED_LENGTH / depthOfPart / ROWS * ROWS);
    return Math.min(Math.ceilDiv(rows, REGISTER_TILE_ROWS) * REGISTER_TILE_ROWS, most);
  }

  /** From one panel of a block's product to the next: an odd number of cache lines. */
  private static int blockStride(int rows) {
    return rows * PANEL + PANEL / 2;
  }

  private float[] atLeast(float[] buffer, long length) {
    if (length > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "matmul: a copy of %s or %s needs %d floats, more than one array holds"
              .formatted(A, B, length));
    }
    return buffer.length < length ? new float[(int) length] : buffer;
  }

  private void packRows(int task) {
    int row = task * PACKED_ROWS;
    int rows = Math.min(PACKED_ROWS, M - row);
    for (int k = 0; k < K; k += depthOfPart) {
      int depth = Math.min(depthOfPart, K - k);
      packRows(packedA, offsetOfA(row, k, depth), row, rows, k, depth);
    }
  }

  /** Packs {@code depth} columns from {@code k} on of some rows of op(A). */
  private void packRows(float[] packed, int o, int row, int rows, int k, int depth) {
    int stride = QUAD * depth;
    if (transposeA) {
      productKernels.packColumns(packed, o, stride, A.data(), k * M + row, M, rows, depth);
    } else {
      productKernels.packRows(packed, o, stride, A.data(), row * K + k, K, rows, depth);
    }
  }

  /**
   * Returns where the part from {@code k} on of the rows from {@code row} on, the first of a quad,
   * starts in the packed A.
   */
  private int offsetOfA(int row, int k, int depth) {
    return Kernels.packedLength(M, k) + row * depth;
  }

  private void packPanels(int task) {
    int first = firstPanel + task * panelsOfTask;
    int o = B_OFFSET + (first - firstPanel) * K * PANEL;
    pack(packedB, o, first, Math.min(endPanel, first + panelsOfTask), 0, K, K);
  }

  /**
   * Copies rows {@code from} to {@code to} of some panels of op(B) to {@code [panel][k][32]},
   * {@code depth} rows a panel. The values beyond the last column may be anything: they only reach
   * columns that C does not have.
   */
  private void pack(float[] packed, int o, int first, int end, int from, int to, int depth) {
    float[] b = B.data();
    if (transposeB) {
      for (int p = first; p < end; p++) {
        int column = p * PANEL;
        int columns = Math.min(PANEL, N - column);
        int panel = o + (p - first) * depth * PANEL;
        productKernels.transpose(packed, panel, PANEL, b, column * K + from, K, columns, to - from);
      }
      return;
    }
    for (int k = from; k < to; k++) { // row by row: a column's next row is pages away
      int row = o + (k - from) * PANEL;
      int x = k * N + first * PANEL;
      boolean last = b.length - k * N < end * PANEL; // not as many values are left as are copied
      int whole = (last ? N / PANEL : end) - first;
      productKernels.copyPanels(packed, row, depth * PANEL, b, x, PANEL, whole);
      if (last) {
        int at = row + whole * depth * PANEL;
        System.arraycopy(b, x + whole * PANEL, packed, at, N - (first + whole) * PANEL);
      }
    }
  }

  /** One block of rows times some panels: see {@link #put}. */
  private void block(int task) {
    int rowBlocks = Math.ceilDiv(M, rowsOfTask);
    int row = task % rowBlocks * rowsOfTask;
    int rows = Math.min(rowsOfTask, M - row);
    int first = firstPanel + task / rowBlocks * panelsOfTask;
    int end = Math.min(endPanel, first + panelsOfTask);
    Scratch scratch = SCRATCH.get();
    for (int k = 0; k == 0 || k < K; k += depthOfPart) {
      int depth = Math.min(depthOfPart, K - k);
      float[] a = packsA ? packedA : scratch.quads;
      int ao = packsA ? offsetOfA(row, k, depth) : 0;
      if (!packsA) {
        packRows(a, 0, row, rows, k, depth);
      }
      float[] b = packsB ? packedB : scratch.panels;
      if (!packsB) {
        pack(b, B_OFFSET, first, end, k, k + depth, depth);
      }
      for (int p = first; p < end; p++) {
        int bo = B_OFFSET + (packsB ? (p - firstPanel) * K + k : (p - first) * depth) * PANEL;
        boolean inPlace = inPlace(p);
        float[] c = inPlace ? C.data() : scratch.product;
        int co = inPlace ? row * N + p * PANEL : (p - first) * blockStride(rowsOfTask);
        int cs = inPlace ? N : PANEL;
        boolean start = k == 0; // later parts continue the chains
        float[] init = start ? ZEROS : c;
        int io = start ? 0 : co;
        int is = start ? 0 : cs;
        int columns = Math.min(PANEL, N - p * PANEL);
        productKernels.product(
            c, co, cs, init, io, is, a, ao, QUAD * depth, b, bo, rows, depth, columns);
      }
    }
    put(scratch.product, row, rows, first, end);
  }

  /** Whether a panel's product is written to C at once. */
  private boolean inPlace(int panel) {
    return !apart && panel < N / PANEL;
  }

  /**
   * Copies what of the block's product is not in C yet, or adds it: all of it, or the columns that
   * fill no panel.
   */
  private void put(float[] product, int row, int rows, int first, int end) {
    int from = apart ? first : Math.max(first, N / PANEL); // columns that fill no panel
    if (from >= end) {
      return;
    }
    int whole = adds ? from : Math.max(from, Math.min(end, N / PANEL));
    int stride = blockStride(rowsOfTask);
    float[] c = C.data();
    for (int i = 0; i < rows; i++) {
      int start = (row + i) * N;
      int o = i * PANEL + (from - first) * stride;
      productKernels.copyPanels(c, start + from * PANEL, PANEL, product, o, stride, whole - from);
      o += (whole - from) * stride;
      for (int p = whole; p < end; p++, o += stride) {
        int columns = Math.min(PANEL, N - p * PANEL);
        if (adds) {
          elementKernels.axpy(1f, product, o, c, start + p * PANEL, columns);
        } else {
          System.arraycopy(product, o, c, start + p * PANEL, columns);
        }
      }
    }
  }
}
