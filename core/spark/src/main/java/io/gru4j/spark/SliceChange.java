package io.gru4j.spark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What changed in a slice: of each of its rows that was touched, the differences of all arrays. It
 * travels as bytes, which each of Spark's serializers takes.
 *
 * @param weight in the mean
 * @param rows numbers within the slice, ascending; null: all
 * @param differences of the rows of one array after the other
 */
record SliceChange(long weight, int[] rows, float[] differences) {
  private static final int ALL = -1;

  byte[] toBytes() {
    int n = rows == null ? 0 : rows.length;
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES * (1 + n) + Float.BYTES * differences.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(weight).putInt(rows == null ? ALL : n);
    for (int i = 0; i < n; i++) {
      bytes.putInt(rows[i]);
    }
    bytes.asFloatBuffer().put(differences);
    return bytes.array();
  }

  static SliceChange of(byte[] array) {
    ByteBuffer bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    long weight = bytes.getLong();
    int n = bytes.getInt();
    int[] rows = n == ALL ? null : new int[n];
    for (int i = 0; i < n; i++) {
      rows[i] = bytes.getInt();
    }
    float[] differences = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(differences);
    return new SliceChange(weight, rows, differences);
  }
}
