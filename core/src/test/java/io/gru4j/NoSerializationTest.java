package io.gru4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.SessionFiles;
import io.gru4j.tensor.Matrix;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Java serialization runs code that a file names, so no class of the library uses it. */
class NoSerializationTest {
  private static final List<String> FORBIDDEN =
      List.of(
          "java/io/ObjectInput",
          "java/io/ObjectOutput",
          "java/io/Externalizable",
          "java/io/Serializable",
          "java/beans/XML");

  @ParameterizedTest
  @ValueSource(classes = {SessionFiles.class, Matrix.class})
  void noClassMentionsIt(Class<?> ofModule) throws IOException, URISyntaxException {
    Path root = Path.of(ofModule.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(root)) {
      check(root);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(root)) {
        check(jar.getPath("/"));
      }
    }
  }

  /** A class file names the classes it uses in plain text. */
  private static void check(Path root) throws IOException {
    int classes = 0;
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        FORBIDDEN.stream().filter(text::contains).forEach(name -> found.add(file + " " + name));
        classes++;
      }
    }
    assertEquals(List.of(), found);
    assertTrue(classes > 20, classes + " classes in " + root);
  }
}
