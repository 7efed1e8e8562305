package io.gru4j.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Answers as bytes. One of ordinary size is one write, so that it leaves in one packet. */
final class ResponseWriter {
  /** Bytes that are handed to the system at once: it copies through a buffer of that size. */
  private static final int WRITE_BYTES = 64 << 10;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private static final Map<Integer, String> REASONS =
      Map.ofEntries(
          Map.entry(200, "OK"),
          Map.entry(400, "Bad Request"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(409, "Conflict"),
          Map.entry(413, "Content Too Large"),
          Map.entry(414, "URI Too Long"),
          Map.entry(415, "Unsupported Media Type"),
          Map.entry(417, "Expectation Failed"),
          Map.entry(421, "Misdirected Request"),
          Map.entry(431, "Request Header Fields Too Large"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(505, "HTTP Version Not Supported"));

  private record Second(long number, String text) {}

  private static volatile Second second = new Second(0, "");

  private ResponseWriter() {}

  /**
   * Writes an answer and waits until the system has taken it.
   *
   * @param withBody false for HEAD: the length is then that of the body which GET would get
   * @param close whether to say that the connection ends
   */
  static void write(WritableByteChannel out, Answer answer, boolean withBody, boolean close)
      throws IOException {
    byte[] head = head(answer, close).getBytes(StandardCharsets.ISO_8859_1);
    byte[] body = answer.body();
    int first = withBody ? Math.min(body.length, Math.max(0, WRITE_BYTES - head.length)) : 0;
    ByteBuffer together = ByteBuffer.allocate(head.length + first);
    together.put(head).put(body, 0, first).flip();
    writeAll(out, together);
    for (int at = first; withBody && at < body.length; at += WRITE_BYTES) {
      writeAll(out, ByteBuffer.wrap(body, at, Math.min(WRITE_BYTES, body.length - at)));
    }
  }

  private static void writeAll(WritableByteChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /** Status line and headers of an answer. */
  static String head(Answer answer, boolean close) {
    StringBuilder head = new StringBuilder(512);
    head.append("HTTP/1.1 ").append(answer.status()).append(' ');
    head.append(REASONS.getOrDefault(answer.status(), "Other")).append("\r\n");
    header(head, "Date", date());
    header(head, "Content-Type", answer.type());
    header(head, "Content-Length", Integer.toString(answer.body().length));
    header(head, "Cache-Control", "no-store");
    header(head, "X-Content-Type-Options", "nosniff");
    for (int i = 0; i < answer.headers().size(); i += 2) {
      header(head, answer.headers().get(i), answer.headers().get(i + 1));
    }
    if (close) {
      header(head, "Connection", "close");
    }
    return head.append("\r\n").toString();
  }

  private static void header(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  private static String date() {
    Instant now = Instant.now();
    Second known = second;
    if (known.number != now.getEpochSecond()) {
      known = new Second(now.getEpochSecond(), DATE.format(now));
      second = known;
    }
    return known.text;
  }
}
