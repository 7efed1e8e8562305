package io.gru4j.http;

import java.net.InetAddress;
import java.util.List;

/**
 * A request without its body, as {@link HeadParser} has checked it. Immutable.
 *
 * @param method such as {@code GET}; any token
 * @param path of the target, decoded; begins with a slash, or is {@code *}
 * @param query of the target as it came, every {@code %} followed by two digits; or null
 * @param authority the host, maybe with a port, that the request is for: of the target where that
 *     is a whole URL, else the header Host; null if there is none
 * @param persistent whether the connection is to stay open
 * @param expectsContinue whether the client waits to be told to send the body
 * @param length bytes of the body, 0 if there is none, or {@link #CHUNKED}
 * @param names of the headers, in lower case
 * @param values of the headers
 * @param client where it came from
 */
record Request(
    String method,
    String path,
    String query,
    String authority,
    boolean persistent,
    boolean expectsContinue,
    long length,
    List<String> names,
    List<String> values,
    InetAddress client) {
  /** The length of a body that comes in chunks. */
  static final long CHUNKED = -1;

  /** The first value of a header, its name in lower case; null if there is none. */
  String header(String name) {
    int at = names.indexOf(name);
    return at < 0 ? null : values.get(at);
  }
}
