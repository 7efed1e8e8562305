package io.gru4j.bench;

import io.gru4j.model.FittedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The models that a slice's first judgement knows: one trained on all sessions before it, and one
 * that was updated with one slice after the other. A file that is there is taken as it is; one that
 * is not is made by a command.
 */
final class SliceModels {
  private final Path base;
  private final List<Path> slices;
  private final String train;
  private final String update;
  private final String retrained;
  private final String updated;

  /**
   * Chooses files and commands.
   *
   * @param base sessions of the first model
   * @param train the command that trains, see {@link #words}
   * @param update the command that updates
   * @param retrained names of models, {} being the slice's number, from 0
   * @param updated names of models; that of slice 0 is not used
   */
  SliceModels(
      Path base, List<Path> slices, String train, String update, String retrained, String updated) {
    this.base = base;
    this.slices = slices;
    this.train = train;
    this.update = update;
    this.retrained = retrained;
    this.updated = updated;
  }

  /**
   * A model, and what it took to make it.
   *
   * @param cost of the command that made it
   */
  record Made(FittedModel model, TimedCommand.Cost cost) {}

  /** Returns the model trained on all sessions before a slice; before the first, on the base. */
  Made retrained(int slice) throws IOException, InterruptedException {
    return made(file(retrained, slice), train, slice, null);
  }

  /** Returns the model of the slice before, updated with the sessions of that slice. */
  Made updated(int slice) throws IOException, InterruptedException {
    Path start = slice == 1 ? file(retrained, 0) : file(updated, slice - 1);
    return made(file(updated, slice), update, slice, start);
  }

  private Made made(Path out, String command, int slice, Path start)
      throws IOException, InterruptedException {
    Path cost = out.resolveSibling(out.getFileName().toString().replaceFirst("\\.[^.]*$", ".time"));
    if (!Files.exists(out)) {
      List<String> words = new ArrayList<>();
      for (String word : command.strip().split("\\s+")) {
        words.addAll(words(word, out, slice, start));
      }
      TimedCommand.run(cost, words);
    }
    return new Made(FittedModel.load(out), TimedCommand.Cost.read(cost));
  }

  /**
   * Fills in a word of a command: {out} is the file to write, {model} the model before, {slice} the
   * newest sessions before the judged slice. A word with {old} (all before those) or {sessions}
   * (all of them) is there once for each file.
   */
  private List<String> words(String word, Path out, int slice, Path start) {
    List<Path> sessions = new ArrayList<>(List.of(base));
    sessions.addAll(slices.subList(0, slice));
    if (word.contains("{sessions}")) {
      return sessions.stream().map(f -> word.replace("{sessions}", f.toString())).toList();
    }
    if (word.contains("{old}")) {
      return sessions.subList(0, slice).stream()
          .map(f -> word.replace("{old}", f.toString()))
          .toList();
    }
    return List.of(
        word.replace("{out}", out.toString())
            .replace("{slice}", sessions.getLast().toString())
            .replace("{model}", String.valueOf(start)));
  }

  private static Path file(String names, int slice) {
    return Path.of(names.replace("{}", Integer.toString(slice)));
  }
}
