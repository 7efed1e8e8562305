package io.gru4j.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Floats as bytes in little-endian order, through one small buffer. */
public final class FloatBytes {
  private static final int BUFFER_FLOATS = 1 << 14;

  private FloatBytes() {}

  /**
   * Writes floats.
   *
   * @param out where they go
   * @param count how many
   * @param source read once, from the first to the last
   * @throws IOException if one of them fails
   */
  public static void write(OutputStream out, long count, SafeTensorsWriter.FloatSource source)
      throws IOException {
    float[] values = new float[(int) Math.min(count, BUFFER_FLOATS)];
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long done = 0; done < count; done += values.length) {
      int n = (int) Math.min(values.length, count - done);
      source.read(done, values, n);
      bytes.asFloatBuffer().put(values, 0, n);
      out.write(bytes.array(), 0, Float.BYTES * n);
    }
  }
}
