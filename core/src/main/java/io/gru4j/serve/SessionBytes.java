package io.gru4j.serve;

import io.gru4j.serve.SessionFormatException.Reason;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A session as bytes, big-endian:
 *
 * <pre>
 *   4  magic "GRUS"        8  number of clicks            4 * seen     numbers of the items seen, ascending
 *   1  version, 1          4  number of items seen        4 * hidden units  hidden state, layer by layer
 *   8  model fingerprint                                  4  CRC-32C of all before
 * </pre>
 */
final class SessionBytes {
  private static final int MAGIC = 'G' << 24 | 'R' << 16 | 'U' << 8 | 'S';
  private static final byte VERSION = 1;
  private static final int HEAD = 4 + 1 + 8 + 8 + 4;
  private static final int CHECKSUM = 4;

  /**
   * A hidden state is a mean of tanh values, so only rounding can bring it above 1. A session keeps
   * it within this bound. A larger value is no session, and could make scores infinite.
   */
  static final float LARGEST = 1.001f;

  private SessionBytes() {}

  static byte[] write(Session session, long fingerprint) {
    float[] hidden = session.hidden();
    int seen = session.seenCount();
    byte[] bytes = new byte[HEAD + 4 * seen + 4 * hidden.length + CHECKSUM];
    ByteBuffer out = ByteBuffer.wrap(bytes);
    out.putInt(MAGIC).put(VERSION).putLong(fingerprint).putLong(session.clicks()).putInt(seen);
    for (int i = 0; i < seen; i++) {
      out.putInt(session.seen()[i]);
    }
    for (float h : hidden) {
      out.putFloat(h);
    }
    out.putInt(checksum(bytes));
    return bytes;
  }

  static void read(byte[] bytes, long fingerprint, Session session, int numItems)
      throws SessionFormatException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < 5 || in.getInt() != MAGIC) {
      throw corrupt("the bytes are no session: they do not start with GRUS");
    }
    byte version = in.get();
    if (version != VERSION) {
      throw new SessionFormatException(
          Reason.OTHER_VERSION,
          "the session has format version %d, known is %d".formatted(version & 0xff, VERSION));
    }
    int least = HEAD + CHECKSUM;
    if (bytes.length < least) {
      throw corrupt("the session is cut: %d bytes, at least %d".formatted(bytes.length, least));
    }
    if (in.getInt(bytes.length - CHECKSUM) != checksum(bytes)) {
      throw corrupt("the session was changed or cut: its checksum is wrong");
    }
    long model = in.getLong();
    if (model != fingerprint) {
      throw new SessionFormatException(
          Reason.OTHER_MODEL,
          "the session is of model %016x, this is model %016x".formatted(model, fingerprint));
    }
    long clicks = in.getLong();
    int seen = in.getInt();
    float[] hidden = session.hidden();
    long length = HEAD + 4L * seen + 4L * hidden.length + CHECKSUM;
    if (seen < 0 || seen > numItems || clicks < seen || (clicks == 0) != (seen == 0)) {
      throw corrupt("%d clicks on %d of %d items cannot be".formatted(clicks, seen, numItems));
    }
    if (bytes.length != length) {
      throw corrupt("the session has %d bytes, expected %d".formatted(bytes.length, length));
    }
    int[] items = new int[seen];
    for (int i = 0; i < seen; i++) {
      items[i] = in.getInt();
      if (items[i] < (i == 0 ? 0 : items[i - 1] + 1) || items[i] >= numItems) {
        throw corrupt("the numbers of the items seen are not ascending in [0, " + numItems + ")");
      }
    }
    for (int i = 0; i < hidden.length; i++) {
      float h = in.getFloat();
      if (!(Math.abs(h) <= LARGEST) || clicks == 0 && h != 0) {
        throw corrupt("hidden[%d] = %s cannot be a state of the GRU".formatted(i, h));
      }
      hidden[i] = h;
    }
    session.restore(clicks, items, seen);
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - CHECKSUM);
    return (int) crc.getValue();
  }

  private static SessionFormatException corrupt(String message) {
    return new SessionFormatException(Reason.CORRUPT, message);
  }
}
