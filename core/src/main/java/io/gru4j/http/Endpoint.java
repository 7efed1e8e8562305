package io.gru4j.http;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What the server has, by path. */
enum Endpoint {
  PAGE("/", "GET", "HEAD"),
  HEALTH("/health", "GET", "HEAD"),
  ITEMS("/items", "GET", "HEAD"),
  METRICS("/metrics", "GET", "HEAD"),
  RECOMMEND("/recommend", "POST"),
  TRACE("/trace", "POST"),
  RELOAD("/reload", "POST"),
  /** Any other path: one name, so that strangers cannot make the metrics grow. */
  OTHER("other");

  private final String path;
  private final List<String> methods;

  Endpoint(String path, String... methods) {
    this.path = path;
    this.methods = List.of(methods);
  }

  /** The path, and the name in the metrics. */
  String path() {
    return path;
  }

  static Endpoint of(String path) {
    return Arrays.stream(values())
        .filter(each -> each != OTHER && each.path.equals(path))
        .findFirst()
        .orElse(OTHER);
  }

  /** Refuses a path that is not there, or a method that the path has not. */
  void check(String method, String path) throws RequestException {
    if (path.equals("*")) { // OPTIONS alone has such a target, and no path has OPTIONS
      throw notAllowed("the server", method, allMethods());
    }
    if (this == OTHER) {
      throw new RequestException(
          404, "there is no path " + RequestException.quote(path) + "; there are " + all());
    }
    if (!methods.contains(method)) {
      throw notAllowed(path, method, methods);
    }
  }

  private static RequestException notAllowed(String what, String method, List<String> methods) {
    String allowed = String.join(", ", methods);
    String message = what + " takes " + allowed + ", not " + RequestException.quote(method);
    return new RequestException(405, message, "Allow", allowed);
  }

  private static List<String> allMethods() {
    return Arrays.stream(values()).flatMap(each -> each.methods.stream()).distinct().toList();
  }

  private static String all() {
    return Arrays.stream(values())
        .filter(each -> each != OTHER)
        .map(each -> each.methods.getFirst() + " " + each.path)
        .collect(Collectors.joining(", "));
  }
}
