package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogQueueTest {
  @Test
  void linesComeInOrderAndAllBeforeTheEnd() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> lines = IntStream.range(0, 200).mapToObj(i -> "line " + i).toList();
    try (LogQueue log = new LogQueue(new PrintStream(out, true, StandardCharsets.UTF_8))) {
      lines.forEach(log::println);
    }
    assertEquals(lines, out.toString(StandardCharsets.UTF_8).lines().toList());
  }

  /** A pipe that nobody reads, until somebody does. */
  private static final class Stuck extends OutputStream {
    final CountDownLatch release = new CountDownLatch(1);
    final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      synchronized (out) {
        out.write(b);
      }
    }

    String text() {
      synchronized (out) {
        return out.toString(StandardCharsets.UTF_8);
      }
    }
  }

  @Test
  void nobodyWaitsForAReaderAndWhatIsLostIsCounted() throws Exception {
    Stuck stuck = new Stuck();
    try (LogQueue log = new LogQueue(new PrintStream(stuck, true, StandardCharsets.UTF_8))) {
      for (int i = 0; i < 1000; i++) {
        log.println("line " + i);
      }
      stuck.release.countDown();
      while (!stuck.text().contains(" lines are lost: stderr was not read\n")) {
        Thread.onSpinWait();
      }
    }
    String text = stuck.text();
    long printed = text.lines().filter(line -> line.startsWith("line ")).count();
    long lost =
        text.lines()
            .filter(line -> line.contains("are lost"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("gru4j: (\\d+) .*", "$1")))
            .sum();
    assertEquals(1000, printed + lost, text);
  }

  @Test
  void theEndDoesNotWaitForever() {
    Stuck stuck = new Stuck();
    long begin = System.nanoTime();
    try (LogQueue log = new LogQueue(new PrintStream(stuck, true, StandardCharsets.UTF_8))) {
      log.println("nobody reads this");
    }
    assertTrue(System.nanoTime() - begin < 10_000_000_000L);
    stuck.release.countDown();
  }
}
