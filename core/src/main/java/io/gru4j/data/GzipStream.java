package io.gru4j.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Reads gzip data (RFC 1952) of any number of members to its end.
 *
 * <p>{@link java.util.zip.GZIPInputStream} treats a damaged header of a second member as the end of
 * the data, so that member is lost silently. Here it is an error; only zero bytes may follow the
 * last member.
 */
final class GzipStream extends InputStream {
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private boolean inMember;
  private boolean finished;

  GzipStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int n = read(one, 0, 1);
    return n < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!finished) {
      if (!inMember) {
        nextMember();
        continue;
      }
      int n = inflate(target, offset, length);
      if (n > 0) {
        crc.update(target, offset, n);
        return n;
      }
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsDictionary()) {
        throw new ZipException("gzip data asks for a preset dictionary");
      } else {
        require();
        inflater.setInput(buffer, position, limit - position);
      }
    }
    return -1;
  }

  private int inflate(byte[] target, int offset, int length) throws ZipException {
    try {
      int n = inflater.inflate(target, offset, length);
      position = limit - inflater.getRemaining();
      return n;
    } catch (DataFormatException e) {
      throw new ZipException("gzip data is damaged: " + e.getMessage());
    }
  }

  private void nextMember() throws IOException {
    if (!fill()) {
      finished = true;
      return;
    }
    if (buffer[position] == 0) {
      skipPadding();
      return;
    }
    crc.reset();
    if (next() != 0x1f || next() != 0x8b || next() != 8) {
      throw new ZipException("gzip data is damaged: no member starts where one should");
    }
    int flags = next();
    if ((flags & RESERVED) != 0) {
      throw new ZipException("gzip data is damaged: reserved flags are set");
    }
    for (int i = 0; i < 6; i++) {
      next(); // time, extra flags, operating system
    }
    if ((flags & EXTRA) != 0) {
      int length = next() | next() << 8;
      for (int i = 0; i < length; i++) {
        next();
      }
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      int expected = (int) crc.getValue() & 0xffff;
      if ((next() | next() << 8) != expected) {
        throw new ZipException("gzip data is damaged: the header's checksum is wrong");
      }
    }
    crc.reset();
    inflater.reset();
    inflater.setInput(buffer, position, limit - position);
    inMember = true;
  }

  private void endMember() throws IOException {
    long checksum = crc.getValue();
    long size = inflater.getBytesWritten() & 0xffffffffL;
    if (next4() != checksum || next4() != size) {
      throw new ZipException("gzip data is damaged: checksum or size is wrong");
    }
    inMember = false;
  }

  private void skipPadding() throws IOException {
    while (fill()) {
      if (buffer[position++] != 0) {
        throw new ZipException("gzip data is damaged: no member starts where one should");
      }
    }
    finished = true;
  }

  private void skipText() throws IOException {
    while (next() != 0) {
      // up to and with the zero byte
    }
  }

  private long next4() throws IOException {
    return next() | next() << 8 | next() << 16 | (long) next() << 24;
  }

  private int next() throws IOException {
    require();
    crc.update(buffer, position, 1);
    return buffer[position++] & 0xff;
  }

  private void require() throws IOException {
    if (!fill()) {
      throw new EOFException("gzip data ends too early");
    }
  }

  private boolean fill() throws IOException {
    if (position < limit) {
      return true;
    }
    position = 0;
    limit = Math.max(0, in.read(buffer, 0, buffer.length));
    return limit > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
