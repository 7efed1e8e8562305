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
    if (this == OTHER) {
      throw new RequestException(
          404, "there is no path " + RequestException.quote(path) + "; there are " + all());
    }
    if (!methods.contains(method)) {
      String allowed = String.join(", ", methods);
      throw new RequestException(
          405,
          path() + " takes " + allowed + ", not " + RequestException.quote(method),
          "Allow",
          allowed);
    }
  }

  private static String all() {
    return Arrays.stream(values())
        .filter(each -> each != OTHER)
        .map(each -> each.methods.getFirst() + " " + each.path)
        .collect(Collectors.joining(", "));
  }
}
