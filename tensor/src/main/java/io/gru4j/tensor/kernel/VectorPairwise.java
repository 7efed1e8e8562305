package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.Kernels.PANEL;
import static io.gru4j.tensor.kernel.Vectors.L;
import static io.gru4j.tensor.kernel.Vectors.SPECIES;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/** Pairwise losses on vectors; {@link ScalarPairwise} has the plain loops. */
public final class VectorPairwise implements PairwiseKernels {

  /** Creates the kernels; they have no state. */
  public VectorPairwise() {}

  @Override
  public void subtractFrom(float c, float[] x, int xo, float[] y, int n) {
    FloatVector cs = FloatVector.broadcast(SPECIES, c);
    for (int i = 0; i < n; i += L) {
      cs.sub(fromArray(SPECIES, x, xo + i)).intoArray(y, i);
    }
  }

  @Override
  public void subtract(float[] x, int xo, float c, float[] y, int n) {
    for (int i = 0; i < n; i += L) {
      fromArray(SPECIES, x, xo + i).sub(c).intoArray(y, i);
    }
  }

  @Override
  public void square(float[] x, int xo, float[] y, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      v.mul(v).intoArray(y, i);
    }
  }

  @Override
  public void weigh(float[] x, int xo, float[] logWeight, float[] y, int n) {
    for (int i = 0; i < n; i += L) {
      fromArray(SPECIES, x, xo + i).add(fromArray(SPECIES, logWeight, i)).intoArray(y, i);
    }
  }

  @Override
  public void weighAtMost(float most, float[] x, int xo, float[] logWeight, float[] y, int n) {
    FloatVector limit = FloatVector.broadcast(SPECIES, most);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      limit.blend(v, v.compare(LT, limit)).add(fromArray(SPECIES, logWeight, i)).intoArray(y, i);
    }
  }

  @Override
  public void slopes(float[] a, float[] y, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromArray(SPECIES, a, i);
      v.mul(one.sub(v)).intoArray(y, i);
    }
  }

  @Override
  public void timesLarger(float[] a, float[] y, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromArray(SPECIES, a, i);
      FloatVector other = one.sub(v);
      fromArray(SPECIES, y, i).mul(v.blend(other, v.compare(LT, other))).intoArray(y, i);
    }
  }

  @Override
  public void atMostZero(float[] x, float[] y, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromArray(SPECIES, x, i);
      zero.blend(v, v.compare(LT, zero)).intoArray(y, i);
    }
  }

  @Override
  public void elu(float alpha, float[] e, float[] x, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromArray(SPECIES, x, i);
      FloatVector low = fromArray(SPECIES, e, i).sub(1f).mul(alpha);
      low.blend(v, v.compare(GT, zero)).intoArray(x, i);
    }
  }

  @Override
  public void timesEluSlope(float alpha, float[] y, float[] d, int n) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromArray(SPECIES, y, i);
      FloatVector slope = v.add(alpha).blend(1f, v.compare(GT, zero));
      fromArray(SPECIES, d, i).mul(slope).intoArray(d, i);
    }
  }

  @Override
  public void bprMax(
      float likelihood,
      float penalty,
      float mean,
      float perSum,
      float perLikelihood,
      float[] e,
      float[] u,
      float[] a,
      float[] x,
      int xo,
      float[] d,
      int dO,
      int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector w = fromArray(SPECIES, e, i).mul(perSum);
      FloatVector r = fromArray(SPECIES, u, i).mul(perLikelihood);
      FloatVector pairs = w.sub(r.mul(fromArray(SPECIES, a, i))).mul(likelihood);
      FloatVector squares = v.mul(2f).add(v.mul(v)).sub(mean);
      pairs.add(w.mul(penalty).mul(squares)).intoArray(d, dO + i);
    }
  }

  @Override
  public void top1(float scale, float[] b, float[] c, float[] x, int xo, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = 0; i < n; i += L) {
      FloatVector p = fromArray(SPECIES, b, i);
      FloatVector q = fromArray(SPECIES, c, i);
      FloatVector square = fromArray(SPECIES, x, xo + i).mul(2f).mul(q.mul(one.sub(q)));
      p.mul(one.sub(p)).add(square).mul(scale).intoArray(x, xo + i);
    }
  }

  @Override
  public void top1Max(
      float scale, float mean, float[] e, float[] b, float[] c, float[] x, int xo, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = 0; i < n; i += L) {
      FloatVector p = fromArray(SPECIES, b, i);
      FloatVector q = fromArray(SPECIES, c, i);
      FloatVector square = fromArray(SPECIES, x, xo + i).mul(2f).mul(q.mul(one.sub(q)));
      FloatVector slopes = p.mul(one.sub(p)).add(square);
      FloatVector bracket = slopes.add(p).add(q).sub(mean);
      fromArray(SPECIES, e, i).mul(scale).mul(bracket).intoArray(x, xo + i);
    }
  }

  @Override
  public void scaleRow(float[] y, int yo, int ps, int panels, float factor) {
    for (int p = 0; p < panels; p++) {
      for (int i = yo + p * ps; i < yo + p * ps + PANEL; i += L) {
        fromArray(SPECIES, y, i).mul(factor).intoArray(y, i);
      }
    }
  }
}
