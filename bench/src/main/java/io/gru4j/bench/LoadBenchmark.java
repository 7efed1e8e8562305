package io.gru4j.bench;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

/** Reading of a session file and of a model file, both in the page cache. */
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

  /** About how many items; the sessions are those of {@link ClickSessions}. */
  @Param({"1k", "10k", "40k"})
  public String catalogue;

  private Path sessionFile;
  private Path modelFile;

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
