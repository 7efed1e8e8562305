package io.gru4j.http;

import io.gru4j.model.UnknownItems;
import java.util.List;

/**
 * The body of {@code POST /trace}, a JSON object. One of {@code session} and {@code items} must be
 * there; the session has at most {@value ServerLimits#EXPLAINED_CLICKS} clicks then.
 *
 * @param session as that of {@link RecommendRequest}
 * @param items as those
 * @param unknown as that
 */
record TraceRequest(String session, List<String> items, UnknownItems unknown) {
  private static final List<String> KEYS = List.of("session", "items", "unknown");

  static TraceRequest parse(byte[] bytes) throws RequestException {
    JsonBody body = JsonBody.parse(bytes, KEYS);
    return new TraceRequest(body.session(), body.clicks(), body.unknown());
  }
}
