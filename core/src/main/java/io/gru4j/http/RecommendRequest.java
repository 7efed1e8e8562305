package io.gru4j.http;

import io.gru4j.model.UnknownItems;
import java.util.List;

/**
 * The body of {@code POST /recommend}, a JSON object. One of {@code session} and {@code items} must
 * be there.
 *
 * @param session {@code session}: the token of an earlier answer, to go on from there; or null for
 *     a new session
 * @param items {@code items}: ids of the items clicked since then, the oldest first; at most
 *     {@value ServerLimits#CLICKS}; an id is a text, or an integer, which counts as its decimal
 *     text
 * @param k {@code k}: how many items to recommend, 20 if it is not there; at most {@value
 *     ServerLimits#TOP}
 * @param unknown {@code unknown}: {@code "skip"} (default) leaves out clicks on items that the
 *     model does not know, {@code "fail"} refuses the request
 * @param candidates {@code candidates}: the only items that may be recommended, or null for the
 *     whole catalogue; unknown ones are left out
 * @param exclude {@code exclude}: items that may not be recommended; unknown ones are left out
 * @param excludeSeen {@code exclude_seen}: whether items that the session has clicked may not be
 * @param probability {@code probability}: whether each item comes with its probability
 * @param why {@code why}: whether each item comes with what each click does to its score; k is then
 *     at most {@value ServerLimits#EXPLAINED_TOP}, and so are the session's clicks
 */
record RecommendRequest(
    String session,
    List<String> items,
    int k,
    UnknownItems unknown,
    List<String> candidates,
    List<String> exclude,
    boolean excludeSeen,
    boolean probability,
    boolean why) {

  private static final List<String> KEYS =
      List.of(
          "session",
          "items",
          "k",
          "unknown",
          "candidates",
          "exclude",
          "exclude_seen",
          "probability",
          "why");

  static RecommendRequest parse(byte[] bytes) throws RequestException {
    JsonBody body = JsonBody.parse(bytes, KEYS);
    boolean why = body.flag("why");
    return new RecommendRequest(
        body.session(),
        body.clicks(),
        k(body, why),
        body.unknown(),
        body.has("candidates") ? body.texts("candidates") : null,
        body.has("exclude") ? body.texts("exclude") : List.of(),
        body.flag("exclude_seen"),
        body.flag("probability"),
        why);
  }

  private static int k(JsonBody body, boolean why) throws RequestException {
    int most = why ? ServerLimits.EXPLAINED_TOP : ServerLimits.TOP;
    Object k = body.has("k") ? body.value("k") : Long.valueOf(20);
    if (k instanceof Long number && number >= 1 && number <= most) {
      return number.intValue();
    }
    throw JsonBody.wrong(
        "k must be an integer in [1, %d]%s, got %s"
            .formatted(most, why ? " with why" : "", JsonBody.shown(k)));
  }
}
