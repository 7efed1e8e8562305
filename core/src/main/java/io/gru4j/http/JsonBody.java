package io.gru4j.http;

import io.gru4j.file.Json;
import io.gru4j.model.UnknownItems;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A body of JSON about a session, whose keys and values are checked as they are asked for. */
final class JsonBody {
  private final Map<?, ?> map;

  private JsonBody(Map<?, ?> map) {
    this.map = map;
  }

  /** Reads an object that has no other keys than these, and a session, items, or both. */
  static JsonBody parse(byte[] bytes, List<String> keys) throws RequestException {
    if (!(json(bytes) instanceof Map<?, ?> map)) {
      throw wrong("the body must be a JSON object such as {\"items\": [\"a\", \"b\"]}");
    }
    for (Object key : map.keySet()) {
      if (!keys.contains(key)) {
        throw wrong(
            "unknown key "
                + RequestException.quote((String) key)
                + "; the keys are "
                + String.join(", ", keys));
      }
    }
    if (!map.containsKey("session") && !map.containsKey("items")) {
      throw wrong("give items, or the session of an earlier answer, or both");
    }
    return new JsonBody(map);
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

  boolean has(String key) {
    return map.containsKey(key);
  }

  Object value(String key) {
    return map.get(key);
  }

  /** The token to go on from, or null. */
  String session() throws RequestException {
    if (!has("session")) {
      return null;
    }
    if (value("session") instanceof String text) {
      return text;
    }
    throw wrong("session must be a text, got " + shown(value("session")));
  }

  /** The items clicked since then. */
  List<String> clicks() throws RequestException {
    List<String> items = has("items") ? texts("items") : List.of();
    if (items.size() > ServerLimits.CLICKS) {
      throw wrong(
          "items has %d clicks, at most %d can be given at once"
              .formatted(items.size(), ServerLimits.CLICKS));
    }
    return items;
  }

  UnknownItems unknown() throws RequestException {
    Object value = has("unknown") ? value("unknown") : "skip";
    if ("skip".equals(value)) {
      return UnknownItems.SKIP;
    }
    if ("fail".equals(value)) {
      return UnknownItems.FAIL;
    }
    throw wrong("unknown must be \"skip\" or \"fail\", got " + shown(value));
  }

  /** True or false, which it is if it is not there. */
  boolean flag(String key) throws RequestException {
    Object value = has(key) ? value(key) : Boolean.FALSE;
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key + " must be true or false, got " + shown(value));
  }

  /** Ids: texts, or integers, which count as their decimal texts. */
  List<String> texts(String key) throws RequestException {
    if (!(value(key) instanceof List<?> list)) {
      throw wrong(key + " must be an array of ids, got " + shown(value(key)));
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

  static String shown(Object value) {
    return switch (value) {
      case null -> "null";
      case Map<?, ?> map -> "an object";
      case List<?> list -> "an array";
      case String text -> RequestException.quote(text);
      default -> value.toString();
    };
  }

  static RequestException wrong(String message) {
    return new RequestException(400, message);
  }
}
