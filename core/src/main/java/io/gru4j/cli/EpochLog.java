package io.gru4j.cli;

import io.gru4j.file.Json;
import io.gru4j.model.EpochSummary;
import io.gru4j.progress.TrainingListener;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes one line of JSON for each epoch: {@code epoch}, {@code seconds} of training alone, {@code
 * targets}, {@code steps}, {@code loss} (mean over targets), {@code criterion} (null without
 * validation). A failing disk does not stop the training: {@link #close} reports it.
 */
final class EpochLog implements TrainingListener, Closeable {
  private final Path file;
  private final BufferedWriter writer;
  private IOException failure;

  EpochLog(Path file) throws IOException {
    this.file = file;
    writer = Files.newBufferedWriter(file);
  }

  @Override
  public void onEpoch(EpochSummary e) {
    try {
      writer.write(line(e));
      writer.newLine();
      writer.flush();
    } catch (IOException fault) {
      failure = failure == null ? fault : failure;
    }
  }

  static String line(EpochSummary e) {
    return Json.write(values(e));
  }

  static Map<String, Object> values(EpochSummary e) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("epoch", e.epoch());
    line.put("seconds", finiteOrNull(e.seconds()));
    line.put("targets", e.targets());
    line.put("steps", e.steps());
    line.put("loss", finiteOrNull(e.loss()));
    line.put(
        "criterion", e.criterion().isPresent() ? finiteOrNull(e.criterion().getAsDouble()) : null);
    return line;
  }

  static Double finiteOrNull(double x) {
    return Double.isFinite(x) ? x : null;
  }

  @Override
  public void close() throws IOException {
    try {
      writer.close();
    } catch (IOException fault) {
      failure = failure == null ? fault : failure;
    }
    if (failure != null) {
      IOException named = new FileSystemException(file.toString(), null, failure.getMessage());
      named.initCause(failure);
      throw named;
    }
  }
}
