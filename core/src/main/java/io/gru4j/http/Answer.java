package io.gru4j.http;

import io.gru4j.file.Json;
import io.gru4j.file.OneLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What goes back to a client.
 *
 * @param status of HTTP
 * @param type content type of the body
 * @param body not to be changed
 * @param headers further headers, names and values in turn
 */
record Answer(int status, String type, byte[] body, List<String> headers) {
  private static final String JSON = "application/json";

  static Answer json(int status, Map<String, Object> body) {
    return new Answer(status, JSON, (Json.write(body) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  Answer(int status, String type, byte[] body) {
    this(status, type, body, List.of());
  }

  /** {@code {"status": 404, "error": "..."}}. */
  static Answer error(int status, String message) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", status);
    body.put("error", OneLine.of(message)); // whatever it quotes, the answer can be encoded
    return json(status, body);
  }

  static Answer of(RequestException e) {
    Answer answer = error(e.status(), e.getMessage());
    return e.header() == null ? answer : answer.with(e.header(), e.value());
  }

  Answer with(String header, String value) {
    List<String> all = new ArrayList<>(headers);
    all.add(header);
    all.add(value);
    return new Answer(status, type, body, List.copyOf(all));
  }
}
