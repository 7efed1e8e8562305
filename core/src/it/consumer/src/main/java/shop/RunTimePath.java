package shop;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What the build of this project found that it needs at run time. */
final class RunTimePath {
  private RunTimePath() {}

  /**
   * Checks that the class path or module path has this project's classes and the two jars of gru4j.
   *
   * @throws IllegalStateException if there is more or less
   */
  static void requireOnlyGru4j() {
    boolean isModule = RunTimePath.class.getModule().isNamed();
    String path = System.getProperty(isModule ? "jdk.module.path" : "java.class.path");
    List<String> names =
        Arrays.stream(path.split(File.pathSeparator))
            .map(entry -> Path.of(entry).getFileName().toString().replaceFirst("-\\d.*\\.jar", ""))
            .sorted()
            .toList();
    System.out.println((isModule ? "module path: " : "class path: ") + names);
    if (!names.equals(List.of("classes", "gru4j-core", "gru4j-tensor"))) {
      throw new IllegalStateException("expected this project's classes and the jars of gru4j");
    }
  }
}
