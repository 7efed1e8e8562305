package io.gru4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.OpenFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionFilesTest {
  private static final String HEADER = "SessionId\tItemId\tTime\n";

  @TempDir private Path folder;

  private record Click(String session, String item, double time) {}

  // Round trips.

  @Property
  void readsWhatWasWritten(
      @ForAll @IntRange(max = 80) int n,
      @ForAll boolean csv,
      @ForAll boolean crlf,
      @ForAll boolean bom,
      @ForAll boolean lastNewline,
      @ForAll @IntRange(max = 3) int members,
      @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    List<Click> clicks = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double time =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(100);
            case 1 -> -random.nextDouble();
            case 2 -> 1.5e12 + random.nextInt(1000) / 8.0;
            default -> random.nextDouble() * Math.pow(10, random.nextInt(40) - 20);
          };
      clicks.add(new Click(id(random, csv), id(random, csv), time));
    }
    String newline = crlf ? "\r\n" : "\n";
    StringBuilder text = new StringBuilder(bom ? "\ufeff" : "");
    List<String> columns = new ArrayList<>(List.of("Time", "other", "SessionId", "ItemId"));
    Collections.shuffle(columns, random);
    text.append(String.join(csv ? "," : "\t", columns)).append(newline);
    for (Click click : clicks) {
      text.append(random.nextInt(10) == 0 ? newline : ""); // a blank line
      for (int c = 0; c < columns.size(); c++) {
        String field =
            switch (columns.get(c)) {
              case "SessionId" -> click.session();
              case "ItemId" -> click.item();
              case "Time" -> Double.toString(click.time());
              default -> random.nextBoolean() ? "" : id(random, csv);
            };
        text.append(c == 0 ? "" : csv ? "," : "\t");
        text.append(csv ? csvField(field, random) : field);
      }
      text.append(newline);
    }
    if (!lastNewline) {
      text.setLength(text.length() - newline.length());
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    Path file = Files.createTempFile("sessions", ".txt");
    Files.write(file, members == 0 ? bytes : gzip(bytes, members));
    try {
      assertReads(clicks, SessionFiles.read(file));
    } finally {
      Files.delete(file);
    }
  }

  private static String id(Random random, boolean csv) {
    if (random.nextInt(3) == 0) {
      return Integer.toString(random.nextInt(20));
    }
    String id = IdMapTest.randomId(random);
    // CSV can hold anything in quotes; TSV has no way to write a tab, nor its line a trailing CR.
    return csv ? (random.nextInt(5) == 0 ? id + "\r\n" + id : id) : id.replace('\t', '_');
  }

  private static String csvField(String field, Random random) {
    boolean mustQuote = field.matches("(?s).*[\",\r\n].*");
    return mustQuote || random.nextInt(3) == 0 ? '"' + field.replace("\"", "\"\"") + '"' : field;
  }

  private static void assertReads(List<Click> clicks, SessionData data) {
    Set<String> sessions = new LinkedHashSet<>();
    Set<String> items = new LinkedHashSet<>();
    clicks.forEach(click -> sessions.add(click.session()));
    clicks.forEach(click -> items.add(click.item()));
    assertEquals(new ArrayList<>(sessions), data.sessions().ids(), "by first appearance");
    assertEquals(new ArrayList<>(items), data.items().ids(), "by first appearance");
    List<Interaction> rows = new ArrayList<>();
    for (Click click : clicks) {
      rows.add(
          new Interaction(
              data.sessions().indexOf(click.session()),
              data.items().indexOf(click.item()),
              click.time()));
    }
    assertEquals(InteractionMatrix.of(sessions.size(), items.size(), rows), data.interactions());
    assertEquals(clicks.size(), data.clicks());
    assertEquals(0, data.droppedUnknownItems());
    assertEquals(0, data.skippedBadLines());
  }

  /** Cut anywhere, even within a character, into gzip members one after another. */
  private static byte[] gzip(byte[] bytes, int members) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int m = 0; m < members; m++) {
      int from = bytes.length * m / members;
      GZIPOutputStream gzip = new GZIPOutputStream(out);
      gzip.write(bytes, from, bytes.length * (m + 1) / members - from);
      gzip.finish();
    }
    return out.toByteArray();
  }

  @Property
  void timesAreTheNearestDouble(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder number = new StringBuilder();
    number.append(List.of("", "", "-", "+").get(random.nextInt(4)));
    for (int i = 1 + random.nextInt(20); i > 0; i--) {
      number.append(random.nextInt(10));
    }
    if (random.nextBoolean()) {
      number.append('.');
      for (int i = random.nextInt(20); i > 0; i--) {
        number.append(random.nextInt(10));
      }
    }
    if (random.nextInt(4) == 0) {
      number.append(List.of("e", "E", "e-", "E+").get(random.nextInt(4)));
      number.append(random.nextInt(250));
    }
    byte[] bytes = ("x" + number + "x").getBytes(StandardCharsets.US_ASCII);
    assertEquals(
        Double.parseDouble(number.toString()),
        Decimal.parse(bytes, 1, bytes.length - 1),
        number::toString);
  }

  /** What training reads, and what is prepared first: times are exact, and of any form. */
  @Property(tries = 200)
  void bothWaysOfReadingKeepTheExactOrder(
      @ForAll @IntRange(max = 4) int form, @ForAll boolean json, @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    Map<String, List<Map.Entry<Long, String>>> expected = new LinkedHashMap<>();
    StringBuilder text = new StringBuilder(json ? "" : HEADER);
    int n = 1 + random.nextInt(300);
    for (int i = 0; i < n; i++) {
      long nanos = 1_700_000_000_000_000_000L + random.nextInt(300); // equal as doubles
      long millis = nanos / 1_000_000 + random.nextInt(3000);
      long ticks = form == 1 || form == 2 ? millis : form == 4 && i < n / 2 ? i : nanos;
      String time =
          switch (form) {
            case 1 -> "%d.%03d".formatted(millis / 1000, millis % 1000);
            case 2 -> Instant.ofEpochMilli(millis).toString();
            case 3 -> Instant.ofEpochSecond(0, nanos).toString();
            default -> Long.toString(ticks); // in form 4 some doubles would do
          };
      String session = "s" + random.nextInt(4);
      String item = "i" + i;
      expected.computeIfAbsent(session, id -> new ArrayList<>()).add(Map.entry(ticks, item));
      String quote = form == 2 || form == 3 ? "\"" : "";
      text.append(
          json
              ? "{\"SessionId\":\"%s\",\"ItemId\":\"%s\",\"Time\":%s}\n"
                  .formatted(session, item, quote + time + quote)
              : session + "\t" + item + "\t" + time + "\n");
    }
    Path file = Files.writeString(Files.createTempFile("exact", ""), text);
    SessionData read = SessionFiles.read(file);
    assertEquals(List.copyOf(expected.keySet()), read.sessions().ids());
    int user = 0;
    for (List<Map.Entry<Long, String>> clicks : expected.values()) {
      clicks.sort(Map.Entry.comparingByKey()); // which is stable
      assertEquals(
          clicks.stream().map(Map.Entry::getValue).toList(),
          Arrays.stream(read.interactions().items(user++)).mapToObj(read.items()::idOf).toList());
    }
    SessionData prepared =
        new SessionFiles().readClicks(List.of(file), false).clicks().toSessionData();
    assertEquals(read.interactions(), prepared.interactions());
    assertEquals(read.items(), prepared.items());
    Files.delete(file);
    assertEquals(read.sessions(), prepared.sessions());
  }

  // Examples.

  @Test
  void toldHowFarItIs() throws IOException {
    String rows = "s\ti\t1\n".repeat(40_000);
    List<Path> files = List.of(write("a.tsv", HEADER + rows), write("b.tsv", HEADER + rows));
    long size = Files.size(files.getFirst());
    List<long[]> told = new ArrayList<>();
    new SessionFiles().listener((n, bytes) -> told.add(new long[] {n, bytes})).readAll(files);
    long[] before = {0, 0};
    for (long[] each : told) {
      assertTrue(each[0] > before[0] && each[1] >= before[1]);
      long read = each[0] * rows.length() / 40_000; // a buffer or two may be ahead
      assertTrue(each[1] >= read && each[1] < read + (1 << 20), each[0] + " rows, " + each[1]);
      before = each;
    }
    assertTrue(before[0] > 70_000 && before[1] > size, before[0] + " rows, " + before[1]);
  }

  @Test
  void readsSeveralFilesAsOne() throws IOException {
    Path first = write("a.tsv", HEADER + "s1\ta\t1\ns2\tb\t2\n");
    Path second = write("b.csv", "Time,ItemId,SessionId\n3,c,s2\n4,a,s3\n");
    SessionData data = SessionFiles.read(first, second);
    assertEquals(List.of("s1", "s2", "s3"), data.sessions().ids());
    assertEquals(List.of("a", "b", "c"), data.items().ids());
    assertArrayEquals(new int[] {1, 2}, data.interactions().sortedItems(1));
  }

  @Test
  void dropsAndCountsUnknownItems() throws IOException {
    Path file = write("a.tsv", HEADER + "s1\tx\t1\ns2\tb\t2\ns2\ty\t3\ns2\ta\t4\n");
    IdMap known = IdMap.of(List.of("a", "b", "c"));
    SessionData data = new SessionFiles().knownItems(known).readAll(file);
    assertSame(known, data.items());
    assertEquals(List.of("s1", "s2"), data.sessions().ids());
    assertEquals(2, data.droppedUnknownItems());
    assertEquals(4, data.clicks());
    assertEquals(3, data.interactions().numItems());
    assertEquals(0, data.interactions().historyLength(0));
    assertArrayEquals(new int[] {1, 0}, data.interactions().sortedItems(1));
  }

  @Test
  void readsOtherColumns() throws IOException {
    Path file = write("a.csv", "user,sku,ts,Time\nu,s,7,x\n");
    SessionData data =
        new SessionFiles().columns(new SessionColumns("user", "sku", "ts")).readAll(file);
    assertEquals(7, data.interactions().timestamp(0, 0));
    assertThrows(IllegalArgumentException.class, () -> new SessionColumns("a", "b", "a"));
    assertThrows(IllegalArgumentException.class, () -> new SessionColumns("a", "", "c"));
  }

  /** As spreadsheets write them; in CSV more separators than other characters. */
  @Test
  void readsTablesWithColumnsThatHaveNoName() throws IOException {
    for (String separator : List.of(",", "\t")) {
      String rest = separator.repeat(60);
      String text = String.join(separator, "SessionId", "ItemId", "Time") + rest + "\n";
      text += String.join(separator, "s", "i", "7") + rest + "\n";
      SessionData data = SessionFiles.read(write("a.txt", text));
      assertEquals(List.of("i"), data.items().ids());
      assertEquals(7, data.interactions().timestamp(0, 0));
    }
  }

  @Test
  void skipsAndCountsBadLinesWithinTheShare() throws IOException {
    String long1 = "z".repeat(3 * LineReader.MAX_LINE);
    StringBuilder text = new StringBuilder("SessionId,ItemId,Time\n");
    text.append("s,a,1\ns,b\ns,b,noon\n,b,2\ns,,2\n").append(long1).append("\ns,\"c,2\ns,d,3\n");
    text.append("s,\"d\"x,3\n").append("s,\"").append(long1).append("\ns,e,4,5\ns,f,4\n");
    Path file = write("a.csv", text.toString());
    SessionData data = new SessionFiles().maxBadShare(0.9).readAll(file);
    assertEquals(List.of("a", "d", "f"), data.items().ids());
    assertEquals(9, data.skippedBadLines());
    assertEquals(
        List.of(3L, 4L, 5L, 6L, 7L),
        data.firstBadLines().stream().map(SessionFileException::line).toList());
    assertEquals(
        file + ":4: Time \"noon\" is not a number, expected for example seconds since 1970",
        data.firstBadLines().get(1).getMessage());
    assertEquals(3, data.clicks());
    String message = fault(new SessionFiles().maxBadShare(0.74), file).getMessage();
    assertTrue(
        message.contains("9 of 12 lines are bad, more than the share of 0.74")
            && message.contains("a.csv:3: the line has 2 fields"),
        message);
    assertEquals(9, new SessionFiles().maxBadShare(0.75).readAll(file).skippedBadLines());
    assertThrows(IllegalArgumentException.class, () -> new SessionFiles().maxBadShare(1.5));
  }

  @Test
  void skipsLinesThatAreNotUtf8() throws IOException {
    Path file = folder.resolve("latin1.tsv");
    Files.write(
        file, (HEADER + "s\tcaf\u00e9\t1\ns\tb\t2\n").getBytes(StandardCharsets.ISO_8859_1));
    SessionData data = new SessionFiles().maxBadShare(0.5).readAll(file);
    assertEquals(List.of("b"), data.items().ids());
    SessionFileException fault = fault(new SessionFiles(), file);
    assertEquals(2, fault.line());
    assertTrue(fault.getMessage().contains("not UTF-8 text: \"s\\x09caf\\xe9"), fault::getMessage);
  }

  @Test
  void readsLinesOfAnyLengthUpToTheLimit() throws IOException {
    // The last line is as long as may be; the buffer has to grow and to be moved on the way.
    StringBuilder text = new StringBuilder(HEADER);
    for (int length = 1; length < LineReader.MAX_LINE; length = 3 * length + 1) {
      text.append("s\t").append("i".repeat(length)).append("\t1\n");
    }
    text.append("s\t").append("j".repeat(LineReader.MAX_LINE - 4)).append("\t1");
    assertEquals(14, SessionFiles.read(write("a.tsv", text.toString())).clicks());
    SessionFileException fault = fault("a.tsv", text + "1");
    assertEquals(15, fault.line());
    assertTrue(fault.getMessage().contains("longer than 1048576 bytes"), fault::getMessage);
  }

  /** The real training set that comes in two parts, the second without a header. */
  @Test
  void readsPartsJoinedAsGzipMembers() throws IOException {
    Path data = Path.of(System.getProperty("gru4j.data", "absent"));
    Path part1 = data.resolve("diginetica_train.part1.tsv.gz");
    Path part2 = data.resolve("diginetica_train.part2.tsv.gz");
    Assumptions.assumeTrue(Files.exists(part1), part1 + " is absent (system property gru4j.data)");
    Path whole = folder.resolve("whole.tsv.gz");
    try (OutputStream out = Files.newOutputStream(whole)) {
      Files.copy(part1, out);
      Files.copy(part2, out);
    }
    SessionData train = SessionFiles.read(whole);
    assertEquals(186_670, train.interactions().numActiveUsers());
    assertEquals(43_097, train.interactions().numActiveItems());
    assertEquals(906_140, train.interactions().numInteractions());
    SessionFileException fault =
        assertThrows(SessionFileException.class, () -> SessionFiles.read(part1, part2));
    assertEquals(part2.toString(), fault.file());
    assertTrue(fault.getMessage().contains("each file needs its header"), fault::getMessage);
  }

  // Faults.

  @Test
  void namesFileLineColumnAndValue() throws IOException {
    SessionFileException fault = fault("sessions.tsv", HEADER + "a\tb\t1\n\nc\td\t12:30\n");
    assertEquals(folder.resolve("sessions.tsv").toString(), fault.file());
    assertEquals(4, fault.line());
    assertEquals("Time", fault.column());
    assertEquals("12:30", fault.value());
    assertEquals("is not a number, expected for example seconds since 1970", fault.expected());
    assertEquals(
        folder.resolve("sessions.tsv")
            + ":4: Time \"12:30\" is not a number, expected for example seconds since 1970",
        fault.getMessage());
  }

  @Test
  void refusesTimesThatAreNoFiniteNumber() throws IOException {
    for (String time :
        List.of(
            "NaN",
            "Infinity",
            "1e999",
            "0x10",
            "1d",
            "1f",
            " 1",
            "1 ",
            "1e",
            "e5",
            ".",
            "-",
            "1.2.3",
            "1_0",
            "1,0",
            "\u0661")) {
      SessionFileException fault = fault("a.tsv", HEADER + "s\ti\t" + time + "\n");
      assertEquals(time, fault.value());
      assertEquals(
          "is not a time, expected a number, such as seconds since 1970, or a date, such as"
              + " 2026-11-30 12:30:00",
          fault.expected());
    }
    assertEquals("is empty, expected a number", fault("a.tsv", HEADER + "s\ti\t\n").expected());
  }

  @Test
  void refusesBadLines() throws IOException {
    assertFault("s\ti\n", ":2: the line has 2 fields, the header 3: \"s\\ti\"");
    assertFault("s\n", ":2: the line has 1 field, the header 3");
    assertFault("s\ti\t1\t2\n", ":2: the line has 4 fields, the header 3");
    assertFault("\ti\t1\n", ":2: SessionId is empty, expected an id");
    assertFault("s\t\t1\n", ":2: ItemId is empty, expected an id");
    String csv = "SessionId,ItemId,Time\n";
    assertTrue(
        fault("a.csv", csv + "s,\"i\nj\",1\ns,\"i,1\ns,i,1\n")
            .getMessage()
            .contains(":4: a quote is opened and never closed"));
    assertTrue(
        fault("a.csv", csv + "s,\"i\"j,1\n").getMessage().contains("text follows a closing quote"));
    assertEquals(
        List.of("5\" disk"),
        SessionFiles.read(write("a.csv", csv + "s,5\" disk,1\n")).items().ids());
    assertEquals(
        List.of("\"a"), SessionFiles.read(write("a.tsv", HEADER + "s\t\"a\t1\n")).items().ids());
  }

  private void assertFault(String line, String part) throws IOException {
    String message = fault("a.tsv", HEADER + line).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void refusesBadFiles() throws IOException {
    SessionFileException empty = fault("a.tsv", "");
    assertTrue(
        empty
            .getMessage()
            .endsWith(
                "is empty, expected a header line with the columns" + " SessionId, ItemId, Time"),
        empty::getMessage);
    assertEquals(0, empty.line());
    assertNull(empty.column());
    assertTrue(fault("a.tsv", "\r\n\n").getMessage().contains("is empty"));
    String missing = fault("a.tsv", "SessionId\titem\tTime\n").getMessage();
    assertTrue(
        missing.contains(
            ":1: column ItemId is missing, the first line has"
                + " \"SessionId\", \"item\", \"Time\""),
        missing);
    assertFalse(missing.contains(";"), missing);
    assertFalse(missing.contains("CR alone"), missing);
    assertMessage("a.csv", "SessionId\n", "; --separator says what stands between fields");
    assertMessage("a.csv", "a;b,ItemId\n", "the first line has \"a;b\", \"ItemId\"", "; --sep");
    assertMessage("a.tsv", "SessionId\tb\ra\tc\n", "; lines end in LF or CRLF, not in CR alone");
    assertMessage("a.tsv", "SessionId\tb\r\n", "column ItemId is missing", "; lines end");
    String twenty = "c,".repeat(20);
    assertMessage("a.csv", twenty.substring(0, 39), "\"c\", \"c\"", "...");
    assertMessage("a.csv", twenty + "last", "\"c\", \"c\", ...", "last");
    assertMessage("a.csv", "x".repeat(80), "\"" + "x".repeat(80) + "\"", "...");
    assertMessage("a.csv", "x".repeat(81), "\"" + "x".repeat(77) + "...\"");
    assertTrue(
        fault("a.tsv", "ItemId\tSessionId\tItemId\tTime\n")
            .getMessage()
            .contains(":1: column ItemId is there twice"));
    Path nowhere = folder.resolve("nowhere.tsv");
    assertTrue(fault(new SessionFiles(), nowhere).getMessage().contains("there is no such file"));
    assertTrue(fault(new SessionFiles(), folder).getMessage().contains("is a folder"));
    assertThrows(IllegalArgumentException.class, () -> SessionFiles.read());
    // A header alone is no fault: there are no sessions.
    assertEquals(0, SessionFiles.read(write("a.tsv", HEADER)).interactions().numUsers());
  }

  private void assertMessage(String name, String text, String part, String... absent)
      throws IOException {
    String message = fault(name, text).getMessage();
    assertTrue(message.contains(part), message);
    for (String word : absent) {
      assertFalse(message.contains(word), message);
    }
  }

  @Test
  void theShareOfBadLinesIsThatOfAllFiles() throws IOException {
    Path good = write("a.tsv", HEADER + "s\ti\t1\n");
    Path bad = write("b.tsv", HEADER + "s\ti\tx\ns\ti\t2\ns\ti\t3\n");
    assertEquals(3, new SessionFiles().maxBadShare(0.25).readAll(List.of(good, bad)).clicks());
    SessionFileException fault =
        assertThrows(
            SessionFileException.class,
            () -> new SessionFiles().maxBadShare(0.24).readAll(List.of(good, bad)));
    assertTrue(
        fault.getMessage().startsWith(good + ": in this file and those after it, 1 of 4 lines"),
        fault::getMessage);
    SessionFileException one = fault(new SessionFiles().maxBadShare(0.3), bad);
    assertTrue(one.getMessage().startsWith(bad + ": 1 of 3 lines"), one::getMessage);
    new SessionFiles().maxBadShare(0);
    new SessionFiles().maxBadShare(1);
    assertThrows(IllegalArgumentException.class, () -> new SessionFiles().maxBadShare(-0.1));
  }

  @Test
  void aFullHeapIsAFaultOfTheFile() {
    OutOfMemoryError full = new OutOfMemoryError("Java heap space");
    SessionFileException fault = SessionFileException.heapFull(folder, "7 clicks", full);
    long heap = Runtime.getRuntime().maxMemory() / (1 << 20);
    assertEquals(
        folder + ": the heap of " + heap + " MiB is full after 7 clicks; give the JVM more (-Xmx)",
        fault.getMessage());
    assertSame(full, fault.getCause());
    assertFalse(fault.isOfOneLine(), "reading cannot go on");
  }

  @Test
  void eachFileNeedsItsHeader() throws IOException {
    Path whole = write("a.tsv", HEADER + "s\ti\t1\n");
    Path part = write("part2.tsv", "s\ti\t1\n");
    SessionFileException fault =
        assertThrows(SessionFileException.class, () -> SessionFiles.read(whole, part));
    assertEquals(part.toString(), fault.file());
    assertTrue(
        fault.getMessage().contains(":1: column SessionId is missing")
            && fault.getMessage().contains("each file needs its header"),
        fault::getMessage);
  }

  @Test
  void refusesDamagedGzip() throws IOException {
    StringBuilder text = new StringBuilder(HEADER);
    Random random = new Random(1);
    for (int i = 0; i < 5000; i++) {
      text.append(random.nextLong()).append('\t').append(random.nextLong()).append("\t1\n");
    }
    byte[] whole = gzip(text.toString().getBytes(StandardCharsets.UTF_8), 2);
    assertEquals(5000, SessionFiles.read(writeBytes(whole)).clicks());
    // Zero bytes may follow; anything else may not.
    assertEquals(
        5000, SessionFiles.read(writeBytes(Arrays.copyOf(whole, whole.length + 512))).clicks());
    for (int cut : new int[] {3, 11, whole.length / 3, whole.length - 9, whole.length - 1}) {
      String message =
          fault(new SessionFiles().maxBadShare(1), writeBytes(Arrays.copyOf(whole, cut)))
              .getMessage();
      assertTrue(message.contains("gzip data ends too early"), cut + ": " + message);
    }
    for (int at : new int[] {whole.length / 4, whole.length / 2 + 30, whole.length - 6}) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x55;
      SessionFileException fault = fault(new SessionFiles(), writeBytes(damaged));
      assertTrue(
          fault.getMessage().contains("gzip data") || fault.getMessage().contains("fields"),
          fault::getMessage);
    }
    byte[] trailing = Arrays.copyOf(whole, whole.length + 5);
    trailing[whole.length] = 'x';
    assertTrue(
        fault(new SessionFiles(), writeBytes(trailing)).getMessage().contains("no member starts"));
  }

  @Test
  void filesAreClosedAlsoThoseThatCannotBeRead() throws IOException {
    byte[] sound = (HEADER + "a\tb\t1\n").getBytes(StandardCharsets.UTF_8);
    Path file = writeBytes(gzip(sound, 1));
    SessionFiles.read(file);
    assertEquals(0, OpenFiles.of(file));
    for (byte[] bad :
        new byte[][] {
          Arrays.copyOf(sound, sound.length - 2),
          "no header".getBytes(StandardCharsets.UTF_8),
          Arrays.copyOf(gzip(sound, 1), 20),
          {31, (byte) 139, 8, (byte) 255}
        }) {
      Path unreadable = writeBytes(bad);
      assertThrows(SessionFileException.class, () -> SessionFiles.read(unreadable));
      assertEquals(0, OpenFiles.of(unreadable));
    }
  }

  private Path writeBytes(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("a.tsv.gz"), bytes);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private SessionFileException fault(String name, String text) throws IOException {
    return fault(new SessionFiles(), write(name, text));
  }

  private static SessionFileException fault(SessionFiles files, Path file) {
    return assertThrows(SessionFileException.class, () -> files.readAll(file));
  }
}
