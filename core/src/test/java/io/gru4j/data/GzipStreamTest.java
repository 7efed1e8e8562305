package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Members as other programs write them: with all that a header of RFC 1952 may have. */
class GzipStreamTest {
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;

  /** The stream of GZIPOutputStream behind a header of our own. */
  private static byte[] member(byte[] data, int flags, int extra, boolean soundHeader)
      throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(new byte[] {0x1f, (byte) 0x8b, 8, (byte) flags, 1, 2, 3, 4, 0, 3});
    if ((flags & EXTRA) != 0) {
      header.write(extra);
      header.write(extra >> 8);
      byte[] field = new byte[extra];
      Arrays.fill(field, (byte) 7); // not zero: it must not pass for the end of a text
      header.write(field);
    }
    if ((flags & NAME) != 0) {
      header.write("sessions.tsv\0".getBytes());
    }
    if ((flags & COMMENT) != 0) {
      header.write("of\n1987\0".getBytes());
    }
    if ((flags & HEADER_CRC) != 0) {
      CRC32 crc = new CRC32();
      crc.update(header.toByteArray());
      int sum = (int) crc.getValue() ^ (soundHeader ? 0 : 0x100);
      header.write(sum);
      header.write(sum >> 8);
    }
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(plain)) {
      gzip.write(data);
    }
    header.write(plain.toByteArray(), 10, plain.size() - 10);
    return header.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static InputStream unpack(byte[] bytes) throws IOException {
    return new GzipStream(new ByteArrayInputStream(bytes));
  }

  @Property
  void readsMembersWithAnyHeader(
      @ForAll @IntRange(max = 15) int flags,
      @ForAll @IntRange(max = 15) int otherFlags,
      @ForAll @IntRange(max = 600) int extra,
      @ForAll @IntRange(max = 300) int length,
      @ForAll @IntRange(max = 3) int padding,
      @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    byte[] one = random(random, length);
    byte[] two = random(random, random.nextInt(2) * 100_000); // more than a buffer
    byte[] file =
        join(
            member(one, 2 * flags, extra, true),
            member(two, 2 * otherFlags, extra / 2, true),
            new byte[padding]);
    byte[] data = join(one, two);
    assertArrayEquals(data, unpack(file).readAllBytes());
    InputStream byByte = unpack(file);
    for (int i = 0; i < Math.min(400, data.length); i++) {
      assertEquals(data[i] & 0xff, byByte.read());
    }
    if (data.length < 400) {
      assertEquals(-1, byByte.read());
      assertEquals(-1, byByte.read());
    }
  }

  @Test
  void closesWhatItReads() throws IOException {
    boolean[] closed = new boolean[1];
    InputStream file =
        new ByteArrayInputStream(member(new byte[9], 0, 0, true)) {
          @Override
          public void close() {
            closed[0] = true;
          }
        };
    InputStream in = new GzipStream(file);
    in.read();
    in.close();
    assertTrue(closed[0]);
    assertThrows(RuntimeException.class, in::read, "the inflater's memory is given back");
  }

  @Test
  void refusesADamagedHeader() throws IOException {
    byte[] data = {1, 2, 3};
    byte[] sound = member(data, 0, 0, true);
    for (int flags : new int[] {HEADER_CRC, HEADER_CRC | EXTRA, HEADER_CRC | NAME | COMMENT}) {
      assertFault("the header's checksum is wrong", member(data, flags, 5, false));
      assertFault("the header's checksum is wrong", join(sound, member(data, flags, 5, false)));
    }
    assertFault("reserved flags are set", member(data, 32, 0, true));
    assertFault("no member starts where one should", join(sound, new byte[3], sound));
    assertFault("no member starts where one should", join(sound, new byte[] {0, 1}));
    byte[] otherMethod = sound.clone();
    otherMethod[2] = 7;
    assertFault("no member starts where one should", otherMethod);
  }

  private static void assertFault(String part, byte[] file) {
    String message =
        assertThrows(ZipException.class, () -> unpack(file).readAllBytes()).getMessage();
    assertTrue(message.contains(part), message);
  }
}
