package io.gru4j.data;

import io.gru4j.file.AtomicFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/**
 * Writes {@link Clicks} as a session file: TSV with the default columns, gzip'd if its name ends in
 * {@code .gz}; sessions by their first clicks, each session's clicks together. The same clicks make
 * the same bytes.
 */
public final class ClickFile {
  private static final int BLOCK = 1 << 16;
  private static final int LONGEST_TIME = 42; // characters of 64 bits with their decimals

  private final Clicks clicks;
  private final Path file;
  private final byte[] block;
  private int n;

  private ClickFile(Clicks clicks, Path file) {
    this.clicks = clicks;
    this.file = file;
    this.block = new byte[BLOCK + 2 * clicks.longestId() + LONGEST_TIME];
  }

  /**
   * Writes a file, or replaces it as a whole.
   *
   * @param clicks the clicks, none of them {@link Clicks#LEFT_OUT}
   * @param file the file
   * @throws IOException if it cannot be written, or an id has a tab or a line's end in it, for
   *     which TSV has no way
   */
  public static void write(Clicks clicks, Path file) throws IOException {
    AtomicFile.write(
        file,
        channel -> {
          OutputStream raw = new BufferedOutputStream(Channels.newOutputStream(channel), BLOCK);
          if (file.toString().endsWith(".gz")) {
            GZIPOutputStream gzip = new Gzip(raw);
            new ClickFile(clicks, file).write(gzip);
            gzip.finish();
          } else {
            new ClickFile(clicks, file).write(raw);
          }
          raw.flush();
        });
  }

  /** Clicks pack well at any level, and packing at a higher one takes longer than reading. */
  private static final class Gzip extends GZIPOutputStream {
    private static final int LEVEL = 1;

    Gzip(OutputStream out) throws IOException {
      super(out, BLOCK);
      def.setLevel(LEVEL);
    }
  }

  private void write(OutputStream out) throws IOException {
    SessionColumns names = SessionColumns.DEFAULT;
    append(names.session() + "\t" + names.item() + "\t" + names.time() + "\n");
    for (int session : clicks.sessionsByStart()) {
      for (int click = clicks.start(session); click < clicks.start(session + 1); click++) {
        int from = n;
        n = clicks.copySessionId(session, block, n);
        check(from);
        block[n++] = '\t';
        from = n;
        n = clicks.itemIds().copy(clicks.item(click), block, n);
        check(from);
        block[n++] = '\t';
        append(clicks.time(click));
        block[n++] = '\n';
        if (n >= BLOCK) {
          out.write(block, 0, n);
          n = 0;
        }
      }
    }
    out.write(block, 0, n);
  }

  private void check(int from) throws SessionFileException {
    for (int i = from; i < n; i++) {
      if (block[i] == '\t' || block[i] == '\n' || block[i] == '\r') {
        throw SessionFileException.ofFile(
            file,
            0,
            "cannot have the id "
                + SessionFileException.quoted(
                    new String(block, from, n - from, StandardCharsets.UTF_8))
                + ": a table separated by tabs has no way to write a tab or a line's end",
            null);
      }
    }
  }

  private void append(long time) {
    if (clicks.scale().decimals() > 0 || time < 0) {
      append(clicks.scale().number(time));
      return;
    }
    int digits = 1;
    for (long rest = time / 10; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = time;
    for (int i = n + digits - 1; i >= n; i--) {
      block[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    n += digits;
  }

  private void append(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, n, bytes.length);
    n += bytes.length;
  }
}
