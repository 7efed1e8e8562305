package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;
import static io.gru4j.tensor.kernel.VectorMath.TAIL;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;

/**
 * The kernels on the Vector API: bit for bit the results of {@link ScalarKernels}. The products
 * live in {@link VectorProduct}, with {@link VectorSteps} and {@link VectorFour}, {@link
 * VectorBlock} and {@link VectorLanes}; the preparation of their inputs in {@link VectorPack} and
 * {@link VectorTranspose}; the GRU cell in {@link VectorGru}, the softmax in {@link VectorSoftmax}.
 */
public final class VectorKernels implements Kernels {

  private static final ThreadLocal<float[]> CHAINS = ThreadLocal.withInitial(() -> new float[64]);

  /** Creates the kernels; they have no state. */
  public VectorKernels() {}

  @Override
  public String description() {
    return "vector, " + SPECIES.vectorBitSize() + " bit";
  }

  @Override
  public void product(
      float[] c,
      int co,
      int cs,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int rows,
      int K,
      int columns) {
    VectorProduct.product(c, co, cs, init, io, is, a, ao, ap, b, bo, rows, K, columns);
  }

  @Override
  public int productDepth() {
    return VectorProduct.DEPTH;
  }

  @Override
  public void packRows(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K) {
    VectorPack.packRows(y, yo, yp, x, xo, xs, rows, K);
  }

  @Override
  public void packColumns(float[] y, int yo, int yp, float[] x, int xo, int xs, int rows, int K) {
    VectorPack.packColumns(y, yo, yp, x, xo, xs, rows, K);
  }

  @Override
  public void copyPanels(float[] y, int yo, int yps, float[] x, int xo, int xps, int panels) {
    for (int p = 0; p < panels; p++) { // so few values: a call of arraycopy costs more
      for (int c = 0; c < PANEL; c += L) {
        fromArray(SPECIES, x, xo + p * xps + c).intoArray(y, yo + p * yps + c);
      }
    }
  }

  @Override
  public void transpose(
      float[] y, int yo, int ys, float[] x, int xo, int xs, int rows, int columns) {
    VectorTranspose.transpose(y, yo, ys, x, xo, xs, rows, columns);
  }

  @Override
  public void blockProduct(
      float[] c,
      int co,
      int cps,
      float[] y,
      int yo,
      int yps,
      float[] b,
      int bo,
      float[] scratch,
      int panels,
      int rows,
      int columns) {
    VectorBlock.product(c, co, cps, y, yo, yps, b, bo, scratch, panels, rows, columns);
  }

  @Override
  public void laneProducts(
      float[] sums,
      int so,
      int ss,
      float[] y,
      int yo,
      int yps,
      float[] w,
      int wo,
      int wps,
      int panels,
      int rows,
      int K) {
    VectorLanes.products(sums, so, ss, y, yo, yps, w, wo, wps, panels, rows, K);
  }

  @Override
  public void foldLanes(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = VectorMath.foldLanes(x, xo + i * LANES);
    }
  }

  @Override
  public void addRows(float[] sum, int so, float[] y, int yo, int ys, int rows) {
    for (int c = 0; c < PANEL; c += L) {
      FloatVector total = fromArray(SPECIES, sum, so + c);
      for (int r = 0; r < rows; r++) {
        total = total.add(fromArray(SPECIES, y, yo + r * ys + c));
      }
      total.intoArray(sum, so + c);
    }
  }

  @Override
  public void addScaledRows(
      float[] sum, int so, float[] factor, int fo, float[] y, int yo, int rows) {
    for (int c = 0; c < PANEL; c += 2 * L) {
      VectorSoftmax.addScaled(sum, so + c, factor, fo, y, yo + c, rows);
    }
  }

  @Override
  public void combineRows(
      float[] y, int yo, float[] factor, int fo, float[] x, int xo, int xs, int rows) {
    for (int c = 0; c < PANEL; c += 2 * L) {
      FloatVector a = fromArray(SPECIES, y, yo + c);
      FloatVector b = fromArray(SPECIES, y, yo + c + L);
      for (int r = 0; r < rows; r++) {
        FloatVector f = FloatVector.broadcast(SPECIES, factor[fo + r]);
        a = f.fma(fromArray(SPECIES, x, xo + r * xs + c), a);
        b = f.fma(fromArray(SPECIES, x, xo + r * xs + c + L), b);
      }
      a.intoArray(y, yo + c);
      b.intoArray(y, yo + c + L);
    }
  }

  @Override
  public float rowMax(float[] y, int yo, int ps, int panels) {
    return VectorSoftmax.rowMax(y, yo, ps, panels);
  }

  @Override
  public void laneMax(float[] max, int mo, float[] y, int yo, int ps, int panels) {
    for (int c = 0; c < PANEL; c += L) {
      VectorSoftmax.laneMax(max, mo + c, y, yo + c, ps, panels);
    }
  }

  @Override
  public float rowExpSum(float[] y, int yo, int ps, int panels, float max) {
    return VectorSoftmax.rowExpSum(y, yo, ps, panels, max);
  }

  @Override
  public void lanesAtLeast(int[] lanes, float[] y, int yo, float[] threshold, int rows) {
    VectorSoftmax.lanesAtLeast(lanes, y, yo, threshold, rows);
  }

  @Override
  public int rowCountAtLeast(float[] y, int yo, int ps, int panels, float threshold) {
    return VectorSoftmax.rowCountAtLeast(y, yo, ps, panels, threshold);
  }

  @Override
  public void gruForward(
      float[] gx,
      int gxo,
      float[] gh,
      int gho,
      float[] h,
      int ho,
      float[] hNext,
      int hNexto,
      int H) {
    VectorGru.forward(gx, gxo, gh, gho, h, ho, hNext, hNexto, H);
  }

  @Override
  public void gruBackward(
      float[] gx,
      int gxo,
      float[] gh,
      int gho,
      float[] h,
      int ho,
      float[] dhNext,
      int dhNexto,
      float[] dh,
      int dho,
      int H) {
    VectorGru.backward(gx, gxo, gh, gho, h, ho, dhNext, dhNexto, dh, dho, H);
  }

  @Override
  public void exp(float[] y, int yo, float[] x, int xo, int n) {
    VectorMath.exp(y, yo, x, xo, n);
  }

  @Override
  public void sigmoid(float[] y, int yo, float[] x, int xo, int n) {
    VectorMath.sigmoid(y, yo, x, xo, n);
  }

  @Override
  public void tanh(float[] y, int yo, float[] x, int xo, int n) {
    VectorMath.tanh(y, yo, x, xo, n);
  }

  @Override
  public void multiply(float[] y, int yo, float[] a, int ao, float[] b, int bo, int n) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += L) {
      fromArray(SPECIES, a, ao + i).mul(fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
    }
    TAIL.multiply(y, yo + i, a, ao + i, b, bo + i, n - i);
  }

  @Override
  public void axpy(float a, float[] x, int xo, float[] y, int yo, int n) {
    int i = 0;
    FloatVector va = FloatVector.broadcast(SPECIES, a);
    for (; i < SPECIES.loopBound(n); i += L) {
      va.fma(fromArray(SPECIES, x, xo + i), fromArray(SPECIES, y, yo + i)).intoArray(y, yo + i);
    }
    TAIL.axpy(a, x, xo + i, y, yo + i, n - i);
  }

  @Override
  public float sumOfSquares(float[] x, int xo, int n) {
    float[] chains = CHAINS.get();
    int body = n - n % 64;
    for (int c = 0; c < LANES; c += L) {
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = FloatVector.zero(SPECIES);
      FloatVector s2 = FloatVector.zero(SPECIES);
      FloatVector s3 = FloatVector.zero(SPECIES);
      for (int i = xo + c; i < xo + body; i += 64) {
        FloatVector v0 = fromArray(SPECIES, x, i);
        s0 = v0.fma(v0, s0);
        FloatVector v1 = fromArray(SPECIES, x, i + LANES);
        s1 = v1.fma(v1, s1);
        FloatVector v2 = fromArray(SPECIES, x, i + 2 * LANES);
        s2 = v2.fma(v2, s2);
        FloatVector v3 = fromArray(SPECIES, x, i + 3 * LANES);
        s3 = v3.fma(v3, s3);
      }
      s0.intoArray(chains, c);
      s1.intoArray(chains, c + LANES);
      s2.intoArray(chains, c + 2 * LANES);
      s3.intoArray(chains, c + 3 * LANES);
    }
    for (int i = body; i < n; i++) {
      chains[i - body] = FusedMultiplyAdd.fma(x[xo + i], x[xo + i], chains[i - body]);
    }
    return ScalarMath.foldChains(chains);
  }

  @Override
  public void adagrad(
      float[] p,
      int po,
      float[] s,
      int so,
      float[] g,
      int go,
      int n,
      float scale,
      float lr,
      float eps) {
    int i = 0;
    FloatVector minusLr = FloatVector.broadcast(SPECIES, -lr);
    for (; i < SPECIES.loopBound(n); i += L) {
      FloatVector d = fromArray(SPECIES, g, go + i).mul(scale);
      FloatVector sum = d.fma(d, fromArray(SPECIES, s, so + i));
      sum.intoArray(s, so + i);
      minusLr.fma(d.div(sum.sqrt().add(eps)), fromArray(SPECIES, p, po + i)).intoArray(p, po + i);
    }
    TAIL.adagrad(p, po + i, s, so + i, g, go + i, n - i, scale, lr, eps);
  }

  @Override
  public void sgdMomentum(
      float[] p,
      int po,
      float[] b,
      int bo,
      float[] g,
      int go,
      int n,
      float scale,
      float lr,
      float momentum) {
    int i = 0;
    FloatVector minusLr = FloatVector.broadcast(SPECIES, -lr);
    FloatVector m = FloatVector.broadcast(SPECIES, momentum);
    for (; i < SPECIES.loopBound(n); i += L) {
      FloatVector velocity =
          m.fma(fromArray(SPECIES, b, bo + i), fromArray(SPECIES, g, go + i).mul(scale));
      velocity.intoArray(b, bo + i);
      minusLr.fma(velocity, fromArray(SPECIES, p, po + i)).intoArray(p, po + i);
    }
    TAIL.sgdMomentum(p, po + i, b, bo + i, g, go + i, n - i, scale, lr, momentum);
  }
}
