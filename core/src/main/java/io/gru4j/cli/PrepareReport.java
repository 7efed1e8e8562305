package io.gru4j.cli;

import io.gru4j.data.Clicks;
import io.gru4j.data.InputFile;
import io.gru4j.file.Json;
import io.gru4j.prepare.Applied;
import io.gru4j.prepare.Counts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a preparation has read, done and made, for people and for programs. It has no clock's time
 * and no duration, so that the same input gives the same bytes.
 *
 * @param flags the command line
 * @param inputs what was read
 * @param rows sound rows
 * @param leftOut rows that did not meet {@code --where}
 * @param bad rows that were skipped
 * @param read what the rules began with
 * @param rules what they did
 * @param made the files' names and what is in them
 */
public record PrepareReport(
    String flags,
    List<InputFile> inputs,
    long rows,
    long leftOut,
    long bad,
    Counts read,
    List<Applied> rules,
    Map<String, Part> made) {

  /**
   * What is in a file.
   *
   * @param counts how much
   * @param first the time of the first click, for people; any where there is none
   * @param last the time of the last click
   */
  public record Part(Counts counts, String first, String last) {
    static Part of(Clicks clicks) {
      long first = Long.MAX_VALUE;
      long last = Long.MIN_VALUE;
      for (int click = 0; click < clicks.numClicks(); click++) {
        first = Math.min(first, clicks.time(click));
        last = Math.max(last, clicks.time(click));
      }
      boolean any = clicks.numClicks() > 0;
      return new Part(
          Counts.of(clicks),
          any ? clicks.scale().words(first) : "",
          any ? clicks.scale().words(last) : "");
    }
  }

  private static Map<String, Object> input(InputFile file) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", file.name());
    json.put("bytes", file.bytes());
    json.put("sha256", file.sha256());
    return json;
  }

  /** One line of JSON. */
  String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("gru4j", Main.version());
    json.put("command", "gru4j prepare " + flags);
    json.put("inputs", inputs.stream().map(PrepareReport::input).toList());
    json.put("rows", rows);
    json.put("rows_where_left_out", leftOut);
    json.put("bad_lines_skipped", bad);
    json.put("read", counts(read));
    List<Object> steps = new ArrayList<>();
    for (Applied rule : rules) {
      Map<String, Object> step = new LinkedHashMap<>();
      step.put("part", rule.part());
      step.put("rule", rule.rule());
      step.put("before", counts(rule.before()));
      step.put("after", counts(rule.after()));
      steps.add(step);
    }
    json.put("rules", steps);
    Map<String, Object> files = new LinkedHashMap<>();
    made.forEach((name, part) -> files.put(name, json(part)));
    json.put("files", files);
    return Json.write(json);
  }

  private static Map<String, Object> counts(Counts counts) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("clicks", counts.clicks());
    json.put("sessions", counts.sessions());
    json.put("items", counts.items());
    return json;
  }

  private static Map<String, Object> json(Part part) {
    Map<String, Object> json = counts(part.counts);
    if (part.counts.clicks() > 0) {
      json.put("first", part.first);
      json.put("last", part.last);
    }
    return json;
  }

  /** A line for each rule, and for each file that was made. */
  public String table() {
    TextTable table = new TextTable().row("rule", "clicks", "sessions", "items");
    String where =
        (leftOut > 0 ? ", " + Numbers.count(leftOut) + " left out by --where" : "")
            + (bad > 0 ? ", " + Numbers.count(bad) + " bad lines skipped" : "");
    table.row(row(Numbers.count(rows, "row") + " read" + where, read));
    for (Applied rule : rules) {
      String part = rule.part().equals("all") ? "" : rule.part() + ": ";
      table.row(row(part + rule.rule(), rule.after()));
    }
    table.row("");
    made.forEach(
        (name, part) ->
            table.row(
                row(
                    part.counts.clicks() == 0
                        ? name
                        : name + ", " + part.first + " to " + part.last,
                    part.counts)));
    return table.toString();
  }

  private static String[] row(String what, Counts counts) {
    return new String[] {
      what,
      Numbers.count(counts.clicks()),
      Numbers.count(counts.sessions()),
      Numbers.count(counts.items())
    };
  }
}
