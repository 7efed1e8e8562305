package io.gru4j.file;

import io.gru4j.events.TrainingEvents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Writes a model file in the safetensors format, from tensors of any size through one small buffer.
 *
 * <p>The same tensors and metadata give the same bytes, in whatever order the tensors were added:
 * they are laid out by descending element size, then by name, as the reference implementation does,
 * and the header is padded with spaces to a multiple of 8. Metadata begin with the {@link
 * Checksums} and keep the order in which they were given. Not thread-safe.
 */
public final class SafeTensorsWriter {
  /** Header bytes that readers of the format accept. */
  static final int MAX_HEADER_BYTES = 100_000_000;

  private static final int BUFFER_ELEMENTS = 1 << 14;

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** Makes a writer without tensors and metadata. */
  public SafeTensorsWriter() {}

  /** Hands out a tensor's floats in order. */
  @FunctionalInterface
  public interface FloatSource {
    /**
     * Copies elements {@code offset .. offset + n - 1}, row-major, to the start of {@code dst}.
     *
     * @param offset first element wanted; calls come in ascending order without gaps
     * @param dst receives the elements
     * @param n how many, at most {@code dst.length}
     * @throws IOException if they cannot be had; writing then stops
     */
    void read(long offset, float[] dst, int n) throws IOException;
  }

  /** Hands out a tensor's longs in order. */
  @FunctionalInterface
  public interface LongSource {
    /**
     * Copies elements {@code offset .. offset + n - 1}, row-major, to the start of {@code dst}.
     *
     * @param offset first element wanted; calls come in ascending order without gaps
     * @param dst receives the elements
     * @param n how many, at most {@code dst.length}
     * @throws IOException if they cannot be had; writing then stops
     */
    void read(long offset, long[] dst, int n) throws IOException;
  }

  /** Hands out a tensor's doubles in order. */
  @FunctionalInterface
  public interface DoubleSource {
    /**
     * Copies elements {@code offset .. offset + n - 1}, row-major, to the start of {@code dst}.
     *
     * @param offset first element wanted; calls come in ascending order without gaps
     * @param dst receives the elements
     * @param n how many, at most {@code dst.length}
     * @throws IOException if they cannot be had; writing then stops
     */
    void read(long offset, double[] dst, int n) throws IOException;
  }

  /** Hands out a tensor's bytes in order. */
  @FunctionalInterface
  public interface ByteSource {
    /**
     * Copies elements {@code offset .. offset + n - 1}, row-major, to the start of {@code dst}.
     *
     * @param offset first element wanted; calls come in ascending order without gaps
     * @param dst receives the elements
     * @param n how many, at most {@code dst.length}
     * @throws IOException if they cannot be had; writing then stops
     */
    void read(long offset, byte[] dst, int n) throws IOException;
  }

  /**
   * Adds a string to the file's metadata.
   *
   * @param key not given before, none that the checksums have
   * @param value any text
   * @return this
   * @throws IllegalArgumentException if it is not so
   */
  public SafeTensorsWriter metadata(String key, String value) {
    if (key.equals(Checksums.HEADER) || key.equals(Checksums.TENSORS)) {
      throw new IllegalArgumentException("metadata key \"" + key + "\" is for the checksums");
    }
    if (metadata.putIfAbsent(key, value) != null) {
      throw new IllegalArgumentException("metadata key \"" + key + "\" is given twice");
    }
    return this;
  }

  /**
   * Adds a tensor of type F32.
   *
   * @param name not given before, not {@code __metadata__}
   * @param source read by each {@link #write} and {@link #sha256}
   * @param shape sizes, outermost first; none for a single number
   * @return this
   * @throws IllegalArgumentException if the name is taken, a size is negative or their product too
   *     big
   */
  public SafeTensorsWriter floats(String name, FloatSource source, long... shape) {
    return add(
        new Tensor(
            name,
            TensorType.F32,
            shape.clone(),
            (buffer, offset, n, scratch) -> {
              source.read(offset, scratch.floats, n);
              buffer.asFloatBuffer().put(scratch.floats, 0, n);
            }));
  }

  /**
   * Adds a tensor of type I64.
   *
   * @param name not given before, not {@code __metadata__}
   * @param source read by each {@link #write} and {@link #sha256}
   * @param shape sizes, outermost first; none for a single number
   * @return this
   * @throws IllegalArgumentException if the name is taken, a size is negative or their product too
   *     big
   */
  public SafeTensorsWriter longs(String name, LongSource source, long... shape) {
    return add(
        new Tensor(
            name,
            TensorType.I64,
            shape.clone(),
            (buffer, offset, n, scratch) -> {
              source.read(offset, scratch.longs, n);
              buffer.asLongBuffer().put(scratch.longs, 0, n);
            }));
  }

  /**
   * Adds a tensor of type F64.
   *
   * @param name not given before, not {@code __metadata__}
   * @param source read by each {@link #write} and {@link #sha256}
   * @param shape sizes, outermost first; none for a single number
   * @return this
   * @throws IllegalArgumentException if the name is taken, a size is negative or their product too
   *     big
   */
  public SafeTensorsWriter doubles(String name, DoubleSource source, long... shape) {
    return add(
        new Tensor(
            name,
            TensorType.F64,
            shape.clone(),
            (buffer, offset, n, scratch) -> {
              source.read(offset, scratch.doubles, n);
              buffer.asDoubleBuffer().put(scratch.doubles, 0, n);
            }));
  }

  /**
   * Adds a tensor of type U8.
   *
   * @param name not given before, not {@code __metadata__}
   * @param source read by each {@link #write} and {@link #sha256}
   * @param shape sizes, outermost first; none for a single number
   * @return this
   * @throws IllegalArgumentException if the name is taken, a size is negative or their product too
   *     big
   */
  public SafeTensorsWriter bytes(String name, ByteSource source, long... shape) {
    return add(
        new Tensor(
            name,
            TensorType.U8,
            shape.clone(),
            (buffer, offset, n, scratch) -> {
              source.read(offset, scratch.bytes, n);
              buffer.duplicate().put(scratch.bytes, 0, n);
            }));
  }

  /**
   * Writes the file: to a temporary file beside it, forced to disk, then renamed. If anything
   * fails, the temporary file is removed and what was at {@code file} before is untouched.
   *
   * @param file a regular file to replace, or a new name in an existing folder
   * @throws IOException if the disk or a source fails
   * @throws IllegalStateException if names and metadata need a header that readers refuse
   */
  public void write(Path file) throws IOException {
    write(file, null);
  }

  /**
   * As the other, and keeps the file that is replaced, as {@link AtomicFile#write(Path, Path,
   * AtomicFile.Content)} does.
   *
   * @param file a regular file to replace, or a new name in an existing folder
   * @param before where in the same folder the old file goes; null for nowhere
   * @throws IOException if the disk or a source fails
   */
  public void write(Path file, Path before) throws IOException {
    List<Tensor> ordered = ordered();
    Map<String, String> checksums = zeros(ordered);
    byte[] header = header(ordered, checksums);
    TrainingEvents events = TrainingEvents.create();
    events.beginSave();
    AtomicFile.write(
        file,
        before,
        channel -> {
          channel.position(Long.BYTES + header.length);
          writeTensors(buffer -> writeFully(channel, buffer), ordered, checksums);
          channel.position(0);
          byte[] sealed = header(ordered, checksums); // of the same length
          Checksums.seal(sealed);
          writeHeader(channel, sealed);
        });
    long data = ordered.stream().mapToLong(Tensor::byteSize).sum();
    events.endSave(file.toString(), Long.BYTES + header.length + data);
  }

  /**
   * Computes what the file would have that {@link #write} writes, without writing it. Sources are
   * read twice, and again by {@link #write}.
   *
   * @return SHA-256 of all of its bytes, 64 lower-case hexadecimal digits
   * @throws IOException if a source fails
   * @throws IllegalStateException if names and metadata need a header that readers refuse
   */
  public String sha256() throws IOException {
    List<Tensor> ordered = ordered();
    Map<String, String> checksums = zeros(ordered);
    writeTensors(buffer -> {}, ordered, checksums);
    byte[] header = header(ordered, checksums);
    Checksums.seal(header);
    Sha256 sha = new Sha256();
    sha.add(headerLength(header));
    sha.add(ByteBuffer.wrap(header));
    writeTensors(sha::add, ordered, checksums);
    return sha.hex();
  }

  private List<Tensor> ordered() {
    List<Tensor> ordered = new ArrayList<>(tensors.values());
    ordered.sort(
        Comparator.comparingInt((Tensor tensor) -> -tensor.type.bytes())
            .thenComparing(tensor -> tensor.name));
    return ordered;
  }

  private static Map<String, String> zeros(List<Tensor> ordered) {
    Map<String, String> checksums = new LinkedHashMap<>();
    ordered.forEach(tensor -> checksums.put(tensor.name, Checksums.ZEROS));
    return checksums;
  }

  private SafeTensorsWriter add(Tensor tensor) {
    if (tensor.name.equals(SafeTensorsHeader.METADATA)) {
      throw new IllegalArgumentException("a tensor cannot be named " + tensor.name);
    }
    tensor.byteSize(); // refuses impossible shapes
    if (tensors.putIfAbsent(tensor.name, tensor) != null) {
      throw new IllegalArgumentException("tensor \"" + tensor.name + "\" is given twice");
    }
    return this;
  }

  private byte[] header(List<Tensor> ordered, Map<String, String> checksums) {
    Map<String, Object> json = new LinkedHashMap<>();
    Map<String, String> all = Checksums.metadata(checksums);
    all.putAll(metadata);
    json.put(SafeTensorsHeader.METADATA, all);
    long begin = 0;
    for (Tensor tensor : ordered) {
      List<Long> shape = new ArrayList<>();
      for (long size : tensor.shape) {
        shape.add(size);
      }
      long end = Math.addExact(begin, tensor.byteSize());
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", tensor.type.name());
      entry.put("shape", shape);
      entry.put("data_offsets", List.of(begin, end));
      json.put(tensor.name, entry);
      begin = end;
    }
    byte[] text = Json.write(json).getBytes(StandardCharsets.UTF_8);
    byte[] padded = new byte[(text.length + 7) / 8 * 8];
    Arrays.fill(padded, (byte) ' ');
    System.arraycopy(text, 0, padded, 0, text.length);
    if (padded.length > MAX_HEADER_BYTES) {
      throw new IllegalStateException(
          "the header takes " + padded.length + " bytes, more than " + MAX_HEADER_BYTES);
    }
    return padded;
  }

  private static void writeHeader(FileChannel channel, byte[] header) throws IOException {
    writeFully(channel, headerLength(header));
    writeFully(channel, ByteBuffer.wrap(header));
  }

  private static ByteBuffer headerLength(byte[] header) {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return length.putLong(header.length).flip();
  }

  /** Takes bytes in order, all that are left in a buffer. */
  private interface Sink {
    void take(ByteBuffer bytes) throws IOException;
  }

  /** Writes all data, and puts the tensors' checksums in the map. */
  private static void writeTensors(Sink sink, List<Tensor> ordered, Map<String, String> checksums)
      throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(8 * BUFFER_ELEMENTS).order(ByteOrder.LITTLE_ENDIAN);
    Scratch scratch = new Scratch();
    for (Tensor tensor : ordered) {
      CRC32C crc = new CRC32C();
      long elements = tensor.byteSize() / tensor.type.bytes();
      for (long offset = 0; offset < elements; offset += BUFFER_ELEMENTS) {
        int n = (int) Math.min(BUFFER_ELEMENTS, elements - offset);
        buffer.clear();
        tensor.fill.fill(buffer, offset, n, scratch);
        crc.update(buffer.limit(n * tensor.type.bytes()));
        sink.take(buffer.rewind());
      }
      checksums.put(tensor.name, Checksums.hex(crc));
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Copies elements from a source to the start of the buffer. */
  private interface Fill {
    void fill(ByteBuffer buffer, long offset, int n, Scratch scratch) throws IOException;
  }

  private static final class Scratch {
    final float[] floats = new float[BUFFER_ELEMENTS];
    final double[] doubles = new double[BUFFER_ELEMENTS];
    final long[] longs = new long[BUFFER_ELEMENTS];
    final byte[] bytes = new byte[BUFFER_ELEMENTS];
  }

  private record Tensor(String name, TensorType type, long[] shape, Fill fill) {
    long byteSize() {
      try {
        long size = type.bytes();
        for (long s : shape) {
          if (s < 0) {
            throw new IllegalArgumentException("tensor \"" + name + "\": negative size " + s);
          }
          size = Math.multiplyExact(size, s);
        }
        return size;
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("tensor \"" + name + "\" has more than 2^63 bytes", e);
      }
    }
  }
}
