package io.gru4j.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Reloads that hang, that do not fit, and that end with an error. */
class SlowReloadTest {
  private static final Timeouts SHORT =
      new Timeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(100),
          Duration.ofSeconds(60),
          Duration.ofSeconds(2),
          Duration.ofMillis(500));

  @TempDir Path folder;
  private Path file;
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final List<Throwable> fatal = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile Reloader.Loader loader = ServedModel::load;
  private RecommendServer server;
  private Client client;

  @BeforeEach
  void start() throws IOException {
    file = folder.resolve("m.safetensors");
    TestModel.make(5).save(file);
    server =
        RecommendServer.start(
            new RecommendServer.Settings(file, "localhost", 0, 1, 9),
            SHORT,
            new Reloader.Loader() {
              @Override
              public FileChannel open(Path path) throws IOException {
                return loader.open(path);
              }

              @Override
              public ServedModel load(Path path) throws IOException, RequestException {
                return loader.load(path);
              }
            },
            log::add,
            fatal::add);
    client = new Client(server.address().getPort());
  }

  @AfterEach
  void stop() {
    release.countDown();
    client.close();
    server.close();
  }

  /** As a file system that hangs, until it is released; what it then reads is an old file. */
  private ServedModel hang(Path path) throws IOException {
    ServedModel old = ServedModel.load(path);
    await(release);
    return old;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Client.Reply reload() throws Exception {
    return client.send("POST", "/reload", null);
  }

  private Object served() throws Exception {
    return client.get("/health").json().get("model");
  }

  @Test
  void aReloadThatHangsIsAnsweredAndTheNextOneIsNotHeldUp() throws Exception {
    Object before = served();
    TestModel.make(6).save(file);
    loader = this::hang;
    String error = reload().error(503);
    assertEquals(
        "reload: " + file + " is not read after 0 s; the old model stays until it is", error);
    assertEquals(before, served());
    TestModel.make(7).save(file);
    loader = ServedModel::load;
    assertEquals(200, reload().status());
    Object after = served();
    assertFalse(before.equals(after));

    release.countDown(); // what was read first comes last: it must not replace the newer one
    while (List.copyOf(log).stream()
            .filter(line -> line.contains("has the model that is served"))
            .count()
        < 1) {
      Thread.onSpinWait();
    }
    assertEquals(after, served());
    assertEquals(List.of(), fatal);
  }

  @Test
  void aSlowReloadIsServedWhenItIsRead() throws Exception {
    TestModel.make(6).save(file);
    loader = this::hang;
    Object before = served();
    reload().error(503);
    release.countDown();
    while (before.equals(served())) {
      Thread.onSpinWait();
    }
    assertTrue(log.getLast().startsWith("reload: model "), log.toString());
  }

  @Test
  void fewReadingsHangAndTheServerStillCloses() throws Exception {
    loader = this::hang;
    for (int i = 0; i < ServerLimits.RELOADS_HANGING; i++) {
      assertTrue(reload().error(503).contains(" is not read after "));
      Thread.sleep(10);
    }
    String error = reload().error(503);
    assertTrue(
        error.matches(
            "reload: 8 readings of .* hang in the file system, the first since \\d{4}-\\S+Z"
                + " \\([4-9] s\\); when one ends, a reload is possible again; the old model stays"),
        error);
    assertEquals(200, client.get("/health").status());
    long begin = System.nanoTime();
    server.close();
    assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(8), "close waited");
  }

  @Test
  void whenOneOfManyHangingReadingsEndsAReloadIsPossibleAgain() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    loader =
        path -> {
          await(first);
          throw new IOException("planted");
        };
    reload().error(503);
    loader = this::hang;
    for (int i = 1; i < ServerLimits.RELOADS_HANGING; i++) {
      reload().error(503);
      Thread.sleep(10);
    }
    TestModel.make(7).save(file);
    loader = ServedModel::load;
    assertTrue(reload().error(503).contains("when one ends"));
    first.countDown();
    while (!log.getLast().equals("reload: planted; the old model stays")) {
      Thread.onSpinWait();
    }
    assertEquals(200, reload().status());
  }

  /** The file is regular, and looking how much heap it needs hangs in opening it. */
  @Test
  void anOpeningThatHangsHoldsUpNoLaterReload() throws Exception {
    Reloader.Loader hanging =
        new Reloader.Loader() {
          @Override
          public FileChannel open(Path path) throws IOException {
            await(release);
            return FileChannel.open(path);
          }

          @Override
          public ServedModel load(Path path) throws IOException {
            return ServedModel.load(path);
          }
        };
    Object before = served();
    loader = hanging;
    for (int i = 0; i < 3; i++) {
      assertTrue(reload().error(503).contains(" is not read after "));
      Thread.sleep(10);
    }
    assertEquals(before, served());
    loader = ServedModel::load;
    TestModel.make(7).save(file);
    assertEquals(200, reload().status());
    assertFalse(before.equals(served()));
  }

  @Test
  void roomThatAReadingHasIsNotGivenTwice() throws Exception {
    HeapRoom room = new HeapRoom(ByteBudget.ofHeap());
    long most = Runtime.getRuntime().maxMemory();
    room.give(-most); // as a reading that has been promised all
    RequestException refused =
        assertThrows(RequestException.class, () -> room.take(file, null, FileChannel::open));
    assertEquals(503, refused.status());
    room.give(most);
    assertEquals(HeapRoom.need(file), room.take(file, null, FileChannel::open));
  }

  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Test
  void aPipeInPlaceOfTheFileIsNotOpened() throws Exception {
    Files.delete(file);
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    assertEquals(
        "reload: " + file + ": is not a regular file, expected a model file; the old model stays",
        reload().error(500));
    assertThrows(
        IOException.class,
        () ->
            RecommendServer.start(
                new RecommendServer.Settings(file, "localhost", 0, 1, 9), log::add));
    Files.delete(file);
    TestModel.make(6).save(file);
    assertEquals(200, reload().status());
  }

  @Test
  void anErrorIsToldOnceAndThePortIsClosed() throws Exception {
    loader =
        path -> {
          throw new StackOverflowError("planted");
        };
    assertThrows(IOException.class, () -> reload());
    while (fatal.isEmpty()) {
      Thread.onSpinWait();
    }
    assertEquals("planted", fatal.getFirst().getMessage());
    while (true) {
      try (Client other = new Client(server.address().getPort())) {
        other.get("/health");
      } catch (ConnectException e) {
        break; // nobody listens
      } catch (IOException e) {
        continue; // still in the backlog
      }
    }
    assertEquals(1, fatal.size());
  }

  @Test
  void anOutOfMemoryErrorIsAnsweredAndTheServerGoesOn() throws Exception {
    loader =
        path -> {
          throw new OutOfMemoryError("planted");
        };
    assertTrue(reload().error(500).contains("out of memory: a reload needs room for both models"));
    assertEquals(200, client.get("/health").status());
    assertEquals(List.of(), fatal);
  }

  @Test
  void whatAModelTakesIsItsTensorsAndMore() throws Exception {
    assertTrue(HeapRoom.need(file) > Files.size(file));
    // A file that claims more than the heap: sparse, for nothing of it may be read.
    Path huge = folder.resolve("huge.safetensors");
    long rows = Runtime.getRuntime().maxMemory() / 40;
    byte[] head =
        "{\"lin.weight\":{\"dtype\":\"F32\",\"shape\":[%d,10],\"data_offsets\":[0,%d]}}"
            .formatted(rows, rows * 40)
            .getBytes();
    try (var out = new java.io.RandomAccessFile(huge.toFile(), "rw")) {
      out.writeLong(Long.reverseBytes(head.length));
      out.write(head);
      out.setLength(8 + head.length + rows * 40);
    }
    RequestException refused =
        assertThrows(
            RequestException.class,
            () -> new HeapRoom(ByteBudget.ofHeap()).take(huge, null, FileChannel::open));
    assertEquals(503, refused.status());
    assertTrue(
        refused
            .getMessage()
            .matches(".*huge.safetensors takes \\d+ MiB of heap, but of \\d+ MiB.*"),
        refused.getMessage());
  }
}
