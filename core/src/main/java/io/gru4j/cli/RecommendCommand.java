package io.gru4j.cli;

import io.gru4j.file.Json;
import io.gru4j.file.OneLine;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import io.gru4j.model.Recommendations;
import io.gru4j.model.UnknownItems;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code gru4j recommend}. */
final class RecommendCommand implements Command {
  @Override
  public String name() {
    return "recommend";
  }

  @Override
  public String summary() {
    return "recommend next items for a session";
  }

  @Override
  public String usage() {
    return "--model M [--items a,b,c] [--top 20] [--unknown skip|fail] [--json] [flags]";
  }

  @Override
  public String details() {
    return "--items is one session, oldest click first. Without it, sessions are read from stdin"
        + " (UTF-8), one a line, and the number of the line (from 1) goes before each"
        + " result. Blank lines are skipped, and so are white spaces around an id unless the model"
        + " knows the id with them. An item of the session may be recommended again.\n"
        + "stdout gets a line for each recommendation, best first, with tabs: [line,] rank,"
        + " item, score. With --json it gets a line for each session: {\"session\": line,"
        + " \"unknown\": [items], \"recommendations\": [{\"item\": id, \"score\": x},"
        + " ...]}. Control characters in an id are shown by"
        + " escapes, a tab by \\t; --json keeps them.";
  }

  @Override
  public List<Option> options() {
    return List.of(
        new Option("model", "M", "the model file"),
        new Option("items", "A,B,C", "the items of one session"),
        new Option("top", "N", "how many items to recommend (default 20)"),
        new Option(
            "unknown",
            "skip|fail",
            "items that the model does not know are skipped and counted (default), or an error"),
        new Option(
            "separator",
            "TEXT",
            "what stands between two items; \"tab\" for a tab (default: a comma)"),
        new Option("json", null, "print a line of JSON for each session"));
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    Path file = line.requirePath("model");
    int top = line.integer("top", 20, 1);
    UnknownItems unknown =
        switch (line.get("unknown").orElse("skip")) {
          case "skip" -> UnknownItems.SKIP;
          case "fail" -> UnknownItems.FAIL;
          default ->
              throw new UsageException(
                  "--unknown must be skip or fail, got " + line.get("unknown").orElseThrow());
        };
    String separator = line.get("separator").orElse(",");
    if (separator.isEmpty()) {
      throw new UsageException("--separator must not be empty");
    }
    Pattern between = Pattern.compile(Pattern.quote(separator.equals("tab") ? "\t" : separator));
    boolean json = line.isOn("json");
    Optional<String> items = line.get("items");
    if (items.isPresent() && items.get().indexOf('\ufffd') >= 0) {
      throw new UsageException(
          "--items did not arrive as UTF-8: set the locale (LC_ALL=C.UTF-8) or use stdin");
    }

    FittedModel model = ModelInput.load(file);
    Output output = new Output(model, Math.min(top, model.numItems()), unknown, json, console);
    if (items.isPresent()) {
      List<String> session = split(items.get(), between, model);
      if (session.isEmpty()) {
        throw new UsageException("--items has no item");
      }
      if (!output.session(0, session)) {
        throw new WorkException("the model knows none of the items " + items.get());
      }
    } else {
      readSessions(console, between, output);
    }
    if (output.skipped > 0) {
      console.err().println(Numbers.count(output.skipped, "unknown item") + " skipped");
    }
  }

  private static void readSessions(Console console, Pattern between, Output output)
      throws WorkException, IOException {
    // An explicit decoder refuses bytes that are not UTF-8; a reader of the charset would replace
    // them.
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(console.in(), StandardCharsets.UTF_8.newDecoder()));
    long number = 0;
    long sessions = 0;
    long empty = 0;
    try {
      for (String text = reader.readLine();
          text != null && !console.out().checkError(); // stdout may be closed, as head does
          text = reader.readLine()) {
        number++;
        List<String> session = split(text, between, output.model);
        if (!session.isEmpty()) {
          sessions++;
          empty += output.session(number, session) ? 0 : 1;
        }
      }
    } catch (CharacterCodingException e) {
      throw new WorkException("stdin is not UTF-8, after line " + number);
    } catch (IllegalArgumentException e) {
      throw new WorkException("stdin:" + number + ": " + e.getMessage());
    }
    if (sessions == 0) {
      console.err().println("stdin has no session");
    }
    if (empty > 0) {
      console
          .err()
          .println(
              Numbers.count(empty, "session") + " without any known item got no recommendation");
    }
  }

  /**
   * An id may start or end with white space: a text that the model knows is used without trimming.
   */
  private static List<String> split(String text, Pattern between, FittedModel model) {
    List<String> items = new ArrayList<>();
    for (String item : between.split(text)) {
      if (model.items().indexOf(item) >= 0) {
        items.add(item);
      } else if (!item.isBlank()) {
        items.add(item.strip());
      }
    }
    return items;
  }

  /** Recommends and prints. */
  private static final class Output {
    private final FittedModel model;
    private final int top;
    private final UnknownItems policy;
    private final boolean json;
    private final Console console;
    private long skipped;

    Output(FittedModel model, int top, UnknownItems policy, boolean json, Console console) {
      this.model = model;
      this.top = top;
      this.policy = policy;
      this.json = json;
      this.console = console;
    }

    /** Prints a session's recommendations; line 0 is not printed. False if no item is known. */
    boolean session(long line, List<String> items) {
      Recommendations recommendations = model.recommend(items, top, policy);
      skipped += recommendations.unknown().size();
      if (json) {
        console.out().println(json(line, recommendations));
      } else {
        int rank = 1;
        for (Recommendation each : recommendations.items()) {
          String session = line == 0 ? "" : line + "\t";
          console
              .out()
              .println(session + rank++ + "\t" + OneLine.of(each.item()) + "\t" + each.score());
        }
      }
      return recommendations.unknown().size() < items.size();
    }

    private static String json(long line, Recommendations result) {
      Map<String, Object> json = new LinkedHashMap<>();
      if (line > 0) {
        json.put("session", line);
      }
      json.put("unknown", result.unknown());
      List<Object> recommendations = new ArrayList<>();
      for (Recommendation each : result.items()) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("item", each.item());
        entry.put("score", each.score());
        recommendations.add(entry);
      }
      json.put("recommendations", recommendations);
      return Json.write(json);
    }
  }
}
