package io.gru4j.tensor.kernel;

import java.util.Arrays;

/**
 * Elements as plain loops: the definition of {@link VectorElements}, its test oracle, and what runs
 * where the Vector API is absent. Inner loops run over lanes, so that the JIT may vectorise them.
 */
public final class ScalarElements implements ElementKernels {

  private static final ThreadLocal<float[]> CHAINS = ThreadLocal.withInitial(() -> new float[64]);

  /** Creates the kernels; they have no state. */
  public ScalarElements() {}

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
    for (int i = 0; i < H; i++) {
      float r = ScalarMath.sigmoid(gx[gxo + i] + gh[gho + i]);
      float z = ScalarMath.sigmoid(gx[gxo + H + i] + gh[gho + H + i]);
      float n = ScalarMath.tanh(FusedMultiplyAdd.fma(r, gh[gho + 2 * H + i], gx[gxo + 2 * H + i]));
      gx[gxo + i] = r;
      gx[gxo + H + i] = z;
      gx[gxo + 2 * H + i] = n;
      hNext[hNexto + i] = FusedMultiplyAdd.fma(z, h[ho + i] - n, n); // (1 - z) * n + z * h
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
    gruBackward(gx, gxo, gh, gho, h, ho, dhNext, dhNexto, dh, dho, H, 0);
  }

  /** Columns {@code from} to H of {@link #gruBackward}; the vector kernel's tail. */
  static void gruBackward(
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
      int H,
      int from) {
    for (int i = from; i < H; i++) {
      float r = gx[gxo + i];
      float z = gx[gxo + H + i];
      float n = gx[gxo + 2 * H + i];
      float d = dhNext[dhNexto + i];
      float dn = d * (1f - z) * FusedMultiplyAdd.fma(-n, n, 1f); // through tanh
      float dz = d * (h[ho + i] - n) * (z * (1f - z)); // through sigmoid
      float dr = dn * gh[gho + 2 * H + i] * (r * (1f - r));
      gx[gxo + i] = dr;
      gx[gxo + H + i] = dz;
      gx[gxo + 2 * H + i] = dn;
      gh[gho + i] = dr;
      gh[gho + H + i] = dz;
      gh[gho + 2 * H + i] = dn * r;
      dh[dho + i] = FusedMultiplyAdd.fma(z, d, dh[dho + i]);
    }
  }

  @Override
  public void exp(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = ScalarMath.exp(x[xo + i]);
    }
  }

  @Override
  public void sigmoid(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = ScalarMath.sigmoid(x[xo + i]);
    }
  }

  @Override
  public void tanh(float[] y, int yo, float[] x, int xo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = ScalarMath.tanh(x[xo + i]);
    }
  }

  @Override
  public void multiply(float[] y, int yo, float[] a, int ao, float[] b, int bo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = a[ao + i] * b[bo + i];
    }
  }

  @Override
  public void axpy(float a, float[] x, int xo, float[] y, int yo, int n) {
    multiplyAdd(a, x, xo, y, yo, n);
  }

  /** {@link #axpy}, for the other plain loops. */
  static void multiplyAdd(float a, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = FusedMultiplyAdd.fma(a, x[xo + i], y[yo + i]);
    }
  }

  @Override
  public float sumOfSquares(float[] x, int xo, int n) {
    float[] chains = CHAINS.get();
    Arrays.fill(chains, 0f);
    for (int i = 0; i < n; i++) {
      chains[i % 64] = FusedMultiplyAdd.fma(x[xo + i], x[xo + i], chains[i % 64]);
    }
    return ScalarMath.foldChains(chains);
  }

  @Override
  public float dot(float[] x, int xo, float[] y, int yo, int n) {
    float[] chains = CHAINS.get();
    Arrays.fill(chains, 0f);
    for (int i = 0; i < n; i++) {
      chains[i % 64] = FusedMultiplyAdd.fma(x[xo + i], y[yo + i], chains[i % 64]);
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
      float epsInside,
      float eps) {
    for (int i = 0; i < n; i++) {
      float d = scale * g[go + i];
      float sum = FusedMultiplyAdd.fma(d, d, s[so + i]);
      s[so + i] = sum;
      p[po + i] =
          FusedMultiplyAdd.fma(-lr, d / ((float) Math.sqrt(sum + epsInside) + eps), p[po + i]);
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
    for (int i = 0; i < n; i++) {
      float d = scale * g[go + i];
      float sum = FusedMultiplyAdd.fma(d, d, s[so + i]);
      s[so + i] = sum;
      float change = d / ((float) Math.sqrt(sum + epsInside) + eps);
      float velocity = FusedMultiplyAdd.fma(momentum, b[so + i], change);
      b[so + i] = velocity;
      p[po + i] = FusedMultiplyAdd.fma(-lr, velocity, p[po + i]);
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
    for (int i = 0; i < n; i++) {
      float velocity = FusedMultiplyAdd.fma(momentum, b[bo + i], scale * g[go + i]);
      b[bo + i] = velocity;
      p[po + i] = FusedMultiplyAdd.fma(-lr, velocity, p[po + i]);
    }
  }
}
