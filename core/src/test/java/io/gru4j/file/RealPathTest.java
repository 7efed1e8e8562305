package io.gru4j.file;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two paths to one place, there already or not yet. */
class RealPathTest {
  @TempDir Path temporary;
  private Path folder;

  @BeforeEach
  void makeFolders() throws IOException {
    folder = temporary.toRealPath();
    for (String name : new String[] {"a/in", "b/in", "c/in"}) {
      Files.createDirectories(folder.resolve(name));
    }
    Files.writeString(folder.resolve("a/old"), "");
    Files.writeString(folder.resolve("b/old"), "");
  }

  /** As if folder a were mounted at b, too. */
  private boolean isSame(String one, String other) throws IOException {
    RealPath.Identity mounted = (p, q) -> unmounted(p).equals(unmounted(q));
    boolean same = RealPath.isSame(folder.resolve(one), folder.resolve(other), mounted);
    boolean turned = RealPath.isSame(folder.resolve(other), folder.resolve(one), mounted);
    assertTrue(same == turned, one + ", " + other);
    return same;
  }

  private Path unmounted(Path path) {
    Path b = folder.resolve("b");
    return path.startsWith(b) ? folder.resolve("a").resolve(b.relativize(path)) : path;
  }

  @Test
  void oneFolderThatIsMountedTwiceHasTheSameFiles() throws IOException {
    for (String file : new String[] {"old", "new", "in", "in/new", "none/new", "none/yet/new"}) {
      assertTrue(isSame("a/" + file, "b/" + file), file);
      assertTrue(isSame("a/" + file, "a/" + file), file);
      assertFalse(isSame("a/" + file, "c/" + file), file);
      assertFalse(isSame("a/" + file, "b/" + file + "er"), file);
      assertFalse(isSame("a/" + file, "b/in/" + file), file);
      assertFalse(isSame("a/" + file, "b"), file);
    }
    assertFalse(isSame("a/none/new", "b/other/new"));
    assertFalse(isSame("/none-such", "/other"));
  }

  @Test
  void hardLinksAreOneFile() throws IOException {
    Path old = folder.resolve("a/old");
    Path link = Files.createLink(folder.resolve("a/link"), old);
    assertTrue(RealPath.isSame(old, link));
    assertFalse(RealPath.isSame(old, folder.resolve("b/old")));
  }
}
