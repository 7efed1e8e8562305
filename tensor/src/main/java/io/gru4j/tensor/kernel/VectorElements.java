package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.LANES;
import static io.gru4j.tensor.kernel.Vectors.L;
import static io.gru4j.tensor.kernel.Vectors.SPECIES;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Elements on vectors; {@link ScalarElements} has the plain loops.
 *
 * <p>exp, sigmoid and tanh are those of {@link ScalarMath}: the same operations in the same order,
 * so the same bits. Their loops, in {@link VectorExpLoops}, call nothing but the Vector API, which
 * is always inlined; so exp is written out in each, by a generator. Whether the JIT inlines a
 * function of vectors of our own depends on how often it has seen it called, which it may not have
 * counted, and where it does not, vectors stay boxed. For the same reason the GRU cell runs forward
 * in several short loops: with two of these functions in one loop the JIT gives up inlining.
 */
public final class VectorElements implements ElementKernels {

  private static final ThreadLocal<float[]> CHAINS = ThreadLocal.withInitial(() -> new float[64]);

  /**
   * Whether the last values of a row go through masked vectors. With 512 bits, which have masks of
   * their own, a row of 100 or 108 values is done sooner than with a plain loop at its end.
   */
  private static final boolean MASKS = L == LANES;

  /** What is left of a row behind its whole vectors. */
  private static final ScalarElements TAIL = new ScalarElements();

  /** Creates the kernels; they have no state. */
  public VectorElements() {}

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
    add(gx, gxo, gh, gho, 2 * H);
    sigmoid(gx, gxo, gx, gxo, 2 * H); // r and z
    candidate(gx, gxo, gh, gho, H);
    tanh(gx, gxo + 2 * H, gx, gxo + 2 * H, H);
    next(gx, gxo, h, ho, hNext, hNexto, H);
  }

  private static void add(float[] y, int yo, float[] x, int xo, int n) {
    int i = 0;
    for (; i < SPECIES.loopBound(n); i += L) {
      fromArray(SPECIES, y, yo + i).add(fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] += x[xo + i];
    }
  }

  /** What tanh makes the candidate of: {@code gx[2] += r * gh[2]}. */
  private static void candidate(float[] gx, int gxo, float[] gh, int gho, int H) {
    int i = 0;
    for (; i < SPECIES.loopBound(H); i += L) {
      fromArray(SPECIES, gx, gxo + i)
          .fma(fromArray(SPECIES, gh, gho + 2 * H + i), fromArray(SPECIES, gx, gxo + 2 * H + i))
          .intoArray(gx, gxo + 2 * H + i);
    }
    for (; i < H; i++) {
      gx[gxo + 2 * H + i] =
          FusedMultiplyAdd.fma(gx[gxo + i], gh[gho + 2 * H + i], gx[gxo + 2 * H + i]);
    }
  }

  /** {@code h' = (1 - z) * n + z * h}. */
  private static void next(
      float[] gx, int gxo, float[] h, int ho, float[] hNext, int hNexto, int H) {
    int i = 0;
    for (; i < SPECIES.loopBound(H); i += L) {
      FloatVector n = fromArray(SPECIES, gx, gxo + 2 * H + i);
      fromArray(SPECIES, gx, gxo + H + i)
          .fma(fromArray(SPECIES, h, ho + i).sub(n), n)
          .intoArray(hNext, hNexto + i);
    }
    for (; i < H; i++) {
      float n = gx[gxo + 2 * H + i];
      hNext[hNexto + i] = FusedMultiplyAdd.fma(gx[gxo + H + i], h[ho + i] - n, n);
    }
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
    int i = 0;
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (; i < SPECIES.loopBound(H); i += L) {
      FloatVector r = fromArray(SPECIES, gx, gxo + i);
      FloatVector z = fromArray(SPECIES, gx, gxo + H + i);
      FloatVector n = fromArray(SPECIES, gx, gxo + 2 * H + i);
      FloatVector d = fromArray(SPECIES, dhNext, dhNexto + i);
      FloatVector dn = d.mul(one.sub(z)).mul(n.neg().fma(n, one));
      FloatVector dz = d.mul(fromArray(SPECIES, h, ho + i).sub(n)).mul(z.mul(one.sub(z)));
      FloatVector dr = dn.mul(fromArray(SPECIES, gh, gho + 2 * H + i)).mul(r.mul(one.sub(r)));
      dr.intoArray(gx, gxo + i);
      dz.intoArray(gx, gxo + H + i);
      dn.intoArray(gx, gxo + 2 * H + i);
      dr.intoArray(gh, gho + i);
      dz.intoArray(gh, gho + H + i);
      dn.mul(r).intoArray(gh, gho + 2 * H + i);
      z.fma(d, fromArray(SPECIES, dh, dho + i)).intoArray(dh, dho + i);
    }
    ScalarElements.gruBackward(gx, gxo, gh, gho, h, ho, dhNext, dhNexto, dh, dho, H, i);
  }

  @Override
  public void exp(float[] y, int yo, float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    if (whole > 0) {
      VectorExpLoops.exp(y, yo, x, xo, whole);
    }
    TAIL.exp(y, yo + whole, x, xo + whole, n - whole);
  }

  @Override
  public void sigmoid(float[] y, int yo, float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    if (whole > 0) {
      VectorExpLoops.sigmoid(y, yo, x, xo, whole);
    }
    TAIL.sigmoid(y, yo + whole, x, xo + whole, n - whole);
  }

  @Override
  public void tanh(float[] y, int yo, float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    if (whole > 0) {
      VectorExpLoops.tanh(y, yo, x, xo, whole);
    }
    TAIL.tanh(y, yo + whole, x, xo + whole, n - whole);
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
  public float dot(float[] x, int xo, float[] y, int yo, int n) {
    float[] chains = CHAINS.get();
    int body = n - n % 64;
    for (int c = 0; c < LANES; c += L) {
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = FloatVector.zero(SPECIES);
      FloatVector s2 = FloatVector.zero(SPECIES);
      FloatVector s3 = FloatVector.zero(SPECIES);
      int j = yo + c;
      for (int k = xo + c; k < xo + body; k += 64, j += 64) {
        s0 = fromArray(SPECIES, x, k).fma(fromArray(SPECIES, y, j), s0);
        s1 = fromArray(SPECIES, x, k + LANES).fma(fromArray(SPECIES, y, j + LANES), s1);
        s2 = fromArray(SPECIES, x, k + 2 * LANES).fma(fromArray(SPECIES, y, j + 2 * LANES), s2);
        s3 = fromArray(SPECIES, x, k + 3 * LANES).fma(fromArray(SPECIES, y, j + 3 * LANES), s3);
      }
      s0.intoArray(chains, c);
      s1.intoArray(chains, c + LANES);
      s2.intoArray(chains, c + 2 * LANES);
      s3.intoArray(chains, c + 3 * LANES);
    }
    int i = body;
    for (; i + L <= n; i += L) {
      FloatVector sum = fromArray(SPECIES, chains, i - body);
      fromArray(SPECIES, x, xo + i)
          .fma(fromArray(SPECIES, y, yo + i), sum)
          .intoArray(chains, i - body);
    }
    for (; i < n; i++) {
      chains[i - body] = FusedMultiplyAdd.fma(x[xo + i], y[yo + i], chains[i - body]);
    }
    for (int c = 0; c < LANES; c += L) {
      FloatVector even =
          fromArray(SPECIES, chains, c).add(fromArray(SPECIES, chains, c + 2 * LANES));
      FloatVector odd =
          fromArray(SPECIES, chains, c + LANES).add(fromArray(SPECIES, chains, c + 3 * LANES));
      even.add(odd).intoArray(chains, c);
    }
    return ScalarMath.foldLanes(chains, 0);
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
      float epsInside,
      float eps) {
    int i = 0;
    FloatVector minusLr = FloatVector.broadcast(SPECIES, -lr);
    for (; i < SPECIES.loopBound(n); i += L) {
      FloatVector d = fromArray(SPECIES, g, go + i).mul(scale);
      FloatVector sum = d.fma(d, fromArray(SPECIES, s, so + i));
      sum.intoArray(s, so + i);
      FloatVector step = d.div(sum.add(epsInside).sqrt().add(eps));
      minusLr.fma(step, fromArray(SPECIES, p, po + i)).intoArray(p, po + i);
    }
    if (MASKS && i < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      FloatVector d = fromArray(SPECIES, g, go + i, rest).mul(scale);
      FloatVector sum = d.fma(d, fromArray(SPECIES, s, so + i, rest));
      sum.intoArray(s, so + i, rest);
      FloatVector step = d.div(sum.add(epsInside).sqrt().add(eps));
      minusLr.fma(step, fromArray(SPECIES, p, po + i, rest)).intoArray(p, po + i, rest);
    } else {
      TAIL.adagrad(p, po + i, s, so + i, g, go + i, n - i, scale, lr, epsInside, eps);
    }
  }

  @Override
  public void adagradMomentum(
      float[] p,
      int po,
      float[] s,
      float[] b,
      int so,
      float[] g,
      int go,
      int n,
      float scale,
      float lr,
      float epsInside,
      float eps,
      float momentum) {
    int i = 0;
    FloatVector minusLr = FloatVector.broadcast(SPECIES, -lr);
    FloatVector m = FloatVector.broadcast(SPECIES, momentum);
    for (; i < SPECIES.loopBound(n); i += L) {
      FloatVector d = fromArray(SPECIES, g, go + i).mul(scale);
      FloatVector sum = d.fma(d, fromArray(SPECIES, s, so + i));
      sum.intoArray(s, so + i);
      FloatVector change = d.div(sum.add(epsInside).sqrt().add(eps));
      FloatVector velocity = m.fma(fromArray(SPECIES, b, so + i), change);
      velocity.intoArray(b, so + i);
      minusLr.fma(velocity, fromArray(SPECIES, p, po + i)).intoArray(p, po + i);
    }
    if (MASKS && i < n) {
      VectorMask<Float> rest = SPECIES.indexInRange(i, n);
      FloatVector d = fromArray(SPECIES, g, go + i, rest).mul(scale);
      FloatVector sum = d.fma(d, fromArray(SPECIES, s, so + i, rest));
      sum.intoArray(s, so + i, rest);
      FloatVector change = d.div(sum.add(epsInside).sqrt().add(eps));
      FloatVector velocity = m.fma(fromArray(SPECIES, b, so + i, rest), change);
      velocity.intoArray(b, so + i, rest);
      minusLr.fma(velocity, fromArray(SPECIES, p, po + i, rest)).intoArray(p, po + i, rest);
    } else {
      TAIL.adagradMomentum(
          p, po + i, s, b, so + i, g, go + i, n - i, scale, lr, epsInside, eps, momentum);
    }
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
