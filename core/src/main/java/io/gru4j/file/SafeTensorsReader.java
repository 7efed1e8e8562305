package io.gru4j.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
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
 * a small buffer. Types other than {@link TensorType}'s are refused. Not thread-safe; close it
 * after use.
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
  private Map<String, String> metadata = Map.of();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** {@code begin} and {@code end} are bytes, from the start of the data part. */
  private record Tensor(String name, TensorType type, long[] shape, long begin, long end) {}

  private SafeTensorsReader(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
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
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    boolean sound = false;
    try {
      SafeTensorsReader reader = new SafeTensorsReader(file, channel);
      reader.readHeader();
      sound = true;
      return reader;
    } finally {
      if (!sound) {
        channel.close();
      }
    }
  }

  /**
   * Returns the file's string metadata.
   *
   * @return in the file's order, unmodifiable, empty when there are none
   */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * Returns the tensors' names.
   *
   * @return in the header's order
   */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /**
   * Returns whether the file has a tensor.
   *
   * @param name a tensor's name
   * @return true if it is there
   */
  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  /**
   * Returns a tensor's shape.
   *
   * @param name a tensor's name
   * @return sizes, outermost first; a copy
   * @throws SafeTensorsException if the file has no such tensor
   */
  public long[] shape(String name) throws SafeTensorsException {
    return tensor(name).shape.clone();
  }

  /**
   * Returns the type of a tensor's elements.
   *
   * @param name a tensor's name
   * @return the type
   * @throws SafeTensorsException if the file has no such tensor
   */
  public TensorType type(String name) throws SafeTensorsException {
    return tensor(name).type;
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
    if (!Arrays.equals(tensor.shape, shape)) {
      throw fault(
          name,
          "expected shape " + Arrays.toString(shape) + ", got " + Arrays.toString(tensor.shape));
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

  private void readHeader() throws IOException {
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
    parseHeader(headerText((int) length));
    checkLayout(size - dataStart);
  }

  private String headerText(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (long at = 8; bytes.hasRemaining(); ) {
      int n = channel.read(bytes, at);
      if (n < 0) {
        throw fault("ends inside its header");
      }
      at += n;
    }
    bytes.flip();
    if (length == 0 || bytes.get(0) != '{') {
      throw fault("the header does not start with '{'");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw fault("the header is not UTF-8");
    }
  }

  private void parseHeader(String text) throws SafeTensorsException {
    Map<?, ?> header;
    try {
      header = (Map<?, ?>) Json.parse(text, MAX_HEADER_VALUES);
    } catch (Json.SyntaxException e) {
      throw fault("the header is not sound JSON: " + e.getMessage());
    }
    for (Map.Entry<?, ?> entry : header.entrySet()) {
      String name = (String) entry.getKey();
      if (name.equals("__metadata__")) {
        metadata = parseMetadata(entry.getValue());
      } else {
        tensors.put(name, parseTensor(name, entry.getValue()));
      }
    }
  }

  private Map<String, String> parseMetadata(Object value) throws SafeTensorsException {
    if (!(value instanceof Map<?, ?> map)) {
      throw fault("__metadata__ is not a JSON object");
    }
    Map<String, String> strings = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getValue() instanceof String string)) {
        String key = OneLine.quoted((String) entry.getKey());
        throw fault("__metadata__: the value of " + key + " is not a string");
      }
      strings.put((String) entry.getKey(), string);
    }
    return Collections.unmodifiableMap(strings);
  }

  private Tensor parseTensor(String name, Object value) throws SafeTensorsException {
    if (!(value instanceof Map<?, ?> map)) {
      throw fault(name, "its entry is not a JSON object");
    }
    for (Object key : map.keySet()) {
      if (!List.of("dtype", "shape", "data_offsets").contains(key)) {
        throw fault(name, "unknown key \"" + key + "\"");
      }
    }
    TensorType type = parseType(name, map.get("dtype"));
    long[] shape = parseLongs(name, "shape", map.get("shape"));
    long[] offsets = parseLongs(name, "data_offsets", map.get("data_offsets"));
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw fault(name, "data_offsets " + Arrays.toString(offsets) + " are not [begin, end]");
    }
    long bytes = type.bytes();
    try {
      for (long size : shape) {
        bytes = Math.multiplyExact(bytes, size);
      }
    } catch (ArithmeticException e) {
      throw fault(name, "shape " + Arrays.toString(shape) + " overflows");
    }
    if (bytes != offsets[1] - offsets[0]) {
      throw fault(
          name,
          String.format(
              "shape %s of %s takes %d bytes, but data_offsets [%d, %d] hold %d",
              Arrays.toString(shape),
              type,
              bytes,
              offsets[0],
              offsets[1],
              offsets[1] - offsets[0]));
    }
    return new Tensor(name, type, shape, offsets[0], offsets[1]);
  }

  private TensorType parseType(String name, Object value) throws SafeTensorsException {
    for (TensorType type : TensorType.values()) {
      if (type.name().equals(value)) {
        return type;
      }
    }
    throw fault(
        name,
        value instanceof String dtype && dtype.length() < 20
            ? "dtype " + dtype + " is not one of " + TensorType.names()
            : "has no dtype that is one of " + TensorType.names());
  }

  private long[] parseLongs(String name, String key, Object value) throws SafeTensorsException {
    if (!(value instanceof List<?> list)) {
      throw fault(name, "has no array " + key);
    }
    long[] longs = new long[list.size()];
    for (int i = 0; i < longs.length; i++) {
      if (!(list.get(i) instanceof Long n) || n < 0) {
        throw fault(name, key + "[" + i + "] is not an integer >= 0");
      }
      longs[i] = n;
    }
    return longs;
  }

  private void checkLayout(long dataBytes) throws SafeTensorsException {
    List<Tensor> ordered = new ArrayList<>(tensors.values());
    ordered.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
    long covered = 0;
    for (Tensor tensor : ordered) {
      if (tensor.end > dataBytes) {
        throw fault(
            tensor.name,
            "ends at byte " + tensor.end + " of the data, but the file has " + dataBytes);
      }
      if (tensor.begin < covered) {
        throw fault(
            tensor.name,
            "starts at byte " + tensor.begin + " and overlaps the one that ends at " + covered);
      }
      if (tensor.begin > covered) {
        throw fault(
            tensor.name,
            "starts at byte " + tensor.begin + " and leaves a hole from byte " + covered);
      }
      covered = tensor.end;
    }
    if (covered < dataBytes) {
      throw fault((dataBytes - covered) + " bytes follow the last tensor");
    }
  }

  private Tensor tensor(String name) throws SafeTensorsException {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw fault(name, "is missing");
    }
    return tensor;
  }

  private Tensor tensor(String name, TensorType type) throws SafeTensorsException {
    Tensor tensor = tensor(name);
    if (tensor.type != type) {
      throw fault(name, "expected dtype " + type + ", got " + tensor.type);
    }
    return tensor;
  }

  private Tensor range(String name, TensorType type, long offset, int n)
      throws SafeTensorsException {
    Tensor tensor = tensor(name, type);
    Objects.checkFromIndexSize(offset, n, (tensor.end - tensor.begin) / type.bytes());
    return tensor;
  }

  /** Leaves {@code n} elements from {@code offset} on in the buffer. */
  private void fill(Tensor tensor, long offset, int n) throws IOException {
    buffer.clear().limit(n * tensor.type.bytes());
    readAt(dataStart + tensor.begin + offset * tensor.type.bytes());
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
