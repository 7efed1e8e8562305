package io.gru4j.cli;

import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Model files as the commands read them. */
final class ModelInput {
  private ModelInput() {}

  /** Reads a model. */
  static FittedModel load(Path file) throws WorkException, IOException {
    checkNoFolder(file);
    return FittedModel.load(file);
  }

  /** Reads a model of which some rows are wanted: see {@link FittedModel#map}. */
  static FittedModel map(Path file) throws WorkException, IOException {
    checkNoFolder(file);
    return FittedModel.map(file);
  }

  private static void checkNoFolder(Path file) throws WorkException {
    if (Files.isDirectory(file)) {
      throw new WorkException(file + ": is a folder, expected a model file");
    }
  }
}
