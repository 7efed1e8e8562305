package io.gru4j.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of one connection: heads, and what {@link BodyReader} asks for. What has come beyond a
 * request stays for the next one. For one thread.
 */
final class RequestReader {
  /** Lines of a head, with their ends and the empty line. */
  private static final int HEAD_BYTES =
      ServerLimits.REQUEST_LINE_BYTES + ServerLimits.HEADER_BYTES + 4;

  /** Bytes that are asked of the system at once: it copies through a buffer of that size. */
  private static final int READ_BYTES = 64 << 10;

  private final ReadableByteChannel in;
  private final ByteBudget budget;
  private byte[] bytes = new byte[ServerLimits.BUFFER_BYTES];
  private int from;
  private int to;

  RequestReader(ReadableByteChannel in, ByteBudget budget) {
    this.in = in;
    this.budget = budget;
  }

  /** Waits for a byte; false at the end of the stream. */
  boolean await() throws IOException {
    return hasMore() || fill();
  }

  /** Whether bytes have come that nobody has taken. */
  boolean hasMore() {
    return from < to;
  }

  /** Reads a head, {@link #await} having said that something has come. */
  Request head(InetAddress client) throws IOException, RequestException {
    if (bytes[from] == '\r') { // one empty line before a request may be there
      while (to - from < 2) {
        fillOrThrow();
      }
      from += bytes[from + 1] == '\n' ? 2 : 0;
    }
    return HeadParser.parse(lines(HEAD_BYTES, true), client);
  }

  /** Reads the trailers behind the last chunk, and forgets them. */
  void trailers() throws IOException, RequestException {
    HeadParser.checkTrailers(lines(ServerLimits.HEADER_BYTES + 2, false));
  }

  /** Reads lines up to an empty one, which belongs to them. */
  private String lines(int limit, boolean withRequestLine) throws IOException, RequestException {
    boolean requestLine = withRequestLine;
    int line = 0; // where it begins, from `from` on, as `i`
    for (int i = 0; ; i++) {
      if (from + i == to) {
        room(i, limit);
        fillOrThrow();
      }
      byte b = bytes[from + i];
      boolean afterCr = i > line && bytes[from + i - 1] == '\r';
      check(b, i, afterCr);
      if (requestLine && i > ServerLimits.REQUEST_LINE_BYTES) {
        throw new RequestException(
            414,
            "the first line has more than %d bytes".formatted(ServerLimits.REQUEST_LINE_BYTES));
      }
      if (b == '\n') {
        if (i == line + 1) {
          String text = new String(bytes, from, i + 1, StandardCharsets.ISO_8859_1);
          from += i + 1;
          shrink();
          return text;
        }
        requestLine = false;
        line = i + 1;
      }
    }
  }

  private static void check(byte b, int at, boolean afterCr) throws RequestException {
    if (b == '\n' != afterCr) {
      throw new RequestException(400, "byte %d: a line must end in CR LF".formatted(at));
    }
    boolean control = b >= 0 && b < ' ' && b != '\t' && b != '\r' && b != '\n' || b == 0x7f;
    if (control) {
      throw new RequestException(
          400, "byte %d of the head is the control character 0x%02x".formatted(at, b));
    }
  }

  /** Makes room for another byte behind {@code used} ones. */
  private void room(int used, int limit) throws RequestException {
    if (used >= limit) {
      throw new RequestException(
          431,
          "the headers have at least %d bytes, at most %d are read"
              .formatted(ServerLimits.HEADER_BYTES + 1, ServerLimits.HEADER_BYTES));
    }
    if (used == bytes.length) {
      budget.take(bytes.length);
      bytes = Arrays.copyOf(bytes, 2 * bytes.length); // full: it begins at 0
    }
  }

  /** Gives up what a long head took; later requests may already be behind it. */
  private void shrink() {
    if (bytes.length > ServerLimits.BUFFER_BYTES && to - from <= ServerLimits.BUFFER_BYTES) {
      byte[] small = new byte[ServerLimits.BUFFER_BYTES];
      System.arraycopy(bytes, from, small, 0, to - from);
      close();
      bytes = small;
      to -= from;
      from = 0;
    }
  }

  /** Gives back what it holds of the budget. */
  void close() {
    budget.give(bytes.length - ServerLimits.BUFFER_BYTES);
    bytes = new byte[ServerLimits.BUFFER_BYTES];
  }

  /** The next byte, in [0, 255]. */
  int read() throws IOException {
    if (!hasMore()) {
      fillOrThrow();
    }
    return bytes[from++] & 0xff;
  }

  /** Reads {@code n} bytes, into {@code dst} from {@code at} on. */
  void read(byte[] dst, int at, int n) throws IOException {
    int done = Math.min(n, to - from);
    System.arraycopy(bytes, from, dst, at, done);
    from += done;
    while (done < n) {
      int count = in.read(ByteBuffer.wrap(dst, at + done, Math.min(n - done, READ_BYTES)));
      if (count < 0) {
        throw new EOFException(CUT);
      }
      done += count;
    }
  }

  /** Reads {@code n} bytes and throws them away. */
  void skip(long n) throws IOException {
    for (long left = n; left > 0; ) {
      if (!hasMore()) {
        fillOrThrow();
      }
      int count = (int) Math.min(left, to - from);
      from += count;
      left -= count;
    }
  }

  /** Throws away what comes until the client closes, or so many bytes have come. */
  void discard(long limit) throws IOException {
    long left = limit - (to - from);
    from = to;
    while (left > 0 && fill()) {
      left -= to - from;
      from = to;
    }
  }

  private static final String CUT = "the client closed inside a request";

  private void fillOrThrow() throws IOException {
    if (!fill()) {
      throw new EOFException(CUT);
    }
  }

  private boolean fill() throws IOException {
    if (from > 0) {
      System.arraycopy(bytes, from, bytes, 0, to - from);
      to -= from;
      from = 0;
    }
    int count = in.read(ByteBuffer.wrap(bytes, to, bytes.length - to));
    to += Math.max(0, count);
    return count >= 0;
  }
}
