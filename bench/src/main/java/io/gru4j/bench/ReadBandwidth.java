package io.gru4j.bench;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.LongVector;

/** How fast one thread reads an array in order, with vectors that it only adds up. */
final class ReadBandwidth {

  private static final int READS = 9;

  private final byte[] bytes;
  private long sum;

  ReadBandwidth(long length) {
    bytes = new byte[Math.toIntExact(length)];
    Arrays.fill(bytes, (byte) 1);
  }

  /** The median of some reads. */
  double gigabytesPerSecond() {
    double[] speeds = new double[READS];
    for (int i = 0; i < READS; i++) {
      long start = System.nanoTime();
      sum += read(bytes);
      speeds[i] = bytes.length / (double) (System.nanoTime() - start);
    }
    if (sum == 0) {
      throw new IllegalStateException("nothing was read");
    }
    Arrays.sort(speeds);
    return speeds[READS / 2];
  }

  private static long read(byte[] x) {
    var species = ByteVector.SPECIES_PREFERRED;
    int L = species.length();
    LongVector a = LongVector.zero(LongVector.SPECIES_PREFERRED);
    LongVector b = a;
    LongVector c = a;
    LongVector d = a;
    for (int i = 0; i + 4 * L <= x.length; i += 4 * L) {
      a = a.add(ByteVector.fromArray(species, x, i).reinterpretAsLongs());
      b = b.add(ByteVector.fromArray(species, x, i + L).reinterpretAsLongs());
      c = c.add(ByteVector.fromArray(species, x, i + 2 * L).reinterpretAsLongs());
      d = d.add(ByteVector.fromArray(species, x, i + 3 * L).reinterpretAsLongs());
    }
    return a.add(b).add(c.add(d)).lane(0);
  }
}
