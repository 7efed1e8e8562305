package io.gru4j.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What identifies a session, an item or a person: the text of one field, or of several joined by
 * {@code +}. A plus or a backslash in the fields gets a backslash before it, so that different
 * fields never make the same key.
 */
final class Key {
  private final RowSource rows;
  private final int[] parts;
  private byte[] buffer = new byte[64]; // of a joined key
  private byte[] bytes;
  private int start;
  private int end;

  /** A key that is written {@code a} or {@code a+b}. */
  Key(RowSource rows, String name) throws IOException {
    this.rows = rows;
    List<String> names = rows.has(name) ? List.of(name) : parts(name);
    parts = new int[names.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = rows.want(names.get(i));
    }
  }

  /** The names between the pluses; one inside brackets belongs to a path. */
  static List<String> parts(String name) {
    List<String> names = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (c == '+' && depth <= 0) {
        names.add(name.substring(from, i));
        from = i + 1;
      }
    }
    names.add(name.substring(from));
    return names.contains("") ? List.of(name) : names;
  }

  /** The fields' numbers. */
  int[] parts() {
    return parts;
  }

  /** Reads the key of the row; false if a part is empty. */
  boolean read() {
    if (parts.length == 1) {
      bytes = rows.buffer();
      start = rows.start(parts[0]);
      end = rows.end(parts[0]);
      return start < end;
    }
    byte[] from = rows.buffer();
    int n = 0;
    for (int p = 0; p < parts.length; p++) {
      int partEnd = rows.end(parts[p]);
      int i = rows.start(parts[p]);
      if (i == partEnd) {
        return false;
      }
      int most = n + 2 * (partEnd - i) + 1;
      if (most > buffer.length) {
        buffer = Arrays.copyOf(buffer, 2 * most);
      }
      if (p > 0) {
        buffer[n++] = '+';
      }
      for (; i < partEnd; i++) {
        if (from[i] == '+' || from[i] == '\\') {
          buffer[n++] = '\\';
        }
        buffer[n++] = from[i];
      }
    }
    bytes = buffer;
    start = 0;
    end = n;
    return true;
  }

  byte[] bytes() {
    return bytes;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /** The fault of a key that is not there: of its first part that is empty. */
  SessionFileException empty() {
    for (int part : parts) {
      if (rows.start(part) == rows.end(part)) {
        return rows.fault(part, "is empty, expected an id");
      }
    }
    return rows.fault(parts[0], "is empty, expected an id");
  }
}
