package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Logs as they are found: each is read with flags alone, or named with the command that turns it
 * into text. The public data sets are in {@link DatasetsTest}.
 */
class RawFormsTest extends CommandLineCase {
  private static final String GAP = "--session-gap=1h";

  /** Prepares a file without any rule; returns its sessions as "id: items", separated by "; ". */
  private String read(String name, String text, String... flags) throws IOException {
    return read(name, text.getBytes(StandardCharsets.UTF_8), flags);
  }

  private String read(String name, byte[] bytes, String... flags) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, bytes);
    return prepare(file.toString(), flags).replaceAll("(?m)^(\\S+)\t(\\S+)\t\\S+$", "$1:$2");
  }

  /** The rows that a preparation writes, in one line. */
  private String prepare(String file, String... flags) throws IOException {
    Path out = folder.resolve("out");
    run(List.of(flags), "prepare", file, "--out", out.toString()).expect(0);
    try (var in = new GZIPInputStream(Files.newInputStream(out.resolve("train.tsv.gz")))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().skip(1).reduce((a, b) -> a + "\n" + b).orElse("");
    }
  }

  private String fault(String name, byte[] bytes, String... flags) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, bytes);
    List<String> tail = new ArrayList<>(List.of(flags));
    String err =
        run(tail, "prepare", file.toString(), "--out", folder.resolve("out").toString())
            .expect(1)
            .err();
    return err.lines().reduce((a, b) -> b).orElseThrow().replace(folder + "/", "");
  }

  private String fault(String name, String text, String... flags) throws IOException {
    return fault(name, text.getBytes(StandardCharsets.UTF_8), flags);
  }

  @Test
  void lastFm() throws IOException {
    String text =
        "user_000001\t2009-05-04T23:08:57Z\tf1b1cf71\tDeep Dish\t\tFuck Me Im Famous, \"live\"\n"
            + "user_000001\t2009-05-04T13:54:10Z\ta7f7df4a\t坂本龍一\t\tComposition 0919\n";
    assertEquals(
        "user_000001:a7f7df4a\nuser_000001:f1b1cf71",
        read("lastfm.tsv", text, "--no-header", "--session-key=1", "--item-key=3", "--time-key=2"));
  }

  @Test
  void taobao() throws IOException {
    String text = "1,2268318,2520377,pv,1511544070\n1,2333346,2520771,buy,1511561733\n";
    assertEquals(
        "1:2268318",
        read(
            "UserBehavior.csv",
            text,
            "--no-header",
            "--session-key=1",
            "--item-key=2",
            "--time-key=5",
            "--where=4=pv"));
  }

  @Test
  void amazonReviewsAndRatings() throws IOException {
    String review =
        "{\"reviewerID\": \"A2SU\", \"asin\": \"0000013714\", \"helpful\": [0, 0], \"overall\":"
            + " 5.0, \"unixReviewTime\": 1252800000, \"reviewTime\": \"09 13, 2009\"}\n";
    assertEquals(
        "A2SU:0000013714",
        read(
            "reviews.json",
            review,
            "--session-key=reviewerID",
            "--item-key=asin",
            "--time-key=unixReviewTime"));
    assertContains(
        fault(
            "reviews.json",
            review,
            "--session-key=reviewerID",
            "--item-key=asin",
            "--time-key=reviewTime"),
        "reviewTime \"09 13, 2009\" is not a time, expected a number, such as seconds since 1970,"
            + " or a date, such as 2026-11-30 12:30:00; --time-format 'M d, yyyy' reads it");
  }

  @Test
  void steamIsPythonAndNamed() throws IOException {
    String said = fault("steam.json", "{u'username': u'Chaos', u'product_id': u'725280'}\n");
    assertContains(
        said, "steam.json:1: the line is Python's notation, not JSON: python3 -c 'import");
    assertContains(said, "ast.literal_eval(line)");
  }

  @Test
  void nginx() throws IOException {
    String text =
        "10.0.0.1 - - [30/Nov/2026:10:00:05 +0100] \"GET /item/12 HTTP/1.1\" 200 5 \"-\" \"Moz \"\n"
            + "10.0.0.1 - - [30/Nov/2026:10:00:01 +0100] \"GET /item/7 HTTP/1.1\" 200 5 \"-\""
            + " \"M\"\n";
    String[] flags = {
      "--no-header", "--separator=space", "--session-key=1", "--item-key=6", "--time-key=4+5"
    };
    String[] all = Arrays.copyOf(flags, flags.length + 1);
    all[flags.length] = "--time-format='['dd/MMM/yyyy:HH:mm:ss Z']'";
    Files.writeString(folder.resolve("access.log"), text);
    assertEquals(
        "10.0.0.1\tGET /item/7 HTTP/1.1\t1796029201\n10.0.0.1\tGET /item/12 HTTP/1.1\t1796029205",
        prepare(folder.resolve("access.log").toString(), all));
  }

  @Test
  void snowplowKeysOfTwoColumns() throws IOException {
    String[] fields = new String[131];
    Arrays.fill(fields, "");
    fields[3] = "2016-01-01 00:00:00.123";
    fields[15] = "bc2e92ec6c204a14";
    fields[16] = "3";
    fields[38] = "sku-1";
    assertEquals(
        "bc2e92ec6c204a14+3:sku-1",
        read(
            "enriched.tsv",
            String.join("\t", fields) + "\n",
            "--no-header",
            "--session-key=16+17",
            "--item-key=39",
            "--time-key=4"));
  }

  @Test
  void joinedKeysOfDifferentFieldsAreDifferent() throws IOException {
    String header = "a,b,ItemId,Time\n";
    assertEquals(
        "1\\+2+3:x\n1+2\\+3:y\n1\\\\+2:z",
        read("keys.csv", header + "1+2,3,x,1\n1,2+3,y,2\n1\\,2,z,3\n", "--session-key=a+b"));
  }

  @Test
  void ga4() throws IOException {
    String event =
        "{\"event_timestamp\":\"1612069510766593\",\"event_name\":\"view_item\",\"event_params\":["
            + "{\"key\":\"page\",\"value\":{\"string_value\":\"x\"}},{\"key\":\"ga_session_id\","
            + "\"value\":{\"int_value\":\"661084800\"}}],\"user_pseudo_id\":\"1026454.42\","
            + "\"items\":[{\"item_id\":\"GG1\"},{\"item_id\":\"GG2\"}]}\n"
            + "{\"event_timestamp\":\"1612069510766594\",\"event_name\":\"session_start\"}\n";
    assertEquals(
        "1026454.42+661084800:GG1\n1026454.42+661084800:GG2",
        read(
            "ga4.json",
            event,
            "--session-key=user_pseudo_id+event_params[key=ga_session_id].value.int_value",
            "--item-key=items[].item_id",
            "--time-key=event_timestamp",
            "--where=event_name=view_item"));
  }

  @Test
  void excelsSemicolonsAndDatesWithDots() throws IOException {
    String text = "\ufeffSessionId;ItemId;Time\r\ns1;\"Schuh; rot\";30.11.2026 12:30\r\n";
    assertContains(
        fault("excel.csv", text),
        "excel.csv:2: Time \"30.11.2026 12:30\" is not a time, expected a number, such as seconds"
            + " since 1970, or a date, such as 2026-11-30 12:30:00; --time-format 'd.M.yyyy H:mm'"
            + " reads it");
    Files.writeString(folder.resolve("excel.csv"), text);
    String excel = folder.resolve("excel.csv").toString();
    assertEquals("s1\tSchuh; rot\t1796041800", prepare(excel, "--time-format=d.M.yyyy H:mm"));
    assertEquals(
        "s1\tSchuh; rot\t1796038200",
        prepare(excel, "--time-format=d.M.yyyy H:mm", "--time-zone=Europe/Berlin"));
  }

  @Test
  void standardInputAndZip() throws IOException {
    stdin = "SessionId|ItemId|Time\ns|a|2\ns|b|1\n";
    assertEquals("s\tb\t1\ns\ta\t2", prepare("-"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("ml/"));
      zip.putNextEntry(new ZipEntry("ml/ratings.csv"));
      zip.write(stdin.getBytes(StandardCharsets.UTF_8));
    }
    assertEquals("s:b\ns:a", read("one.zip", bytes.toByteArray()));
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(two)) {
      zip.putNextEntry(new ZipEntry("movies.dat"));
      zip.putNextEntry(new ZipEntry("ratings.dat"));
    }
    assertEquals(
        "gru4j prepare: two.zip: is a zip file of 2 files, expected one; it has movies.dat,"
            + " ratings.dat: unzip -p two.zip NAME | gru4j ... -",
        fault("two.zip", two.toByteArray()));
    ByteArrayOutputStream book = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(book)) {
      zip.putNextEntry(new ZipEntry("[Content_Types].xml"));
      zip.putNextEntry(new ZipEntry("xl/workbook.xml"));
    }
    assertEquals(
        "gru4j prepare: a.xlsx: is an Excel workbook: ssconvert -T Gnumeric_stf:stf_csv a.xlsx"
            + " fd://1 | gru4j ... -",
        fault("a.xlsx", book.toByteArray()));
  }

  @Test
  void whatIsPackedOtherwiseIsNamed() throws IOException {
    assertNamed("zst", "zstd-compressed", "zstd -dc FILE", 0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x20);
    assertNamed("xz", "xz-compressed", "xz -dc FILE", 0xfd, '7', 'z', 'X', 'Z', 0, 0, 4);
    assertNamed(
        "bz2",
        "bzip2-compressed",
        "bzip2 -dc FILE",
        'B',
        'Z',
        'h',
        '9',
        '1',
        'A',
        'Y',
        '&',
        'S',
        'Y',
        1);
    assertNamed(
        "parquet",
        "Parquet",
        "duckdb -csv -c \"SELECT * FROM read_parquet('FILE')\"",
        'P',
        'A',
        'R',
        '1',
        0x15);
    stdin = "PAR1\25 and more than its first bytes";
    assertContains(
        run("prepare", "-", "--out", folder.resolve("out").toString()).expect(1).err(),
        "standard input: is Parquet, expected text in UTF-8: duckdb -csv -c \"SELECT * FROM"
            + " read_parquet('FILE')\" | gru4j ... -");
    assertNamed("avro", "Avro", "avro-tools tojson FILE", 'O', 'b', 'j', 1, 4);
    assertNamed("txt", "UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE", 0xff, 0xfe, 'S', 0, 'e', 0);
  }

  private void assertNamed(String ending, String what, String command, int... head)
      throws IOException {
    byte[] bytes = new byte[40];
    for (int i = 0; i < head.length; i++) {
      bytes[i] = (byte) head[i];
    }
    String name = "clicks." + ending;
    String said = name + ": is " + what + ", expected text in UTF-8: " + command + " | gru4j ... -";
    assertEquals("gru4j prepare: " + said.replace("FILE", name), fault(name, bytes));
    // The same in a gzip file.
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(bytes);
    }
    assertContains(fault("clicks.gz", gzip.toByteArray()), ": is " + what + ", ");
  }

  @Test
  void aJsonArrayIsNamed() throws IOException {
    assertContains(
        fault("a.json", "\n [{\"SessionId\":1}]"),
        "a.json: is an array of JSON, expected an object on each line: jq -c '.[]' FILE");
    assertContains(fault("a.jsonl", "{\"SessionId\":1\n"), "a.jsonl:1: the line is not JSON: ");
    assertContains(
        fault("a.jsonl", "{\"SessionId\":1}\n"), "a.jsonl:1: Time is empty, expected a number");
  }

  @Test
  void columnsThatAreMissingAreProposed() throws IOException {
    assertContains(
        fault("a.csv", "session_id,Item ID,time\n1,a,1\n"),
        "; did you mean session_id?; --session-key, --item-key and --time-key name the columns");
    assertContains(
        fault("a.csv", "1,2014-04-07T10:51:09.277Z,214536502,0\n"),
        "; if that is a click already: --no-header, and columns by number from 1");
    assertContains(
        fault("a.csv", "1,x,3\n", "--no-header", "--session-key=1", "--item-key=2", "--time-key=4"),
        "a.csv:1: column 4 is missing, the first line has 3 fields, named 1 to 3: \"1,x,3\"");
    assertContains(
        run("train", sessions, "--model", model, "--no-header").expect(2).err(),
        "--no-header needs columns by number, from 1, such as --session-key 1 --item-key 3"
            + " --time-key 2 (or none), got SessionId");
  }

  @Test
  void formsOfTimeDoNotMix() throws IOException {
    String header = "SessionId,ItemId,Time\n";
    assertContains(
        fault("a.csv", header + "1,a,2026-11-30\n1,b,2026-11-30T10:00\n"),
        "a.csv:3: Time \"2026-11-30T10:00\" is a date with time, without a zone, not a date as the"
            + " times before it");
    assertContains(
        fault("a.csv", header + "1,a,1\n1,b,2026-11-30\n"), "; the times before it are numbers");
    assertContains(
        fault("a.csv", header + "1,a,2026-11-30\n1,b,1\n"), "is not a date as the times before it");
    assertEquals("1:a\n1:b", read("a.csv", header + "1,a,1\n1,b,2.5\n"), "decimals are numbers");
    assertTrue(read("a.csv", header + "1,a,9\n1,b,3\n", "--time-key=none").equals("1:a\n1:b"));
  }

  @Test
  void timesAreKeptExactly() throws IOException {
    String header = "SessionId,ItemId,Time\n";
    Path file = folder.resolve("exact.csv");
    Files.writeString(
        file,
        header + "s,b,1700000000000000002\ns,a,1700000000000000001\ns,c,1700000000000000003\n");
    assertEquals(
        "s\ta\t1700000000000000001\ns\tb\t1700000000000000002\ns\tc\t1700000000000000003",
        prepare(file.toString()));
    Files.writeString(file, header + "s,b,1700000009.5\ns,a,1700000009.25\ns,c,1.7e9\n");
    assertEquals(
        "s\tc\t1700000000.00\ns\ta\t1700000009.25\ns\tb\t1700000009.50", prepare(file.toString()));
    Files.writeString(file, header + "s,a,2019-10-01 00:00:00 UTC\ns,b,2019-10-01 00:00:01 UTC\n");
    assertEquals("s\ta\t1569888000\ns\tb\t1569888001", prepare(file.toString()));
    Files.writeString(
        file, header + "s,a,2014-04-07 09:13:37.123\ns,b,2014-04-07 09:13:37.123456\n");
    assertEquals("s\ta\t1396862017123000\ns\tb\t1396862017123456", prepare(file.toString()));
    Files.writeString(file, header + "s,a,2014-04-07T09:13:37+02:00\ns,b,2014-04-07T07:13:38Z\n");
    assertEquals("s\ta\t1396854817\ns\tb\t1396854818", prepare(file.toString()));
  }

  @Test
  void theUnitOfNumbersIsFoundOrGiven() throws IOException {
    for (long perSecond : List.of(1L, 1_000L, 1_000_000L, 1_000_000_000L)) {
      assertEquals("s#1:a\ns#1:b\ns#2:c", read("unit.csv", hours(1_700_000_000L, perSecond), GAP));
    }
    assertContains(
        fault("unit.csv", hours(0, 1000), GAP), "it is not known whether times are seconds");
    assertEquals("s#1:a\ns#1:b\ns#2:c", read("unit.csv", hours(0, 1000), GAP, "--time-unit=ms"));
  }

  /** Two clicks within an hour, and one a second more than an hour later. */
  @Test
  void aWrongUnitIsDoubted() throws IOException {
    Path file = folder.resolve("unit.csv");
    Files.writeString(file, hours(1_700_000_000, 1));
    String[] command = {
      "prepare", file.toString(), "--out=" + folder.resolve("o"), "--session-gap=1h", ""
    };
    command[4] = "--time-unit=ms";
    assertContains(
        run(command).expect(0).err(),
        "3 clicks (100.0 %) have times outside 1979 to 2099: 1700000.000 to 1700007.201 seconds");
    command[4] = "--time-unit=s";
    assertFalse(run(command).expect(0).err().contains("outside"));
  }

  /** What pandas writes of a column of integers in which one was missing. */
  @Test
  void wholeNumbersOfJsonAreIntegers() throws IOException {
    String line = "{\"SessionId\": %s, \"ItemId\": %s, \"Time\": %s}\n";
    assertEquals(
        "7:12345678\n7:12345678\n7:0.25\n7:100000000000000000000",
        read(
            "floats.jsonl",
            line.formatted("7.0", "12345678.0", "1.7e9")
                + line.formatted("7", "1.2345678e7", "1700000001.0")
                + line.formatted("7.00", "0.25", "1700000001.5")
                + line.formatted("7", "1e20", "1700000002")));
  }

  private static String hours(long start, long perSecond) {
    return "SessionId,ItemId,Time\ns,a,%d\ns,b,%d\ns,c,%d\n"
        .formatted(start * perSecond, (start + 3600) * perSecond, (start + 7201) * perSecond);
  }

  @Test
  void doubtfulClicksAreWarnedOf() throws IOException {
    StringBuilder text = new StringBuilder("user,sess,ItemId,Time\n");
    for (int i = 0; i < 100; i++) {
      text.append("u").append(i % 40).append(",1,i").append(i % 9).append(',');
      text.append(1_700_000_000L + 4000L * i).append('\n');
    }
    text.append("u1,null,i1,1700000000\nu1,2,NaN,1700\n");
    Path file = folder.resolve("doubt.csv");
    Files.writeString(file, text);
    String err =
        run(
                "prepare",
                file.toString(),
                "--out=" + folder.resolve("o"),
                "--session-key=sess",
                "--user-key=user")
            .expect(0)
            .err();
    assertContains(
        err, "warning: 1 click (1.0 %) has the session null; --where 'sess!=null' leaves it out\n");
    assertContains(
        err, "warning: 1 click (1.0 %) has the item NaN; --where 'ItemId!=NaN' leaves it out\n");
    assertContains(
        err,
        "warning: 1 session has clicks of several persons, of 3; --session-key user+sess makes them"
            + " different\n");
    assertContains(err, "warning: 1 session goes on for more than a day, of 1 with two clicks");
    assertContains(err, "the longest for 5 days; if the key is a person, --session-gap 30m");
    assertContains(err, "warning: the session \"1\" has 100 of 102 clicks (98.0 %);");
    assertContains(
        err,
        "warning: 1 click (1.0 %) has a time outside 1979 to 2099: 1700.000 to 1700.000 seconds");
    String sound =
        run(
                "prepare",
                file.toString(),
                "--out=" + folder.resolve("o"),
                "--session-key=user+sess",
                "--where=sess!=null",
                "--where=ItemId!=NaN",
                "--session-gap=1h",
                "--user-key=user")
            .expect(0)
            .err();
    assertTrue(!sound.contains("several persons") && !sound.contains("has 100 of"), sound);
    String trained =
        run(TINY, "train", file.toString(), "--model", model, "--session-key=sess").expect(0).err();
    assertContains(trained, "warning: the session \"1\" has 100 of 102 clicks");
  }

  private String warnings(String name, String text, String... flags) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    return run(List.of(flags), "prepare", file.toString(), "--out=" + folder.resolve("o"))
        .expect(0)
        .err();
  }

  @Test
  void datesWrittenAsNumbersAreNoCounts() throws IOException {
    String[] dates = {
      "yyyyMMdd 20140407 20140409",
      "yyyyMMddHHmm 202404070900 202404071130",
      "yyyyMMddHHmmss 20240407090000 20240407113000",
      "yyyyMMddHHmmssSSS 20240407090000000 20240407113000000"
    };
    for (String each : dates) {
      String[] words = each.split(" ");
      String text =
          "SessionId,ItemId,Time\ns,a,%s\ns,b,%s\ns,c,%s\n".formatted(words[1], words[1], words[2]);
      String help = "; --time-format " + words[0] + " reads them as dates";
      assertContains(
          fault("dates.csv", text, GAP),
          " or something else (they go from " + words[1] + " to " + words[2] + ")" + help);
      assertContains(
          warnings("dates.csv", text),
          "all times are numbers that look like dates, " + words[1] + " to " + words[2] + help);
      assertEquals(
          "s#1:a\ns#1:b\ns#2:c", read("dates.csv", text, GAP, "--time-format=" + words[0]));
      Files.writeString(folder.resolve("dates.csv"), text);
      String trained =
          run(TINY, "train", folder.resolve("dates.csv").toString(), "--model", model).err();
      assertContains(trained, help);
    }
    String count = "SessionId,ItemId,Time\ns,a,20240407\ns,b,20241301\n"; // no month 13
    assertContains(
        fault("dates.csv", count, GAP), "(they go from 20240407 to 20241301); --time-unit says");
    assertFalse(warnings("dates.csv", count).contains("look like dates"));
    String fractions = "SessionId,ItemId,Time\ns,a,2024040.7\ns,b,2024040.8\n";
    assertFalse(warnings("dates.csv", fractions).contains("look like dates"));
  }

  @Test
  void namesThatNoLineOfJsonHasAreProposed() throws IOException {
    String otto =
        "{\"Session\":7,\"events\":[{\"aid\":1,\"ts\":1659304800025,\"type\":\"clicks\"}]}\n";
    String has = " has \"Session\", \"events[].aid\", \"events[].ts\", \"events[].type\"";
    String[] keys = {
      "--session-key=Session", "--item-key=events[].aid", "--time-key=events[].ts", ""
    };
    keys[3] = "--where=kk=view";
    assertContains(
        fault("otto.jsonl", otto, keys), "no click, no line has kk, the first one" + has);
    keys[3] = "--where=Type!=view";
    assertContains(
        warnings("otto.jsonl", otto, keys), "warning: no line has Type, the first one" + has);
    keys[3] = "--where=events[].type=view,carts";
    assertContains(
        fault("otto.jsonl", otto, keys),
        ": no click, no row meets events[].type=view,carts, the first ones have \"clicks\"");
    keys[3] = "--where=events[].type=clicks";
    assertFalse(warnings("otto.jsonl", otto, keys).contains("warning"));
    keys[1] = "--item-key=Events[].aid";
    keys[2] = "--time-key=Events[].ts";
    keys[3] = "--user-key=Session";
    assertContains(
        fault("otto.jsonl", otto, keys),
        "no click, no line has Events[].aid, the first one" + has + "; did you mean events[].aid?");
    assertContains(
        fault(
            "otto.jsonl",
            otto,
            "--session-key=session",
            "--item-key=events[].aid",
            "--time-key=events[].ts"),
        "otto.jsonl:1: session is empty, expected an id; the first line"
            + has
            + "; did you mean Session?");
    assertContains(
        fault(
            "otto.jsonl",
            "{\"SessionId\":7,\"events\":[]}\n",
            "--item-key=events[].aid",
            "--time-key=events[].ts"),
        "no line has events[].aid, the first one has \"SessionId\", \"events\"");
  }

  @Test
  void whatIsThereIsNamedWhereNoRowMeetsACondition() throws IOException {
    String text = "SessionId,ItemId,Time,event\ns,a,1,view\ns,b,2,\ns,c,3,add to cart\n";
    assertContains(
        fault("shop.csv", text, "--where=event=buy"),
        "shop.csv: no click, no row meets event=buy, the first ones have \"view\", \"\", \"add to"
            + " cart\"");
    assertContains(
        fault("shop.csv", text, "--where=event=view", "--where=ItemId=b"),
        "no row meets ItemId=b, the first ones have \"a\"");
    assertFalse(warnings("shop.csv", text, "--where=event=view").contains("warning"));
  }

  @Test
  void integersOfAnyLengthAreRead() throws IOException {
    String large = "123456789012345678901234567890";
    String line = "{\"SessionId\":1,\"ItemId\":%s,\"Time\":1,\"nobody\":[%s,{\"asks\":-%s}]}\n";
    assertEquals("1:7", read("large.jsonl", line.formatted("7", large, large)));
    assertEquals("1:" + large, read("large.jsonl", line.formatted(large, large, large)));
  }

  @Test
  void flagsOfTimesWithoutEffectAreWarnedOf() throws IOException {
    String header = "SessionId,ItemId,Time\n";
    String unit = "warning: the times are dates, which have no unit; --time-unit has no effect";
    String zone = "; --time-zone has no effect";
    String berlin = "--time-zone=Europe/Berlin";
    String local = header + "s,a,2026-11-30 12:00:00\n";
    String zoned = header + "s,a,2026-11-30T12:00:00Z\n";
    String numbers = header + "s,a,1700000000\n";
    String pattern = "--time-format=yyyy-MM-dd HH:mm:ss";
    assertContains(warnings("t.csv", local, "--time-unit=ms"), unit);
    assertContains(warnings("t.csv", zoned, berlin), "every time has its zone" + zone);
    assertContains(warnings("t.csv", numbers, berlin), "the times are numbers" + zone);
    assertFalse(warnings("t.csv", numbers, "--time-unit=s").contains("no effect"));
    assertFalse(warnings("t.csv", local, berlin).contains("no effect"));
    assertFalse(warnings("t.csv", local, berlin, pattern).contains("no effect"));
    assertContains(
        warnings("t.csv", header + "s,a,2026-11-30 12:00:00+01\n", berlin, pattern + "x"),
        "every time has its zone" + zone);
    String sum = "SessionId,ItemId,Time,more\ns,a,2026-11-30,1000\n";
    assertFalse(
        warnings("t.csv", sum, "--time-key=Time+more", "--time-unit=s").contains("no effect"));
    String two = header + "s,a,1700000000\ns,b,1700003600\n";
    assertFalse(
        warnings("t.csv", two + "u,a,1700007200\n", berlin, "--test-from=2023-11-15 00:00")
            .contains("no effect"),
        "it is the zone of that time");
  }

  @Test
  void withoutTimesTheirFlagsAreRefused() {
    for (String flag :
        List.of(
            "--session-gap=1h",
            "--test-last=7d",
            "--validation-last=7d",
            "--test-from=5",
            "--time-unit=s",
            "--time-zone=UTC",
            "--time-format=yyyy")) {
      String name = flag.substring(0, flag.indexOf('='));
      assertContains(
          run("prepare", sessions, "--out=" + folder.resolve("o"), "--time-key=none", flag)
              .expect(2)
              .err(),
          "with --time-key none there are no times: " + name + " needs a column with the time");
    }
    assertContains(
        run("train", sessions, "--model", model, "--time-key=none", GAP).expect(2).err(),
        "--session-gap needs a column with the time");
  }

  @Test
  void anAccessLogIsHelpedWith() throws IOException {
    String line = "10.0.0.1 - - [30/Nov/2026:10:00:05 +0100] \"GET /item/12 HTTP/1.1\" 200 5\n";
    String[] keys = {"--no-header", "--session-key=1", "--item-key=6", "--time-key=4+5", ""};
    keys[4] = "--format=csv";
    assertContains(
        fault("access.log", line, keys),
        "column 6 is missing, the first line has 1 field, named 1: ");
    assertContains(fault("access.log", line, keys), "--separator space that it is a space");
    keys[4] = "--separator=space";
    assertContains(
        fault("access.log", line, keys),
        "; of an access log, --time-key 4+5 --time-format \"'['dd/MMM/yyyy:HH:mm:ss Z']'\" reads");
  }

  @Test
  void aNameWithSpacesIsProposedInQuotes() throws IOException {
    assertContains(
        fault("a.csv", " SessionId,ItemId,Time\n1,a,1\n"), "; did you mean \" SessionId\"?");
  }
}
