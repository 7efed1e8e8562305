package io.gru4j.cli;

import io.gru4j.data.SessionData;
import io.gru4j.file.Json;
import io.gru4j.file.OneLine;
import io.gru4j.http.ExplanationJson;
import io.gru4j.model.Contribution;
import io.gru4j.model.Explanation;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import io.gru4j.model.UnknownItems;
import io.gru4j.serve.ItemFilter;
import io.gru4j.serve.Recommender;
import io.gru4j.serve.Session;
import io.gru4j.tensor.Parallel;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Recommends for sessions and prints, as text or as JSON, what {@code gru4j recommend} was asked.
 */
final class RecommendOutput {
  private static final String MODEL = "model";
  private static final String POPULAR = "popular";

  /**
   * What was asked for.
   *
   * @param recommender of the model
   * @param top how many items for each session
   * @param filter which items may be among them
   * @param unknown what to do with items that the model does not know
   * @param fallback whether a session without a known item gets the most popular items, and each
   *     answer says where it is from
   * @param json whether to print JSON
   * @param probability whether to print the probability of each item
   * @param why whether to print what each click says about each item
   */
  record Asked(
      Recommender recommender,
      int top,
      ItemFilter filter,
      UnknownItems unknown,
      boolean fallback,
      boolean json,
      boolean probability,
      boolean why) {}

  private final Asked asked;
  private final PrintStream out;
  private final List<Recommendation> popular;
  private long skipped; // items
  private long without; // sessions

  /** Prepares; with a fallback the model must know the clicks of its items. */
  RecommendOutput(Asked asked, PrintStream out) {
    this.asked = asked;
    this.out = out;
    this.popular = asked.fallback ? asked.recommender.popular(asked.top, asked.filter) : List.of();
  }

  FittedModel model() {
    return asked.recommender.model();
  }

  /** Whether nobody takes what is printed. */
  boolean failed() {
    return out.checkError();
  }

  void flush() {
    out.flush();
  }

  /**
   * Prints a session's recommendations; line 0 is not printed. False if it gets none, because the
   * model knows none of its items.
   *
   * @throws IllegalArgumentException if an item is unknown and may not be
   */
  boolean session(long line, List<String> items) {
    Session session = asked.recommender.newSession();
    List<String> left = new ArrayList<>();
    for (String item : items) {
      if (!session.click(item)) {
        if (asked.unknown == UnknownItems.FAIL) {
          throw new IllegalArgumentException(
              "the model does not know item " + OneLine.quoted(item));
        }
        left.add(item);
      }
    }
    skipped += left.size();
    boolean known = session.clicks() > 0;
    List<Recommendation> best = known ? session.top(asked.top, asked.filter) : popular;
    List<Explanation> explained = List.of();
    if (known && (asked.why || asked.probability)) {
      explained = model().explain(items, best.stream().map(Recommendation::item).toList());
    }
    if (asked.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      if (line > 0) {
        json.put("session", line);
      }
      json.put("unknown", left);
      print(json, best, known, explained);
    } else {
      for (int i = 0; i < best.size(); i++) {
        String start = line == 0 ? "" : line + "\t";
        String end = explained.isEmpty() ? "" : text(explained.get(i));
        print(start + (i + 1) + "\t" + OneLine.of(best.get(i).item()), best.get(i), known, end);
      }
    }
    without += known ? 0 : 1;
    return known || asked.fallback;
  }

  /** Whether JSON is printed, which names the items that the model does not know. */
  boolean isJson() {
    return asked.json;
  }

  /** Prints the recommendations for all sessions of a file. */
  void all(KnownClicks clicks, Parallel parallel) {
    SessionData data = clicks.known();
    if (!asked.json) {
      out.println("SessionId\tItemId\tRank\tScore" + (asked.fallback ? "\tSource" : ""));
    }
    asked.recommender.recommendAll(
        data.interactions(),
        asked.top,
        asked.filter,
        parallel,
        (user, items) -> {
          boolean known = data.interactions().historyLength(user) > 0;
          List<Recommendation> best = known ? items : popular;
          String session = data.sessions().idOf(user);
          without += known ? 0 : 1;
          if (asked.json) {
            Map<String, Object> json = new LinkedHashMap<>();
            List<String> unknown = clicks.unknown().get(user);
            skipped += unknown.size();
            json.put("session", session);
            json.put("unknown", unknown);
            print(json, best, known, List.of());
          } else {
            String start = OneLine.of(session) + "\t";
            int rank = 1;
            for (Recommendation each : best) {
              print(start + OneLine.of(each.item()) + "\t" + rank++, each, known, "");
            }
          }
        });
  }

  private void print(String start, Recommendation each, boolean known, String end) {
    String source = asked.fallback ? "\t" + (known ? MODEL : POPULAR) : "";
    out.println(start + "\t" + each.score() + source + end);
  }

  /** More columns: the probability, and a column for each click. */
  private String text(Explanation explanation) {
    StringBuilder text = new StringBuilder();
    if (asked.probability) {
      text.append('\t').append((float) explanation.probability());
    }
    if (asked.why) {
      for (Contribution click : explanation.clicks()) {
        text.append('\t').append(OneLine.of(click.item()));
        text.append(String.format(Locale.ROOT, " %+.4f", click.leaveOneOut()));
      }
    }
    return text.toString();
  }

  private Map<String, Object> json(Explanation explanation) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (asked.probability) {
      json.put("probability", explanation.probability());
    }
    if (asked.why) {
      json.put("why", ExplanationJson.why(explanation));
    }
    return json;
  }

  private void print(
      Map<String, Object> json,
      List<Recommendation> best,
      boolean known,
      List<Explanation> explained) {
    if (asked.fallback) {
      json.put("source", known ? MODEL : POPULAR);
    }
    List<Object> recommendations = new ArrayList<>();
    for (int i = 0; i < best.size(); i++) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("item", best.get(i).item());
      entry.put("score", best.get(i).score());
      if (!explained.isEmpty()) {
        entry.putAll(json(explained.get(i)));
      }
      recommendations.add(entry);
    }
    json.put("recommendations", recommendations);
    out.println(Json.write(json));
  }

  /** Says what was left out. */
  void report(PrintStream err) {
    if (without > 0) {
      err.println(
          Numbers.count(without, "session")
              + " without any known item got "
              + (asked.fallback ? "the most popular items" : "no recommendation"));
    }
    if (skipped > 0) {
      err.println(Numbers.count(skipped, "unknown item") + " skipped");
    }
  }
}
