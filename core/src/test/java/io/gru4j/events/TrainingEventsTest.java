package io.gru4j.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.Parallel;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingEventsTest {
  @TempDir Path folder;

  private static List<RecordedEvent> named(String name, List<RecordedEvent> events) {
    return events.stream().filter(e -> e.getEventType().getName().equals(name)).toList();
  }

  @Test
  void aRecordingHasTheEpochsBatchesAndSavesThatTheListenerSaw() throws IOException {
    TestSessions s = TestSessions.make(3, 40, 9);
    List<BatchProgress> batches = new ArrayList<>();
    List<EpochSummary> epochs = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onBatch(BatchProgress progress) {
            batches.add(progress);
          }

          @Override
          public void onEpoch(EpochSummary epoch) {
            epochs.add(epoch);
          }
        };
    Path model = folder.resolve("m.safetensors");
    Path dump = folder.resolve("training.jfr");
    try (Recording recording = new Recording();
        GRU4RecCrossEntropy estimator = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      recording.start();
      estimator.threads(1).listener(listener);
      FittedModel fitted = estimator.fit(s.x(), s.items(), s.validation()).model();
      fitted.save(model);
      estimator.fit(s.x(), s.items(), null);
      recording.stop();
      recording.dump(dump);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(dump);
    List<RecordedEvent> ofBatches = named("io.gru4j.Batch", events);
    assertEquals(batches.size(), ofBatches.size());
    long done = 0;
    double lossSum = 0;
    for (int i = 0; i < batches.size(); i++) {
      BatchProgress expected = batches.get(i);
      RecordedEvent actual = ofBatches.get(i);
      assertEquals(expected.epoch(), actual.getInt("epoch"));
      assertEquals(expected.batch(), actual.getInt("batch"));
      done = (expected.batch() == 1 ? 0 : done) + actual.getLong("targets");
      lossSum = expected.batch() == 1 ? 0 : lossSum;
      lossSum +=
          actual.getLong("targets") == 0 ? 0 : actual.getDouble("loss") * actual.getLong("targets");
      assertEquals(expected.targetsDone(), done);
      assertEquals(expected.meanLoss(), lossSum / done, 1e-9);
      assertTrue(actual.getInt("sessions") > 0);
    }
    List<RecordedEvent> ofEpochs = named("io.gru4j.Epoch", events);
    assertEquals(6, ofEpochs.size());
    for (int i = 0; i < 6; i++) {
      EpochSummary expected = epochs.get(i);
      RecordedEvent actual = ofEpochs.get(i);
      assertEquals(expected.epoch(), actual.getInt("epoch"));
      assertEquals(expected.targets(), actual.getLong("targets"));
      assertEquals(expected.steps(), actual.getLong("steps"));
      assertEquals(expected.loss(), actual.getDouble("loss"));
      assertEquals(expected.criterion().orElse(Double.NaN), actual.getDouble("criterion"));
      assertEquals(expected.targetsPerSecond(), actual.getDouble("targetsPerSecond"));
      assertEquals(expected.seconds(), actual.getDuration("trainingTime").toNanos() * 1e-9, 1e-8);
      assertTrue(actual.getDuration().compareTo(actual.getDuration("trainingTime")) >= 0);
    }
    List<RecordedEvent> saves = named("io.gru4j.Save", events);
    assertEquals(1, saves.size());
    assertEquals(model.toString(), saves.getFirst().getString("file"));
    assertEquals(Files.size(model), saves.getFirst().getLong("bytes"));
  }

  /** By reflection, because the module under test does not read java.management. */
  @Test
  void whileNobodyRecordsNothingIsAllocated() throws ReflectiveOperationException {
    Object bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    Method allocated =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getThreadAllocatedBytes", long.class);
    long thread = Thread.currentThread().threadId();
    TrainingEvents events = TrainingEvents.create();
    assertTrue(events instanceof FlightRecorderEvents);
    batches(events); // loads what there is to load
    long before = (long) allocated.invoke(bean, thread);
    batches(events);
    long bytes = (long) allocated.invoke(bean, thread) - before;
    assertTrue(bytes < 10_000, bytes + " bytes for 10,000 batches"); // the question costs some
  }

  /** A JVM without jdk.jfr, as a small runtime image is, trains and saves all the same. */
  @Test
  void withoutTheFlightRecorderThereIsNothingToBreak() throws Exception {
    Path sessions = folder.resolve("s.tsv");
    Files.writeString(sessions, "SessionId\tItemId\tTime\n1\ta\t1\n1\tb\t2\n");
    Path model = folder.resolve("m.safetensors");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--limit-modules",
            "java.base",
            "-cp",
            root(TrainingEvents.class) + File.pathSeparator + root(Parallel.class),
            "io.gru4j.cli.Main",
            "train",
            sessions.toString(),
            "--model",
            model.toString(),
            "--max-epochs=1");
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "still running: " + command);
    assertEquals(0, process.exitValue(), Files.readString(output));
    assertEquals(1, FittedModel.load(model).history().size());
  }

  /** The folder or jar that a class was loaded from. */
  private static String root(Class<?> type) throws URISyntaxException {
    String path = type.getName().replace('.', '/') + ".class";
    String url = type.getResource("/" + path).toString();
    String file =
        url.startsWith("jar:") ? url.substring(4, url.indexOf("!/")) : url.replace(path, "");
    return Path.of(new URI(file)).toString();
  }

  private static void batches(TrainingEvents events) {
    for (int i = 1; i <= 10_000; i++) {
      events.beginBatch();
      events.endBatch(1, i, 512, 512, 5.0);
    }
  }
}
