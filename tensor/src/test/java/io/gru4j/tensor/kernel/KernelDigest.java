package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Kernels.QUAD;

import io.gru4j.tensor.TestData;
import java.util.Arrays;

/**
 * Runs a fixed workload on the kernels of this JVM and prints which they are and a hash of all
 * bits.
 */
final class KernelDigest {

  private final Kernels kernels = Kernels.get();
  private long hash = 1;

  private KernelDigest() {}

  public static void main(String[] args) {
    System.out.println(Kernels.get().description());
    System.out.println(Long.toHexString(of()));
  }

  static long of() {
    KernelDigest digest = new KernelDigest();
    for (int size = 0; size < 40; size += 1 + size / 8) {
      digest.linear(size % 21, size);
      digest.rows(1 + size % 4);
      digest.elements(size);
      digest.sieve(size % 6, size);
    }
    digest.linear(13, 2100); // k goes in pieces
    digest.rowsApart(29, 2100);
    digest.rowsApart(29, 6);
    digest.fewColumns(55, 37, 3);
    return digest.hash;
  }

  private void add(float[] x) {
    for (float v : x) {
      hash = (hash ^ Float.floatToRawIntBits(v)) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 29;
    }
  }

  private void linear(int rows, int K) {
    TestData data = new TestData(rows * 100 + K);
    int panels = 3;
    float[] w = data.values(panels * K * PANEL, 1f);
    float[] x = data.values(rows * K, 1f);
    int ps = rows * PANEL;
    float[] y = data.values(panels * ps, 1f);
    float[] packed = new float[Kernels.packedLength(rows, Math.max(K, PANEL))];
    kernels.products().packRows(packed, 0, QUAD * K, x, 0, K, rows, K);
    add(packed);
    if (rows > 0 && K > 0) {
      float[] columns = new float[Kernels.packedLength(K, rows)];
      kernels.products().packColumns(columns, 0, QUAD * rows, x, 0, K, K, rows);
      add(columns);
    }
    for (int p = 0; p < panels; p++) {
      kernels
          .products()
          .product(
              y,
              p * ps,
              PANEL,
              data.values(PANEL, 1f),
              0,
              0,
              packed,
              0,
              QUAD * K,
              w,
              p * K * PANEL,
              rows,
              K,
              PANEL);
    }
    add(y);
    float[] dX = new float[Math.ceilDiv(K, PANEL) * ps];
    float[] wOfBlock = data.values(Math.ceilDiv(K, PANEL) * panels * PANEL * PANEL, 1f);
    kernels
        .products()
        .blockProduct(
            dX,
            0,
            ps,
            y,
            0,
            ps,
            wOfBlock,
            0,
            new float[Kernels.blockScratch(panels)],
            panels,
            rows,
            K);
    for (int r = 0; r < rows && K % PANEL > 0; r++) {
      int last = K / PANEL * ps + r * PANEL;
      Arrays.fill(dX, last + K % PANEL, last + PANEL, 0f); // undefined
    }
    add(dX);
    float[] lanes = new float[rows * K * Kernels.LANES];
    int width = K * Kernels.LANES;
    kernels.products().laneProducts(lanes, 0, width, y, 0, ps, w, 0, K * PANEL, panels, rows, K);
    add(lanes);
    float[] sum = data.values(PANEL, 1f);
    kernels.rows().addRows(sum, 0, y, ps, PANEL, rows);
    add(sum);
    int columns = Math.min(PANEL, K);
    float[] wT = new float[PANEL * PANEL];
    kernels.products().transpose(wT, 0, PANEL, w, 0, PANEL, columns, PANEL);
    add(wT);
    if (columns > 0) {
      float[] dx = data.values((rows + 1) * PANEL, 1f);
      int stride = QUAD * PANEL;
      kernels.products().packRows(packed, 0, stride, y, 0, PANEL, rows, PANEL);
      kernels
          .products()
          .product(dx, 0, PANEL, dx, 0, PANEL, packed, 0, stride, wT, 0, rows, PANEL, columns);
      for (int r = 0; r < rows; r++) {
        Arrays.fill(dx, r * PANEL + columns, (r + 1) * PANEL, 0f); // undefined
      }
      add(dx);
    }
  }

  /** Rows of c that are further apart than a panel is wide. */
  private void rowsApart(int rows, int K) {
    TestData data = new TestData(K);
    int cs = PANEL + 9;
    float[] packed = data.values(Kernels.packedLength(rows, K), 1f);
    float[] b = data.values(K * PANEL, 1f);
    float[] c = data.values(rows * cs, 1f);
    kernels.products().product(c, 0, cs, c, 0, cs, packed, 0, QUAD * K, b, 0, rows, K, PANEL);
    add(c);
  }

  private void fewColumns(int rows, int K, int columns) {
    TestData data = new TestData(K);
    float[] packed = data.values(Kernels.packedLength(rows, K), 1f);
    float[] b = data.values(K * PANEL, 1f);
    float[] c = data.values(rows * PANEL, 1f);
    kernels
        .products()
        .product(c, 0, PANEL, c, 0, PANEL, packed, 0, QUAD * K, b, 0, rows, K, columns);
    for (int r = 0; r < rows; r++) {
      Arrays.fill(c, r * PANEL + columns, (r + 1) * PANEL, 0f); // undefined
    }
    add(c);
  }

  private void rows(int panels) {
    TestData data = new TestData(panels);
    int ps = PANEL + PANEL / 2;
    float[] y = data.values(panels * ps, 30f);
    float max = kernels.rows().rowMax(y, 0, ps, panels);
    float[] e = y.clone();
    float sum = kernels.rows().rowExpSum(e, 0, ps, panels, max);
    add(e);
    float[] folded = new float[panels * PANEL / Kernels.LANES];
    kernels.products().foldLanes(folded, 0, e, 0, folded.length);
    add(folded);
    float[] largest = new float[PANEL];
    kernels.rows().laneMax(largest, 0, e, 0, ps, panels);
    add(largest);
    float[] scaled = new float[PANEL];
    int apart = PANEL + 3;
    float[] together = new float[panels * apart];
    kernels.products().copyPanels(together, 0, apart, e, 0, ps, panels);
    add(together);
    kernels.rows().addScaledRows(scaled, 0, data.values(panels, 1f), 0, e, 0, panels);
    kernels.rows().combineRows(scaled, 0, data.values(panels, 1f), 0, e, 0, ps, panels);
    add(scaled);
    float count = kernels.rows().rowCountAtLeast(y, 0, ps, panels, 1e-3f);
    int[] lanes = new int[panels];
    kernels.rows().lanesAtLeast(lanes, y, 0, new float[] {1e-3f, 1e-2f, 0f, 1f}, panels);
    for (int found : lanes) {
      add(new float[] {found & 0xffff, found >>> 16});
    }
    add(new float[] {max, sum, count});
    add(y);
  }

  private void sieve(int panels, int K) {
    TestData data = new TestData(K);
    int n = panels * SieveKernels.CLASSES;
    byte[] codes = new byte[n * K];
    float[] scale = new float[n];
    float[] found = new float[SieveKernels.MEASURES * PANEL];
    for (int c = 0; c < n; c += PANEL) {
      int to = c / SieveKernels.CLASSES * SieveKernels.CLASSES * K;
      int half = c % SieveKernels.CLASSES / PANEL;
      kernels.sieve().code(codes, to, half, scale, c, found, data.values(K * PANEL, 1f), 0, K);
      add(found);
    }
    add(scale);
    float[] bias = data.values(n, 1f);
    short[] h = new short[K];
    for (int k = 0; k < K; k++) {
      h[k] = (short) (data.below(129) - 64);
    }
    float[] lower = new float[n];
    float[] upper = new float[n];
    kernels
        .sieve()
        .bounds(lower, upper, 0, codes, 0, scale, bias, 0, panels, h, 0, 0.3f, K, 1f, 1e-4f, 1e-3f);
    add(lower);
    add(upper);
  }

  private void elements(int n) {
    TestData data = new TestData(n);
    float[] gx = data.values(3 * n, 5f);
    float[] gh = data.values(3 * n, 5f);
    float[] h = data.values(n, 1f);
    float[] y = data.values(n, 1f);
    kernels.elements().gruForward(gx, 0, gh, 0, h, 0, y, 0, n);
    add(gx);
    add(y);
    float[] dh = data.values(n, 1f);
    kernels.elements().gruBackward(gx, 0, gh, 0, h, 0, y, 0, dh, 0, n);
    add(gx);
    add(gh);
    add(dh);
    float[] x = data.values(n, 60f);
    kernels.elements().exp(y, 0, x, 0, n);
    add(y);
    kernels.elements().sigmoid(y, 0, x, 0, n);
    add(y);
    kernels.elements().tanh(y, 0, x, 0, n);
    add(y);
    kernels.elements().multiply(y, 0, x, 0, h, 0, n);
    kernels.elements().axpy(0.3f, h, 0, y, 0, n);
    add(y);
    add(new float[] {kernels.elements().sumOfSquares(x, 0, n)});
    add(new float[] {kernels.elements().dot(x, 0, y, 0, n)});
    float[] s = new float[n];
    kernels.elements().adagrad(y, 0, s, 0, x, 0, n, 0.5f, 0.03f, 0f, 1e-10f);
    kernels.elements().adagradMomentum(y, 0, s, h, 0, x, 0, n, 0.5f, 0.03f, 1e-6f, 0f, 0.3f);
    kernels.elements().sgdMomentum(y, 0, h, 0, x, 0, n, 0.5f, 0.03f, 0.9f);
    add(y);
    add(s);
    add(h);
  }
}
