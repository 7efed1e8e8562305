package io.gru4j.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Changes to bytes and texts that readers have stumbled over. */
final class Mutations {
  /** Numbers at which types end. */
  private static final String[] NUMBERS = {
    "0",
    "-1",
    "1",
    "127",
    "255",
    "256",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483648",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "99999999999999999999999999",
    "1e30",
    "1e999",
    "-0.0",
    "2.5",
    "NaN",
    "Infinity",
    "0x10",
    "00",
    "+1",
    "",
    " ",
    "1 2",
    "null",
    "true",
    "\"\"",
    "[]",
    "{}",
    "1_000",
    "\u0661"
  };

  private static final String[] TOKENS = {
    "\n",
    "\r",
    "\r\n",
    "\t",
    ",",
    ";",
    "\"",
    "\"\"",
    "'",
    "\\",
    "\0",
    "\ufeff",
    "{",
    "}",
    "[",
    "]",
    ":",
    "SessionId",
    "ItemId",
    "Time",
    "__metadata__",
    "dtype",
    "shape",
    "data_offsets",
    "\\u0000",
    "\\ud800",
    "\ud83d\ude00",
    "#",
    "=",
    " ",
    "-",
    "e",
    "."
  };

  private Mutations() {}

  static <T> T any(SplittableRandom random, T[] of) {
    return of[random.nextInt(of.length)];
  }

  static String number(SplittableRandom random) {
    return any(random, NUMBERS);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] concat(byte[]... parts) {
    // Each byte once: the heap of the fuzzer holds few copies of a line of 10 MB.
    byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /** Puts bytes in the place of a range. */
  static byte[] splice(byte[] bytes, int from, int to, byte[] middle) {
    return concat(Arrays.copyOf(bytes, from), middle, Arrays.copyOfRange(bytes, to, bytes.length));
  }

  static byte[] insert(SplittableRandom random, byte[] bytes, byte[] what) {
    int at = random.nextInt(bytes.length + 1);
    return splice(bytes, at, at, what);
  }

  static byte[] cut(SplittableRandom random, byte[] bytes) {
    return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
  }

  /** One to eight changes anywhere. */
  static byte[] anywhere(SplittableRandom random, byte[] bytes) {
    byte[] result = bytes;
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      result = once(random, result);
    }
    return result;
  }

  private static byte[] once(SplittableRandom random, byte[] bytes) {
    int from = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, from + 1 + random.nextInt(16));
    byte[] range = Arrays.copyOfRange(bytes, from, to);
    return switch (random.nextInt(9)) {
      case 0 -> splice(bytes, from, to, new byte[0]);
      case 1 -> splice(bytes, from, from, range);
      case 2 -> splice(bytes, from, from, randomBytes(random, 1 + random.nextInt(8)));
      case 3 -> insert(random, bytes, utf8(any(random, TOKENS)));
      case 4 -> splice(bytes, from, to, utf8(number(random)));
      case 5 -> insert(random, bytes, range); // moved elsewhere
      case 6 -> random.nextInt(4) == 0 ? cut(random, bytes) : bytes;
      case 7 -> replaceNumber(random, bytes);
      default -> {
        if (from == to) {
          yield bytes;
        }
        byte[] flipped = bytes.clone();
        flipped[from] ^= (byte) (1 << random.nextInt(8));
        yield flipped;
      }
    };
  }

  /** Puts another number in the place of a run of digits. */
  static byte[] replaceNumber(SplittableRandom random, byte[] bytes) {
    int start = random.nextInt(bytes.length + 1);
    for (int i = start; i < bytes.length; i++) {
      if (isDigit(bytes[i])) {
        int end = i;
        while (end < bytes.length && isDigit(bytes[end])) {
          end++;
        }
        return splice(bytes, i, end, utf8(number(random)));
      }
    }
    return bytes;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  static byte[] randomBytes(SplittableRandom random, int n) {
    byte[] bytes = new byte[n];
    random.nextBytes(bytes);
    return bytes;
  }

  static byte[] gzip(byte[] bytes) {
    return gzip(bytes, new byte[0], 0);
  }

  /** Packs bytes followed by many times a block, so gigabytes fit in a small heap. */
  static byte[] gzip(byte[] start, byte[] block, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(start);
      for (int i = 0; i < times; i++) {
        gzip.write(block);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
