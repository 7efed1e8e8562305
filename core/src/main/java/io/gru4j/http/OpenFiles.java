package io.gru4j.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How many files the process may open, which connections are among. Linux says it in {@code /proc};
 * elsewhere it is not known, and a connection that cannot be taken makes the listener close an idle
 * one.
 */
final class OpenFiles {
  /** Kept free for model files, what the JVM opens, and connections that are being closed. */
  static final int RESERVE = 24;

  private static final int LEAST_CONNECTIONS = 4;
  private static final Pattern LIMIT = Pattern.compile("(?m)^Max open files +(\\d{1,9}) ");

  private OpenFiles() {}

  /** The connections that the process has descriptors for now; empty if that is not known. */
  static OptionalInt connections() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      Matcher limit = LIMIT.matcher(Files.readString(Path.of("/proc/self/limits")));
      if (limit.find()) {
        long free = Long.parseLong(limit.group(1)) - open.count() - RESERVE;
        return OptionalInt.of((int) Math.max(LEAST_CONNECTIONS, free));
      }
    } catch (IOException e) {
      return OptionalInt.empty(); // not a Linux
    }
    return OptionalInt.empty(); // unlimited
  }
}
