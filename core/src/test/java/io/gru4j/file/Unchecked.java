package io.gru4j.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Files as they were before there were checksums, for tests of what is behind those: a header that
 * was changed is then read, not refused as damaged.
 */
public final class Unchecked {
  private static final Pattern CHECKSUMS =
      Pattern.compile(
          "\"gru4j\\.crc32c\\.header\":\"[0-9a-f]{8}\","
              + "\"gru4j\\.crc32c\\.tensors\":\"(?:[^\"\\\\]|\\\\.)*\",?");

  private Unchecked() {}

  /** The same file, without its checksums. */
  public static byte[] of(byte[] file) {
    int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(file, 8, length, StandardCharsets.UTF_8);
    String without = CHECKSUMS.matcher(header).replaceFirst("").stripTrailing();
    without += " ".repeat((8 - without.getBytes(StandardCharsets.UTF_8).length % 8) % 8);
    byte[] bytes = without.getBytes(StandardCharsets.UTF_8);
    byte[] data = Arrays.copyOfRange(file, 8 + length, file.length);
    return ByteBuffer.allocate(8 + bytes.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(bytes.length)
        .put(bytes)
        .put(data)
        .array();
  }
}
