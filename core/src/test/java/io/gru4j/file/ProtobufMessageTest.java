package io.gru4j.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ProtobufMessageTest {

  private static byte[] bytes(ProtobufMessage message) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    message.writeTo(out);
    assertEquals(out.size(), message.size());
    return out.toByteArray();
  }

  private static String hex(ProtobufMessage message) throws IOException {
    return HexFormat.of().formatHex(bytes(message));
  }

  /** The examples of the format's own description. */
  @Test
  void writesTheExamples() throws IOException {
    assertEquals("089601", hex(new ProtobufMessage().integer(1, 150)));
    assertEquals("120774657374696e67", hex(new ProtobufMessage().text(2, "testing")));
    ProtobufMessage inner = new ProtobufMessage().integer(1, 150);
    assertEquals("1a03089601", hex(new ProtobufMessage().message(3, inner)));
    assertEquals("08feffffffffffffffff01", hex(new ProtobufMessage().integer(1, -2)));
    assertEquals("0800", hex(new ProtobufMessage().integer(1, 0)));
    assertEquals("", hex(new ProtobufMessage()));
  }

  /** Seven bits a byte, as an unsigned number of 64 bits. */
  @Property
  void integersAndTagsAreVarints(
      @ForAll @IntRange(min = 1, max = 536_870_911) int number, @ForAll long value)
      throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes(new ProtobufMessage().integer(number, value)));
    assertEquals(BigInteger.valueOf(number).shiftLeft(3), varint(in));
    assertEquals(new BigInteger(Long.toUnsignedString(value)), varint(in));
    assertEquals(0, in.remaining());
  }

  private static BigInteger varint(ByteBuffer in) {
    BigInteger value = BigInteger.ZERO;
    for (int shift = 0; ; shift += 7) {
      int next = in.get() & 0xFF;
      value = value.or(BigInteger.valueOf(next & 0x7F).shiftLeft(shift));
      if (next < 0x80) {
        return value;
      }
    }
  }

  @Property(tries = 100)
  void textsAndFloatsHaveTheirLengths(
      @ForAll List<String> texts, @ForAll @IntRange(max = 40_000) int count) throws IOException {
    ProtobufMessage message =
        new ProtobufMessage()
            .texts(1, texts.size(), texts::get)
            .floats(
                2,
                count,
                (offset, dst, n) -> {
                  for (int i = 0; i < n; i++) {
                    dst[i] = offset + i;
                  }
                });
    ByteBuffer in =
        ByteBuffer.wrap(bytes(new ProtobufMessage().message(5, message)))
            .order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(BigInteger.valueOf(5 << 3 | 2), varint(in));
    assertEquals(message.size(), varint(in).longValueExact());
    for (String text : texts) {
      assertEquals(BigInteger.valueOf(1 << 3 | 2), varint(in));
      byte[] found = new byte[varint(in).intValueExact()];
      in.get(found);
      assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), found);
    }
    assertEquals(BigInteger.valueOf(2 << 3 | 2), varint(in));
    assertEquals(4L * count, varint(in).longValueExact());
    for (int i = 0; i < count; i++) {
      assertEquals(i, in.getFloat());
    }
    assertEquals(0, in.remaining());
  }
}
