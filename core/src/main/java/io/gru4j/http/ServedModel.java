package io.gru4j.http;

import io.gru4j.data.IdMap;
import io.gru4j.data.ItemTitles;
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
import java.util.stream.IntStream;

/**
 * One model as it is served. A request takes one of them at its beginning and stays with it, so a
 * reload meanwhile changes nothing in its answer.
 */
final class ServedModel {
  private final Recommender recommender;
  private final String fingerprint;
  private final Instant loaded;
  private final List<Predecessor> before;
  private final ItemTitles titles;

  private ServedModel(
      Recommender recommender,
      String fingerprint,
      Instant loaded,
      List<Predecessor> before,
      ItemTitles titles) {
    this.recommender = recommender;
    this.fingerprint = fingerprint;
    this.loaded = loaded;
    this.before = before;
    this.titles = titles;
  }

  /** Reads a model and does once what the first request would wait for. */
  static ServedModel load(Path file) throws IOException {
    Recommender recommender = new Recommender(FittedModel.map(file));
    try (Parallel two = new Parallel(2)) { // each reads the parameters once
      two.run(2, part -> firstUse(recommender, part));
    }
    String fingerprint = "%016x".formatted(recommender.fingerprint());
    return new ServedModel(
        recommender, fingerprint, Instant.now(), recommender.ancestors(), ItemTitles.NONE);
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
    return new ServedModel(recommender, fingerprint, loaded, all, titles);
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

  /** The titles of its items. */
  ItemTitles titles() {
    return titles;
  }

  /** Returns this model with other titles. */
  ServedModel withTitles(ItemTitles titles) {
    return titles == this.titles
        ? this
        : new ServedModel(recommender, fingerprint, loaded, before, titles);
  }

  /**
   * A session to which the clicks of a request were added.
   *
   * @param session the session
   * @param unknown the items left out
   * @param takenOver whether it began under an earlier model
   */
  record Opened(Session session, List<String> unknown, boolean takenOver) {}

  /**
   * A request whose clicks are taken in, and whose best items are still to be found.
   *
   * @param model the model that it stays with
   * @param request what was asked
   * @param opened its session
   * @param asked what is to be found for it
   */
  record Begun(ServedModel model, RecommendRequest request, Opened opened, TopRequest asked) {}

  /**
   * Begins to answer {@code POST /recommend}: takes in the clicks.
   *
   * @throws RequestException 400 if an item is unknown and may not be, the token is none, or the
   *     session too long to say why; 409 if the token is of another model
   */
  Begun begin(RecommendRequest request) throws RequestException {
    Opened opened = open(request.session(), request.items(), request.unknown());
    if (request.why()) {
      checkExplained(opened.session(), "why");
    }
    TopRequest asked = new TopRequest(opened.session(), request.k(), filter(request));
    return new Begun(this, request, opened, asked);
  }

  /** Opens the session of a token, or a new one for null, and takes in clicks. */
  private Opened open(String tokenOrNull, List<String> items, UnknownItems mode)
      throws RequestException {
    byte[] token = bytes(tokenOrNull);
    Predecessor owner = token == null ? null : owner(token);
    TakenOver begun = open(token, owner);
    Session session = begun.session();
    List<String> unknown = new ArrayList<>(begun.unknown());
    for (String item : items) {
      if (!session.click(item)) {
        if (mode == UnknownItems.FAIL) {
          throw new RequestException(
              400,
              "the model does not know item "
                  + RequestException.quote(item)
                  + "; \"unknown\": \"skip\" leaves such items out");
        }
        unknown.add(item);
      }
    }
    return new Opened(session, unknown, owner != null);
  }

  private static void checkExplained(Session session, String what) throws RequestException {
    if (session.clicks() > ServerLimits.EXPLAINED_CLICKS) {
      throw new RequestException(
          400,
          "%s is for sessions of at most %d clicks, this one has %d"
              .formatted(what, ServerLimits.EXPLAINED_CLICKS, session.clicks()));
    }
  }

  /**
   * Answers {@code POST /trace}.
   *
   * @return what {@link SessionAnswer#trace} says
   * @throws RequestException 400 if an item is unknown and may not be, the token is none, or the
   *     session too long or empty; 409 if the token is of another model
   */
  Map<String, Object> trace(TraceRequest request) throws RequestException {
    Opened opened = open(request.session(), request.items(), request.unknown());
    Session session = opened.session();
    checkExplained(session, "a trace");
    if (session.clicks() == 0) {
      throw new RequestException(
          400, "there is nothing to trace: the model knows no item of the session");
    }
    long values = 4 * session.clicks() * IntStream.of(model().network().hiddenSizes()).sum();
    if (values > ServerLimits.TRACED_VALUES) {
      throw new RequestException(
          400,
          "the trace of %d clicks has %,d numbers, at most %,d are sent"
              .formatted(session.clicks(), values, ServerLimits.TRACED_VALUES));
    }
    return SessionAnswer.trace(this, opened);
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
   * Answers {@code GET /items}: items whose id or title contains a text, those where one starts
   * with it first, in the order of their numbers. Reads every id unless enough start with the text
   * before.
   *
   * @return {@code items} the ids, {@code titles} theirs or null, if the server has titles, {@code
   *     more} whether there are others, {@code catalogue} how many items the model has
   */
  Map<String, Object> search(String text, int limit) {
    String wanted = text.toLowerCase(Locale.ROOT);
    IdMap ids = model().items();
    List<Integer> first = new ArrayList<>();
    List<Integer> then = new ArrayList<>();
    for (int i = 0; i < ids.size() && first.size() <= limit; i++) {
      int at = wanted.isEmpty() ? 0 : place(wanted, ids.idOf(i), titles.title(i));
      if (at == 0) {
        first.add(i);
      } else if (at > 0 && then.size() <= limit) {
        then.add(i);
      }
    }
    first.addAll(then);
    List<Integer> found = first.subList(0, Math.min(limit, first.size()));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("items", found.stream().map(ids::idOf).toList());
    if (titles != ItemTitles.NONE) {
      List<String> names = new ArrayList<>(); // has nulls
      found.forEach(item -> names.add(titles.title(item)));
      answer.put("titles", names);
    }
    answer.put("more", first.size() > limit);
    answer.put("catalogue", ids.size());
    return answer;
  }

  /** Where a text begins in an id or a title, the first of both; -1: in none. */
  private static int place(String wanted, String id, String titleOrNull) {
    int inId = id.toLowerCase(Locale.ROOT).indexOf(wanted);
    int inTitle = titleOrNull == null ? -1 : titleOrNull.toLowerCase(Locale.ROOT).indexOf(wanted);
    return inId < 0 || inTitle >= 0 && inTitle < inId ? inTitle : inId;
  }
}
