package io.gru4j.http;

import io.gru4j.file.SafeTensorsReader;
import io.gru4j.file.TensorType;
import io.gru4j.model.FittedModel;
import io.gru4j.tensor.nn.OutputScorer;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Looks whether the heap has room for a second model before one is read: where it has not, it is
 * the requests that would find it full. Thread-safe; the file is read outside the lock, for its
 * file system may hang, and then only the reading that waits for it does.
 */
final class HeapRoom {
  /** Of one item besides its weights: id, list, table, biases; measured with ids of ten bytes. */
  private static final long ITEM_BYTES = 128;

  private static final long ANY_MODEL_BYTES = 2 << 20;

  /** Text, its parsed values and the copy of the bytes, for each byte of a file's header. */
  private static final long HEADER_FACTOR = 8;

  private static final long GC_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Text, its strings and the table of them, for each byte of a file of titles. */
  private static final long TITLES_FACTOR = 8;

  /** How the file's header is opened; may take as long as the file system does. */
  interface Opening {
    FileChannel open(Path file) throws IOException;
  }

  private final ByteBudget budget;
  private long taken;
  private boolean collected;
  private long lastCollection;
  private long usedThen = Long.MAX_VALUE;

  HeapRoom(ByteBudget budget) {
    this.budget = budget;
  }

  /**
   * Takes room for a file's model, or refuses with 503 and the figures one that does not fit beside
   * what is there.
   *
   * @param titlesOrNull a file that is read with it
   * @return bytes, to be given back when the model is read
   */
  long take(Path file, Path titlesOrNull, Opening opening) throws IOException, RequestException {
    require(file, HEADER_FACTOR * headerBytes(file, opening), false);
    long bytes = need(file);
    bytes += titlesOrNull == null ? 0 : TITLES_FACTOR * Files.size(titlesOrNull);
    require(file, bytes, true);
    return bytes;
  }

  /** Gives back what {@link #take} has taken. */
  synchronized void give(long bytes) {
    taken -= bytes;
  }

  private static long headerBytes(Path file, Opening opening) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = opening.open(file)) {
      channel.read(length, 0);
      long bytes = length.getLong(0);
      return bytes < 0 || bytes > channel.size() ? 0 : bytes; // the reader says what is wrong
    }
  }

  /** Bytes of heap that reading a model takes. */
  static long need(Path file) throws IOException {
    long bytes = ANY_MODEL_BYTES;
    long rows = 0;
    long coarse = 0;
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      for (String name : reader.names()) {
        long[] shape = reader.shape(name);
        long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        boolean floats = reader.type(name) == TensorType.F32;
        boolean mapped =
            name.equals("emb.weight") && Float.BYTES * elements >= FittedModel.LEAST_MAPPED;
        if (!mapped) {
          bytes += floats ? 4 * elements : 2 * elements; // ids as bytes, and as text for a while
        }
        rows = floats && shape.length > 0 ? Math.max(rows, shape[0]) : rows;
        coarse = name.equals("lin.weight") ? coarse(shape) : coarse;
      }
    }
    return bytes + ITEM_BYTES * rows + coarse;
  }

  /** The bytes of the output layer's coarse copy; 0 for what the reader will refuse. */
  private static long coarse(long[] shape) {
    boolean read = shape.length == 2 && Math.max(shape[0], shape[1]) <= Integer.MAX_VALUE;
    return read ? (long) OutputScorer.coarseBytes((int) shape[0], (int) shape[1]) : 0;
  }

  private synchronized void require(Path file, long bytes, boolean take) throws RequestException {
    long max = Runtime.getRuntime().maxMemory();
    // What requests may want meanwhile, and other readings have been promised.
    long spare = max / 16 + budget.limit() - budget.taken() + taken;
    if (max - used() >= bytes + spare || !collect() || max - used() >= bytes + spare) {
      collected = false; // what is in use will soon be something else
      taken += take ? bytes : 0;
      return;
    }
    throw new RequestException(
        503,
        "%s takes %d MiB of heap, but of %d MiB %d are in use and %d kept for requests and other reloads: give the JVM more (-Xmx)"
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
