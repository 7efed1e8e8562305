package io.gru4j.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Counts the bytes of one input as they are read, and makes their SHA-256 where it is wanted. */
final class InputTap {
  private final MessageDigest digest; // null: no digest is wanted
  private InputStream raw;
  private long bytes;

  InputTap(boolean digests) {
    try {
      this.digest = digests ? MessageDigest.getInstance("SHA-256") : null;
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Returns a stream of the same bytes. */
  InputStream on(InputStream in) {
    raw =
        new FilterInputStream(in) {
          @Override
          public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            int n = in.read(target, offset, length);
            if (n > 0) {
              bytes += n;
              if (digest != null) {
                digest.update(target, offset, n);
              }
            }
            return n;
          }
        };
    return raw;
  }

  long bytes() {
    return bytes;
  }

  /** Reads what stands behind the end of the text, such as a zip file's directory. */
  void finish() throws IOException {
    byte[] rest = new byte[1 << 16];
    while (digest != null && raw.read(rest, 0, rest.length) >= 0) {
      // on() sees the bytes
    }
  }

  /** The digest of all bytes. */
  String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
