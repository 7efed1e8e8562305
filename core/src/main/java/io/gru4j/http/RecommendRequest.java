package io.gru4j.http;

import io.gru4j.file.Json;
import io.gru4j.model.UnknownItems;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

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
 */
record RecommendRequest(
    String session,
    List<String> items,
    int k,
    UnknownItems unknown,
    List<String> candidates,
    List<String> exclude,
    boolean excludeSeen) {

  private static final List<String> KEYS =
      List.of("session", "items", "k", "unknown", "candidates", "exclude", "exclude_seen");

  static RecommendRequest parse(byte[] body) throws RequestException {
    if (!(json(body) instanceof Map<?, ?> map)) {
      throw wrong("the body must be a JSON object such as {\"items\": [\"a\", \"b\"], \"k\": 20}");
    }
    for (Object key : map.keySet()) {
      if (!KEYS.contains(key)) {
        throw wrong(
            "unknown key "
                + RequestException.quote((String) key)
                + "; the keys are "
                + String.join(", ", KEYS));
      }
    }
    if (!map.containsKey("session") && !map.containsKey("items")) {
      throw wrong("give items, or the session of an earlier answer, or both");
    }
    List<String> items = map.containsKey("items") ? texts(map, "items") : List.of();
    if (items.size() > ServerLimits.CLICKS) {
      throw wrong(
          "items has %d clicks, at most %d can be given at once"
              .formatted(items.size(), ServerLimits.CLICKS));
    }
    return new RecommendRequest(
        map.containsKey("session") ? text(map, "session") : null,
        items,
        k(map),
        unknown(map),
        map.containsKey("candidates") ? texts(map, "candidates") : null,
        map.containsKey("exclude") ? texts(map, "exclude") : List.of(),
        excludeSeen(map));
  }

  private static Object json(byte[] body) throws RequestException {
    ByteBuffer bytes = ByteBuffer.wrap(body);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return Json.parse(text, ServerLimits.JSON_VALUES);
    } catch (CharacterCodingException e) {
      throw wrong("the body is not UTF-8 from byte " + bytes.position() + " on");
    } catch (Json.SyntaxException e) {
      throw wrong("the body is not the JSON that is accepted here: " + e.getMessage());
    }
  }

  private static int k(Map<?, ?> map) throws RequestException {
    Object k = map.containsKey("k") ? map.get("k") : Long.valueOf(20);
    if (k instanceof Long number && number >= 1 && number <= ServerLimits.TOP) {
      return number.intValue();
    }
    throw wrong("k must be an integer in [1, " + ServerLimits.TOP + "], got " + shown(k));
  }

  private static UnknownItems unknown(Map<?, ?> map) throws RequestException {
    Object value = map.containsKey("unknown") ? map.get("unknown") : "skip";
    if ("skip".equals(value)) {
      return UnknownItems.SKIP;
    }
    if ("fail".equals(value)) {
      return UnknownItems.FAIL;
    }
    throw wrong("unknown must be \"skip\" or \"fail\", got " + shown(value));
  }

  private static boolean excludeSeen(Map<?, ?> map) throws RequestException {
    Object value = map.containsKey("exclude_seen") ? map.get("exclude_seen") : Boolean.FALSE;
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong("exclude_seen must be true or false, got " + shown(value));
  }

  private static String text(Map<?, ?> map, String key) throws RequestException {
    if (map.get(key) instanceof String text) {
      return text;
    }
    throw wrong(key + " must be a text, got " + shown(map.get(key)));
  }

  private static List<String> texts(Map<?, ?> map, String key) throws RequestException {
    if (!(map.get(key) instanceof List<?> list)) {
      throw wrong(key + " must be an array of ids, got " + shown(map.get(key)));
    }
    String[] texts = new String[list.size()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] =
          switch (list.get(i)) {
            case String text -> text;
            case Long number -> number.toString(); // as a session file has it
            case BigInteger number -> number.toString();
            case null, default ->
                throw wrong(
                    "%s[%d] must be a text or an integer, got %s"
                        .formatted(key, i, shown(list.get(i))));
          };
    }
    return List.of(texts);
  }

  private static String shown(Object value) {
    return switch (value) {
      case null -> "null";
      case Map<?, ?> map -> "an object";
      case List<?> list -> "an array";
      case String text -> RequestException.quote(text);
      default -> value.toString();
    };
  }

  private static RequestException wrong(String message) {
    return new RequestException(400, message);
  }
}
