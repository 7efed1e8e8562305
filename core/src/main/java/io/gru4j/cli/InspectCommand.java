package io.gru4j.cli;

import io.gru4j.file.SafeTensorsReader;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.tensor.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code gru4j inspect}. */
final class InspectCommand implements Command {
  @Override
  public String name() {
    return "inspect";
  }

  @Override
  public String summary() {
    return "show what a model file holds";
  }

  @Override
  public String usage() {
    return "M [--check]";
  }

  @Override
  public String details() {
    return "Prints the model's items, seed, parameters, tensors and the history of its training.";
  }

  @Override
  public List<Option> options() {
    return List.of(
        new Option(
            "check",
            null,
            "compare all of a model or a checkpoint with its checksums, and print nothing else"));
  }

  @Override
  public String argument() {
    return "M";
  }

  @Override
  public int maxArguments() {
    return 1;
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    Path file = SessionInput.paths(line.requireArguments("M")).getFirst();
    if (line.isOn("check")) {
      console.out().println(check(file));
      return;
    }
    FittedModel model = ModelInput.load(file);
    TextTable head = new TextTable();
    head.row("file", file + " (" + Numbers.bytes(Files.size(file)) + ")");
    head.row("items", Numbers.count(model.numItems()));
    head.row("seed", model.seed() == null ? "not known" : model.seed().toString());
    head.row("kernels", Backend.description() + " (of this machine)");
    console.out().print(head.leftAligned());

    TextTable parameters = new TextTable();
    for (Map.Entry<String, String> each : new TreeMap<>(model.parameters()).entrySet()) {
      parameters.row("  " + each.getKey(), each.getValue());
    }
    console.out().print("\nparameters\n" + parameters.leftAligned());
    console.out().print("\ntensors\n" + tensors(file).leftAligned());
    if (!model.history().isEmpty()) {
      String criterion = model.parameters().getOrDefault("stopping_criterion", "criterion");
      console.out().print("\nhistory\n" + history(model.history(), criterion));
    }
  }

  /** Fails if the file is damaged. */
  private static String check(Path file) throws IOException {
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      reader.checkRest();
      String tensors = Numbers.count(reader.names().size(), "tensor");
      return reader.hasChecksums()
          ? file + ": checked, the header and " + tensors
          : file + ": has no checksums; a sound header, " + tensors;
    }
  }

  private static TextTable tensors(Path file) throws IOException {
    TextTable table = new TextTable();
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      for (String name : reader.names()) {
        String shape = Arrays.toString(reader.shape(name));
        table.row("  " + name, reader.type(name).name(), shape);
      }
    }
    return table;
  }

  private static TextTable history(List<EpochSummary> history, String criterion) {
    TextTable table = new TextTable().row("  epoch", "loss", criterion);
    for (EpochSummary each : history) {
      table.row(
          "  " + each.epoch(),
          Numbers.score(each.loss()),
          each.criterion().isPresent() ? Numbers.score(each.criterion().getAsDouble()) : "-");
    }
    return table;
  }
}
