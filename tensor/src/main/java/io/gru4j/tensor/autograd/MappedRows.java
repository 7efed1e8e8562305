package io.gru4j.tensor.autograd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The values of a parameter that lie in a mapped file, row by row, until somebody wants them as an
 * array. What is read are the rows asked for: the others take no memory. Thread-safe.
 */
final class MappedRows {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final MemorySegment segment;
  private volatile float[] array; // null until it is asked for; then the values are there

  MappedRows(String name, MemorySegment segment) {
    this.name = name;
    this.segment = segment;
  }

  /** Number of values. */
  long length() {
    return segment.byteSize() / Float.BYTES;
  }

  /** The array, or null while there is none. */
  float[] arrayOrNull() {
    return array;
  }

  /** The values as an array, from {@link Layout#OFFSET} on. */
  synchronized float[] array() {
    if (array == null) {
      float[] values = new float[Layout.OFFSET + Math.toIntExact(length())];
      copy(0, values, Layout.OFFSET, values.length - Layout.OFFSET);
      array = values;
    }
    return array;
  }

  /** Copies values out of the file. */
  void copy(long from, float[] to, int at, int count) {
    try {
      MemorySegment.copy(segment, FLOAT, from * Float.BYTES, to, at, count);
    } catch (InternalError e) { // what the JVM makes of a page that is no longer there
      throw new IllegalStateException(
          name
              + " cannot be read: its file was cut short or its disk failed while it was in use;"
              + " replace a model by renaming another file, and load it again",
          e);
    }
  }
}
