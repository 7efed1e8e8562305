package io.gru4j.bench;

import io.gru4j.data.ClickData;
import io.gru4j.data.ClickFile;
import io.gru4j.data.Clicks;
import io.gru4j.data.Condition;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionColumns;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.data.SessionFormat;
import io.gru4j.model.FittedModel;
import io.gru4j.prepare.CollapseRepeats;
import io.gru4j.prepare.Cut;
import io.gru4j.prepare.MinimumCounts;
import io.gru4j.prepare.Preparation;
import io.gru4j.prepare.Prepared;
import io.gru4j.prepare.SessionGap;
import io.gru4j.prepare.Step;
import io.gru4j.prepare.Where;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reading of a session file and of a model file, both in the page cache, and preparing of a raw
 * log: the same clicks as a shop writes them, read, put through every rule, split and written.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "-Dgru4j.kernels=vector",
      "-Xms4g",
      "-Xmx4g"
    })
public class LoadBenchmark {

  private static final List<Condition> VIEWS = List.of(Condition.parse("event_type=view"));

  /** About how many items; the sessions are those of {@link ClickSessions}. */
  @Param({"1k", "10k", "40k"})
  public String catalogue;

  private Path sessionFile;
  private Path modelFile;
  private Path rawLog;
  private Path prepared;

  /** Writes both files and checks what is read from them. */
  @Setup
  public void prepare() throws IOException {
    InteractionMatrix x = ClickSessions.named(catalogue).train();
    sessionFile = Files.createTempFile("sessions", ".tsv");
    try (Writer out = Files.newBufferedWriter(sessionFile)) {
      out.write("SessionId\tItemId\tTime\n");
      for (int user : x.activeUsers()) {
        for (int i = 0; i < x.historyLength(user); i++) {
          out.write(user + "\t" + x.item(user, i) + "\t" + (long) x.timestamp(user, i) + "\n");
        }
      }
    }
    rawLog = Files.createTempFile("log", ".csv");
    prepared = Files.createTempFile("prepared", ".tsv.gz");
    try (Writer out = Files.newBufferedWriter(rawLog)) {
      out.write("event_time,event_type,product_id,brand,price,user_id\n");
      long second = 1_569_888_000L; // 2019-10-01
      for (int user : x.activeUsers()) {
        for (int i = 0; i < x.historyLength(user); i++) {
          String time = Instant.ofEpochSecond(second++).toString().replace('T', ' ');
          out.write(time.replace("Z", " UTC") + ",view," + (1_000_000 + x.item(user, i)));
          out.write(",brand,99.50," + (500_000_000 + user) + "\n");
        }
        second += 60;
      }
    }
    int clicks = SessionFiles.read(sessionFile).interactions().numInteractions();
    if (clicks != x.numInteractions()) {
      throw new IllegalStateException(clicks + " clicks read of " + x.numInteractions());
    }
    modelFile = Files.createTempFile("model", ".safetensors");
    FittedModel model =
        new FittedModel(
            Ours.network(x.numItems()),
            Ours.ids(x.numItems()),
            Map.of(),
            List.of(),
            Ours.DATA_SEED);
    model.save(modelFile);
    float written = model.network().outputWeight().get(x.numItems(), 0);
    float read = FittedModel.load(modelFile).network().outputWeight().get(x.numItems(), 0);
    if (read != written) {
      throw new IllegalStateException("read " + read + ", written " + written);
    }
  }

  /** Deletes the files. */
  @TearDown
  public void delete() throws IOException {
    Files.delete(sessionFile);
    Files.delete(modelFile);
    Files.delete(rawLog);
    Files.delete(prepared);
  }

  /**
   * Reads the session file.
   *
   * @param traffic counts its bytes
   * @return the sessions
   */
  @Benchmark
  public SessionData sessions(PeakBenchmark.Traffic traffic) throws IOException {
    traffic.gigabytes += 1e-9 * Files.size(sessionFile);
    return SessionFiles.read(sessionFile);
  }

  /**
   * Prepares the raw log: gap, condition, repeats, least counts, test and validation; writes the
   * training part.
   *
   * @param work counts its rows
   * @return the parts
   */
  @Benchmark
  public Prepared<Clicks> prepare(Rows work) throws IOException {
    SessionFiles reader =
        new SessionFiles()
            .columns(new SessionColumns("user_id", "product_id", "event_time"))
            .format(SessionFormat.DEFAULT.withWhere(VIEWS));
    ClickData read = reader.readClicks(List.of(rawLog), true);
    work.millionRows += 1e-6 * read.rows();
    List<Step> steps =
        List.of(
            new SessionGap(Duration.ofHours(1)),
            new Where(VIEWS),
            new CollapseRepeats(),
            new MinimumCounts(5, 2));
    Cut newest = new Cut.Fraction(0.1);
    Prepared<Clicks> parts = new Preparation(steps, newest, newest, 2).apply(read.clicks());
    ClickFile.write(parts.train(), prepared);
    return parts;
  }

  /**
   * Rows that were prepared; in operations a second, so the column is millions of rows a second.
   */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Rows {
    /** Millions of rows. */
    public double millionRows;
  }

  /**
   * Reads the model file.
   *
   * @param traffic counts its bytes
   * @return the model
   */
  @Benchmark
  public FittedModel model(PeakBenchmark.Traffic traffic) throws IOException {
    traffic.gigabytes += 1e-9 * Files.size(modelFile);
    return FittedModel.load(modelFile);
  }
}
