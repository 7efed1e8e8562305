package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gru4j.ChildJvm;
import io.gru4j.algorithms.SameModel;
import io.gru4j.model.FittedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails leaves the old files and no others. */
@EnabledOnOs(OS.LINUX)
class DiskTest {
  private static final String MAIN = "io.gru4j.cli.Main";

  /**
   * Gives a process 1 KiB a file: a write beyond fails, as on a full disk, without a right to
   * mount.
   */
  private static final List<String> SMALL_FILES =
      List.of("bash", "-c", "ulimit -f 1 && exec \"$@\"", "bash");

  @TempDir Path folder;
  private TrainingFiles files;
  private FittedModel expected;

  @BeforeEach
  void train() throws IOException {
    files = TrainingFiles.in(folder);
    assertEquals(0, TrainingFiles.run(files.train()));
    expected = FittedModel.load(files.model());
    Files.writeString(files.model(), "old");
  }

  private static boolean done(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }

  /** The last line of stderr of a command that fails. */
  private static String fault(List<String> words) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertEquals(1, TrainingFiles.run(words, new PrintStream(err, true)), err::toString);
    return err.toString().lines().toList().getLast();
  }

  @Test
  void aModelThatCannotBeWrittenLeavesTheOldOne() throws Exception {
    ChildJvm.End end = ChildJvm.quick(SMALL_FILES, MAIN, files.train()).end();
    assertEquals(1, end.status(), end.err());
    String fault =
        "\ngru4j train: " + files.model() + ": File too large; nor can the model be kept";
    assertTrue(end.err().contains(fault), end.err());
    assertEquals("old", Files.readString(files.model()));
    assertEquals(List.of("m.safetensors", "sessions.tsv"), files.names());
  }

  @Test
  void aModelThatCannotBeWrittenIsKeptElsewhere() throws Exception {
    Path out = folder.resolve("later/m.safetensors");
    Files.createDirectory(out.getParent());
    String fault = faultAfter("training needs", trainTo(out), () -> Files.delete(out.getParent()));
    String start = "gru4j train: " + out + ": its folder does not exist; the model is kept in ";
    assertTrue(fault.startsWith(start), fault);
    Path kept = Path.of(fault.substring(start.length()));
    assertEquals("m.safetensors", kept.getFileName().toString());
    SameModel.check(expected, FittedModel.load(kept));
    Files.delete(kept);
    Files.delete(kept.getParent());
  }

  /** The last line of stderr of a command that fails; something happens when a line is printed. */
  private static String faultAfter(String line, List<String> words, Happening happening) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertEquals(1, TrainingFiles.run(words, after(line, err, happening)), err::toString);
    return err.toString().lines().toList().getLast();
  }

  private interface Happening {
    void run() throws IOException;
  }

  private static PrintStream after(String start, OutputStream err, Happening happening) {
    return new PrintStream(err, true) {
      @Override
      public void println(String line) {
        super.println(line);
        if (line.startsWith(start)) {
          try {
            happening.run();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      }
    };
  }

  /** The model does not hang on it; but at the end it is said once more. */
  @Test
  void aCheckpointThatCannotBeWrittenDoesNotEndTheTraining() throws Exception {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream =
        after(
            "training needs",
            err,
            () -> {
              Files.delete(files.checkpoints().resolve("checkpoint.lock"));
              Files.delete(files.checkpoints());
            });
    assertEquals(0, TrainingFiles.run(files.trainWithCheckpoints(), stream), err::toString);
    SameModel.check(expected, FittedModel.load(files.model()));
    String why = "the checkpoint cannot be written: " + files.checkpoint();
    String fault = why + ": its folder does not exist";
    List<String> lines = err.toString().lines().toList();
    assertEquals(1, lines.stream().filter(("warning: " + fault)::equals).count(), err::toString);
    assertEquals(
        List.of("in this training there was 1 warning:", "  " + fault),
        lines.subList(lines.size() - 2, lines.size()));
  }

  /** On a disk that takes neither. */
  @Test
  void withoutModelAndCheckpointTheOneBeforeIsLeft() throws Exception {
    ChildJvm child = ChildJvm.quick(List.of(), MAIN, files.trainWithCheckpoints());
    assertTrue(child.await("epoch 2/"));
    child.signal("TERM");
    child.end();
    byte[] old = Files.readAllBytes(files.checkpoint());
    ChildJvm.End end =
        ChildJvm.quick(SMALL_FILES, MAIN, files.trainWithCheckpoints("--resume")).end();
    assertEquals(1, end.status(), end.err());
    String why = "warning: the checkpoint cannot be written: " + files.checkpoint();
    assertTrue(end.err().contains(why + ": File too large\n"), end.err());
    String fault = ": File too large; the training is kept, to go on: gru4j";
    assertTrue(end.err().contains("gru4j train: " + files.model() + fault), end.err());
    assertTrue(Arrays.equals(old, Files.readAllBytes(files.checkpoint())));
    assertEquals("old", Files.readString(files.model()));
    assertEquals(0, TrainingFiles.run(files.trainWithCheckpoints("--resume")));
    SameModel.check(expected, FittedModel.load(files.model()));
    assertEquals(List.of("m.safetensors", "sessions.tsv"), files.names());
  }

  /** A real full disk, where the test may mount one. */
  @Test
  void aFullDiskLeavesTheOldModelAndTheCheckpoint() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        done("sh", "-c", "mount -t tmpfs -o size=1m tmpfs '" + disk + "' 2>/dev/null"),
        "no tmpfs can be mounted here: it takes mount, root, and a right of containers");
    try {
      Path model = disk.resolve("m.safetensors");
      Files.writeString(model, "old");
      List<String> words = files.train("--hidden-size=9");
      words.set(words.indexOf(files.model().toString()), model.toString());
      fill(disk.resolve("rest"));
      String kept = fault(words);
      String begin = "gru4j train: " + model + ": No space left on device; the model is kept in ";
      assertTrue(kept.startsWith(begin), kept);
      Path elsewhere = Path.of(kept.substring(begin.length()));
      assertTrue(FittedModel.load(elsewhere).numItems() > 0);
      Files.delete(elsewhere);
      Files.delete(elsewhere.getParent());
      assertEquals("old", Files.readString(model));

      words.addAll(List.of("--checkpoint", folder.toString()));
      String fault = fault(words);
      String start = model + ": No space left on device; the training is kept, to go on: ";
      assertTrue(fault.startsWith("gru4j train: " + start), fault);
      Files.delete(disk.resolve("rest"));
      words.add("--resume");
      assertEquals(0, TrainingFiles.run(words));
      assertTrue(FittedModel.load(model).numItems() > 0);
      assertEquals(List.of("m.safetensors"), new TrainingFiles(disk).names());
      assertFalse(Files.exists(folder.resolve("checkpoint.safetensors")));
    } finally {
      assertTrue(done("umount", disk.toString()));
    }
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[512]);
      }
    } catch (IOException e) {
      assertTrue(Files.size(file) > 0, e::toString);
    }
  }

  @Test
  void aReadOnlyFolderIsNamedBeforeAnyWork() throws Exception {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Path model = closed.resolve("m.safetensors");
    Files.writeString(model, "old");
    Files.setPosixFilePermissions(
        closed, Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE));
    try {
      List<String> words = files.train();
      words.set(words.indexOf(files.model().toString()), model.toString());
      assertEquals(
          "gru4j train: " + model + ": its folder cannot be written to", faultWithoutRoot(words));
      words = files.train("--checkpoint", closed.toString());
      assertEquals(
          "gru4j train: " + closed + "/checkpoint.safetensors: its folder cannot be written to",
          faultWithoutRoot(words));
      words = files.train("--checkpoint", closed + "/new");
      assertEquals(
          "gru4j train: " + closed + "/new: its folder cannot be written to",
          faultWithoutRoot(words));
    } finally {
      Files.setPosixFilePermissions(closed, Set.of(PosixFilePermission.values()));
    }
    assertEquals("old", Files.readString(model));
    assertEquals(List.of("m.safetensors"), new TrainingFiles(closed).names());
  }

  private List<String> trainTo(Path model) {
    List<String> words = files.train();
    words.set(words.indexOf(files.model().toString()), model.toString());
    return words;
  }

  /** In such a folder only its owner and a file's own may replace the file. */
  @Test
  void aFileOfAnotherInAStickyFolderIsNamedBeforeAnyWork() throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root"),
        "only root can give a file to another user");
    Path sticky = Files.createDirectory(folder.resolve("sticky"));
    assertTrue(done("chmod", "1777", sticky.toString()));
    Path model = Files.writeString(sticky.resolve("m.safetensors"), "old");
    Files.setAttribute(model, "unix:uid", 12345);
    Files.setAttribute(sticky, "unix:uid", 12345);
    assertEquals(
        "gru4j train: " + model + ": cannot be replaced: Operation not permitted",
        faultWithoutRoot(trainTo(model)));
    assertEquals("old", Files.readString(model));
    assertEquals(List.of("m.safetensors"), new TrainingFiles(sticky).names());
  }

  @Test
  void anImmutableFileIsNamedBeforeAnyWork() throws Exception {
    Path model = Files.writeString(folder.resolve("fixed"), "old");
    assumeTrue(
        done("sh", "-c", "chattr +i '" + model + "' 2>/dev/null"),
        "no file can be made immutable here: it takes chattr, root, and a file system that has it");
    try {
      String start = "gru4j train: " + model;
      assertEquals(start + ": cannot be replaced: Operation not permitted", fault(trainTo(model)));
      List<String> words = files.train("--log-json", model.toString());
      assertEquals(start + ": Operation not permitted", fault(words));
    } finally {
      assertTrue(done("chattr", "-i", model.toString()));
    }
    assertEquals("old", Files.readString(model));
  }

  /** It takes new files, although nobody can see which it has. */
  @Test
  void aFolderThatCannotBeReadIsWrittenTo() throws Exception {
    Path dark = Files.createDirectory(folder.resolve("dark"));
    Files.setPosixFilePermissions(
        dark, Set.of(PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));
    Path model = dark.resolve("m.safetensors");
    try {
      ChildJvm.End end = ChildJvm.quick(withoutRoot(), MAIN, trainTo(model)).end();
      assertEquals(0, end.status(), end.err());
    } finally {
      Files.setPosixFilePermissions(dark, Set.of(PosixFilePermission.values()));
    }
    SameModel.check(expected, FittedModel.load(model));
    assertEquals(List.of("m.safetensors"), new TrainingFiles(dark).names());
  }

  /** Root may read, write and replace anything, so those rights are taken from it. */
  private static List<String> withoutRoot() throws Exception {
    if (!System.getProperty("user.name").equals("root")) {
      return List.of();
    }
    String rights = "--bounding-set=-dac_override,-dac_read_search,-fowner";
    assumeTrue(
        done("sh", "-c", "setpriv " + rights + " true 2>/dev/null"),
        "root's rights cannot be taken from it here: it takes setpriv");
    return List.of("setpriv", rights);
  }

  private static String faultWithoutRoot(List<String> words) throws Exception {
    ChildJvm.End end = ChildJvm.quick(withoutRoot(), MAIN, words).end();
    assertEquals(1, end.status(), end.err());
    return end.err();
  }
}
