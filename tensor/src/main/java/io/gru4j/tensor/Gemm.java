package io.gru4j.tensor;

import io.gru4j.tensor.kernel.Kernels;
import java.util.Arrays;

/**
 * The product of two matrices, {@code C = op(A) op(B)} or {@code C += op(A) op(B)}, where op leaves
 * a matrix as it is or transposes it.
 *
 * <p>Each element is one fused chain over ascending k that starts with 0, {@code s = fma(A[i][k],
 * B[k][j], s)}; when adding, the finished chain is added to what is there. So it has the same bits
 * for any number of threads, with and without the Vector API.
 *
 * <p>B is packed, 32 columns at a time, into panels {@code [k][32]}; a task is one panel times up
 * to 256 rows of A. A transposed A is copied once, so that its rows are contiguous. Buffers belong
 * to the object and to the threads, grow to the largest shape seen and are then reused: nothing is
 * allocated after that. Not thread-safe: one thread at a time may call {@link #multiply}.
 *
 * {@snippet class="io.gru4j.tensor.JavadocExamplesTest" region="gemm"}
 */
public final class Gemm {

  private static final int PANEL = Kernels.PANEL;
  private static final int ROWS = 256; // rows of A of one task: they stay in the second-level cache
  private static final int EDGE_ROWS = 64; // rows of the scratch block
  private static final int COPY = 16; // one cache line: a copy across goes in blocks this wide
  private static final float[] ZEROS = new float[PANEL];

  /**
   * What one thread needs while it works; shared by all objects, since a task never waits for
   * another.
   */
  private static final class Scratch {
    final float[] block = new float[EDGE_ROWS * PANEL];
    float[] panel = new float[0];
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private final Parallel parallel;
  private final Kernels kernels = Kernels.get();
  private final Parallel.Task panelTask = this::panel;
  private final Parallel.Task copyTask = this::copyTransposed;
  private float[] transposedA = new float[0];

  private Matrix A;
  private Matrix B;
  private Matrix C;
  private float[] rowsOfA;
  private boolean transposeB;
  private boolean adds;
  private int M;
  private int N;
  private int K;

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
    this.transposeB = transposeB;
    this.adds = adds;
    if (M == 0 || N == 0) {
      return;
    }
    rowsOfA = A.data();
    if (transposeA) {
      if (transposedA.length < M * K) {
        transposedA = new float[M * K];
      }
      rowsOfA = transposedA;
      parallel.run(Math.ceilDiv(M, COPY), copyTask);
    }
    parallel.run(Math.ceilDiv(M, ROWS) * Math.ceilDiv(N, PANEL), panelTask);
  }

  /** Columns of A that become rows. */
  private void copyTransposed(int task) {
    float[] a = A.data();
    int from = task * COPY;
    int to = Math.min(M, from + COPY);
    for (int k = 0; k < K; k++) {
      for (int i = from; i < to; i++) {
        transposedA[i * K + k] = a[k * M + i];
      }
    }
  }

  /**
   * One panel of C's columns, for one block of its rows; panels run fastest, so that A's rows stay.
   */
  private void panel(int task) {
    int panels = Math.ceilDiv(N, PANEL);
    int column = task % panels * PANEL;
    int row = task / panels * ROWS;
    int rows = Math.min(ROWS, M - row);
    int columns = Math.min(PANEL, N - column);
    Scratch scratch = SCRATCH.get();
    if (scratch.panel.length < K * PANEL) {
      scratch.panel = new float[K * PANEL];
    }
    pack(scratch.panel, column, columns);
    float[] c = C.data();
    if (columns == PANEL && !adds) {
      kernels.product(
          c,
          row * N + column,
          N,
          ZEROS,
          0,
          0,
          rowsOfA,
          row * K,
          K,
          scratch.panel,
          0,
          rows,
          K,
          PANEL);
      return;
    }
    for (int r = 0; r < rows; r += EDGE_ROWS) {
      int n = Math.min(EDGE_ROWS, rows - r);
      kernels.product(
          scratch.block,
          0,
          PANEL,
          ZEROS,
          0,
          0,
          rowsOfA,
          (row + r) * K,
          K,
          scratch.panel,
          0,
          n,
          K,
          columns);
      for (int i = 0; i < n; i++) {
        int to = (row + r + i) * N + column;
        if (adds) {
          kernels.axpy(1f, scratch.block, i * PANEL, c, to, columns);
        } else {
          System.arraycopy(scratch.block, i * PANEL, c, to, columns);
        }
      }
    }
  }

  /** Copies columns of op(B) to {@code panel[k][32]}, zeros beside them. */
  private void pack(float[] panel, int column, int columns) {
    float[] b = B.data();
    if (columns < PANEL) {
      Arrays.fill(panel, 0, K * PANEL, 0f);
    }
    if (transposeB) {
      for (int k0 = 0; k0 < K; k0 += COPY) {
        int k1 = Math.min(K, k0 + COPY);
        for (int l = 0; l < columns; l++) {
          int from = (column + l) * K;
          for (int k = k0; k < k1; k++) {
            panel[k * PANEL + l] = b[from + k];
          }
        }
      }
    } else {
      for (int k = 0; k < K; k++) {
        System.arraycopy(b, k * N + column, panel, k * PANEL, columns);
      }
    }
  }
}
