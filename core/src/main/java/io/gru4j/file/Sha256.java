package io.gru4j.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of numbers and bytes, one after the other. Not thread-safe. */
public final class Sha256 {
  private final MessageDigest sha256;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);

  /** Begins with nothing. */
  public Sha256() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Computes the sum of a file.
   *
   * @param file a file
   * @return 64 lower-case hexadecimal digits
   * @throws IOException if it cannot be read
   */
  public static String of(Path file) throws IOException {
    Sha256 sum = new Sha256();
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer part = ByteBuffer.allocate(1 << 16);
      while (channel.read(part) >= 0) {
        sum.add(part.flip());
        part.clear();
      }
    }
    return sum.hex();
  }

  /**
   * Adds a number.
   *
   * @param number its four bytes, big-endian
   */
  public void add(int number) {
    if (buffer.remaining() < Integer.BYTES) {
      flush();
    }
    buffer.putInt(number);
  }

  /**
   * Adds numbers, not how many they are.
   *
   * @param numbers four bytes each, big-endian
   */
  public void add(int[] numbers) {
    for (int number : numbers) {
      add(number);
    }
  }

  /**
   * Adds bytes, not how many they are.
   *
   * @param bytes all of them
   */
  public void add(byte[] bytes) {
    add(ByteBuffer.wrap(bytes));
  }

  /**
   * Adds bytes, not how many they are.
   *
   * @param bytes those that are left in it; none is afterwards
   */
  public void add(ByteBuffer bytes) {
    flush();
    sha256.update(bytes);
  }

  private void flush() {
    sha256.update(buffer.flip());
    buffer.clear();
  }

  /**
   * Ends.
   *
   * @return the sum, 64 lower-case hexadecimal digits; this begins anew
   */
  public String hex() {
    flush();
    return HexFormat.of().formatHex(sha256.digest());
  }
}
