package io.gru4j.spark;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Floats in a scratch file of the driver, so that its heap need not hold what a training changes.
 * Not thread-safe.
 */
final class ModelNumbers implements Closeable {
  private static final int PART = 1 << 24; // bytes of a broadcast

  private final Path file;
  private final FileChannel channel;
  private final long size;
  private ByteBuffer buffer = ByteBuffer.allocate(0);

  /**
   * Makes a file of zeros.
   *
   * @param size numbers
   */
  ModelNumbers(Path folder, long size) throws IOException {
    this.size = size;
    this.file = Files.createTempFile(folder, "numbers", ".floats");
    this.channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (size > 0) {
      write(size - 1, new float[1], 1);
    }
  }

  private ByteBuffer buffer(int floats) {
    if (buffer.capacity() < Float.BYTES * floats) {
      buffer = ByteBuffer.allocate(Float.BYTES * floats).order(ByteOrder.LITTLE_ENDIAN);
    }
    return buffer.clear().limit(Float.BYTES * floats);
  }

  /** Copies numbers from the file. */
  void read(long from, float[] to, int n) throws IOException {
    ByteBuffer bytes = buffer(n);
    readFully(from, bytes);
    bytes.flip().asFloatBuffer().get(to, 0, n);
  }

  private void readFully(long from, ByteBuffer bytes) throws IOException {
    long at = Float.BYTES * from;
    while (bytes.hasRemaining()) {
      int n = channel.read(bytes, at);
      if (n < 0) {
        throw new IOException(file + " has become shorter");
      }
      at += n;
    }
  }

  /** Copies numbers to the file. */
  void write(long from, float[] values, int n) throws IOException {
    ByteBuffer bytes = buffer(n);
    bytes.asFloatBuffer().put(values, 0, n);
    long at = Float.BYTES * from;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** The numbers as they are now, for executors. */
  List<Broadcast<byte[]>> broadcast(JavaSparkContext context) throws IOException {
    List<Broadcast<byte[]>> parts = new ArrayList<>();
    for (long from = 0; from < size; from += PART / Float.BYTES) {
      byte[] part = new byte[(int) Math.min(PART, Float.BYTES * (size - from))];
      readFully(from, ByteBuffer.wrap(part));
      parts.add(context.broadcast(part));
    }
    return parts;
  }

  /** Reads from the parts that {@link #broadcast} made. */
  static void read(List<Broadcast<byte[]>> parts, long from, float[] to, int n) {
    int done = 0;
    while (done < n) {
      long at = Float.BYTES * (from + done);
      byte[] part = parts.get((int) (at / PART)).value();
      int offset = (int) (at % PART);
      int count = Math.min(n - done, (part.length - offset) / Float.BYTES);
      ByteBuffer.wrap(part, offset, Float.BYTES * count)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(to, done, count);
      done += count;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
