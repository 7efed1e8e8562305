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
    return of(model, 0);
  }

  /**
   * As {@link #of(FittedModel)}.
   *
   * @param embedding what {@link #begin} and {@link #values} made of all values of the embedding,
   *     which then is not read again; 0 if that is not known
   */
  static long of(FittedModel model, long embedding) {
    GruNetwork network = model.network();
    long hash = embedding == 0 ? model.numItems() : embedding;
    for (Parameter p : network.parameters()) {
      if (p == network.embedding() && embedding != 0) {
        continue;
      }
      hash = shape(hash, p);
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

  /** The hash before the first value of an embedding. */
  static long begin(int numItems, Parameter embedding) {
    return shape(numItems, embedding);
  }

  /** The hash after more values. */
  static long values(long hash, float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      hash = mix(hash, Float.floatToIntBits(values[i]));
    }
    return hash;
  }

  private static long shape(long hash, Parameter p) {
    return mix(mix(hash, p.rows()), p.cols());
  }

  private static long column(long hash, Parameter p) {
    for (int row = 0; row < p.rows(); row++) {
      hash = mix(hash, Float.floatToIntBits(p.get(row, 0)));
    }
    return hash;
  }

  private static long flat(long hash, Parameter p) {
    if (p.isMapped()) {
      float[] row = new float[p.cols()];
      for (int i = 0; i < p.rows(); i++) {
        p.readRow(i, row, 0);
        hash = values(hash, row, 0, row.length);
      }
      return hash;
    }
    return values(hash, p.value(), p.offset(), p.offset() + p.length());
  }

  /** A bijection of the hash for each x, and of x for each hash: one change is never lost. */
  private static long mix(long hash, int x) {
    hash = (hash ^ x) * ODD;
    return hash ^ hash >>> 32;
  }
}
