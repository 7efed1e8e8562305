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
    if (Files.isDirectory(file)) {
      throw new WorkException(file + ": is a folder, expected a model file");
    }
    return FittedModel.load(file);
  }
}
