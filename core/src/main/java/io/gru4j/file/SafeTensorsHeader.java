package io.gru4j.file;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file's header, checked against its checksum, if it has one, and the file's size.
 * The tensors fill the data part without hole, overlap or rest.
 */
final class SafeTensorsHeader {
  /** Of all entries the one that is no tensor. */
  static final String METADATA = "__metadata__";

  private final Path file;
  private Map<String, String> metadata = Map.of();
  private Checksums checksums; // null: the file has none
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** {@code begin} and {@code end} are bytes, from the start of the data part. */
  record Tensor(String name, TensorType type, long[] shape, long begin, long end) {
    /** Bytes. */
    long size() {
      return end - begin;
    }
  }

  private SafeTensorsHeader(Path file) {
    this.file = file;
  }

  /**
   * Takes a header apart.
   *
   * @param file whose header it is, for messages
   * @param bytes the JSON
   * @param dataBytes how many follow it
   * @throws SafeTensorsException if anything is wrong
   */
  static SafeTensorsHeader parse(Path file, byte[] bytes, long dataBytes)
      throws SafeTensorsException {
    SafeTensorsHeader header = new SafeTensorsHeader(file);
    Map<?, ?> json = header.json(bytes);
    if (json.containsKey(METADATA)) {
      Map<String, String> all = header.parseMetadata(json.get(METADATA));
      header.checksums = Checksums.take(file, bytes, all);
      header.metadata = Collections.unmodifiableMap(all);
    }
    for (Map.Entry<?, ?> entry : json.entrySet()) {
      String name = (String) entry.getKey();
      if (!name.equals(METADATA)) {
        header.tensors.put(name, header.parseTensor(name, entry.getValue()));
      }
    }
    header.checkLayout(dataBytes);
    return header;
  }

  /** In the file's order, without the checksums; unmodifiable. */
  Map<String, String> metadata() {
    return metadata;
  }

  /** By name, in the header's order. */
  Map<String, Tensor> tensors() {
    return tensors;
  }

  /** The checksums, or null if there are none. */
  Checksums checksums() {
    return checksums;
  }

  private Map<?, ?> json(byte[] bytes) throws SafeTensorsException {
    if (bytes.length == 0 || bytes[0] != '{') {
      throw fault("the header does not start with '{'");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return (Map<?, ?>) Json.parse(text, SafeTensorsReader.MAX_HEADER_VALUES);
    } catch (CharacterCodingException e) {
      throw fault("the header is not UTF-8");
    } catch (Json.SyntaxException e) {
      throw fault("the header is not sound JSON: " + e.getMessage());
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
    return strings;
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

  private SafeTensorsException fault(String fault) {
    return new SafeTensorsException(file, fault);
  }

  private SafeTensorsException fault(String tensor, String fault) {
    return new SafeTensorsException(file, tensor, fault);
  }
}
