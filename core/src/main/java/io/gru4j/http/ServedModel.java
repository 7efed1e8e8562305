package io.gru4j.http;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import io.gru4j.model.UnknownItems;
import io.gru4j.serve.ItemFilter;
import io.gru4j.serve.Predecessor;
import io.gru4j.serve.Recommender;
import io.gru4j.serve.Session;
import io.gru4j.serve.SessionFormatException;
import io.gru4j.serve.TakenOver;
import io.gru4j.serve.TopRequest;
import io.gru4j.tensor.Parallel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One model as it is served. A request takes one of them at its beginning and stays with it, so a
 * reload meanwhile changes nothing in its answer.
 */
final class ServedModel {
  /** The key of an answer whose session began under an earlier model. */
  static final String TAKEN_OVER = "taken_over";

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final Recommender recommender;
  private final String fingerprint;
  private final Instant loaded;
  private final List<Predecessor> before;

  private ServedModel(
      Recommender recommender, String fingerprint, Instant loaded, List<Predecessor> before) {
    this.recommender = recommender;
    this.fingerprint = fingerprint;
    this.loaded = loaded;
    this.before = before;
  }

  /** Reads a model and does once what the first request would wait for. */
  static ServedModel load(Path file) throws IOException {
    Recommender recommender = new Recommender(FittedModel.map(file));
    try (Parallel two = new Parallel(2)) { // each reads the parameters once
      two.run(2, part -> firstUse(recommender, part));
    }
    String fingerprint = "%016x".formatted(recommender.fingerprint());
    return new ServedModel(recommender, fingerprint, Instant.now(), recommender.ancestors());
  }

  private static void firstUse(Recommender recommender, int part) {
    if (part == 0) {
      recommender.fingerprint();
    } else {
      Session session = recommender.newSession();
      session.click(recommender.model().items().idOf(0));
      session.top(1);
    }
  }

  /** Returns this model for a server that had another one until now, whose sessions go on. */
  ServedModel after(ServedModel other) {
    List<Predecessor> all = new ArrayList<>(List.of(recommender.after(other.recommender)));
    all.addAll(before);
    return new ServedModel(recommender, fingerprint, loaded, all);
  }

  FittedModel model() {
    return recommender.model();
  }

  /** {@link Recommender#fingerprint} in 16 hexadecimal digits. */
  String fingerprint() {
    return fingerprint;
  }

  Instant loaded() {
    return loaded;
  }

  /**
   * A request whose clicks are taken in, and whose best items are still to be found.
   *
   * @param model the model that it stays with
   * @param asked the session, and what is to be found for it
   * @param unknown the items left out
   * @param takenOver whether the session began under an earlier model
   */
  record Begun(ServedModel model, TopRequest asked, List<String> unknown, boolean takenOver) {}

  /**
   * Begins to answer {@code POST /recommend}: takes in the clicks.
   *
   * @throws RequestException 400 if an item is unknown and may not be, or the token is none; 409 if
   *     the token is of another model
   */
  Begun begin(RecommendRequest request) throws RequestException {
    byte[] token = bytes(request.session());
    Predecessor owner = token == null ? null : owner(token);
    TakenOver begun = open(token, owner);
    Session session = begun.session();
    List<String> unknown = new ArrayList<>(begun.unknown());
    for (String item : request.items()) {
      if (!session.click(item)) {
        if (request.unknown() == UnknownItems.FAIL) {
          throw new RequestException(
              400,
              "the model does not know item "
                  + RequestException.quote(item)
                  + "; \"unknown\": \"skip\" leaves such items out");
        }
        unknown.add(item);
      }
    }
    TopRequest asked = new TopRequest(session, request.k(), filter(request));
    return new Begun(this, asked, unknown, owner != null);
  }

  /** The best items of requests that were begun with this model, of all in one pass. */
  List<List<Recommendation>> top(List<Begun> begun) {
    return recommender.topAll(begun.stream().map(Begun::asked).toList());
  }

  /**
   * Makes what the best items of a large catalogue are found with; answers do not depend on it.
   *
   * @param threads that work on it
   */
  void prepare(int threads) {
    try (Parallel parallel = new Parallel(threads)) {
      recommender.prepare(parallel);
    }
  }

  /**
   * Ends answering {@code POST /recommend}.
   *
   * @return {@code model} the fingerprint, {@code session} the token to go on from, {@code clicks}
   *     how many the session has, {@code unknown} the items left out, {@code recommendations} the
   *     best items, each with {@code item} and {@code score}, as {@link Session#top(int,
   *     ItemFilter)} returns them; {@code taken_over} is true if the token is of an earlier model,
   *     and not there otherwise. Items of such a token that this model does not know are left out
   * @throws RequestException 400 if the session has become too long to be sent back
   */
  static Map<String, Object> answer(Begun begun, List<Recommendation> best)
      throws RequestException {
    List<Object> recommendations = new ArrayList<>();
    for (Recommendation each : best) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("item", each.item());
      entry.put("score", each.score());
      recommendations.add(entry);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("model", begun.model().fingerprint);
    answer.put("session", token(begun.asked().session()));
    answer.put("clicks", begun.asked().session().clicks());
    if (begun.takenOver()) {
      answer.put(TAKEN_OVER, true);
    }
    answer.put("unknown", begun.unknown());
    answer.put("recommendations", recommendations);
    return answer;
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

  private static byte[] bytes(String token) throws RequestException {
    try {
      return token == null ? null : Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      throw new RequestException(400, "the session is no token: it is not base64url; " + RIGHT);
    }
  }

  /** The earlier model whose session it is, or null. */
  private Predecessor owner(byte[] token) {
    return before.stream().filter(each -> each.wrote(token)).findFirst().orElse(null);
  }

  private TakenOver open(byte[] token, Predecessor ownerOrNull) throws RequestException {
    try {
      if (ownerOrNull != null) {
        return recommender.takeOver(token, ownerOrNull);
      }
      Session session = token == null ? recommender.newSession() : recommender.read(token);
      return new TakenOver(session, List.of());
    } catch (SessionFormatException e) {
      throw switch (e.reason()) {
        case CORRUPT -> new RequestException(400, e.getMessage() + "; " + RIGHT);
        case OTHER_MODEL, OTHER_VERSION ->
            new RequestException(
                409, e.getMessage() + "; send the session's items again, without the token");
      };
    }
  }

  private static final String RIGHT = "send the session of an earlier answer as it came";

  private ItemFilter filter(RecommendRequest request) {
    ItemFilter filter = ItemFilter.ALL;
    if (request.candidates() != null) {
      filter = filter.only(recommender.itemSet(request.candidates()));
    }
    if (!request.exclude().isEmpty()) {
      filter = filter.without(recommender.itemSet(request.exclude()));
    }
    return request.excludeSeen() ? filter.unseen() : filter;
  }

  /**
   * Answers {@code GET /items}: ids that contain a text, those that start with it first, in the
   * order of their numbers. Reads every id unless enough start with the text before.
   *
   * @return {@code items} the ids, {@code more} whether there are others, {@code catalogue} how
   *     many items the model has
   */
  Map<String, Object> search(String text, int limit) {
    String wanted = text.toLowerCase(Locale.ROOT);
    IdMap ids = model().items();
    List<String> first = new ArrayList<>();
    List<String> then = new ArrayList<>();
    for (int i = 0; i < ids.size() && first.size() <= limit; i++) {
      String id = ids.idOf(i);
      int at = wanted.isEmpty() ? 0 : id.toLowerCase(Locale.ROOT).indexOf(wanted);
      if (at == 0) {
        first.add(id);
      } else if (at > 0 && then.size() <= limit) {
        then.add(id);
      }
    }
    first.addAll(then);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("items", first.subList(0, Math.min(limit, first.size())));
    answer.put("more", first.size() > limit);
    answer.put("catalogue", ids.size());
    return answer;
  }
}
