package io.gru4j.model;

import io.gru4j.data.IdMap;
import io.gru4j.tensor.autograd.Parameter;

/**
 * A 64-bit number that tells models apart by every bit of their parameters and item ids, for
 * sessions that were written to bytes. It guards against mistakes, not against forgers.
 */
final class ModelFingerprint {
  private static final long ODD = 0x9e3779b97f4a7c15L; // 2^64 / golden ratio

  private ModelFingerprint() {}

  static long of(FittedModel model) {
    long hash = model.numItems();
    for (Parameter p : model.network().parameters()) {
      hash = mix(mix(hash, p.rows()), p.cols());
      // The filling of a panel is zero but for biases, where training and files leave different.
      hash = p.cols() == 1 ? column(hash, p) : flat(hash, p);
    }
    IdMap ids = model.items();
    for (int i = 0; i < ids.size(); i++) {
      String id = ids.idOf(i);
      hash = mix(hash, id.length());
      for (int at = 0; at < id.length(); at++) {
        hash = mix(hash, id.charAt(at));
      }
    }
    return hash;
  }

  private static long column(long hash, Parameter p) {
    for (int row = 0; row < p.rows(); row++) {
      hash = mix(hash, Float.floatToIntBits(p.get(row, 0)));
    }
    return hash;
  }

  private static long flat(long hash, Parameter p) {
    float[] values = p.value();
    for (int i = p.offset(); i < p.offset() + p.length(); i++) {
      hash = mix(hash, Float.floatToIntBits(values[i]));
    }
    return hash;
  }

  /** A bijection of the hash for each x, and of x for each hash: one change is never lost. */
  private static long mix(long hash, int x) {
    hash = (hash ^ x) * ODD;
    return hash ^ hash >>> 32;
  }
}
