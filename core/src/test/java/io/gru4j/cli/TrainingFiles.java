package io.gru4j.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A small training on the command line: its session file, its model file and its flags, in a folder
 * of their own. It uses everything that a checkpoint must keep.
 */
public record TrainingFiles(Path folder) {
  private static final List<String> FLAGS =
      List.of(
          "--validation-fraction=0.2",
          "--stopping-criterion=ndcg",
          "--stop-early",
          "--max-iter-no-change=4",
          "--hidden-size=8",
          "--num-components=6",
          "--num-layers=2",
          "--dropout=0.2",
          "--optimization-algorithm=sgd",
          "--momentum=0.5",
          "--learning-rate=0.1",
          "--batch-size=16",
          "--bptt=2",
          "--max-epochs=12",
          "--seed=7",
          "--threads=1");

  /** Writes the sessions. */
  public static TrainingFiles in(Path folder) throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int session = 0; session < 160; session++) {
      for (int click = 0; click < 3 + session % 5; click++) {
        int item = (session * session % 7 + 2 * click) % 23;
        text.append(session).append("\ti").append(item).append('\t');
        text.append(10 * session + click).append('\n');
      }
    }
    TrainingFiles files = new TrainingFiles(folder);
    Files.writeString(files.sessions(), text);
    return files;
  }

  Path sessions() {
    return folder.resolve("sessions.tsv");
  }

  /** The model file. */
  public Path model() {
    return folder.resolve("m.safetensors");
  }

  /** The folder of checkpoints. */
  public Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  Path checkpoint() {
    return checkpoints().resolve("checkpoint.safetensors");
  }

  private static boolean isFree(String flag, String... others) {
    String name = flag.split("=")[0];
    return Stream.of(others).noneMatch(other -> other.split("=")[0].equals(name));
  }

  /** The words of the training, with more flags or other values of its own. */
  public List<String> train(String... more) {
    List<String> words = new ArrayList<>(List.of("train", sessions().toString()));
    words.addAll(List.of("--model", model().toString()));
    FLAGS.stream().filter(flag -> isFree(flag, more)).forEach(words::add);
    words.addAll(List.of(more));
    return words;
  }

  /** As {@link #train}, with a checkpoint at every step. */
  public List<String> trainWithCheckpoints(String... more) {
    List<String> words = train(more);
    words.addAll(List.of("--checkpoint", checkpoints().toString(), "--checkpoint-minutes=1e-9"));
    return words;
  }

  /** Runs a command in this JVM and returns its exit status. */
  static int run(List<String> words) {
    return run(words, new PrintStream(PrintStream.nullOutputStream()));
  }

  /** As {@link #run(List)}, with the progress and the errors. */
  static int run(List<String> words, PrintStream err) {
    PrintStream out = new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    return Main.run(words.toArray(String[]::new), System.in, out, err);
  }

  /** Names of all files in the folder of the model and of the checkpoints. */
  List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
