package io.gru4j.algorithms;

import io.gru4j.file.Sha256;
import io.gru4j.training.StateFile;
import io.gru4j.training.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of the optimizer's state beside a model's file, of which one is always the model's. */
final class KeptStateFiles {
  private final Path model;
  private final Path newest;
  private final Path before;

  KeptStateFiles(Path model) {
    this.model = model;
    this.newest = Update.stateFiles(model).get(0);
    this.before = Update.stateFiles(model).get(1);
  }

  /**
   * Writes a training's state, and keeps the one of the model that is still there: it becomes the
   * one before, unless that is its own already, after a crash.
   */
  void write(Training training) throws IOException {
    boolean newestIsOfModel = false;
    if (Files.exists(newest) && Files.exists(model)) {
      String sha256 = Sha256.of(model);
      try {
        newestIsOfModel = StateFile.find(List.of(newest), sha256) != null;
      } catch (IOException e) {
        // It is damaged or another model's: of no use to the model that is there.
        newestIsOfModel = false;
      }
    }
    training.writeState(newest, newestIsOfModel ? before : null);
  }

  /** The model is there: its state is the newest. */
  void written() throws IOException {
    Files.deleteIfExists(before);
  }
}
