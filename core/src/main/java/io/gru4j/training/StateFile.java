package io.gru4j.training;

import io.gru4j.file.SafeTensorsException;
import io.gru4j.file.SafeTensorsReader;
import io.gru4j.file.SafeTensorsWriter;
import io.gru4j.file.Sha256;
import io.gru4j.file.TensorType;
import io.gru4j.model.ModelFileException;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The optimizer's state at the end of a training, as a safetensors file beside the model's, so that
 * a later training goes on from it.
 *
 * <p>Tensors: those of the optimizer's state under the names that a checkpoint has for them.
 * Metadata: {@code gru4j.state} (version of this form), {@code gru4j.state.model} (SHA-256 of the
 * model's file), {@code gru4j.state.optimizer}, {@code gru4j.state.steps} and {@code
 * gru4j.state.epochs}, made so far by trainings that went on from each other.
 *
 * <p>The file is written before the model's, and the one before is kept until the model is there:
 * at every moment one of the two is that of the model.
 */
public final class StateFile {
  private static final String VERSION = "gru4j.state";
  private static final String CURRENT = "1";
  private static final String MODEL = "gru4j.state.model";
  private static final String OPTIMIZER = "gru4j.state.optimizer";
  private static final String STEPS = "gru4j.state.steps";
  private static final String EPOCHS = "gru4j.state.epochs";

  private StateFile() {}

  /**
   * Finds the state that was kept beside a model's file.
   *
   * @param files where it may be, the newest first
   * @param sha256 of the model's file
   * @return the state's file
   * @throws IOException if there is none, or it is another model's, or damaged; says which
   */
  public static Start.KeptState find(List<Path> files, String sha256) throws IOException {
    String fault = null;
    for (Path file : files) {
      if (!Files.exists(file)) {
        continue;
      }
      Map<String, String> metadata = check(file);
      if (sha256.equals(metadata.get(MODEL))) {
        return new Start.KeptState(file, Sha256.of(file));
      }
      fault =
          fault != null
              ? fault
              : "is the state of another model: of the one whose file has SHA-256 "
                  + shown(metadata.get(MODEL))
                  + ", this one's has "
                  + shown(sha256);
    }
    if (fault == null) {
      throw new NoSuchFileException(
          files.getFirst().toString(), null, "no state was kept beside the model");
    }
    throw new ModelFileException(files.getFirst(), fault);
  }

  private static String shown(String sha256) {
    return sha256 == null ? "unknown" : sha256.substring(0, Math.min(12, sha256.length())) + "...";
  }

  private static Map<String, String> check(Path file) throws IOException {
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      String version = reader.metadata().get(VERSION);
      if (version == null) {
        throw new ModelFileException(file, "is no state of an optimizer");
      }
      if (!version.equals(CURRENT)) {
        throw new ModelFileException(
            file, "is of form " + version + ", this version reads form " + CURRENT);
      }
      return reader.metadata();
    } catch (SafeTensorsException e) {
      throw new ModelFileException(file, e.fault());
    }
  }

  /** Writes the state; {@code before} is where the old file goes, null for nowhere. */
  static void write(Path file, Path before, String modelSha256, TrainingState state)
      throws IOException {
    SafeTensorsWriter writer =
        new SafeTensorsWriter()
            .metadata(VERSION, CURRENT)
            .metadata(MODEL, modelSha256)
            .metadata(OPTIMIZER, name(state))
            .metadata(STEPS, Long.toString(state.step.steps()))
            .metadata(EPOCHS, Long.toString(state.epochsBefore + state.history.size()));
    List<Parameter> parameters = state.network.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      float[][] remembered = state.step.optimizer().state(i);
      for (int k = 0; k < remembered.length; k++) {
        CheckpointFile.add(
            writer, CheckpointFile.OPTIMIZER.get(k), parameters.get(i), remembered[k]);
      }
    }
    writer.write(file, before);
  }

  /** The kind of optimizer and how many numbers it keeps of each value. */
  private static String name(TrainingState state) {
    return state.step.optimizer().getClass().getSimpleName()
        + "/"
        + state.step.optimizer().state(0).length;
  }

  /**
   * Puts a new training's optimizer where that of the start was; rows of new items stay at zero.
   *
   * @param rows of each item in the start; negative: it is new
   */
  static void restore(Path file, TrainingState state, int[] rows, int startItems)
      throws IOException {
    Map<String, String> metadata = check(file);
    if (!name(state).equals(metadata.get(OPTIMIZER))) {
      throw new ModelFileException(
          file,
          "is the state of %s (optimizer, numbers for each value), the training has %s: train on"
                  .formatted(metadata.get(OPTIMIZER), name(state))
              + " with the optimizer and the momentum of the start, or without the state");
    }
    int[] to = new int[startItems + 1]; // where each of the start's rows goes
    Arrays.fill(to, -1);
    to[startItems] = rows.length;
    for (int item = 0; item < rows.length; item++) {
      if (rows[item] >= 0) {
        to[rows[item]] = item;
      }
    }
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      List<Parameter> tables = StartNetwork.tables(state.network);
      List<Parameter> parameters = state.network.parameters();
      for (int i = 0; i < parameters.size(); i++) {
        Parameter p = parameters.get(i);
        float[][] remembered = state.step.optimizer().state(i);
        for (int k = 0; k < remembered.length; k++) {
          String name = CheckpointFile.OPTIMIZER.get(k) + p.name();
          read(reader, name, p, remembered[k], tables.contains(p) ? to : null);
        }
      }
      reader.checkRest();
      state.step.resumeAt(number(file, metadata, STEPS));
      state.epochsBefore = (int) Math.min(Integer.MAX_VALUE / 2, number(file, metadata, EPOCHS));
    } catch (SafeTensorsException e) {
      throw new ModelFileException(file, e.fault());
    }
  }

  private static long number(Path file, Map<String, String> metadata, String key)
      throws ModelFileException {
    String text = metadata.getOrDefault(key, "");
    if (!text.matches("\\d{1,18}")) {
      throw new ModelFileException(file, key + " is not a whole number");
    }
    return Long.parseLong(text);
  }

  /** Reads a tensor; its row r goes to row to[r], or nowhere if that is negative. */
  private static void read(
      SafeTensorsReader reader, String name, Parameter p, float[] array, int[] to)
      throws IOException {
    int rows = to == null ? p.rows() : to.length;
    int cols = p.cols();
    reader.require(name, TensorType.F32, rows, cols);
    int most = Math.max(1, (1 << 14) / cols);
    float[] buffer = new float[most * cols];
    float[] row = new float[cols];
    for (int from = 0; from < rows; from += most) {
      int n = Math.min(most, rows - from);
      reader.readFloats(name, (long) from * cols, buffer, 0, n * cols);
      for (int r = 0; r < n; r++) {
        int target = to == null ? from + r : to[from + r];
        if (target >= 0) {
          System.arraycopy(buffer, r * cols, row, 0, cols);
          p.write(array, (long) target * cols, row, cols);
        }
      }
    }
  }
}
