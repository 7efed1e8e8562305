package io.gru4j.bench;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.model.FittedModel;
import io.gru4j.model.JudgedSessions;
import io.gru4j.tensor.Backend;
import io.gru4j.tensor.Parallel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How a model ages, and what keeps it young: each slice of later sessions is first judged, by the
 * stale first model, by that model updated with all slices before, and by one trained anew on all
 * sessions before; then it is learned. Recall@20 and MRR@20 of every click but each session's
 * first, a target that a model does not know being a miss, and Recall@20 of clicks on items that
 * the first model does not know. Prints a table; seconds are CPU seconds of whole commands.
 *
 * <pre>
 * java --add-modules=jdk.incubator.vector -Xmx6g -cp bench/target/benchmarks.jar
 *   io.gru4j.bench.UpdateSlices --base FILE --slices FILE,FILE,...
 *     --csv core/docs/updates-yoochoose.csv
 * </pre>
 *
 * <p>Options: {@code --base} and {@code --slices}, session files in order of time (without them,
 * small ones are made up); {@code --retrained} and {@code --updated}, names of model files with {}
 * for the slice's number (default: temporary ones; a file that is there is not made again, and what
 * it took is read from the same name that ends in {@code .time}); {@code --train} and {@code
 * --update}, the commands that make them, see {@link SliceModels#words}; {@code --csv FILE}; {@code
 * --threads}, of the judging.
 */
final class UpdateSlices {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "--base", "",
          "--slices", "",
          "--retrained", "",
          "--updated", "",
          "--train", "train {sessions} --model {out} --preset gru4rec --seed 42 --threads 1",
          "--update", "update {model} {slice} --model {out} --seed 42 --threads 1",
          "--csv", "",
          "--threads", "2");

  private static final int MADE_UP_SLICES = 3;

  private final Map<String, String> options;
  private final Path folder;

  private UpdateSlices(Map<String, String> options, Path folder) {
    this.options = options;
    this.folder = folder;
  }

  /**
   * Prints the table.
   *
   * @param args options, as the class comment has them
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Map<String, String> options = NamedOptions.parse(DEFAULTS, args);
    if (options.get("--base").isEmpty() != options.get("--slices").isEmpty()) {
      throw new IllegalArgumentException("--base needs --slices, and --slices needs --base");
    }
    System.out.printf(
        "`UpdateSlices %s`: %s; JDK %s; kernels: %s%n%n",
        String.join(" ", args), PeersTable.cpu(), Runtime.version(), Backend.description());
    Path folder = Files.createTempDirectory("slices");
    try {
      List<SliceFigures> slices = new UpdateSlices(options, folder).judge();
      System.out.print(SliceFigures.table(slices));
      if (!options.get("--csv").isEmpty()) {
        StringBuilder csv = new StringBuilder("# UpdateSlices " + String.join(" ", args) + "\n");
        csv.append(SliceFigures.HEADER).append('\n');
        slices.forEach(each -> csv.append(each.csv()));
        Files.writeString(Path.of(options.get("--csv")), csv);
      }
    } finally {
      for (Path file : Files.list(folder).toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }

  private List<SliceFigures> judge() throws IOException, InterruptedException {
    List<Path> files = options.get("--base").isEmpty() ? madeUp() : given();
    List<Path> slices = files.subList(1, files.size());
    SliceModels models =
        new SliceModels(
            files.getFirst(),
            slices,
            options.get("--train"),
            options.get("--update"),
            names("--retrained"),
            names("--updated"));
    List<SliceFigures> figures = new ArrayList<>();
    try (Parallel parallel = new Parallel(Integer.parseInt(options.get("--threads")))) {
      FittedModel stale = models.retrained(0).model();
      for (int i = 0; i < slices.size(); i++) {
        SliceModels.Made retrained = models.retrained(i);
        SliceModels.Made updated = i == 0 ? retrained : models.updated(i);
        SessionData data = SessionFiles.read(slices.get(i));
        JudgedSessions all = new JudgedSessions(data.interactions(), data.items());
        JudgedSessions fresh = all.newSince(stale.items());
        SliceFigures slice =
            new SliceFigures(
                i,
                accuracy(stale, all, fresh, parallel),
                accuracy(updated.model(), all, fresh, parallel),
                accuracy(retrained.model(), all, fresh, parallel),
                i == 0 ? Double.NaN : updated.cost().cpuSeconds(),
                retrained.cost().cpuSeconds());
        System.err.print(slice.csv());
        figures.add(slice);
      }
    }
    return figures;
  }

  private static SliceFigures.Accuracy accuracy(
      FittedModel model, JudgedSessions all, JudgedSessions fresh, Parallel parallel) {
    return new SliceFigures.Accuracy(
        all.judge(model, parallel, SliceFigures.CUTOFF),
        fresh.judge(model, parallel, SliceFigures.CUTOFF));
  }

  private String names(String option) {
    String given = options.get(option);
    return given.isEmpty() ? folder.resolve(option.substring(2) + "-{}.model").toString() : given;
  }

  private List<Path> given() {
    List<Path> files = new ArrayList<>(List.of(Path.of(options.get("--base"))));
    Arrays.stream(options.get("--slices").split(",")).map(Path::of).forEach(files::add);
    return files;
  }

  /** The first half of made-up sessions, and slices of the other. */
  private List<Path> madeUp() throws IOException {
    InteractionMatrix sessions = ClickSessions.make(600, 400, 7).train();
    int[] users = sessions.activeUsers();
    IdMap ids = IdMap.ofNumbers(sessions.numItems());
    List<Path> files = new ArrayList<>();
    int half = users.length / 2;
    for (int file = 0; file <= MADE_UP_SLICES; file++) {
      int from = file == 0 ? 0 : half + (users.length - half) * (file - 1) / MADE_UP_SLICES;
      int to = half + (users.length - half) * file / MADE_UP_SLICES;
      StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
      IntStream.range(from, to).forEach(i -> write(sessions, users[i], ids, text));
      files.add(Files.writeString(folder.resolve("sessions-" + file + ".tsv"), text));
    }
    return files;
  }

  private static void write(InteractionMatrix sessions, int user, IdMap ids, StringBuilder text) {
    for (int i = 0; i < sessions.historyLength(user); i++) {
      text.append(user).append('\t').append(ids.idOf(sessions.item(user, i))).append('\t');
      text.append(sessions.timestamp(user, i)).append('\n');
    }
  }
}
