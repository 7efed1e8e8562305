package io.gru4j.fuzz;

import static io.gru4j.fuzz.Mutations.any;
import static io.gru4j.fuzz.Mutations.concat;
import static io.gru4j.fuzz.Mutations.gzip;
import static io.gru4j.fuzz.Mutations.insert;
import static io.gru4j.fuzz.Mutations.utf8;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** Session files that are wrong, each in a way that its class names. */
final class SessionFaults {
  private static final int TEN_MB = 10_000_000;
  private static final byte[] HEADER = utf8("SessionId\tItemId\tTime\n");
  private static final byte[] CSV_HEADER = utf8("SessionId,ItemId,Time\n");

  private static final byte[][] NOT_UTF8 = {
    {(byte) 0xff},
    {(byte) 0xc3},
    {(byte) 0xe2, (byte) 0x82},
    {(byte) 0xc0, (byte) 0x80},
    {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
    {(byte) 0xf8, (byte) 0x88, (byte) 0x80, (byte) 0x80}
  };

  private static final String[] QUOTES = {
    "\"", "\"\"", "\"\"\"", "\"a", "a\"", "\"a\"b", "\"a,b\"", "\"a\nb\"", "\",\n\"", "\"\n", "\r\""
  };

  private static final String[] TIMES = {
    "noon",
    "12:30",
    "2024-01-31",
    "",
    " ",
    "1e",
    "1e999",
    "-1e999",
    "NaN",
    "Infinity",
    "--1",
    "1,5",
    "0x1p3",
    "1_000",
    "\u0661\u0662",
    "1f",
    "1d",
    ".",
    "-",
    "1e+",
    "1.2.3",
    "1 ",
    "9".repeat(400),
    "1e" + "9".repeat(400),
    "0." + "0".repeat(400) + "1"
  };

  /** Each unpacks to hundreds of megabytes; made once. */
  private static final class Bombs {
    static final byte[] ONE_LINE = gzip(HEADER, new byte[1 << 20], 200);
    static final byte[] BLANK_LINES = gzip(HEADER, filled(1 << 20, (byte) '\n'), 50);
    static final byte[] CLICKS = gzip(HEADER, utf8("s\ti\t1\n".repeat(1 << 17)), 100);
    static final byte[] OPEN_QUOTE = gzip(concat(CSV_HEADER, utf8("s,\"")), new byte[1 << 20], 200);
  }

  private SessionFaults() {}

  static List<Fault> all() {
    return List.of(
        Fault.of("sound", r -> table(r).bytes(r)),
        Fault.of("changed anywhere", r -> Mutations.anywhere(r, table(r).bytes(r))),
        Fault.of("cut", r -> Mutations.cut(r, table(r).bytes(r))),
        Fault.of("random bytes", r -> Mutations.randomBytes(r, r.nextInt(300))),
        Fault.of("header only", r -> r.nextBoolean() ? HEADER : CSV_HEADER),
        Fault.of("not UTF-8", r -> insert(r, table(r).bytes(r), any(r, NOT_UTF8))),
        Fault.of("NUL bytes", r -> insert(r, table(r).bytes(r), new byte[1 + r.nextInt(9)])),
        Fault.of("byte order marks", SessionFaults::byteOrderMarks),
        Fault.of("CR and CRLF", SessionFaults::lineEnds),
        Fault.of("quotes", r -> insert(r, table(r).bytes(r), utf8(any(r, QUOTES)))),
        Fault.of("missing column", SessionFaults::missingColumn),
        Fault.of("doubled column", SessionFaults::doubledColumn),
        Fault.of("fields lost or added", SessionFaults::fields),
        Fault.of("times that are no numbers", r -> table(r).put(r, "Time", any(r, TIMES)).bytes(r)),
        Fault.of("empty ids", r -> table(r).put(r, "ItemId", "").put(r, "SessionId", "").bytes(r)),
        Fault.of("ids of 10 kB", SessionFaults::longIds),
        Fault.heavy("lines of 10 MB", SessionFaults::longLines),
        Fault.of("truncated gzip", r -> Mutations.cut(r, gzip(table(r).bytes(r)))),
        Fault.of("damaged gzip", r -> Mutations.anywhere(r, gzip(table(r).bytes(r)))),
        Fault.of("gzip in gzip, gzip then text", SessionFaults::gzips),
        Fault.heavy("gzip bomb: one line", r -> bomb(r, Bombs.ONE_LINE)),
        Fault.heavy("gzip bomb: an open quote", r -> bomb(r, Bombs.OPEN_QUOTE)),
        Fault.heavy("gzip bomb: blank lines", r -> bomb(r, Bombs.BLANK_LINES)),
        Fault.fillsHeap("gzip bomb: clicks", r -> bomb(r, Bombs.CLICKS)));
  }

  /** A table that is still sound. */
  private static final class Table {
    final List<String> columns = new ArrayList<>(List.of("SessionId", "ItemId", "Time", "other"));
    final List<List<String>> rows = new ArrayList<>();
    final String separator;

    Table(SplittableRandom random) {
      separator = random.nextBoolean() ? "\t" : ",";
      Collections.shuffle(columns, new Random(random.nextLong()));
      int n = 1 + random.nextInt(20);
      for (int i = 0; i < n; i++) {
        List<String> row = new ArrayList<>();
        for (String column : columns) {
          row.add(column.equals("Time") ? "" + random.nextInt(99) : "x" + random.nextInt(9));
        }
        rows.add(row);
      }
    }

    Table put(SplittableRandom random, String column, String value) {
      rows.get(random.nextInt(rows.size())).set(columns.indexOf(column), value);
      return this;
    }

    /** The text, and now and then packed. */
    byte[] bytes(SplittableRandom random) {
      StringBuilder text = new StringBuilder(String.join(separator, columns)).append('\n');
      rows.forEach(row -> text.append(String.join(separator, row)).append('\n'));
      byte[] bytes = utf8(text.toString());
      return random.nextInt(8) == 0 ? gzip(bytes) : bytes;
    }
  }

  private static Table table(SplittableRandom random) {
    return new Table(random);
  }

  private static byte[] byteOrderMarks(SplittableRandom random) {
    byte[] bytes = table(random).bytes(random);
    byte[] mark = utf8("\ufeff");
    return switch (random.nextInt(4)) {
      case 0 -> concat(mark, bytes);
      case 1 -> concat(mark, mark, bytes);
      case 2 -> insert(random, bytes, mark);
      default -> new String(bytes, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_16);
    };
  }

  private static byte[] lineEnds(SplittableRandom random) {
    String text = new String(table(random).bytes(random), StandardCharsets.ISO_8859_1);
    String end = any(random, new String[] {"\r\n", "\r", "\n\r", "\r\r\n", "\n\n", "\u2028"});
    return text.replace("\n", end).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] missingColumn(SplittableRandom random) {
    Table table = table(random);
    int column = random.nextInt(table.columns.size());
    table.columns.remove(column);
    if (random.nextBoolean()) {
      table.rows.forEach(row -> row.remove(column));
    }
    return table.bytes(random);
  }

  private static byte[] doubledColumn(SplittableRandom random) {
    Table table = table(random);
    int column = random.nextInt(table.columns.size());
    table.columns.add(table.columns.get(column));
    if (random.nextBoolean()) {
      table.rows.forEach(row -> row.add(row.get(column)));
    }
    return table.bytes(random);
  }

  private static byte[] fields(SplittableRandom random) {
    Table table = table(random);
    List<String> row = table.rows.get(random.nextInt(table.rows.size()));
    if (random.nextBoolean()) {
      row.remove(random.nextInt(row.size()));
    } else {
      row.addAll(Collections.nCopies(1 + random.nextInt(2000), "x"));
    }
    return table.bytes(random);
  }

  private static byte[] longIds(SplittableRandom random) {
    Table table = table(random);
    String column = table.columns.get(random.nextInt(table.columns.size()));
    String unit = any(random, new String[] {"z", "\u00e9", "\ud83d\ude00", "\"", " "});
    return table.put(random, column, unit.repeat(10_000)).bytes(random);
  }

  private static byte[] longLines(SplittableRandom random) {
    byte fill = any(random, new Byte[] {'z', '"', ',', '\t', '1', 0, (byte) 0xff});
    byte[] bytes = random.nextBoolean() ? HEADER : CSV_HEADER;
    byte[] line = filled(TEN_MB, fill);
    byte[] start = any(random, new byte[][] {{}, {'"'}, utf8("s\ti"), utf8("s,i,\"")});
    byte[] end =
        any(random, new byte[][] {{}, {'\n'}, {'"'}, utf8("\ns\ti\t1\n"), utf8("\ns,i,1\n")});
    return random.nextInt(4) == 0 ? concat(line, bytes) : concat(bytes, start, line, end);
  }

  private static byte[] gzips(SplittableRandom random) {
    byte[] bytes = table(random).bytes(random);
    return switch (random.nextInt(4)) {
      case 0 -> gzip(gzip(bytes));
      case 1 -> concat(gzip(bytes), bytes);
      case 2 -> concat(gzip(bytes), new byte[random.nextInt(99)]);
      default -> concat(bytes, gzip(bytes));
    };
  }

  /** As it is, cut, or in several members. */
  private static byte[] bomb(SplittableRandom random, byte[] bomb) {
    return switch (random.nextInt(3)) {
      case 0 -> bomb;
      case 1 -> Arrays.copyOf(bomb, bomb.length - 1 - random.nextInt(bomb.length / 4));
      default -> concat(gzip(HEADER), bomb);
    };
  }

  private static byte[] filled(int n, byte fill) {
    byte[] bytes = new byte[n];
    Arrays.fill(bytes, fill);
    return bytes;
  }
}
