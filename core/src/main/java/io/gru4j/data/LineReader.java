package io.gru4j.data;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipException;

/**
 * Reads a UTF-8 file, plain or packed as {@link InputBytes} reads it, line by line as slices of one
 * buffer.
 *
 * <p>A line ends in LF or CRLF, the last may end with the file. A byte order mark is skipped. Where
 * CSV quotes are on, a line feed inside quotes belongs to the line. After a {@link
 * SessionFileException} of {@link #next} for one line, the next call goes on with the next line.
 */
final class LineReader implements Closeable {
  /** The longest line, in bytes. */
  static final int MAX_LINE = 1 << 20;

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH_BYTE = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private final Path file;
  private final InputStream in;
  private byte[] buffer = new byte[1 << 18];
  private int limit; // end of what was read
  private int position; // where the next line starts
  private int start; // the line: [start, end)
  private int end;
  private long line; // number of the line's first line, from 1
  private long nextLine = 1;
  private byte separator; // of CSV fields; 0: quotes mean nothing

  LineReader(Path file) throws IOException {
    this(file, InputBytes.open(file, null));
  }

  /** Reads an open stream of unpacked text, and closes it; {@code file} is for messages. */
  LineReader(Path file, InputStream text) throws IOException {
    this.file = file;
    this.in = text;
    try {
      skipByteOrderMark();
    } catch (IOException | RuntimeException e) {
      text.close();
      throw e;
    }
  }

  private void skipByteOrderMark() throws IOException {
    while (limit < 3 && fill()) {
      // until three bytes are there or the file ends
    }
    if (limit >= 3
        && buffer[0] == (byte) 0xef
        && buffer[1] == (byte) 0xbb
        && buffer[2] == (byte) 0xbf) {
      position = 3;
    }
  }

  /** From now on, fields separated by this byte may stand in CSV quotes. */
  void quotedFields(byte separator) {
    this.separator = separator;
  }

  Path file() {
    return file;
  }

  /**
   * The first byte of the text that is no white space, which stays to be read; -1: there is none.
   */
  int firstByte() throws IOException {
    for (int n = 0; n <= MAX_LINE && (position + n < limit || fill()); n++) {
      byte b = buffer[position + n];
      if (b > ' ' || b < 0) {
        return b & 0xff;
      }
    }
    return -1;
  }

  /** The buffer the line is in; valid until the next call of {@link #next}. */
  byte[] buffer() {
    return buffer;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /** The number of the line, from 1; of its first line if quotes make it span several. */
  long line() {
    return line;
  }

  /** The line as text. */
  String text() {
    return new String(buffer, start, end - start, StandardCharsets.UTF_8);
  }

  /** Moves to the next line that is not blank. */
  boolean next() throws IOException {
    do {
      if (!nextLine()) {
        return false;
      }
    } while (start == end);
    return true;
  }

  /** Makes the next call of {@link #next} return the same line again. */
  void again() {
    position = start;
    nextLine = line;
  }

  private boolean nextLine() throws IOException {
    line = nextLine;
    int length = simpleLength();
    if (length < 0) {
      length = separator == 0 ? plainLength() : quotedLength();
    }
    if (length < 0) {
      return false;
    }
    start = position;
    end = position + length;
    position = Math.min(limit, end + 1);
    if (end > start && buffer[end - 1] == '\r') {
      end--;
    }
    return true;
  }

  /**
   * Length of the line at {@link #position} as most lines are: its end is in the buffer and, where
   * quotes mean something, it has none. Otherwise -1. Looks at eight bytes at once.
   */
  private int simpleLength() throws IOException {
    byte[] bytes = buffer;
    boolean quotes = separator != 0;
    int last = Math.min(limit, position + MAX_LINE) - Long.BYTES;
    long bits = 0;
    for (int i = position; i <= last; i += Long.BYTES) {
      long eight = (long) EIGHT_BYTES.get(bytes, i);
      long feeds = zeroBytes(eight ^ '\n' * EACH_BYTE);
      if (quotes) {
        long quote = zeroBytes(eight ^ '"' * EACH_BYTE);
        if (quote != 0 && Long.numberOfTrailingZeros(quote) < Long.numberOfTrailingZeros(feeds)) {
          return -1;
        }
      }
      if (feeds == 0) {
        bits |= eight;
        continue;
      }
      int before = Long.numberOfTrailingZeros(feeds) & -Byte.SIZE; // bits of the bytes before it
      bits |= eight & ~(-1L << before);
      int length = i + before / Byte.SIZE - position;
      nextLine++;
      if ((bits & HIGH_BITS) != 0) {
        checkUtf8(length);
      }
      return length;
    }
    return -1;
  }

  /** The high bits of the bytes that are 0; the lowest is exact, those above one may be wrong. */
  private static long zeroBytes(long eight) {
    return eight - EACH_BYTE & ~eight & HIGH_BITS;
  }

  /** Length of the line at {@link #position}, or -1 at the end of the file. */
  private int plainLength() throws IOException {
    int length = 0;
    int bits = 0;
    while (true) {
      int from = position + length;
      int i = from;
      byte[] bytes = buffer;
      int to = limit;
      while (i < to && bytes[i] != '\n') {
        bits |= bytes[i++];
      }
      length += i - from;
      if (i < to) {
        break;
      }
      if (length > MAX_LINE) {
        throw tooLong();
      }
      if (!fill()) {
        if (length == 0) {
          return -1;
        }
        break;
      }
    }
    nextLine++;
    if (length > MAX_LINE) {
      throw tooLong(length);
    }
    if (bits < 0) {
      checkUtf8(length);
    }
    return length;
  }

  /** As {@link #plainLength}, but a line feed in a quoted field does not end the line. */
  private int quotedLength() throws IOException {
    int firstLine = -1; // length of the first line, where the line spans several
    int lines = 1;
    int bits = 0;
    boolean quoted = false; // inside quotes
    boolean closed = false; // right after a closing quote
    boolean mayOpen = true; // a quote here opens: at a field's start or right after a closing quote
    int length = 0;
    while (true) {
      if (position + length == limit) {
        if (length > MAX_LINE || !fill()) {
          if (quoted && (firstLine >= 0 || length <= MAX_LINE)) {
            throw badQuote(
                firstLine < 0 ? length : firstLine, "a quote is opened and never closed");
          }
          if (length > MAX_LINE) {
            throw tooLong();
          }
          if (length == 0) {
            return -1;
          }
          break;
        }
      }
      byte b = buffer[position + length];
      bits |= b;
      if (quoted) {
        if (b == '"') {
          quoted = false;
          closed = true;
          mayOpen = true;
        } else if (b == '\n') {
          lines++;
          firstLine = firstLine < 0 ? length : firstLine;
        }
      } else if (b == '\n') {
        break;
      } else if (b == '"' && mayOpen) {
        quoted = true;
        closed = false;
      } else {
        if (closed && firstLine >= 0 && b != separator && b != '\r') {
          throw badQuote(firstLine, "text follows a closing quote");
        }
        mayOpen = b == separator;
        closed = false;
      }
      length++;
    }
    nextLine += lines;
    if (length > MAX_LINE) {
      throw tooLong(length);
    }
    if (bits < 0) {
      checkUtf8(length);
    }
    return length;
  }

  /** A stray quote spoils only its own line, however far the search for the closing quote went. */
  private SessionFileException badQuote(int firstLine, String what) {
    boolean ended = position + firstLine < limit && buffer[position + firstLine] == '\n';
    position = Math.min(limit, position + firstLine + (ended ? 1 : 0));
    nextLine++;
    return SessionFileException.ofLine(file, line, what);
  }

  /** Skips a line whose end is not in the buffer. */
  private SessionFileException tooLong() throws IOException {
    while (true) {
      position = limit;
      if (!fill()) {
        break;
      }
      int i = position;
      while (i < limit && buffer[i] != '\n') {
        i++;
      }
      position = i;
      if (i < limit) {
        position++;
        break;
      }
    }
    nextLine++;
    return lineTooLong();
  }

  /** Skips a line whose end is in the buffer. */
  private SessionFileException tooLong(int length) {
    position = Math.min(limit, position + length + 1);
    return lineTooLong();
  }

  private SessionFileException lineTooLong() {
    return SessionFileException.ofLine(
        file, line, "the line is longer than " + MAX_LINE + " bytes, is this a text file?");
  }

  private void checkUtf8(int length) throws SessionFileException {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(buffer, position, length));
    } catch (CharacterCodingException e) {
      String shown = escaped(buffer, position, position + length);
      position = Math.min(limit, position + length + 1);
      throw SessionFileException.ofLine(file, line, "the line is not UTF-8 text: " + shown);
    }
  }

  private static String escaped(byte[] bytes, int from, int to) {
    StringBuilder text = new StringBuilder("\"");
    int shown = Math.min(to, from + 60);
    for (int i = from; i < shown; i++) {
      if (bytes[i] >= ' ' && bytes[i] < 127) {
        text.append((char) bytes[i]);
      } else {
        text.append(String.format("\\x%02x", bytes[i] & 0xff));
      }
    }
    return text.append(shown < to ? "..." : "").append('"').toString();
  }

  /**
   * Reads more after the bytes in the buffer; first moves them to the front, or to a larger buffer,
   * if there is no room.
   */
  private boolean fill() throws IOException {
    if (limit == buffer.length) {
      byte[] target = position > buffer.length / 2 ? buffer : new byte[2 * buffer.length];
      System.arraycopy(buffer, position, target, 0, limit - position);
      limit -= position;
      position = 0;
      buffer = target;
    }
    try {
      int n = in.read(buffer, limit, buffer.length - limit);
      limit += Math.max(0, n);
      return n > 0;
    } catch (EOFException | ZipException e) {
      throw InputBytes.damaged(file, nextLine, e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
