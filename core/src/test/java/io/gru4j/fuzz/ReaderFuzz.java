package io.gru4j.fuzz;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFileException;
import io.gru4j.data.SessionFiles;
import io.gru4j.model.FittedModel;
import io.gru4j.model.ModelFileException;
import io.gru4j.model.UnknownItems;
import io.gru4j.selection.SearchFileReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Reads bad files one after the other: {@code ReaderFuzz FOLDER SEED FIRST COUNT}. File n is made
 * from the seed and n alone.
 *
 * <p>A reader may succeed, and what it read is then used, or refuse the file with the exception
 * that its documentation names and a message of one line that names the file. Anything else ends
 * the program with status 1 and leaves the file behind, and so does a file that takes longer than
 * {@value #LIMIT_SECONDS} seconds of processor time, which does not depend on how busy the machine
 * is.
 */
final class ReaderFuzz {
  private static final int LIMIT_SECONDS = 20;
  private static final int LONGEST_MESSAGE = 3000; // characters

  /** Reads a file and uses what was in it. */
  private interface Reading {
    void read(Path file, SplittableRandom random) throws IOException;
  }

  /** What is read, how, and the exception that refuses it. */
  private record Target(
      String name,
      int share,
      Class<? extends IOException> refusal,
      Reading reading,
      Fault[] faults) {
    Target(
        String name,
        int share,
        Class<? extends IOException> refusal,
        Reading reading,
        List<Fault> faults) {
      this(name, share, refusal, reading, faults.toArray(Fault[]::new));
    }

    Fault fault(SplittableRandom random) {
      int at = random.nextInt(Arrays.stream(faults).mapToInt(Fault::share).sum());
      int i = 0;
      while (at >= faults[i].share()) {
        at -= faults[i++].share();
      }
      return faults[i];
    }
  }

  private static final List<Target> TARGETS =
      List.of(
          new Target(
              "sessions",
              45,
              SessionFileException.class,
              ReaderFuzz::readSessions,
              SessionFaults.all()),
          new Target(
              "model", 35, ModelFileException.class, ReaderFuzz::readModel, ModelFaults.all()),
          new Target(
              "interactions",
              12,
              SessionFileException.class,
              (file, random) -> InteractionMatrix.load(file).binaryValues(),
              OtherFaults.interactions()),
          new Target(
              "search",
              8,
              IOException.class,
              (file, random) -> SearchFileReading.read(file),
              OtherFaults.searches()));

  private static volatile String now = "the first file";
  private static volatile Duration limit; // of the process, while a reader is at work; or null

  private final Map<String, int[]> counts = new TreeMap<>(); // by class: read, refused
  private int accepted;
  private int refused;
  private int heapFull;
  private Duration slowest = Duration.ZERO;
  private String slowestName = "none";

  private ReaderFuzz() {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0], "fuzzed.bin");
    long seed = Long.parseLong(args[1]);
    int first = Integer.parseInt(args[2]);
    int count = Integer.parseInt(args[3]);
    Thread.ofPlatform().daemon().start(ReaderFuzz::watch);
    ReaderFuzz fuzz = new ReaderFuzz();
    for (int n = first; n < first + count; n++) {
      fuzz.one(file, seed, n);
    }
    fuzz.report(count, seed);
  }

  private static void watch() {
    while (true) {
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        return;
      }
      try {
        Duration most = limit;
        if (most != null && processorTime().compareTo(most) > 0) {
          System.out.println("TOO SLOW: " + now);
          Runtime.getRuntime().halt(1);
        }
      } catch (OutOfMemoryError e) {
        continue; // a reader has filled the heap just now: the watch goes on
      }
    }
  }

  private static Duration processorTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private void one(Path file, long seed, int n) throws IOException {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + n);
    int share = random.nextInt(100);
    int t = 0;
    while (share >= TARGETS.get(t).share) {
      share -= TARGETS.get(t++).share;
    }
    Target target = TARGETS.get(t);
    Fault fault = target.fault(random);
    int at = n; // the first files are one of each class
    for (Target each : TARGETS) {
      if (at >= 0 && at < each.faults.length) {
        target = each;
        fault = each.faults[at];
      }
      at -= each.faults.length;
    }
    String name = target.name + ": " + fault.name();
    now = name + ", file " + n + " of seed " + seed;
    Files.write(file, fault.maker().make(random));
    Duration start = processorTime();
    limit = start.plusSeconds(LIMIT_SECONDS);
    boolean read = true;
    try {
      target.reading.read(file, random);
    } catch (IOException e) {
      read = false;
      require(e.getClass() == target.refusal, e);
      requireMessage(file, e);
      boolean full = e.getMessage().contains("the heap of ");
      require(!full || fault.fillsHeap(), e);
      heapFull += full ? 1 : 0;
    } catch (RuntimeException | Error e) {
      require(false, e);
    }
    limit = null;
    Duration taken = processorTime().minus(start);
    if (taken.compareTo(slowest) > 0) {
      slowest = taken;
      slowestName = now;
    }
    accepted += read ? 1 : 0;
    refused += read ? 0 : 1;
    counts.computeIfAbsent(name, k -> new int[2])[read ? 0 : 1]++;
  }

  private static void requireMessage(Path file, IOException e) {
    String message = e.getMessage();
    require(message != null && message.startsWith(file.toString()), e);
    require(message.length() < LONGEST_MESSAGE, e);
    require(message.chars().noneMatch(Character::isISOControl), e);
  }

  private static void require(boolean right, Throwable what) {
    if (!right) {
      System.out.println("WRONG: " + now);
      what.printStackTrace(System.out);
      System.exit(1);
    }
  }

  private static void readSessions(Path file, SplittableRandom random) throws IOException {
    SessionFiles files = new SessionFiles().maxBadShare(random.nextInt(3) / 2.0);
    if (random.nextInt(3) == 0) {
      files = files.knownItems(IdMap.of(List.of("x1", "x2", "x3")));
    }
    SessionData data = files.readAll(file);
    long kept = data.clicks() - data.droppedUnknownItems();
    if (kept != data.interactions().numInteractions()
        || data.sessions().ids().stream().anyMatch(String::isEmpty)
        || data.items().ids().stream().anyMatch(String::isEmpty)
        || data.firstBadLines().size() != Math.min(5, data.skippedBadLines())) {
      throw new IllegalStateException(data.toString());
    }
  }

  private static void readModel(Path file, SplittableRandom random) throws IOException {
    FittedModel model = FittedModel.load(file);
    String item = model.items().idOf(random.nextInt(model.numItems()));
    model.recommend(List.of(item), 3, UnknownItems.FAIL);
  }

  private void report(int count, long seed) {
    List<String> lines = new ArrayList<>();
    counts.forEach(
        (name, n) -> lines.add("%-45s %6d read %6d refused".formatted(name, n[0], n[1])));
    lines.forEach(System.out::println);
    System.out.printf(
        "%d files of seed %d: %d read, %d refused (%d of them for the heap of %d MiB); the slowest"
            + " took %.1f s (%s)%n",
        count,
        seed,
        accepted,
        refused,
        heapFull,
        Runtime.getRuntime().maxMemory() >> 20,
        slowest.toMillis() * 1e-3,
        slowestName);
  }
}
