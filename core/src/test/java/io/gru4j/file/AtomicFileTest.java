package io.gru4j.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gru4j.ChildJvm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /** The longest names that a folder takes leave no room for another name around them. */
  @ParameterizedTest
  @CsvSource({"m, 255", "\u00e4, 127", "\u2603, 85", "\ud83d\ude00, 63"})
  void aNameMayBeAsLongAsAnyOther(String character, int times) throws IOException {
    Path file = folder.resolve(character.repeat(times));
    AtomicFile.check(file);
    assertEquals(List.of(), names());
    AtomicFile.write(file, channel -> put(channel, "all"));
    assertEquals("all", Files.readString(file));
    assertEquals(List.of(character.repeat(times)), names());
  }

  @Test
  void aNameThatIsTooLongIsFoundBeforeWork() throws IOException {
    for (String name : List.of("m".repeat(256), "\u2603".repeat(86))) {
      Path file = folder.resolve(name);
      var e = assertThrows(FileSystemException.class, () -> AtomicFile.check(file));
      assertEquals(file + ": File name too long", e.getMessage());
    }
    assertEquals(List.of(), names());
  }

  /** The message has the name that the user gave, not that of the temporary file. */
  @Test
  void aFolderThatTakesNoFilesIsNamedBeforeWork() {
    Path none = folder.resolve("none/model");
    var e = assertThrows(FileSystemException.class, () -> AtomicFile.check(none));
    assertEquals(none + ": its folder does not exist", e.getMessage());
    Path proc = Path.of("/proc/model");
    if (Files.isDirectory(proc.getParent())) {
      e = assertThrows(FileSystemException.class, () -> AtomicFile.check(proc));
      assertEquals(proc + ": its folder takes no new files", e.getMessage());
    }
  }

  /** A check asks the system whether the file may be replaced; it is not touched. */
  @Test
  void aCheckLeavesNoTrace() throws IOException {
    Path file = folder.resolve("model");
    Files.writeString(file, "old");
    Object before = Files.readAttributes(file, "unix:ino,ctime,mode");
    AtomicFile.check(file);
    AtomicFile.check(folder.resolve("new"));
    assertEquals(before, Files.readAttributes(file, "unix:ino,ctime,mode"));
    assertEquals(List.of("model"), names());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theModeOfTheOldFileIsThatOfTheNewOne() throws IOException {
    Path file = folder.resolve("model");
    for (String mode : List.of("rw-------", "rw-r-----", "r--r--r--", "rwxrw-rw-", "---------")) {
      Files.deleteIfExists(file);
      Files.writeString(file, "old");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      AtomicFile.write(
          file,
          channel -> {
            put(channel, "new");
            for (String name : names()) { // the temporary one too, before there is a byte in it
              assertEquals(mode, mode(folder.resolve(name)));
            }
          });
      assertEquals(mode, mode(file));
    }
    Path fresh = folder.resolve("fresh");
    Path plain = Files.writeString(folder.resolve("plain"), "of the same umask");
    AtomicFile.write(fresh, channel -> put(channel, "new"));
    assertEquals(mode(plain), mode(fresh));
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void ownerAndGroupAreKeptWhereTheSystemLetsUs() throws IOException {
    assumeTrue(
        System.getProperty("user.name").equals("root"),
        "only root can give a file to another user");
    Path file = Files.writeString(folder.resolve("model"), "old");
    Files.setAttribute(file, "unix:uid", 12345);
    Files.setAttribute(file, "unix:gid", 23456);
    AtomicFile.write(file, channel -> put(channel, "new"));
    assertEquals(Map.of("uid", 12345, "gid", 23456), Files.readAttributes(file, "unix:uid,gid"));
  }

  @Test
  void aLinkToNothingYetIsFollowed() throws IOException {
    Path shelf = Files.createDirectory(folder.resolve("shelf"));
    Path link = Files.createSymbolicLink(folder.resolve("model"), Path.of("shelf/next"));
    Files.createSymbolicLink(shelf.resolve("next"), Path.of("model-1"));
    AtomicFile.check(link);
    AtomicFile.write(link, channel -> put(channel, "new"));
    assertTrue(Files.isSymbolicLink(link));
    assertTrue(Files.isSymbolicLink(shelf.resolve("next")));
    assertEquals("new", Files.readString(shelf.resolve("model-1"), StandardCharsets.UTF_8));
    Path circle = Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
    assertThrows(FileSystemException.class, () -> AtomicFile.write(circle, channel -> {}));
  }

  @Test
  void theFileThatIsReplacedMayBeKept() throws IOException {
    Path file = folder.resolve("model");
    Path before = folder.resolve("model-before");
    for (String text : List.of("1", "2", "3")) {
      AtomicFile.write(file, before, channel -> put(channel, text));
    }
    assertEquals("3", Files.readString(file));
    assertEquals("2", Files.readString(before));
    assertThrows(
        IllegalStateException.class,
        () ->
            AtomicFile.write(
                file,
                before,
                channel -> {
                  throw new IllegalStateException();
                }));
    assertEquals("3", Files.readString(file));
    assertEquals("2", Files.readString(before));
    assertEquals(List.of("model", "model-before"), names());
  }

  /** The name of a temporary file as another process would give it. */
  private static String ofProcess(String own, String pid) {
    String[] parts = own.split("-"); // .gru4j, digits of the target, pid, its start, number
    assertEquals(5, parts.length, own);
    return String.join("-", parts[0], parts[1], pid, "0", parts[4]);
  }

  /**
   * Also of names that look like ours: nothing is opened or deleted that a stranger may have made.
   */
  @Test
  void whatAKilledProcessHasLeftIsDeletedButNothingElse() throws IOException {
    Path file = folder.resolve("model");
    String[] own = new String[1];
    AtomicFile.write(file, channel -> own[0] = names().getFirst());
    String left = ofProcess(own[0], "1f");
    List<String> others =
        List.of(
            ".model.1f.tmp",
            ".model.notes.tmp",
            ".gru4j-notes.tmp",
            left + "~",
            left.replaceFirst("gru4j-[0-9a-f]{8}", "gru4j-00000000"), // of another target
            left.replace(".tmp", "0.tmp"),
            own[0]); // of this process, which is alive
    Files.writeString(folder.resolve(left), "half");
    for (String other : others) {
      Files.writeString(folder.resolve(other), "not ours");
    }
    AtomicFile.write(
        file,
        outer -> {
          put(outer, "first");
          AtomicFile.write(file, inner -> put(inner, "second"));
        });
    assertEquals("first", Files.readString(file));
    List<String> expected = new ArrayList<>(others);
    expected.add("model");
    assertEquals(expected.stream().sorted().toList(), names());
  }

  /** The probe of whether a rename may replace the target makes one. */
  @Test
  void anEmptyFolderThatAKilledProcessHasLeftIsDeletedWhenItIsOld() throws IOException {
    Path file = Files.writeString(folder.resolve("model"), "old");
    String[] own = new String[1];
    AtomicFile.write(file, channel -> own[0] = names().getFirst());
    FileTime hoursAgo = FileTime.from(Instant.now().minus(Duration.ofHours(3)));
    Path old = Files.createDirectory(folder.resolve(ofProcess(own[0], "1f")));
    Path young = Files.createDirectory(folder.resolve(ofProcess(own[0], "2f")));
    Path full = Files.createDirectory(folder.resolve(ofProcess(own[0], "3f")));
    Path ours = Files.createDirectory(folder.resolve(own[0]));
    Files.writeString(full.resolve("note"), "not ours");
    for (Path each : List.of(old, full, ours)) {
      Files.setLastModifiedTime(each, hoursAgo);
    }
    AtomicFile.check(file);
    assertFalse(Files.exists(old));
    for (Path each : List.of(young, full, ours)) {
      assertTrue(Files.exists(each), each.toString());
    }
  }

  /** While the probe is made, the folder's name is one that a later process looks for. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void theFolderOfTheProbeIsNamedAsThoseThatAreDeleted() throws Exception {
    Path file = Files.writeString(folder.resolve("model"), "old");
    String[] own = new String[1];
    AtomicFile.write(file, channel -> own[0] = names().getFirst());
    String prefix = own[0].substring(0, own[0].lastIndexOf('-'));
    Set<String> seen = new TreeSet<>();
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      AtomicFile.check(file);
      for (WatchKey key = watch.poll(10, TimeUnit.SECONDS);
          key != null && seen.size() < 2;
          key = watch.poll(1, TimeUnit.SECONDS)) {
        key.pollEvents().forEach(event -> seen.add(event.context().toString()));
        key.reset();
      }
    }
    assertTrue(seen.size() >= 2, "a file and a folder: " + seen);
    seen.forEach(name -> assertTrue(name.startsWith(prefix), name + ", " + prefix));
  }

  /** A process that closes a file loses all its locks of it, and another takes it for abandoned. */
  @Test
  void twoSaversInOneProcessAndOneOutsideDoNotDisturbEachOther() throws Exception {
    Path file = folder.resolve("model");
    ChildJvm other =
        ChildJvm.quick(List.of(), "io.gru4j.cli.SaveForever", List.of(file.toString()));
    try {
      assertTrue(other.await("saves"));
      List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
      List<Thread> savers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        savers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int save = 0; save < 40; save++) {
                        try {
                          AtomicFile.write(
                              file,
                              channel -> {
                                put(channel, "ours");
                                sleep(5); // the other saves meanwhile, and the other thread begins
                              });
                        } catch (Throwable e) {
                          failures.add(e);
                        }
                      }
                    }));
      }
      for (Thread saver : savers) {
        saver.join();
      }
      assertEquals(List.of(), failures);
      assertTrue(other.process().isAlive());
    } finally {
      other.kill();
    }
  }

  private static void sleep(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
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
