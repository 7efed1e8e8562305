package io.gru4j.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Who may ask what. A server on loopback is no secret to a browser of the same machine: a page from
 * anywhere can send requests to it, or give it a name of its own (DNS rebinding) and read the
 * answers. So a server on loopback answers only to its own names, and {@code /reload} only to
 * callers on loopback that are no page of somebody else's and no proxy.
 */
final class Callers {
  private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "::1");
  private static final List<String> PROXY_HEADERS =
      List.of("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via");

  private final boolean onLoopback;
  private final String ownName;

  /**
   * A server's callers.
   *
   * @param bound the address it listens at
   * @param host what it was called when it was started
   */
  Callers(InetAddress bound, String host) {
    onLoopback = bound.isLoopbackAddress();
    ownName = name(host);
  }

  /** Refuses a request that another name than this server's has led here. */
  void check(Request request) throws RequestException {
    if (onLoopback) {
      checkHost(request);
    }
  }

  /** Refuses a reload from elsewhere. */
  void checkReload(Request request) throws RequestException {
    if (!request.client().isLoopbackAddress()) {
      throw new RequestException(
          403, "/reload answers only on the machine itself: send it there, or SIGHUP");
    }
    checkHost(request);
    for (String each : PROXY_HEADERS) {
      if (request.header(each) != null) {
        throw new RequestException(
            403, "/reload does not answer through a proxy, and the request has " + each);
      }
    }
    String origin = request.header("origin");
    String site = request.header("sec-fetch-site");
    boolean ownOrigin = origin == null || origin.equalsIgnoreCase("http://" + request.authority());
    boolean ownSite = site == null || site.equals("same-origin") || site.equals("none");
    if (!ownOrigin || !ownSite || !ownReferer(request)) {
      throw new RequestException(403, "/reload does not answer pages of other origins");
    }
  }

  /** Some pages and extensions take the Origin away and leave the Referer. */
  private static boolean ownReferer(Request request) {
    String referer = request.header("referer");
    String own = "http://" + request.authority();
    return referer == null
        || referer.equalsIgnoreCase(own)
        || referer.regionMatches(true, 0, own + "/", 0, own.length() + 1);
  }

  private void checkHost(Request request) throws RequestException {
    if (request.authority() == null) {
      throw new RequestException(400, "the request must have one Host header"); // HTTP/1.0
    }
    String host = name(request.authority().replaceFirst(":\\d*$", ""));
    if (!LOOPBACK_NAMES.contains(host) && !host.equals(ownName)) {
      throw new RequestException(
          421,
          "this server does not answer to the Host "
              + RequestException.quote(host)
              + " but to localhost and 127.0.0.1");
    }
  }

  private static String name(String host) {
    String plain = host.toLowerCase(Locale.ROOT);
    boolean bracketed = plain.startsWith("[") && plain.endsWith("]");
    return bracketed ? plain.substring(1, plain.length() - 1) : plain;
  }
}
