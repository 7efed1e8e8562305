package io.gru4j.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The body of one request, in one piece or in chunks. It is read when it is asked for, and what it
 * takes beyond a connection's own buffer is counted in the budget until {@link #close}.
 */
final class BodyReader implements AutoCloseable {
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int SIZE_DIGITS = 16;
  private static final int EXTENSION_BYTES = 256;

  private final Request request;
  private final RequestReader reader;
  private final WritableByteChannel out;
  private final ByteBudget budget;
  private byte[] bytes = new byte[0];
  private int size;
  private long taken;
  private boolean begun;
  private boolean ended;

  BodyReader(Request request, RequestReader reader, WritableByteChannel out, ByteBudget budget) {
    this.request = request;
    this.reader = reader;
    this.out = out;
    this.budget = budget;
    this.ended = request.length() == 0;
  }

  /** Reads all of it; 413 if that is too much, 503 if the budget is spent. */
  byte[] read() throws IOException, RequestException {
    begin();
    if (request.length() > ServerLimits.BODY_BYTES) {
      throw tooLarge();
    }
    if (request.length() == Request.CHUNKED) {
      readChunks(true);
    } else {
      append((int) request.length());
    }
    ended = true;
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  /** Whether its last byte has been read, so that another request may follow. */
  boolean ended() {
    return ended;
  }

  /** Whether another request can follow: the body is read, or a short one that is sure to come. */
  boolean canEnd() {
    boolean sure = !begun && !request.expectsContinue();
    return ended || sure && request.length() <= ServerLimits.BODY_BYTES;
  }

  /**
   * Reads over a body that nobody has asked for, where it {@link #canEnd}.
   *
   * @return whether it is at its end now
   */
  boolean skip() throws IOException {
    begun = true;
    try {
      if (request.length() == Request.CHUNKED) {
        readChunks(false);
      } else {
        reader.skip(request.length());
      }
      ended = true;
    } catch (RequestException e) {
      return false; // wrong chunks, which have no end: the connection is closed
    }
    return true;
  }

  private void begin() throws IOException {
    begun = true;
    if (request.expectsContinue() && !ended && !reader.hasMore()) {
      out.write(ByteBuffer.wrap(CONTINUE));
    }
  }

  private void readChunks(boolean keep) throws IOException, RequestException {
    long total = 0;
    for (long n = chunkSize(); n > 0; n = chunkSize()) {
      total += n;
      if (total > ServerLimits.BODY_BYTES) {
        throw tooLarge();
      }
      if (keep) {
        append((int) n);
      } else {
        reader.skip(n);
      }
      if (reader.read() != '\r' || reader.read() != '\n') {
        throw wrong("a chunk of %d bytes must be followed by CR LF".formatted(n));
      }
    }
    reader.trailers();
  }

  /** Digits, perhaps an extension that is passed over, CR LF. */
  private long chunkSize() throws IOException, RequestException {
    long n = 0;
    int digits = 0;
    int b = reader.read();
    for (int digit = digit(b); digit >= 0; digit = digit(b)) {
      if (++digits > SIZE_DIGITS) {
        throw wrong("the size of a chunk has more than " + SIZE_DIGITS + " digits");
      }
      n = Math.min(n * 16 + digit, Integer.MAX_VALUE);
      b = reader.read();
    }
    if (digits == 0 || b != ';' && b != '\r') {
      throw wrong("a chunk must begin with its size in hexadecimal digits and CR LF");
    }
    for (int count = 0; b != '\r'; count++) {
      boolean control = b < ' ' && b != '\t' || b == 0x7f;
      if (control || count == EXTENSION_BYTES) {
        throw wrong("what follows the size of a chunk is no extension of at most 256 bytes");
      }
      b = reader.read();
    }
    if (reader.read() != '\n') {
      throw wrong("the size of a chunk must end in CR LF");
    }
    return n;
  }

  private static int digit(int b) {
    return b < 0x80 ? Character.digit(b, 16) : -1;
  }

  /** Reads further bytes of the body; memory is taken as they come, not as they are announced. */
  private void append(int n) throws IOException, RequestException {
    for (int left = n; left > 0; ) {
      if (size == bytes.length) {
        grow(size + left);
      }
      int part = Math.min(left, bytes.length - size);
      reader.read(bytes, size, part);
      size += part;
      left -= part;
    }
  }

  private void grow(int wanted) throws RequestException {
    int length = Math.min(wanted, Math.max(ServerLimits.BUFFER_BYTES, 4 * size));
    long counted = length - ServerLimits.BUFFER_BYTES;
    if (counted > taken) {
      budget.take(counted - taken);
      taken = counted;
    }
    bytes = Arrays.copyOf(bytes, length);
  }

  @Override
  public void close() {
    budget.give(taken);
    taken = 0;
    bytes = new byte[0];
  }

  private static RequestException tooLarge() {
    return new RequestException(
        413, "the body has more than " + ServerLimits.BODY_BYTES + " bytes");
  }

  private static RequestException wrong(String message) {
    return new RequestException(400, message);
  }
}
