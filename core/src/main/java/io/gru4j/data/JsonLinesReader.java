package io.gru4j.data;

import io.gru4j.file.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the wanted values of JSON Lines, an object a line. Where paths go through arrays, each
 * element is a row, and the values outside the array are those of all its rows.
 */
final class JsonLinesReader implements RowSource {
  private static final String PYTHON =
      " is Python's notation, not JSON: python3 -c 'import ast, json, sys;"
          + " [print(json.dumps(ast.literal_eval(line))) for line in sys.stdin]' < FILE"
          + " | gru4j ... -";

  private final LineReader lines;
  private final List<JsonPath> wanted = new ArrayList<>();
  private List<String> arrays = List.of(); // those of the path that has most
  private JsonPath deepest;
  private Object first; // line
  private boolean[] found = new boolean[0]; // whether any line has the value
  private final ArrayDeque<Object[]> rows = new ArrayDeque<>(); // of the line, still to come
  private byte[] buffer = new byte[256];
  private int[] starts = new int[0];
  private int[] ends = new int[0];

  JsonLinesReader(LineReader lines) {
    this.lines = lines;
  }

  @Override
  public boolean has(String name) {
    return false;
  }

  @Override
  public int want(String name) throws SessionFileException {
    JsonPath path;
    try {
      path = new JsonPath(name);
    } catch (IllegalArgumentException e) {
      throw SessionFileException.ofFile(lines.file(), 0, e.getMessage(), e);
    }
    wanted.add(path);
    int n = Math.min(arrays.size(), path.arrays().size());
    if (!arrays.subList(0, n).equals(path.arrays().subList(0, n))) {
      throw SessionFileException.ofFile(
          lines.file(),
          0,
          path + " and " + deepest + " go through two arrays that do not belong together",
          null);
    }
    if (deepest == null || path.arrays().size() > arrays.size()) {
      deepest = path;
      arrays = path.arrays();
    }
    starts = new int[wanted.size()];
    ends = new int[wanted.size()];
    found = new boolean[wanted.size()];
    return wanted.size() - 1;
  }

  @Override
  public boolean next() throws IOException {
    while (rows.isEmpty()) {
      if (!lines.next()) {
        return false;
      }
      Object object = parsed();
      first = first == null ? object : first;
      Object[] values = new Object[wanted.size()];
      expand(object, 0, values);
    }
    Object[] values = rows.poll();
    int n = 0;
    for (int w = 0; w < values.length; w++) {
      starts[w] = n;
      n = append(values[w], n, w);
      ends[w] = n;
    }
    return true;
  }

  private Object parsed() throws SessionFileException {
    String text = lines.text();
    try {
      Object value = Json.parse(text);
      if (value instanceof Map<?, ?>) {
        return value;
      }
    } catch (Json.SyntaxException e) {
      boolean python = text.startsWith("{'") || text.startsWith("{u'");
      throw SessionFileException.ofLine(
          lines.file(),
          lines.line(),
          "the line" + (python ? PYTHON : " is not JSON: " + e.getMessage()));
    }
    throw SessionFileException.ofLine(
        lines.file(),
        lines.line(),
        "the line is no object of JSON: " + SessionFileException.quoted(text));
  }

  private void expand(Object from, int level, Object[] values) throws SessionFileException {
    for (int w = 0; w < values.length; w++) {
      if (wanted.get(w).arrays().size() == level) {
        values[w] = wanted.get(w).follow(from, level);
        found[w] |= values[w] != null;
      }
    }
    if (level == arrays.size()) {
      rows.add(values.clone());
      return;
    }
    Object array = deepest.follow(from, level);
    if (array instanceof List<?> list) {
      for (Object each : list) {
        expand(each, level + 1, values);
      }
    } else if (array != null) { // where there is none, there is no click
      rows.clear();
      throw SessionFileException.ofLine(
          lines.file(), lines.line(), arrays.get(level) + " is no array");
    }
  }

  /** Writes a value behind the n bytes of the buffer; returns how many there are then. */
  private int append(Object value, int n, int w) throws SessionFileException {
    if (value == null) {
      return n;
    }
    if (value instanceof Map || value instanceof List) {
      rows.clear();
      throw SessionFileException.ofLine(
          lines.file(), lines.line(), wanted.get(w) + " is no single value");
    }
    byte[] bytes = text(value).getBytes(StandardCharsets.UTF_8);
    if (n + bytes.length > buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * (n + bytes.length));
    }
    System.arraycopy(bytes, 0, buffer, n, bytes.length);
    return n + bytes.length;
  }

  /** The paths of the values of the first line, and which of them is like a wanted one. */
  private String instead(int value) {
    List<String> paths = new ArrayList<>();
    addPaths(first, "", paths);
    return ColumnNames.shown(paths) + ColumnNames.meant(wanted.get(value).toString(), paths);
  }

  private static void addPaths(Object value, String path, List<String> paths) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, each) -> addPaths(each, path.isEmpty() ? "" + key : path + "." + key, paths));
    } else if (value instanceof List<?> list
        && !list.isEmpty()
        && list.getFirst() instanceof Map<?, ?> map) {
      addPaths(map, path + "[]", paths);
    } else {
      paths.add(path);
    }
  }

  @Override
  public Map<String, String> absences() {
    Map<String, String> all = new LinkedHashMap<>();
    for (int w = 0; first != null && w < found.length; w++) {
      String path = wanted.get(w).toString();
      all.put(path, found[w] ? null : "no line has " + path + ", the first one has " + instead(w));
    }
    return all;
  }

  /** A whole number is an integer, as JSON has it: 12345678.0 and 1.2345678e7 are 12345678. */
  private static String text(Object value) {
    String text = value.toString();
    boolean plain = !(value instanceof Double d) || d != Math.rint(d) && text.indexOf('E') < 0;
    return plain ? text : new BigDecimal(text).stripTrailingZeros().toPlainString();
  }

  @Override
  public byte[] buffer() {
    return buffer;
  }

  @Override
  public int start(int value) {
    return starts[value];
  }

  @Override
  public int end(int value) {
    return ends[value];
  }

  @Override
  public long line() {
    return lines.line();
  }

  @Override
  public SessionFileException fault(int value, String expected) {
    String text =
        new String(buffer, starts[value], ends[value] - starts[value], StandardCharsets.UTF_8);
    return SessionFileException.ofValue(
        lines.file(),
        lines.line(),
        wanted.get(value).toString(),
        text.isEmpty() ? null : text,
        found[value] ? expected : expected + "; the first line has " + instead(value));
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
