package io.gru4j.training;

import io.gru4j.file.Json;
import io.gru4j.file.SafeTensorsReader;
import io.gru4j.file.SafeTensorsWriter;
import io.gru4j.file.TensorType;
import io.gru4j.model.EpochHistory;
import io.gru4j.model.Lineage;
import io.gru4j.model.ModelFileException;
import io.gru4j.tensor.Matrix;
import io.gru4j.tensor.autograd.Parameter;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of a training that can be resumed, as a safetensors file.
 *
 * <p>Tensors: under {@code network/}, {@code optimizer/} and {@code best/} those of the network,
 * with torch's names behind the slash, and within a batch {@code hidden/0}, {@code hidden/1}, ...,
 * the hidden states of the layers. Metadata, all JSON: {@code gru4j.checkpoint} (version of this
 * form), {@code gru4j.started_with} (the {@link Fingerprint}), {@code gru4j.history}, {@code
 * gru4j.position}.
 */
final class CheckpointFile implements Closeable {
  private static final Logger LOGGER = System.getLogger("io.gru4j");

  private static final String VERSION = "gru4j.checkpoint";
  private static final String CURRENT = "1";
  private static final String STARTED_WITH = "gru4j.started_with";
  private static final String HISTORY = "gru4j.history";
  private static final String POSITION = "gru4j.position";
  private static final String NETWORK = "network/";
  static final List<String> OPTIMIZER = List.of("optimizer/", "velocity/");
  private static final String BEST = "best/";
  private static final String HIDDEN = "hidden/";
  private static final int BUFFER = 1 << 14;

  private final Path file;
  private final SafeTensorsReader reader;
  private final Map<?, ?> position;

  private CheckpointFile(Path file, SafeTensorsReader reader) throws IOException {
    this.file = file;
    this.reader = reader;
    String version = reader.metadata().get(VERSION);
    if (version == null) {
      throw new ModelFileException(file, "is no checkpoint");
    }
    if (!version.equals(CURRENT)) {
      throw new ModelFileException(
          file, "is of form " + version + ", this version reads form " + CURRENT);
    }
    this.position = object(POSITION);
  }

  /**
   * Writes the state as it is between two steps; an old file is replaced as a whole.
   *
   * @param before where the old file goes; null for nowhere
   */
  static void write(Path file, Path before, TrainingState state, Fingerprint startedWith)
      throws IOException {
    SafeTensorsWriter writer = new SafeTensorsWriter().metadata(VERSION, CURRENT);
    writer.metadata(STARTED_WITH, Json.write(startedWith.entries()));
    writer.metadata(HISTORY, EpochHistory.toJson(state.history, true));
    writer.metadata(POSITION, Json.write(position(state)));
    List<Parameter> parameters = state.network.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      add(writer, NETWORK, parameters.get(i), parameters.get(i).value());
      float[][] remembered = state.step.optimizer().state(i);
      for (int k = 0; k < remembered.length; k++) {
        add(writer, OPTIMIZER.get(k), parameters.get(i), remembered[k]);
      }
    }
    if (state.best != null) {
      for (Parameter p : state.best.parameters()) {
        add(writer, BEST, p, p.value());
      }
    }
    for (int i = 0; state.goesOnWithHidden() && i < state.step.states().length; i++) {
      Matrix hidden = state.step.states()[i];
      writer.floats(
          HIDDEN + i,
          (from, to, n) -> System.arraycopy(hidden.data(), (int) from, to, 0, n),
          hidden.rows(),
          hidden.cols());
    }
    writer.write(file, before);
  }

  static void add(SafeTensorsWriter writer, String prefix, Parameter p, float[] array) {
    writer.floats(
        prefix + p.name(), (from, to, n) -> p.read(array, from, to, n), p.rows(), p.cols());
  }

  private static Map<String, Object> position(TrainingState state) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seed", state.seed);
    json.put("step", state.step.steps());
    json.put("batch", (long) state.position.batch);
    json.put("chunk", (long) state.position.chunk);
    json.put("targets", state.position.targets);
    json.put("steps", state.position.steps);
    json.put("loss_sum", state.position.lossSum);
    json.put("seconds", state.position.seconds);
    json.put("best_criterion", Double.toString(state.rule.best())); // infinite before the first
    json.put("not_better", (long) state.rule.notBetter());
    return json;
  }

  /**
   * Opens a checkpoint.
   *
   * @throws ModelFileException if the file is not one
   */
  static CheckpointFile open(Path file) throws IOException {
    SafeTensorsReader reader = SafeTensorsReader.open(file);
    boolean sound = false;
    try {
      CheckpointFile checkpoint = new CheckpointFile(file, reader);
      sound = true;
      return checkpoint;
    } finally {
      if (!sound) {
        reader.close();
      }
    }
  }

  /** Returns the seed that the training was started with. */
  long seed() throws IOException {
    return whole("seed", 0, Long.MAX_VALUE);
  }

  /**
   * Makes sure that data and parameters are those that the training was started with.
   *
   * @param toStartAnew what to do else, for the message
   * @throws IllegalArgumentException if they are not; names the first difference
   */
  void requireSame(Fingerprint now, String toStartAnew) throws IOException {
    Map<String, String> saved = new LinkedHashMap<>();
    object(STARTED_WITH).forEach((name, value) -> saved.put((String) name, String.valueOf(value)));
    String difference = now.difference(saved);
    if (difference != null) {
      throw new IllegalArgumentException(
          file
              + ": "
              + difference
              + "; only the same training can be gone on with: "
              + toStartAnew);
    }
  }

  /** Returns whether this is of the training that a model's lineage tells of. */
  boolean isOf(Lineage.Training training) throws IOException {
    Map<?, ?> saved = object(STARTED_WITH);
    return Fingerprint.of(training).entrySet().stream()
            .allMatch(each -> each.getValue().equals(saved.get(each.getKey())))
        && seed() == training.seed();
  }

  /**
   * Puts a new training where the checkpoint stands; only the column of its position is left to be
   * found.
   *
   * @throws IOException if the file is damaged or cannot be read; the training is of no use then
   */
  void restore(TrainingState state) throws IOException {
    try {
      restoreAll(state);
    } catch (ModelFileException e) {
      reader.checkRest(); // a tensor that is damaged is why a value is wrong
      throw e;
    }
    reader.checkRest();
    if (!reader.hasChecksums()) {
      LOGGER.log(Level.INFO, "{0} has no checksums: damage to it goes unnoticed", file);
    }
  }

  private void restoreAll(TrainingState state) throws IOException {
    List<Parameter> parameters = state.network.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      read(NETWORK, parameters.get(i), parameters.get(i).value());
      float[][] remembered = state.step.optimizer().state(i);
      for (int k = 0; k < remembered.length; k++) {
        read(OPTIMIZER.get(k), parameters.get(i), remembered[k]);
      }
    }
    if (reader.contains(BEST + parameters.getFirst().name())) {
      for (Parameter p : state.best().parameters()) {
        read(BEST, p, p.value());
      }
    }
    restoreHistory(state);
    state.step.resumeAt(whole("step", 0, Long.MAX_VALUE));
    state.position.batch = (int) whole("batch", 0, Integer.MAX_VALUE);
    state.position.chunk = (int) whole("chunk", 0, Integer.MAX_VALUE);
    state.position.targets = whole("targets", 0, Long.MAX_VALUE);
    state.position.steps = whole("steps", 0, Long.MAX_VALUE);
    state.position.lossSum = number("loss_sum");
    state.position.seconds = number("seconds");
    for (int i = 0; state.goesOnWithHidden() && i < state.step.states().length; i++) {
      Matrix hidden = state.step.states()[i];
      long rows = reader.shape(HIDDEN + i).length == 0 ? 0 : reader.shape(HIDDEN + i)[0];
      if (rows > Integer.MAX_VALUE / hidden.cols()) {
        throw new ModelFileException(file, HIDDEN + i + " has more sessions than fit a batch");
      }
      reader.require(HIDDEN + i, TensorType.F32, rows, hidden.cols());
      hidden.resizeRows(Math.toIntExact(rows));
      reader.readFloats(HIDDEN + i, 0, hidden.data(), 0, hidden.rows() * hidden.cols());
    }
  }

  private void restoreHistory(TrainingState state) throws IOException {
    try {
      state.history.addAll(
          EpochHistory.fromJson(HISTORY, reader.metadata().getOrDefault(HISTORY, "[]")));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file, e.getMessage());
    }
    if (!(position.get("best_criterion") instanceof String best)) {
      throw new ModelFileException(file, POSITION + ": best_criterion is missing");
    }
    try {
      state.rule.resumeAt(
          Double.parseDouble(best), (int) whole("not_better", 0, Integer.MAX_VALUE));
    } catch (NumberFormatException e) {
      throw new ModelFileException(file, POSITION + ": best_criterion is not a number");
    }
  }

  private void read(String prefix, Parameter p, float[] array) throws IOException {
    String name = prefix + p.name();
    reader.require(name, TensorType.F32, p.rows(), p.cols());
    float[] buffer = new float[BUFFER];
    long count = (long) p.rows() * p.cols();
    for (long done = 0; done < count; done += BUFFER) {
      int n = (int) Math.min(BUFFER, count - done);
      reader.readFloats(name, done, buffer, 0, n);
      p.write(array, done, buffer, n);
    }
  }

  private Map<?, ?> object(String key) throws IOException {
    String text = reader.metadata().get(key);
    try {
      if (text != null && Json.parse(text) instanceof Map<?, ?> map) {
        return map;
      }
    } catch (Json.SyntaxException e) {
      throw new ModelFileException(file, key + " is no JSON: " + e.getMessage());
    }
    throw new ModelFileException(file, key + " is not a JSON object");
  }

  private long whole(String key, long least, long most) throws IOException {
    if (position.get(key) instanceof Long n && n >= least && n <= most) {
      return n;
    }
    throw new ModelFileException(
        file, POSITION + ": " + key + " is not a whole number in [" + least + ", " + most + "]");
  }

  private double number(String key) throws IOException {
    if (position.get(key) instanceof Number n) {
      return n.doubleValue();
    }
    throw new ModelFileException(file, POSITION + ": " + key + " is not a number");
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
