package io.gru4j.http;

import io.gru4j.file.SafeTensorsReader;
import io.gru4j.file.TensorType;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Looks whether the heap has room for a second model before one is read: where it has not, it is
 * the requests that would find it full. For one thread at a time, by its lock.
 */
final class HeapRoom {
  /** Of one item besides its weights: id, list, table, biases; measured with ids of ten bytes. */
  private static final long ITEM_BYTES = 128;

  private static final long ANY_MODEL_BYTES = 2 << 20;

  /** Text, its parsed values and the copy of the bytes, for each byte of a file's header. */
  private static final long HEADER_FACTOR = 8;

  private static final long GC_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final ByteBudget budget;
  private boolean collected;
  private long lastCollection;
  private long usedThen = Long.MAX_VALUE;

  HeapRoom(ByteBudget budget) {
    this.budget = budget;
  }

  /** Refuses with 503 and the figures a file whose model does not fit beside what is there. */
  synchronized void check(Path file) throws IOException, RequestException {
    require(file, HEADER_FACTOR * headerBytes(file));
    require(file, need(file));
  }

  private static long headerBytes(Path file) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file)) {
      channel.read(length, 0);
      long bytes = length.getLong(0);
      return bytes < 0 || bytes > channel.size() ? 0 : bytes; // the reader says what is wrong
    }
  }

  /** Bytes of heap that reading a model takes. */
  static long need(Path file) throws IOException {
    long bytes = ANY_MODEL_BYTES;
    long rows = 0;
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      for (String name : reader.names()) {
        long[] shape = reader.shape(name);
        long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        boolean floats = reader.type(name) == TensorType.F32;
        bytes += floats ? 4 * elements : 2 * elements; // ids as bytes, and as text for a while
        rows = floats && shape.length > 0 ? Math.max(rows, shape[0]) : rows;
      }
    }
    return bytes + ITEM_BYTES * rows;
  }

  private void require(Path file, long bytes) throws RequestException {
    long max = Runtime.getRuntime().maxMemory();
    long spare = max / 16 + budget.limit() - budget.taken(); // what requests may want meanwhile
    if (max - used() >= bytes + spare || !collect() || max - used() >= bytes + spare) {
      collected = false; // what is in use will soon be something else
      return;
    }
    throw new RequestException(
        503,
        "%s takes %d MiB of heap, but of %d MiB %d are in use and %d kept for requests: give the JVM more (-Xmx)"
            .formatted(file, mib(bytes), mib(max), mib(used()), mib(spare)));
  }

  private static long mib(long bytes) {
    return (bytes >> 20) + 1;
  }

  private long used() {
    Runtime runtime = Runtime.getRuntime();
    long now = runtime.totalMemory() - runtime.freeMemory();
    boolean recent = collected && System.nanoTime() - lastCollection < GC_PAUSE_NANOS;
    return recent ? Math.min(now, usedThen) : now;
  }

  /** Has garbage collected, unless that was done just now; false if the JVM does not do it. */
  private boolean collect() {
    if (collected && System.nanoTime() - lastCollection < GC_PAUSE_NANOS) {
      return true;
    }
    WeakReference<Object> garbage = new WeakReference<>(new Object());
    System.gc();
    if (garbage.get() != null) {
      return false; // -XX:+DisableExplicitGC: what is in use cannot be told from garbage
    }
    collected = true;
    lastCollection = System.nanoTime();
    usedThen = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    return true;
  }
}
