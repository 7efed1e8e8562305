package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.prepare.NaivePreparation;
import io.gru4j.prepare.NaivePreparation.Click;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each command of {@code docs/datasets.md}, word for word, on a file in exactly the published form.
 * What comes out is that of {@link NaivePreparation}.
 */
class DatasetsTest {
  private static final long START = 1_569_888_000L; // 2019-10-01
  private static final long DAY = 86_400;

  @TempDir private Path folder;

  /** Someone's event; {@code visit} counts the visits of all. */
  private record Event(int person, int visit, int item, long millis, boolean view) {}

  /** Thirty days of visits in the order of time, of which views are most. */
  private static List<Event> events() {
    Random random = new Random(28);
    List<Event> events = new ArrayList<>();
    for (int visit = 0; visit < 400; visit++) {
      long time = 1000 * (START + visit * 30 * DAY / 400 + random.nextInt(60));
      int person = 1 + random.nextInt(120);
      for (int i = 1 + random.nextInt(6); i > 0; i--) {
        int item = (int) Math.round(100 + Math.abs(random.nextGaussian()) * 15);
        events.add(new Event(person, visit + 1, item, time, random.nextInt(6) > 0));
        time += 1000 * (1 + random.nextInt(600)) + 123;
      }
    }
    events.sort(Comparator.comparingLong(Event::millis));
    return events;
  }

  private static Instant time(Event event) {
    return Instant.ofEpochMilli(event.millis());
  }

  private void write(String name, String header, List<Event> events, Function<Event, String> line)
      throws IOException {
    String text = events.stream().map(line).collect(Collectors.joining("\n", header, "\n"));
    Files.writeString(folder.resolve(name), text);
  }

  /** The command that writes to a folder, without gru4j before it. */
  private static List<String> command(String out) throws IOException {
    String page = Files.readString(Path.of("docs/datasets.md")).replace("\\\n", " ");
    Matcher matcher = Pattern.compile("gru4j (prepare .* --out " + out + ")\n").matcher(page);
    assertTrue(matcher.find(), out);
    List<String> words = new ArrayList<>();
    Matcher word =
        Pattern.compile("(?:[^\\s'\"]|'([^']*)'|\"([^\"]*)\")+").matcher(matcher.group(1));
    while (word.find()) { // quotes as a shell has them, of one kind in a word
      String quote = word.group(1) != null ? "'" : "\"";
      String text = word.group();
      words.add(text.indexOf(quote) < 0 ? text : text.replace(quote, ""));
    }
    return words;
  }

  private String run(String out) throws IOException {
    return run(out, InputStream.nullInputStream());
  }

  private String run(String out, InputStream in) throws IOException {
    List<String> words = new ArrayList<>();
    for (String word : command(out)) {
      words.add(
          Files.exists(folder.resolve(word)) || word.equals(out)
              ? folder.resolve(word).toString()
              : word);
    }
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            words.toArray(String[]::new),
            in,
            new PrintStream(table, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8));
    assertEquals(0, status, err.toString(StandardCharsets.UTF_8));
    return table.toString(StandardCharsets.UTF_8);
  }

  private String text(String out, String part) throws IOException {
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(folder.resolve(out).resolve(part + ".tsv.gz")))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Compares the parts with those of the naive rules; all have sessions. */
  private void assertPrepared(
      String out, int rows, List<List<Click>> sessions, long testTicks, long validationTicks)
      throws IOException {
    String table = run(out);
    assertTrue(table.contains(String.format(Locale.ROOT, "%,d rows read", rows)), table);
    long testTime = NaivePreparation.last(sessions) - testTicks;
    List<List<Click>> full =
        NaivePreparation.longEnough(NaivePreparation.before(sessions, testTime), 2);
    long validationTime = NaivePreparation.last(full) - validationTicks;
    assertParts(out, sessions, full, testTime, validationTime);
  }

  private void assertParts(
      String out,
      List<List<Click>> sessions,
      List<List<Click>> full,
      long testTime,
      long validationTime)
      throws IOException {
    List<List<Click>> train =
        NaivePreparation.longEnough(NaivePreparation.before(full, validationTime), 2);
    List<List<Click>> validation = NaivePreparation.startingFrom(full, validationTime);
    List<List<Click>> test = NaivePreparation.startingFrom(sessions, testTime);
    validation = NaivePreparation.longEnough(NaivePreparation.knownTo(validation, train), 2);
    test = NaivePreparation.longEnough(NaivePreparation.knownTo(test, train), 2);
    assertTrue(train.size() > 20 && !validation.isEmpty() && !test.isEmpty());
    assertEquals(NaivePreparation.text(train), text(out, "train"));
    assertEquals(NaivePreparation.text(validation), text(out, "validation"));
    assertEquals(NaivePreparation.text(test), text(out, "test"));
  }

  private static List<List<Click>> filtered(List<List<Click>> sessions) {
    return NaivePreparation.counts(NaivePreparation.collapse(sessions), 5, 2);
  }

  /** Views alone, a visit a session, times counted so many milliseconds each. */
  private static List<Click> visits(List<Event> events, long millis) {
    return events.stream()
        .map(e -> new Click("" + e.visit(), "" + e.item(), e.millis() / millis, true))
        .toList();
  }

  private static List<Click> persons(List<Event> events, long millis) {
    return events.stream()
        .map(e -> new Click("" + e.person(), "" + e.item(), e.millis() / millis, e.view()))
        .toList();
  }

  @Test
  void yoochoose() throws IOException {
    List<Event> events = events();
    write(
        "yoochoose-clicks.dat",
        "",
        events,
        e ->
            e.visit()
                + ","
                + time(e).atOffset(ZoneOffset.UTC).toLocalDateTime().toString()
                + (e.millis() % 60_000 == 0 ? ":00.000Z" : e.millis() % 1000 == 0 ? ".000Z" : "Z")
                + ","
                + e.item()
                + ",0");
    List<List<Click>> sessions = filtered(NaivePreparation.sessions(visits(events, 1)));
    assertPrepared("yoochoose", events.size(), sessions, 1000 * DAY, 1000 * DAY);
  }

  @Test
  void diginetica() throws IOException {
    List<Event> events = events();
    write(
        "train-item-views.csv",
        "sessionId;userId;itemId;timeframe;eventdate\n",
        events,
        e ->
            e.visit()
                + ";NA;"
                + e.item()
                + ";"
                + e.millis() % (1000 * DAY)
                + ";"
                + time(e).atOffset(ZoneOffset.UTC).toLocalDate());
    List<List<Click>> sessions = filtered(NaivePreparation.sessions(visits(events, 1)));
    assertPrepared("diginetica", events.size(), sessions, 7000 * DAY, 7000 * DAY);
  }

  /** The item is the request; where a program before it takes that apart, the path. */
  @Test
  void accessLog() throws IOException, InterruptedException {
    List<Event> events = events();
    DateTimeFormatter form = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss", Locale.ENGLISH);
    write(
        "access.log",
        "",
        events,
        e ->
            "10.0.0.%d - - [%s +0200] \"%s /item/%d HTTP/1.1\" 200 5 \"-\" \"Mozilla 5\""
                .formatted(
                    e.person(),
                    time(e).atOffset(ZoneOffset.ofHours(2)).format(form),
                    e.view() ? "GET" : "POST",
                    e.item()));
    String table = run("requests");
    assertTrue(table.contains(String.format(Locale.ROOT, "%,d rows read", events.size())), table);
    assertTrue(text("requests", "train").contains("\tGET /item/100 HTTP/1.1\t"));

    String page = Files.readString(Path.of("docs/datasets.md")).replace("\\\n", " ");
    Matcher awk = Pattern.compile("(awk .*?) \\| gru4j prepare -").matcher(page);
    assertTrue(awk.find());
    Process process =
        new ProcessBuilder("sh", "-c", awk.group(1)).directory(folder.toFile()).start();
    byte[] paths = process.getInputStream().readAllBytes();
    assertEquals(0, process.waitFor());
    run("paths", new ByteArrayInputStream(paths));
    List<Click> views =
        events.stream()
            .filter(Event::view)
            .map(
                e ->
                    new Click("10.0.0." + e.person(), "/item/" + e.item(), e.millis() / 1000, true))
            .toList();
    List<List<Click>> all = NaivePreparation.gap(NaivePreparation.sessions(views), 1800);
    assertEquals(NaivePreparation.text(all), text("paths", "train"));
  }

  @Test
  void retailRocket() throws IOException {
    List<Event> events = events();
    write(
        "events.csv",
        "timestamp,visitorid,event,itemid,transactionid\n",
        events,
        e ->
            e.millis()
                + ","
                + e.person()
                + ","
                + (e.view() ? "view" : "addtocart")
                + ","
                + e.item()
                + ",");
    List<List<Click>> gapped =
        NaivePreparation.gap(NaivePreparation.sessions(persons(events, 1)), 3_600_000);
    List<List<Click>> sessions = filtered(NaivePreparation.where(gapped));
    assertPrepared("retailrocket", events.size(), sessions, 7000 * DAY, 7000 * DAY);
  }

  @Test
  void rees46InTwoFiles() throws IOException {
    List<Event> events = events();
    int half = events.size() / 2;
    for (int part = 0; part < 2; part++) {
      write(
          part == 0 ? "2019-Oct.csv" : "2019-Nov.csv",
          "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,"
              + "user_session\n",
          part == 0 ? events.subList(0, half) : events.subList(half, events.size()),
          e ->
              time(e).toString().substring(0, 19).replace('T', ' ')
                  + " UTC,"
                  + (e.view() ? "view" : "cart")
                  + ","
                  + e.item()
                  + ",2053013555631882655,electronics.smartphone,,99.50,"
                  + e.person()
                  + ",9333dfbd-b87a-4708-9857-"
                  + e.visit());
    }
    List<List<Click>> gapped =
        NaivePreparation.gap(NaivePreparation.sessions(persons(events, 1000)), 3600);
    List<List<Click>> sessions = filtered(NaivePreparation.where(gapped));
    assertPrepared("rees46", events.size(), sessions, DAY, DAY);
  }

  @Test
  void otto() throws IOException {
    List<Event> events = events();
    Map<Integer, List<Event>> byPerson = new TreeMap<>();
    events.forEach(e -> byPerson.computeIfAbsent(e.person(), p -> new ArrayList<>()).add(e));
    StringBuilder text = new StringBuilder();
    byPerson.forEach(
        (person, own) -> {
          text.append("{\"session\":").append(person).append(",\"events\":[");
          for (Event e : own) {
            text.append(e == own.getFirst() ? "" : ",").append("{\"aid\":").append(e.item());
            text.append(",\"ts\":").append(e.millis()).append(",\"type\":\"");
            text.append(e.view() ? "clicks" : "carts").append("\"}");
          }
          text.append("]}\n");
        });
    Files.writeString(folder.resolve("otto-recsys-train.jsonl"), text);
    List<Event> inFile = byPerson.values().stream().flatMap(List::stream).toList();
    List<List<Click>> gapped =
        NaivePreparation.gap(NaivePreparation.sessions(persons(inFile, 1)), 3_600_000);
    List<List<Click>> sessions = filtered(NaivePreparation.where(gapped));
    assertPrepared("otto", events.size(), sessions, 7000 * DAY, 7000 * DAY);
  }

  @Test
  void movieLensInItsThreeForms() throws IOException {
    List<Event> events = events();
    write("ratings.dat", "", events, e -> ratings(e, "::"));
    write("u.data", "", events, e -> ratings(e, "\t"));
    write("ratings.csv", "userId,movieId,rating,timestamp\n", events, e -> ratings(e, ","));
    List<List<Click>> sessions =
        NaivePreparation.counts(NaivePreparation.sessions(visits(events, 1000)), 5, 2);
    long testTime = startOfNewest(sessions, 0.1);
    List<List<Click>> full =
        NaivePreparation.longEnough(NaivePreparation.before(sessions, testTime), 2);
    long validationTime = startOfNewest(full, 0.1);
    for (String out : List.of("ml-1m", "ml-100k", "ml-latest")) {
      run(out);
      assertParts(out, sessions, full, testTime, validationTime);
    }
  }

  private static String ratings(Event e, String separator) {
    return String.join(
        separator, "" + e.visit(), "" + e.item(), "4", Long.toString(e.millis() / 1000));
  }

  private static long startOfNewest(List<List<Click>> sessions, double share) {
    List<Long> starts = sessions.stream().map(s -> s.getFirst().time()).sorted().toList();
    return starts.get(starts.size() - (int) Math.round(share * starts.size()));
  }
}
