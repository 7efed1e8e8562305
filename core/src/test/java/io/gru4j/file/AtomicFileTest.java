package io.gru4j.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  private static void put(FileChannel channel, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aNewFileReplacesTheOldOne() throws IOException {
    Path file = folder.resolve("model");
    AtomicFile.write(file, channel -> put(channel, "old, and longer"));
    AtomicFile.write(
        file,
        channel -> {
          put(channel, "new");
          assertEquals("old, and longer", Files.readString(file));
        });
    assertEquals("new", Files.readString(file));
    assertEquals(List.of("model"), names());
  }

  @Test
  void anyFailureKeepsTheOldFileAndRemovesTheTemporaryOne() throws IOException {
    Path file = folder.resolve("model");
    Files.writeString(file, "old");
    List<Throwable> failures =
        List.of(
            new FileSystemException("No space left"),
            new IllegalStateException("x"),
            new StackOverflowError());
    for (Throwable failure : failures) {
      Throwable thrown =
          assertThrows(
              failure.getClass(),
              () ->
                  AtomicFile.write(
                      file,
                      channel -> {
                        put(channel, "half");
                        switch (failure) {
                          case IOException e -> throw e;
                          case RuntimeException e -> throw e;
                          default -> throw (Error) failure;
                        }
                      }));
      assertEquals(failure, thrown);
      assertEquals("old", Files.readString(file));
      assertEquals(List.of("model"), names());
    }
  }

  @Test
  void aChannelThatFailsOnceWrittenKeepsTheOldFile() throws IOException {
    Path file = folder.resolve("model");
    Files.writeString(file, "old");
    assertThrows(IOException.class, () -> AtomicFile.write(file, FileChannel::close));
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("model"), names());
  }

  @Test
  void aLinkIsFollowedAndStaysALink() throws IOException {
    Path file = folder.resolve("model-1");
    Path link = folder.resolve("model");
    Files.writeString(file, "old");
    Files.createSymbolicLink(link, file.getFileName());
    AtomicFile.write(link, channel -> put(channel, "new"));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(file));
  }

  @Test
  void onlyRegularFilesInExistingFoldersAreWritten() throws IOException {
    Path missing = folder.resolve("none/model");
    var e = assertThrows(NoSuchFileException.class, () -> AtomicFile.write(missing, channel -> {}));
    assertEquals(missing + ": its folder does not exist", e.getMessage());
    var f = assertThrows(FileSystemException.class, () -> AtomicFile.write(folder, channel -> {}));
    assertEquals(folder + ": is not a regular file", f.getMessage());
    assertEquals(List.of(), names());
  }

  /** The longest name that a folder takes leaves no room for another beside it. */
  @Test
  void theTemporaryNameIsNoLongerThanTheNameMayBe() throws IOException {
    Path file = folder.resolve("m".repeat(255));
    AtomicFile.check(file);
    assertEquals(List.of(), names());
    AtomicFile.write(file, channel -> put(channel, "all"));
    assertEquals("all", Files.readString(file));
    assertEquals(List.of("m".repeat(255)), names());
  }

  /** The message has the name that the user gave, not that of the temporary file. */
  @Test
  void aFolderThatTakesNoFilesIsNamedBeforeWork() {
    Path none = folder.resolve("none/model");
    var e = assertThrows(FileSystemException.class, () -> AtomicFile.check(none));
    assertEquals(none + ": its folder takes no new files", e.getMessage());
  }

  @Test
  void whatAKilledProcessHasLeftIsDeletedButNotWhatIsStillWritten() throws IOException {
    Path file = folder.resolve("model");
    Path left = folder.resolve(".model.1f.tmp");
    Path other = folder.resolve(".model2.1f.tmp");
    Files.writeString(left, "half");
    Files.writeString(other, "of another file");
    AtomicFile.write(
        file,
        outer -> {
          put(outer, "first");
          assertEquals(2, names().size()); // this one's and the other file's
          AtomicFile.write(file, inner -> put(inner, "second"));
        });
    assertEquals("first", Files.readString(file));
    assertEquals(List.of(".model2.1f.tmp", "model"), names());
  }

  @Test
  void aFailureOfTheDiskNamesTheFile() {
    Path file = folder.resolve("model");
    var e =
        assertThrows(
            FileSystemException.class,
            () ->
                AtomicFile.write(
                    file,
                    channel -> {
                      throw new IOException("No space left on device");
                    }));
    assertEquals(file + ": No space left on device", e.getMessage());
  }

  /** Temporary files have the start of the name, which may not end within a character. */
  @Test
  void aNameOfCharactersBeyond16BitsIsWritten() throws IOException {
    for (int letters = 56; letters < 64; letters++) {
      Path file = folder.resolve("a".repeat(letters) + "\ud83d\ude00".repeat(8));
      AtomicFile.check(file);
      AtomicFile.write(file, channel -> put(channel, "new"));
      assertEquals("new", Files.readString(file));
    }
    Path file = folder.resolve("\u20ac".repeat(85)); // 255 bytes, the longest there is
    AtomicFile.write(file, channel -> put(channel, "new"));
    assertEquals("new", Files.readString(file));
    assertEquals(9, names().size());
  }
}
