package io.gru4j.tensor.kernel;

import static io.gru4j.tensor.kernel.VectorMath.L;
import static io.gru4j.tensor.kernel.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

/** One row of the GRU cell on vectors; {@link ScalarKernels} has the plain loops and the tail. */
final class VectorGru {

  private VectorGru() {}

  static void forward(
      float[] gx,
      int gxo,
      float[] gh,
      int gho,
      float[] h,
      int ho,
      float[] hNext,
      int hNexto,
      int H) {
    int body = SPECIES.loopBound(H);
    for (int gate = 0; gate < 2 * H; gate += H) { // reset, update
      for (int i = gate; i < gate + body; i += L) {
        FloatVector sum = load(gx, gxo + i).add(load(gh, gho + i));
        VectorMath.sigmoid(sum).intoArray(gx, gxo + i);
      }
    }
    for (int i = 0; i < body; i += L) {
      FloatVector r = load(gx, gxo + i);
      FloatVector z = load(gx, gxo + H + i);
      FloatVector n = VectorMath.tanh(r.fma(load(gh, gho + 2 * H + i), load(gx, gxo + 2 * H + i)));
      n.intoArray(gx, gxo + 2 * H + i);
      z.fma(load(h, ho + i).sub(n), n).intoArray(hNext, hNexto + i);
    }
    ScalarKernels.gruForward(gx, gxo, gh, gho, h, ho, hNext, hNexto, H, body);
  }

  static void backward(
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
      FloatVector r = load(gx, gxo + i);
      FloatVector z = load(gx, gxo + H + i);
      FloatVector n = load(gx, gxo + 2 * H + i);
      FloatVector d = load(dhNext, dhNexto + i);
      FloatVector dn = d.mul(one.sub(z)).mul(n.neg().fma(n, one));
      FloatVector dz = d.mul(load(h, ho + i).sub(n)).mul(z.mul(one.sub(z)));
      FloatVector dr = dn.mul(load(gh, gho + 2 * H + i)).mul(r.mul(one.sub(r)));
      dr.intoArray(gx, gxo + i);
      dz.intoArray(gx, gxo + H + i);
      dn.intoArray(gx, gxo + 2 * H + i);
      dr.intoArray(gh, gho + i);
      dz.intoArray(gh, gho + H + i);
      dn.mul(r).intoArray(gh, gho + 2 * H + i);
      z.fma(d, load(dh, dho + i)).intoArray(dh, dho + i);
    }
    ScalarKernels.gruBackward(gx, gxo, gh, gho, h, ho, dhNext, dhNexto, dh, dho, H, i);
  }

  private static FloatVector load(float[] x, int o) {
    return FloatVector.fromArray(SPECIES, x, o);
  }
}
