package io.gru4j.spark;

/** Refuses the versions of Java 25 that Spark refuses. */
final class JavaVersion {
  private static final Runtime.Version FIRST = Runtime.Version.parse("25.0.3");

  private JavaVersion() {}

  /**
   * Checks the JVM that this runs in.
   *
   * @throws IllegalStateException if it may lose objects
   */
  static void check() {
    check(Runtime.version());
  }

  static void check(Runtime.Version version) {
    if (version.feature() == FIRST.feature() && version.compareToIgnoreOptional(FIRST) < 0) {
      throw new IllegalStateException(
          "Java "
              + version
              + " has a fault of G1 (JDK-8377811), with which Spark may lose data: use Java "
              + FIRST
              + " or later");
    }
  }
}
