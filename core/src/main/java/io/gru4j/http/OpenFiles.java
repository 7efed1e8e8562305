package io.gru4j.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How many files the process may open and has open, which connections are among. Linux says it in
 * {@code /proc}; elsewhere it is not known, and a connection that cannot be taken makes the
 * listener close an idle one.
 *
 * @param limit how many files may be open
 * @param open how many are open
 */
record OpenFiles(long limit, long open) {
  /** Kept free for model files, what the JVM opens, and connections that are being closed. */
  static final int RESERVE = 24;

  private static final int LEAST_CONNECTIONS = 4;
  private static final Pattern LIMIT = Pattern.compile("(?m)^Max open files +(\\d{1,9}) ");

  /** What is so now; empty if it is not known, or there is no limit. */
  static Optional<OpenFiles> now() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      Matcher limit = LIMIT.matcher(Files.readString(Path.of("/proc/self/limits")));
      return limit.find()
          ? Optional.of(new OpenFiles(Long.parseLong(limit.group(1)), open.count()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // not a Linux
    }
  }

  /** The connections that there are descriptors for. */
  int connections() {
    return (int) Math.max(LEAST_CONNECTIONS, limit - open - RESERVE);
  }

  /**
   * A line for the log, if the limit leaves fewer connections than there could be.
   *
   * @param connections how many there may be
   * @param wanted how many there could be if the limit were higher
   */
  Optional<String> shortage(int connections, int wanted) {
    int most = Math.max(connections, wanted);
    if (connections < connections() || most <= connections()) {
      return Optional.empty(); // something else bounds them
    }
    return Optional.of(
        "the limit of open files, ulimit -n %d, has room for %d connections at once: %d files are open and %d kept free; for %d connections raise it to %d (ulimit -n, LimitNOFILE= of systemd)"
            .formatted(limit, connections(), open, RESERVE, most, most + open + RESERVE));
  }
}
