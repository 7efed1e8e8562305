package io.gru4j.serve;

import io.gru4j.serve.SessionFormatException.Reason;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A session as bytes, big-endian:
 *
 * <pre>
 *   4  magic "GRUS"        8  number of clicks            4 * items    numbers of the items
 *   1  version, 2          4  number of items             4 * hidden units  hidden state, layer by layer
 *   8  model fingerprint                                  4  CRC-32C of all before
 * </pre>
 *
 * <p>The items are those of all clicks in their order, so that another model can take them in anew.
 * Of more than {@link #ORDERED} clicks they are the distinct ones, ascending: what they are needed
 * for then is to leave them out.
 *
 * @param clicks how many
 * @param items as above
 * @param hidden the hidden state
 */
record SessionBytes(long clicks, int[] items, float[] hidden) {
  private static final int MAGIC = 'G' << 24 | 'R' << 16 | 'U' << 8 | 'S';
  private static final byte VERSION = 2;
  private static final int HEAD = 4 + 1 + 8 + 8 + 4;
  private static final int CHECKSUM = 4;

  /** Clicks whose order is kept; to take them in again costs a step of the GRU each. */
  static final int ORDERED = 1_000;

  /**
   * A hidden state is a mean of tanh values, so only rounding can bring it above 1. A session keeps
   * it within this bound. A larger value is no session, and could make scores infinite.
   */
  static final float LARGEST = 1.001f;

  static byte[] write(Session session, long fingerprint) {
    float[] hidden = session.hidden();
    boolean ordered = session.isOrdered();
    int count = ordered ? (int) session.clicks() : session.seenCount();
    int[] items = ordered ? session.order() : session.seen();
    byte[] bytes = new byte[HEAD + 4 * count + 4 * hidden.length + CHECKSUM];
    ByteBuffer out = ByteBuffer.wrap(bytes);
    out.putInt(MAGIC).put(VERSION).putLong(fingerprint).putLong(session.clicks()).putInt(count);
    for (int i = 0; i < count; i++) {
      out.putInt(items[i]);
    }
    for (float h : hidden) {
      out.putFloat(h);
    }
    out.putInt(checksum(bytes));
    return bytes;
  }

  /** Whether bytes that may be anything name a model. */
  static boolean isOf(long fingerprint, byte[] bytes) {
    return bytes.length >= HEAD && ByteBuffer.wrap(bytes).getLong(4 + 1) == fingerprint;
  }

  /**
   * Reads bytes that may be anything.
   *
   * @param fingerprint of the model
   * @param numItems of the model
   * @param hiddenLength of the model
   */
  static SessionBytes read(byte[] bytes, long fingerprint, int numItems, int hiddenLength)
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
    if (bytes.length < HEAD + CHECKSUM) {
      throw corrupt(
          "the session is cut: %d bytes, at least %d".formatted(bytes.length, HEAD + CHECKSUM));
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
    int count = in.getInt();
    long length = HEAD + 4L * count + 4L * hiddenLength + CHECKSUM;
    boolean ordered = clicks <= ORDERED;
    if (count < 0
        || (ordered ? count != clicks : count > numItems || clicks < count || count == 0)) {
      throw corrupt("%d clicks with %d of %d items cannot be".formatted(clicks, count, numItems));
    }
    if (bytes.length != length) {
      throw corrupt("the session has %d bytes, expected %d".formatted(bytes.length, length));
    }
    int[] items = new int[count];
    for (int i = 0; i < count; i++) {
      items[i] = in.getInt();
      int least = ordered || i == 0 ? 0 : items[i - 1] + 1;
      if (items[i] < least || items[i] >= numItems) {
        throw corrupt(
            "the numbers of the items are not %sin [0, %d)"
                .formatted(ordered ? "" : "ascending ", numItems));
      }
    }
    float[] hidden = new float[hiddenLength];
    for (int i = 0; i < hidden.length; i++) {
      float h = in.getFloat();
      if (!(Math.abs(h) <= LARGEST) || clicks == 0 && h != 0) {
        throw corrupt("hidden[%d] = %s cannot be a state of the GRU".formatted(i, h));
      }
      hidden[i] = h;
    }
    return new SessionBytes(clicks, items, hidden);
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
