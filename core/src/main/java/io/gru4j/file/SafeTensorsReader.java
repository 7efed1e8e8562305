package io.gru4j.file;

import io.gru4j.file.SafeTensorsHeader.Tensor;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads a safetensors file, and trusts nothing in it.
 *
 * <p>{@link #open} checks the whole header against the file's size before anything of a size that
 * the file states is allocated: header length, JSON, types, shapes, and that the tensors fill the
 * data part without hole, overlap or rest. Elements are then read where they are asked for, through
 * a small buffer, and checked against the file's checksums ({@link Checksums}) on their way. Types
 * other than {@link TensorType}'s are refused. Not thread-safe; close it after use.
 */
public final class SafeTensorsReader implements Closeable {
  /**
   * Values in a header; a hostile one cannot claim more memory than these and its own text take.
   */
  public static final int MAX_HEADER_VALUES = 1_000_000;

  private static final int BUFFER_BYTES = 1 << 17;

  private final Path file;
  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private long dataStart; // byte of the file
  private SafeTensorsHeader header;
  private final Map<String, Checksums.Running> checks; // empty: no checksums

  private SafeTensorsReader(Path file, FileChannel channel, Map<String, Checksums.Running> checks) {
    this.file = file;
    this.channel = channel;
    this.checks = checks;
  }

  /**
   * Opens a file and checks its header.
   *
   * @param file a safetensors file
   * @return a reader, to be closed
   * @throws SafeTensorsException if the file is not a sound safetensors file
   * @throws IOException if it cannot be read
   */
  public static SafeTensorsReader open(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new SafeTensorsException(file, "is not a regular file"); // a pipe would block
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    boolean sound = false;
    try {
      SafeTensorsReader reader = new SafeTensorsReader(file, channel, new LinkedHashMap<>());
      reader.header = reader.readHeader();
      if (reader.hasChecksums()) {
        for (Tensor tensor : reader.header.tensors().values()) {
          reader.checks.put(tensor.name(), reader.header.checksums().start(file, tensor.name()));
        }
      }
      sound = true;
      return reader;
    } finally {
      if (!sound) {
        channel.close();
      }
    }
  }

  /**
   * Returns another reader of the same open file, whatever its name means by now, for another
   * thread. The checksums are the same ones: each tensor is to be read by one thread. Closing
   * either closes both.
   *
   * @return a reader that need not be closed
   */
  public SafeTensorsReader another() {
    SafeTensorsReader other = new SafeTensorsReader(file, channel, checks);
    other.dataStart = dataStart;
    other.header = header;
    return other;
  }

  /**
   * Maps an F32 tensor into memory, where it stays until the garbage collector finds it unused,
   * also when this reader is closed or the file gets another name or none. Its bytes are not
   * checked.
   *
   * @param name a tensor's name
   * @return its elements, floats in little-endian order, to be read only
   * @throws SafeTensorsException if the tensor is missing or not F32
   * @throws IOException if it cannot be mapped
   */
  public MemorySegment map(String name) throws IOException {
    Tensor tensor = tensor(name, TensorType.F32);
    return channel.map(
        MapMode.READ_ONLY, dataStart + tensor.begin(), tensor.size(), Arena.ofAuto());
  }

  /**
   * Returns whether the file has checksums. If so, the header has been checked by now, and a tensor
   * is checked when its last element is read.
   *
   * @return false for a file of another program, or of an older version of this one
   */
  public boolean hasChecksums() {
    return header.checksums() != null;
  }

  /**
   * Reads what no call has read yet, so that all of the file is checked. Does nothing without
   * checksums. Reads that leave a gap check nothing behind it until then.
   *
   * @throws SafeTensorsException if a tensor is damaged
   * @throws IOException if the file cannot be read
   */
  public void checkRest() throws IOException {
    for (Map.Entry<String, Checksums.Running> entry : checks.entrySet()) {
      Tensor tensor = header.tensors().get(entry.getKey());
      int size = tensor.type().bytes();
      while (entry.getValue().bytes() < tensor.size()) {
        long left = tensor.size() - entry.getValue().bytes();
        fill(tensor, entry.getValue().bytes() / size, (int) Math.min(left, BUFFER_BYTES) / size);
      }
      check(tensor, entry.getValue());
    }
  }

  /**
   * Returns the file's string metadata.
   *
   * @return in the file's order, without the checksums, unmodifiable, empty when there are none
   */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * Returns the tensors' names.
   *
   * @return in the header's order
   */
  public List<String> names() {
    return List.copyOf(header.tensors().keySet());
  }

  /**
   * Returns whether the file has a tensor.
   *
   * @param name a tensor's name
   * @return true if it is there
   */
  public boolean contains(String name) {
    return header.tensors().containsKey(name);
  }

  /**
   * Returns a tensor's shape.
   *
   * @param name a tensor's name
   * @return sizes, outermost first; a copy
   * @throws SafeTensorsException if the file has no such tensor
   */
  public long[] shape(String name) throws SafeTensorsException {
    return tensor(name).shape().clone();
  }

  /**
   * Returns the type of a tensor's elements.
   *
   * @param name a tensor's name
   * @return the type
   * @throws SafeTensorsException if the file has no such tensor
   */
  public TensorType type(String name) throws SafeTensorsException {
    return tensor(name).type();
  }

  /**
   * Checks that a tensor is there and is what it should be.
   *
   * @param name a tensor's name
   * @param type the type it must have
   * @param shape the sizes it must have, outermost first
   * @throws SafeTensorsException if there is no such tensor, or its type or shape differs
   */
  public void require(String name, TensorType type, long... shape) throws SafeTensorsException {
    Tensor tensor = tensor(name, type);
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw fault(
          name,
          "expected shape " + Arrays.toString(shape) + ", got " + Arrays.toString(tensor.shape()));
    }
  }

  /**
   * Reads part of an F32 tensor.
   *
   * @param name a tensor's name
   * @param offset first element, row-major
   * @param dst receives the elements
   * @param dstOff where in {@code dst} they start
   * @param n how many
   * @throws SafeTensorsException if the tensor is missing or not F32, or the file has shrunk
   * @throws IndexOutOfBoundsException if the range leaves the tensor or {@code dst}
   * @throws IOException if the file cannot be read
   */
  public void readFloats(String name, long offset, float[] dst, int dstOff, int n)
      throws IOException {
    Objects.checkFromIndexSize(dstOff, n, dst.length);
    Tensor tensor = range(name, TensorType.F32, offset, n);
    for (int done = 0; done < n; ) {
      int part = Math.min(n - done, BUFFER_BYTES / 4);
      fill(tensor, offset + done, part);
      buffer.asFloatBuffer().get(dst, dstOff + done, part);
      done += part;
    }
  }

  /**
   * Reads part of an I64 tensor.
   *
   * @param name a tensor's name
   * @param offset first element, row-major
   * @param dst receives the elements
   * @param dstOff where in {@code dst} they start
   * @param n how many
   * @throws SafeTensorsException if the tensor is missing or not I64, or the file has shrunk
   * @throws IndexOutOfBoundsException if the range leaves the tensor or {@code dst}
   * @throws IOException if the file cannot be read
   */
  public void readLongs(String name, long offset, long[] dst, int dstOff, int n)
      throws IOException {
    Objects.checkFromIndexSize(dstOff, n, dst.length);
    Tensor tensor = range(name, TensorType.I64, offset, n);
    for (int done = 0; done < n; ) {
      int part = Math.min(n - done, BUFFER_BYTES / 8);
      fill(tensor, offset + done, part);
      buffer.asLongBuffer().get(dst, dstOff + done, part);
      done += part;
    }
  }

  /**
   * Reads part of an F64 tensor.
   *
   * @param name a tensor's name
   * @param offset first element, row-major
   * @param dst receives the elements
   * @param dstOff where in {@code dst} they start
   * @param n how many
   * @throws SafeTensorsException if the tensor is missing or not F64, or the file has shrunk
   * @throws IndexOutOfBoundsException if the range leaves the tensor or {@code dst}
   * @throws IOException if the file cannot be read
   */
  public void readDoubles(String name, long offset, double[] dst, int dstOff, int n)
      throws IOException {
    Objects.checkFromIndexSize(dstOff, n, dst.length);
    Tensor tensor = range(name, TensorType.F64, offset, n);
    for (int done = 0; done < n; ) {
      int part = Math.min(n - done, BUFFER_BYTES / 8);
      fill(tensor, offset + done, part);
      buffer.asDoubleBuffer().get(dst, dstOff + done, part);
      done += part;
    }
  }

  /**
   * Reads part of a U8 tensor.
   *
   * @param name a tensor's name
   * @param offset first element, row-major
   * @param dst receives the elements
   * @param dstOff where in {@code dst} they start
   * @param n how many
   * @throws SafeTensorsException if the tensor is missing or not U8, or the file has shrunk
   * @throws IndexOutOfBoundsException if the range leaves the tensor or {@code dst}
   * @throws IOException if the file cannot be read
   */
  public void readBytes(String name, long offset, byte[] dst, int dstOff, int n)
      throws IOException {
    Objects.checkFromIndexSize(dstOff, n, dst.length);
    Tensor tensor = range(name, TensorType.U8, offset, n);
    for (int done = 0; done < n; ) {
      int part = Math.min(n - done, BUFFER_BYTES);
      fill(tensor, offset + done, part);
      buffer.get(dst, dstOff + done, part);
      done += part;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private SafeTensorsHeader readHeader() throws IOException {
    long size = channel.size();
    if (size < 8) {
      throw fault("has " + size + " bytes, a safetensors file has at least 8");
    }
    buffer.limit(8);
    readAt(0);
    long length = buffer.getLong();
    if (length < 0 || length > SafeTensorsWriter.MAX_HEADER_BYTES) {
      throw fault(
          String.format(
              "the header claims %s bytes, more than %d are refused (no safetensors file?)",
              Long.toUnsignedString(length), SafeTensorsWriter.MAX_HEADER_BYTES));
    }
    if (length > size - 8) {
      throw fault(
          "the header claims " + length + " bytes, but only " + (size - 8) + " follow its length");
    }
    dataStart = 8 + length;
    return SafeTensorsHeader.parse(file, headerBytes((int) length), size - dataStart);
  }

  private byte[] headerBytes(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (long at = 8; bytes.hasRemaining(); ) {
      int n = channel.read(bytes, at);
      if (n < 0) {
        throw fault("ends inside its header");
      }
      at += n;
    }
    return bytes.array();
  }

  private Tensor tensor(String name) throws SafeTensorsException {
    Tensor tensor = header.tensors().get(name);
    if (tensor == null) {
      throw fault(name, "is missing");
    }
    return tensor;
  }

  private Tensor tensor(String name, TensorType type) throws SafeTensorsException {
    Tensor tensor = tensor(name);
    if (tensor.type() != type) {
      throw fault(name, "expected dtype " + type + ", got " + tensor.type());
    }
    return tensor;
  }

  private Tensor range(String name, TensorType type, long offset, int n)
      throws SafeTensorsException {
    Tensor tensor = tensor(name, type);
    Objects.checkFromIndexSize(offset, n, (tensor.end() - tensor.begin()) / type.bytes());
    return tensor;
  }

  /** Leaves {@code n} elements from {@code offset} on in the buffer. */
  private void fill(Tensor tensor, long offset, int n) throws IOException {
    buffer.clear().limit(n * tensor.type().bytes());
    readAt(dataStart + tensor.begin() + offset * tensor.type().bytes());
    Checksums.Running running = checks.get(tensor.name());
    if (running != null) {
      running.add(offset * tensor.type().bytes(), buffer);
      check(tensor, running);
    }
  }

  private void check(Tensor tensor, Checksums.Running running) throws SafeTensorsException {
    String fault = running.bytes() == tensor.size() ? running.fault() : null;
    if (fault != null) {
      throw fault(tensor.name(), fault);
    }
  }

  /** Fills the buffer up to its limit from a position in the file, and flips it. */
  private void readAt(long position) throws IOException {
    while (buffer.hasRemaining()) {
      int n = channel.read(buffer, position + buffer.position());
      if (n < 0) {
        throw fault("ends while it is read, at byte " + (position + buffer.position()));
      }
    }
    buffer.flip();
  }

  private SafeTensorsException fault(String fault) {
    return new SafeTensorsException(file, fault);
  }

  private SafeTensorsException fault(String tensor, String fault) {
    return new SafeTensorsException(file, tensor, fault);
  }
}
