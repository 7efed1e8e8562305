package io.gru4j.cli;

import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes models; one whose file cannot be written is not lost. */
final class ModelOutput {
  private ModelOutput() {}

  /**
   * Writes a model, or else a file of that name in a new folder for temporary files.
   *
   * @throws WorkException if the file cannot be written; says where the model is instead
   */
  static void save(FittedModel model, Path out) throws WorkException {
    try {
      model.save(out);
    } catch (IOException e) {
      throw new WorkException(e.getMessage() + "; " + keep(model, out));
    }
  }

  /** Writes a model in a new folder for temporary files; says where it is. */
  static String keep(FittedModel model, Path out) {
    Path kept = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      Path folder = Files.createTempDirectory("gru4j-");
      kept = folder.resolve(out.getFileName());
      boolean saved = false;
      try {
        model.save(kept);
        saved = true;
      } finally {
        if (!saved) {
          Files.deleteIfExists(folder);
        }
      }
    } catch (IOException e) {
      return "nor can the model be kept in " + kept + ": " + e.getMessage();
    }
    return "the model is kept in " + kept;
  }
}
