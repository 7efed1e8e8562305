package io.gru4j.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * One message in the <a href="https://protobuf.dev/programming-guides/encoding/">protobuf wire
 * format</a>: its fields in the order in which they were added. Long fields are read from their
 * source while they are written, so a message needs no memory for them. A message that is a field
 * of another must be complete by then. Not thread-safe.
 */
public final class ProtobufMessage {
  private static final int VARINT = 0; // the wire types of the format
  private static final int LENGTH = 2;

  private final List<Field> fields = new ArrayList<>();
  private long size;

  /** Makes a message without fields. */
  public ProtobufMessage() {}

  @FunctionalInterface
  private interface Field {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Adds an integer.
   *
   * @param number the field's, at least 1
   * @param value any; ten bytes if it is negative
   * @return this
   */
  public ProtobufMessage integer(int number, long value) {
    size += varintBytes(tag(number, VARINT)) + varintBytes(value);
    fields.add(
        out -> {
          writeVarint(out, tag(number, VARINT));
          writeVarint(out, value);
        });
    return this;
  }

  /**
   * Adds a text, in UTF-8.
   *
   * @param number the field's, at least 1
   * @param text the value
   * @return this
   */
  public ProtobufMessage text(int number, String text) {
    return texts(number, 1, i -> text);
  }

  /**
   * Adds a repeated field of texts, in UTF-8.
   *
   * @param number the field's, at least 1
   * @param count how many
   * @param text gives each; called twice for each, with the same answer
   * @return this
   */
  public ProtobufMessage texts(int number, int count, IntFunction<String> text) {
    for (int i = 0; i < count; i++) {
      size += lengthFieldBytes(number, utf8(text.apply(i)).length);
    }
    fields.add(
        out -> {
          for (int i = 0; i < count; i++) {
            byte[] bytes = utf8(text.apply(i));
            writeHead(out, number, bytes.length);
            out.write(bytes);
          }
        });
    return this;
  }

  /**
   * Adds a message.
   *
   * @param number the field's, at least 1
   * @param message complete: what is added to it later is a fault
   * @return this
   */
  public ProtobufMessage message(int number, ProtobufMessage message) {
    long bytes = message.size;
    size += lengthFieldBytes(number, bytes);
    fields.add(
        out -> {
          writeHead(out, number, bytes);
          message.writeTo(out);
        });
    return this;
  }

  /**
   * Adds a field of bytes that are floats, in little-endian order.
   *
   * @param number the field's, at least 1
   * @param count how many floats
   * @param source read once by {@link #writeTo}
   * @return this
   */
  public ProtobufMessage floats(int number, long count, SafeTensorsWriter.FloatSource source) {
    size += lengthFieldBytes(number, Float.BYTES * count);
    fields.add(
        out -> {
          writeHead(out, number, Float.BYTES * count);
          FloatBytes.write(out, count, source);
        });
    return this;
  }

  /**
   * Returns how many bytes {@link #writeTo} writes.
   *
   * @return at least 0
   */
  public long size() {
    return size;
  }

  /**
   * Writes the fields.
   *
   * @param out where they go; better buffered
   * @throws IOException if that or a source fails
   */
  public void writeTo(OutputStream out) throws IOException {
    for (Field field : fields) {
      field.writeTo(out);
    }
  }

  private static long tag(int number, int wireType) {
    return (long) number << 3 | wireType;
  }

  private static long lengthFieldBytes(int number, long bytes) {
    return varintBytes(tag(number, LENGTH)) + varintBytes(bytes) + bytes;
  }

  private static void writeHead(OutputStream out, int number, long bytes) throws IOException {
    writeVarint(out, tag(number, LENGTH));
    writeVarint(out, bytes);
  }

  /** Seven bits a byte, the lowest first; the high bit says that more follow. */
  private static void writeVarint(OutputStream out, long value) throws IOException {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static int varintBytes(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
