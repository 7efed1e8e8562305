package io.gru4j.spark;

import io.gru4j.file.Json;
import io.gru4j.file.SafeTensorsException;
import io.gru4j.file.SafeTensorsReader;
import io.gru4j.file.SafeTensorsWriter;
import io.gru4j.file.TensorType;
import io.gru4j.model.EpochHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of a training in a folder of any file system that Spark knows: after each round a
 * safetensors file with checksums, written under another name and then renamed; the one before it
 * stays, older ones are deleted.
 *
 * <p>Tensors: under {@code network/}, {@code optimizer/} and {@code best/} those of the network.
 * Metadata, all JSON: {@code gru4j.spark_checkpoint} (version of this form), {@code
 * gru4j.started_with}, {@code gru4j.history}, {@code gru4j.position}.
 */
final class SparkCheckpoints {
  private static final String VERSION = "gru4j.spark_checkpoint";
  private static final String CURRENT = "1";
  private static final String STARTED_WITH = "gru4j.started_with";
  private static final String HISTORY = "gru4j.history";
  private static final String POSITION = "gru4j.position";
  private static final List<String> ARRAYS = List.of("network/", "optimizer/", "velocity/");
  private static final String BEST = "best/";
  private static final String NAME = "round-";
  private static final String END = ".safetensors";
  private static final String UNFINISHED = ".writing";
  private static final int KEPT = 2;
  private static final int BUFFER = 1 << 14;

  private final Path folder;
  private final FileSystem files;
  private final java.nio.file.Path scratch;

  /**
   * Opens a folder, and makes it if it is not there.
   *
   * @param folder such as {@code hdfs:///gru4j/run1}
   * @param scratch a folder of this machine
   */
  SparkCheckpoints(String folder, Configuration configuration, java.nio.file.Path scratch)
      throws IOException {
    this.folder = new Path(folder);
    this.files = this.folder.getFileSystem(configuration);
    this.scratch = scratch;
    files.mkdirs(this.folder);
  }

  /** Whether a folder has a checkpoint, sound or not. */
  static boolean areIn(String folder, Configuration configuration) throws IOException {
    Path path = new Path(folder);
    FileSystem files = path.getFileSystem(configuration);
    return files.exists(path) && !newestFirst(files, path).isEmpty();
  }

  /** Writes the checkpoint, and deletes what is older than the one before. */
  void write(RoundState state, Map<String, String> startedWith) throws IOException {
    java.nio.file.Path local = Files.createTempFile(scratch, NAME, END);
    try {
      writer(state, startedWith).write(local);
      String name = NAME + String.format(Locale.ROOT, "%07d", state.round) + END;
      Path unfinished = new Path(folder, name + UNFINISHED);
      files.copyFromLocalFile(false, true, new Path(local.toUri()), unfinished);
      Path to = new Path(folder, name);
      files.delete(to, false); // of a training whose driver has died, and that was resumed before
      if (!files.rename(unfinished, to)) {
        throw new IOException(unfinished + " cannot be renamed to " + to);
      }
    } finally {
      Files.deleteIfExists(local);
    }
    List<Path> all = newestFirst();
    for (Path old : all.subList(Math.min(KEPT, all.size()), all.size())) {
      files.delete(old, false);
    }
  }

  /** Deletes all checkpoints, of a training that begins anew. */
  void clear() throws IOException {
    for (Path each : newestFirst()) {
      files.delete(each, false);
    }
  }

  private List<Path> newestFirst() throws IOException {
    return newestFirst(files, folder);
  }

  private static List<Path> newestFirst(FileSystem files, Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    for (FileStatus status : files.listStatus(folder)) {
      String name = status.getPath().getName();
      if (name.startsWith(NAME) && name.endsWith(END)) {
        found.add(status.getPath());
      }
    }
    found.sort(Comparator.comparing(Path::getName).reversed());
    return found;
  }

  private static SafeTensorsWriter writer(RoundState state, Map<String, String> startedWith) {
    ModelLayout layout = state.layout;
    SafeTensorsWriter writer = new SafeTensorsWriter().metadata(VERSION, CURRENT);
    writer.metadata(STARTED_WITH, Json.write(startedWith));
    writer.metadata(HISTORY, EpochHistory.toJson(state.history, true));
    writer.metadata(POSITION, Json.write(position(state)));
    long atBest = 0;
    for (int i = 0; i < layout.parameters(); i++) {
      int rows = layout.rows(i);
      int cols = layout.cols(i);
      for (int k = 0; k < layout.arrays(); k++) {
        long start = layout.at(i, k, 0);
        writer.floats(
            ARRAYS.get(k) + layout.name(i),
            (from, to, n) -> state.numbers.read(start + from, to, n),
            rows,
            cols);
      }
      if (state.hasBest) {
        long start = atBest;
        writer.floats(
            BEST + layout.name(i),
            (from, to, n) -> state.best.read(start + from, to, n),
            rows,
            cols);
      }
      atBest += (long) rows * cols;
    }
    return writer;
  }

  private static Map<String, Object> position(RoundState state) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seed", state.seed);
    json.put("round", (long) state.round);
    json.put("all_steps", state.steps);
    json.put("targets", state.epoch.targets());
    json.put("steps", state.epoch.steps());
    json.put("loss_sum", state.epoch.lossSum());
    json.put("seconds", state.seconds);
    json.put("best_criterion", Double.toString(state.rule.best())); // infinite before the first
    json.put("not_better", (long) state.rule.notBetter());
    return json;
  }

  /** Makes a state for a seed. */
  interface StateOfSeed {
    RoundState make(long seed) throws IOException;
  }

  /**
   * Reads the newest checkpoint that is sound.
   *
   * @param fresh makes a state to be filled
   * @param warning is told of one that is damaged
   * @throws IllegalArgumentException if it is of another training; names the first difference
   * @throws IOException if there is none that is sound
   */
  RoundState read(Map<String, String> startedWith, StateOfSeed fresh, Consumer<String> warning)
      throws IOException {
    List<Path> all = newestFirst();
    if (all.isEmpty()) {
      throw new java.io.FileNotFoundException(folder + ": there is no checkpoint: call fit");
    }
    IOException damage = null;
    for (Path each : all) {
      java.nio.file.Path local = Files.createTempFile(scratch, NAME, END);
      try {
        files.copyToLocalFile(false, each, new Path(local.toUri()), true);
        return read(local, each, startedWith, fresh);
      } catch (SafeTensorsException e) {
        damage = new IOException(each + ": " + e.fault(), e);
        warning.accept(damage.getMessage() + "; the one before is tried");
      } catch (ChecksumException e) { // of the file system itself
        damage = new IOException(each + ": " + e.getMessage(), e);
        warning.accept(damage.getMessage() + "; the one before is tried");
      } finally {
        Files.deleteIfExists(local);
      }
    }
    throw damage;
  }

  private RoundState read(
      java.nio.file.Path local, Path named, Map<String, String> startedWith, StateOfSeed fresh)
      throws IOException {
    try (SafeTensorsReader reader = SafeTensorsReader.open(local)) {
      if (!CURRENT.equals(reader.metadata().get(VERSION))) {
        throw new IOException(named + ": is no checkpoint of form " + CURRENT + " of Spark");
      }
      requireSame(object(reader, STARTED_WITH, named), startedWith, named);
      Map<?, ?> position = object(reader, POSITION, named);
      RoundState state = fresh.make((Long) position.get("seed"));
      state.hasBest = reader.contains(BEST + state.layout.name(0));
      long atBest = 0;
      for (int i = 0; i < state.layout.parameters(); i++) {
        for (int k = 0; k < state.layout.arrays(); k++) {
          String name = ARRAYS.get(k) + state.layout.name(i);
          copy(reader, name, state.layout, i, state.numbers, state.layout.at(i, k, 0));
        }
        if (state.hasBest) {
          copy(reader, BEST + state.layout.name(i), state.layout, i, state.best, atBest);
        }
        atBest += (long) state.layout.rows(i) * state.layout.cols(i);
      }
      reader.checkRest();
      state.history.addAll(
          EpochHistory.fromJson(HISTORY, reader.metadata().getOrDefault(HISTORY, "[]")));
      state.round = Math.toIntExact((Long) position.get("round"));
      state.steps = (Long) position.get("all_steps");
      state.epoch =
          new RoundResult(
              (Long) position.get("targets"),
              (Long) position.get("steps"),
              ((Number) position.get("loss_sum")).doubleValue(),
              null);
      state.seconds = ((Number) position.get("seconds")).doubleValue();
      state.rule.resumeAt(
          Double.parseDouble((String) position.get("best_criterion")),
          Math.toIntExact((Long) position.get("not_better")));
      return state;
    }
  }

  private static Map<?, ?> object(SafeTensorsReader reader, String key, Path named)
      throws IOException {
    try {
      if (Json.parse(reader.metadata().getOrDefault(key, "")) instanceof Map<?, ?> map) {
        return map;
      }
    } catch (Json.SyntaxException e) {
      throw new IOException(named + ": " + key + " is no JSON: " + e.getMessage(), e);
    }
    throw new IOException(named + ": " + key + " is not a JSON object");
  }

  private void requireSame(Map<?, ?> there, Map<String, String> now, Path named) {
    for (Map.Entry<String, String> entry : now.entrySet()) {
      Object other = there.get(entry.getKey());
      if (!entry.getValue().equals(other)) {
        throw new IllegalArgumentException(
            "%s: %s is %s, but %s in the checkpoint; only the same training can be gone on with: to"
                    .formatted(named, entry.getKey(), entry.getValue(), other)
                + " start anew, call fit, which deletes the checkpoints");
      }
    }
  }

  private static void copy(
      SafeTensorsReader reader,
      String name,
      ModelLayout layout,
      int parameter,
      ModelNumbers to,
      long at)
      throws IOException {
    int rows = layout.rows(parameter);
    int cols = layout.cols(parameter);
    reader.require(name, TensorType.F32, rows, cols);
    float[] buffer = new float[BUFFER];
    long count = (long) rows * cols;
    for (long done = 0; done < count; done += BUFFER) {
      int n = (int) Math.min(BUFFER, count - done);
      reader.readFloats(name, done, buffer, 0, n);
      to.write(at + done, buffer, n);
    }
  }
}
