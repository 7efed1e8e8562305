package io.gru4j.data;

import io.gru4j.file.AtomicFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** The text format of {@link InteractionMatrix#save}. */
final class InteractionFile {
  private static final Pattern FIRST_LINE =
      Pattern.compile(
          "#gru4j-interactions version=1 users=(\\d{1,10}) items=(\\d{1,10}) rows=(\\d{1,10})");
  private static final List<String> WITH_TIME = List.of("user", "item", "timestamp");
  private static final List<String> WITHOUT_TIME = List.of("user", "item");
  private static final int CHUNK = 1 << 16;
  private static final int MAX_USERS = Integer.MAX_VALUE - 16; // JVMs refuse larger arrays
  private static final long BYTES_PER_USER = 8; // an offset, and one in a matrix derived from it

  private InteractionFile() {}

  static void write(InteractionMatrix matrix, Path file) throws IOException {
    AtomicFile.write(
        file,
        channel -> {
          OutputStream raw = new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK);
          if (file.toString().endsWith(".gz")) {
            GZIPOutputStream gzip = new GZIPOutputStream(raw, CHUNK);
            write(matrix, gzip);
            gzip.finish();
          } else {
            write(matrix, raw);
          }
          raw.flush();
        });
  }

  private static void write(InteractionMatrix matrix, OutputStream out) throws IOException {
    boolean times = matrix.hasTimestamps();
    StringBuilder text = new StringBuilder(CHUNK + 100);
    text.append("#gru4j-interactions version=1 users=").append(matrix.numUsers());
    text.append(" items=").append(matrix.numItems());
    text.append(" rows=").append(matrix.numInteractions()).append('\n');
    text.append(String.join("\t", times ? WITH_TIME : WITHOUT_TIME)).append('\n');
    for (int user = 0; user < matrix.numUsers(); user++) {
      int length = matrix.historyLength(user);
      for (int position = 0; position < length; position++) {
        text.append(user).append('\t').append(matrix.item(user, position));
        if (times) {
          Decimal.append(text.append('\t'), matrix.timestamp(user, position));
        }
        text.append('\n');
        if (text.length() >= CHUNK) {
          out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
          text.setLength(0);
        }
      }
    }
    out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  static InteractionMatrix read(Path file) throws IOException {
    try (LineReader lines = new LineReader(file)) {
      if (!lines.next()) {
        throw SessionFileException.ofFile(
            file, 0, "is empty, expected a saved InteractionMatrix", null);
      }
      Matcher first = FIRST_LINE.matcher(lines.text());
      if (!first.matches()) {
        throw SessionFileException.ofFile(
            file,
            lines.line(),
            "the first line is not that of a saved InteractionMatrix"
                + " (#gru4j-interactions version=1 users=U items=I rows=R)",
            null);
      }
      int numUsers = size(file, "users", first.group(1));
      int numItems = size(file, "items", first.group(2));
      int numRows = size(file, "rows", first.group(3));
      requireMemory(file, numUsers);
      try {
        return rows(lines, numUsers, numItems, numRows);
      } catch (OutOfMemoryError e) {
        throw SessionFileException.heapFull(file, "line " + lines.line(), e);
      }
    }
  }

  private static int size(Path file, String what, String digits) throws SessionFileException {
    long size = Long.parseLong(digits);
    if (size >= Integer.MAX_VALUE) {
      throw SessionFileException.ofFile(
          file, 1, what + "=" + digits + " is more than a matrix can have", null);
    }
    return (int) size;
  }

  /** A user takes memory even without a row: few bytes of a file could ask for gigabytes. */
  private static void requireMemory(Path file, int numUsers) throws SessionFileException {
    long needed = BYTES_PER_USER * (numUsers + 1L);
    long most = Runtime.getRuntime().maxMemory();
    if (needed > most || numUsers > MAX_USERS) {
      throw SessionFileException.ofFile(
          file,
          1,
          "users=%d takes %d MiB before any row, this JVM can hold %d"
              .formatted(numUsers, needed >> 20, most >> 20),
          null);
    }
  }

  private static InteractionMatrix rows(LineReader lines, int numUsers, int numItems, int numRows)
      throws IOException {
    boolean times = hasTimestampColumn(lines);
    // The row count is not trusted: the arrays grow as rows come in.
    int capacity = Math.min(numRows, 1 << 16);
    int[] users = new int[capacity];
    int[] items = new int[capacity];
    double[] timestamps = times ? new double[capacity] : null;
    int n = 0;
    List<String> names = times ? WITH_TIME : WITHOUT_TIME;
    SessionFormat tsv = SessionFormat.DEFAULT.withForm(SessionFormat.Form.TSV);
    TableReader table = new TableReader(lines, tsv, names, "");
    for (String name : names) {
      table.want(name);
    }
    while (table.next()) {
      if (n == numRows) {
        throw SessionFileException.ofFile(
            lines.file(), lines.line(), "there are more rows than rows=" + numRows, null);
      }
      if (n == users.length) {
        capacity = (int) Math.min(numRows, n + (n >> 1) + 1L);
        users = Arrays.copyOf(users, capacity);
        items = Arrays.copyOf(items, capacity);
        timestamps = times ? Arrays.copyOf(timestamps, capacity) : null;
      }
      users[n] = index(table, 0, numUsers);
      items[n] = index(table, 1, numItems);
      if (times) {
        timestamps[n] = Decimal.parse(table.buffer(), table.start(2), table.end(2));
        if (Double.isNaN(timestamps[n])) {
          throw table.fault(2, "is not a number");
        }
      }
      n++;
    }
    if (n < numRows) {
      throw SessionFileException.ofFile(
          lines.file(), 0, "ends after " + n + " rows, expected rows=" + numRows, null);
    }
    return InteractionMatrix.of(numUsers, numItems, users, items, timestamps, n);
  }

  private static boolean hasTimestampColumn(LineReader lines) throws IOException {
    if (!lines.next()) {
      throw SessionFileException.ofFile(
          lines.file(), 0, "ends after its first line, expected a header line", null);
    }
    List<String> header = List.of(lines.text().split("\t", -1));
    boolean times = header.equals(WITH_TIME);
    if (!times && !header.equals(WITHOUT_TIME)) {
      throw SessionFileException.ofFile(
          lines.file(),
          lines.line(),
          "the header line is "
              + SessionFileException.quoted(lines.text())
              + ", expected user, item and timestamp, or user and item, separated by tabs",
          null);
    }
    lines.again();
    return times;
  }

  private static int index(TableReader table, int column, int size) throws IOException {
    int value = Decimal.parseIndex(table.buffer(), table.start(column), table.end(column));
    if (value < 0 || value >= size) {
      throw table.fault(column, "is not a whole number in [0, " + size + ")");
    }
    return value;
  }
}
