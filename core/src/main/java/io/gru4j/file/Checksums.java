package io.gru4j.file;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The checksums in a safetensors file's metadata, where other readers look past them.
 *
 * <p>{@value #TENSORS} is a JSON object with the CRC-32C of each tensor's bytes, {@value #HEADER}
 * the CRC-32C of the header's bytes, padding included, with zeros in the place of its own digits.
 * Each is eight lower-case hexadecimal digits. The keys stand or fall together: no flipped bit
 * makes a file one without checksums.
 */
final class Checksums {
  static final String HEADER = "gru4j.crc32c.header";
  static final String TENSORS = "gru4j.crc32c.tensors";

  /** In the place of digits that are not known yet. */
  static final String ZEROS = "00000000";

  private final Map<?, ?> tensors; // digits by name

  private Checksums(Map<?, ?> tensors) {
    this.tensors = tensors;
  }

  /**
   * Takes the checksums out of a file's metadata, and checks the header.
   *
   * @param file for messages
   * @param header its bytes
   * @param metadata of the header; loses the checksums
   * @return null if there are none
   * @throws SafeTensorsException if the header is damaged
   */
  static Checksums take(Path file, byte[] header, Map<String, String> metadata)
      throws SafeTensorsException {
    String stated = metadata.remove(HEADER);
    String tensors = metadata.remove(TENSORS);
    if (stated == null && tensors == null) {
      return null;
    }
    if (stated == null || tensors == null) {
      String missing = stated == null ? HEADER : TENSORS;
      throw new SafeTensorsException(file, "the header is damaged: " + missing + " is missing");
    }
    int digits = digits(header, stated);
    String found = digits < 0 ? "not to be found" : ofHeader(header, digits);
    if (!found.equals(stated)) {
      throw new SafeTensorsException(
          file, "the header is damaged: its checksum is " + found + ", expected " + stated);
    }
    try {
      if (Json.parse(tensors) instanceof Map<?, ?> map) {
        return new Checksums(map);
      }
    } catch (Json.SyntaxException e) {
      throw new SafeTensorsException(file, TENSORS + " is no JSON: " + e.getMessage());
    }
    throw new SafeTensorsException(file, TENSORS + " is not a JSON object");
  }

  /** Where the digits of the header's checksum are; negative if they are not there. */
  private static int digits(byte[] header, String stated) {
    if (stated.length() != ZEROS.length()) {
      return -1;
    }
    String key = "\"" + HEADER + "\":\"";
    String text = new String(header, StandardCharsets.ISO_8859_1); // a character a byte
    int at = text.indexOf(key + stated + '"');
    return at < 0 ? -1 : at + key.length();
  }

  private static String ofHeader(byte[] header, int digits) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, digits);
    crc.update(ZEROS.getBytes(StandardCharsets.US_ASCII));
    int rest = digits + ZEROS.length();
    crc.update(header, rest, header.length - rest);
    return hex(crc);
  }

  /** Puts the header's checksum in the place of the zeros in it. */
  static void seal(byte[] header) {
    int at = digits(header, ZEROS);
    byte[] digits = ofHeader(header, at).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, header, at, digits.length);
  }

  static String hex(CRC32C crc) {
    return "%08x".formatted((int) crc.getValue());
  }

  /** The metadata that hold checksums: zeros for the header's, those of tensors as given. */
  static Map<String, String> metadata(Map<String, String> tensors) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(HEADER, ZEROS);
    metadata.put(TENSORS, Json.write(tensors));
    return metadata;
  }

  /**
   * Begins to check a tensor.
   *
   * @throws SafeTensorsException if there is no checksum of it
   */
  Running start(Path file, String tensor) throws SafeTensorsException {
    if (tensors.get(tensor) instanceof String expected) {
      return new Running(expected);
    }
    throw new SafeTensorsException(file, tensor, "has no checksum, the others have");
  }

  /** The checksum of a tensor's first bytes. */
  static final class Running {
    private final String expected;
    private final CRC32C crc = new CRC32C();
    private long bytes;

    private Running(String expected) {
      this.expected = expected;
    }

    /** How many bytes, from the tensor's first on, are in the checksum. */
    long bytes() {
      return bytes;
    }

    /**
     * Adds those of some bytes that come next.
     *
     * @param at where in the tensor they begin
     * @param buffer the bytes, from 0 to its limit; at position 0 before and after
     */
    void add(long at, ByteBuffer buffer) {
      long known = bytes - at;
      if (known >= 0 && known < buffer.limit()) {
        crc.update(buffer.position((int) known));
        bytes = at + buffer.limit();
        buffer.rewind();
      }
    }

    /** What is wrong with a tensor all of whose bytes are in; null if nothing is. */
    String fault() {
      String found = hex(crc);
      return found.equals(expected)
          ? null
          : "is damaged: its checksum is " + found + ", expected " + expected;
    }
  }
}
