package io.gru4j.http;

import io.gru4j.http.ServedModel.Begun;
import io.gru4j.http.ServedModel.Opened;
import io.gru4j.model.Explanation;
import io.gru4j.model.Recommendation;
import io.gru4j.model.Trace;
import io.gru4j.serve.Session;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON of answers about a session. */
final class SessionAnswer {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private SessionAnswer() {}

  /**
   * Answers {@code POST /recommend}.
   *
   * @return {@code model} the fingerprint, {@code session} the token to go on from, {@code clicks}
   *     how many the session has, {@code unknown} the items left out, {@code recommendations} the
   *     best items, each with {@code item} and {@code score}, as {@link Session#top(int,
   *     io.gru4j.serve.ItemFilter)} returns them, its {@code title} and {@code picture} if they are
   *     known, and {@code probability} and {@code why} if they were asked for; {@code taken_over}
   *     is true if the token is of an earlier model, and not there otherwise. Items of such a token
   *     that this model does not know are left out
   * @throws RequestException 400 if the session has become too long to be sent back
   */
  static Map<String, Object> recommend(Begun begun, List<Recommendation> best)
      throws RequestException {
    Session session = begun.opened().session();
    boolean clicked = session.clicks() > 0;
    List<Explanation> explained = List.of();
    double[] probabilities = {};
    if (clicked && begun.request().why()) {
      explained = session.explain(best.stream().map(Recommendation::item).toList());
    }
    if (clicked && begun.request().probability()) {
      probabilities =
          explained.isEmpty()
              ? session.probabilities(best)
              : explained.stream().mapToDouble(Explanation::probability).toArray();
    }
    List<Object> recommendations = new ArrayList<>();
    for (int i = 0; i < best.size(); i++) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("item", best.get(i).item());
      putNames(entry, begun.model(), best.get(i).item());
      entry.put("score", best.get(i).score());
      if (probabilities.length > 0) {
        entry.put("probability", probabilities[i]);
      }
      if (!explained.isEmpty()) {
        entry.put("why", ExplanationJson.why(explained.get(i)));
      }
      recommendations.add(entry);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("model", begun.model().fingerprint());
    answer.put("session", token(session));
    answer.put("clicks", session.clicks());
    putRest(answer, begun.opened());
    answer.put("recommendations", recommendations);
    return answer;
  }

  /**
   * Answers {@code POST /trace}.
   *
   * @return {@code model} and {@code unknown} as above, {@code clicks} the clicked items, each with
   *     {@code item} and its names, {@code layers} from the embedding up, each with {@code reset},
   *     {@code update}, {@code candidate} and {@code state}, a row for each click with a number for
   *     each hidden unit
   */
  static Map<String, Object> trace(ServedModel model, Opened opened) {
    Trace trace = opened.session().trace();
    List<Object> clicks = new ArrayList<>();
    for (String item : trace.items()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("item", item);
      putNames(entry, model, item);
      clicks.add(entry);
    }
    List<Object> layers = new ArrayList<>();
    for (Trace.Layer layer : trace.layers()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("reset", rows(layer.reset()));
      entry.put("update", rows(layer.update()));
      entry.put("candidate", rows(layer.candidate()));
      entry.put("state", rows(layer.state()));
      layers.add(entry);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("model", model.fingerprint());
    answer.put("clicks", clicks);
    putRest(answer, opened);
    answer.put("layers", layers);
    return answer;
  }

  private static List<Object> rows(float[][] values) {
    List<Object> rows = new ArrayList<>();
    for (float[] row : values) {
      List<Float> numbers = new ArrayList<>(row.length);
      for (float value : row) {
        numbers.add(value);
      }
      rows.add(numbers);
    }
    return rows;
  }

  private static void putNames(Map<String, Object> entry, ServedModel model, String item) {
    int number = model.model().items().indexOf(item);
    String title = model.titles().title(number);
    String picture = model.titles().picture(number);
    if (title != null) {
      entry.put("title", title);
    }
    if (picture != null) {
      entry.put("picture", picture);
    }
  }

  private static void putRest(Map<String, Object> answer, Opened opened) {
    if (opened.takenOver()) {
      answer.put("taken_over", true);
    }
    answer.put("unknown", opened.unknown());
  }

  /** A token that is too long to come back must not be given out. */
  private static String token(Session session) throws RequestException {
    String token = ENCODER.encodeToString(session.toBytes());
    if (token.length() > ServerLimits.TOKEN_CHARS) {
      throw new RequestException(
          400,
          "after %d clicks the session would have a token of %d characters, at most %d can be sent"
                  .formatted(session.clicks(), token.length(), ServerLimits.TOKEN_CHARS)
              + " back; begin a new session with the newest items");
    }
    return token;
  }
}
