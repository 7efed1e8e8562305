package io.gru4j.cli;

import io.gru4j.file.Json;
import io.gru4j.file.OneLine;
import io.gru4j.file.SafeTensorsReader;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.Lineage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code gru4j inspect}. */
final class InspectCommand implements Command {
  private static final int DIGITS = 12; // of a hash, in the table

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
    return "M [--json | --check]";
  }

  @Override
  public String details() {
    return "Prints the model's algorithm, items, seed, network, parameters, tensors and the history"
        + " of its training; with --json as one line: {\"file\": name, \"bytes\": n,"
        + " \"algorithm\": word, \"items\": n, \"seed\": n, \"network\": {\"embedding\":"
        + " shared or separate, \"components\": n, \"layers\": n, \"hidden\": [n of each"
        + " layer]}, \"parameters\": {name: text}, \"tensors\": [{\"name\": t, \"type\":"
        + " F32, \"shape\": [n, ...]}], \"sha256\": of the file, \"lineage\": [each training"
        + " behind it, with the hashes of its start and data], \"history\": [{\"epoch\": n,"
        + " \"loss\": x, ...}]}.";
  }

  @Override
  public List<Option> options() {
    return List.of(
        new Option("json", null, "print one line of JSON"),
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
      if (line.isOn("json")) {
        throw new UsageException("--check and --json exclude each other");
      }
      console.out().println(check(file));
      return;
    }
    FittedModel model = ModelInput.load(file);
    if (line.isOn("json")) {
      console.out().println(json(file, model));
      return;
    }
    TextTable head = new TextTable();
    head.row("file", file + " (" + Numbers.bytes(Files.size(file)) + ")");
    head.row("algorithm", model.algorithm() == null ? "not known" : OneLine.of(model.algorithm()));
    head.row("items", Numbers.count(model.numItems()));
    head.row("seed", model.seed() == null ? "not known" : model.seed().toString());
    head.row("network", network(model.network()));
    head.row("SHA-256", model.sha256());
    console.out().print(head.leftAligned());
    if (!model.lineage().trainings().isEmpty()) {
      console.out().print("\ntrainings behind it\n" + chain(model.lineage()).leftAligned());
    }

    TextTable parameters = new TextTable();
    for (Map.Entry<String, String> each : new TreeMap<>(model.parameters()).entrySet()) {
      parameters.row("  " + each.getKey(), value(each, model.network()));
    }
    console.out().print("\nparameters\n" + parameters.leftAligned());
    console.out().print("\ntensors\n" + tensors(file).leftAligned());
    if (!model.history().isEmpty()) {
      String criterion = model.parameters().getOrDefault("stopping_criterion", "criterion");
      console.out().print("\nhistory\n" + history(model.history(), criterion));
    }
  }

  /** One line for each training, the newest last. */
  private static TextTable chain(Lineage lineage) {
    TextTable table =
        new TextTable()
            .row("  start", "data", "seed", "sessions", "clicks", "epochs", "items", "changed");
    for (Lineage.Training each : lineage.trainings()) {
      boolean first = each.start() == null;
      table.row(
          "  " + (first ? "none" : each.start().substring(0, DIGITS)),
          brief(each.data().values().iterator()),
          Long.toString(each.seed()),
          rows(each, "sessions"),
          rows(each, "clicks"),
          rows(each, "epochs"),
          rows(each, "items")
              + (first ? "" : " (" + rows(each, "new") + " new, -" + rows(each, "forgotten") + ")"),
          first ? "" : changes(each));
    }
    return table;
  }

  private static String brief(Iterator<String> data) {
    String hash = data.hasNext() ? data.next() : "not known";
    return OneLine.of(hash.substring(0, Math.min(DIGITS, hash.length())));
  }

  private static String rows(Lineage.Training training, String name) {
    Long n = training.rows().get(name);
    return n == null ? "?" : Numbers.count(n);
  }

  /** The settings of an update, and the parameters that are not those of the training before. */
  private static String changes(Lineage.Training training) {
    Map<String, String> all = new LinkedHashMap<>(training.settings());
    all.computeIfPresent("state", (name, state) -> state.length() > DIGITS ? "kept" : state);
    all.putAll(training.parameters());
    return OneLine.of(
        all.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(", ")));
  }

  /** What the tensors are, which need not be what the parameters say. */
  private static String network(GruNetwork network) {
    int layers = network.layers().size();
    return (network.isShared()
            ? "one matrix for input and output, "
            : Numbers.count(network.numComponents()) + " components, ")
        + Numbers.count(layers, "layer")
        + " of "
        + units(network)
        + " hidden units";
  }

  /** One number where all layers are alike, else that of each, from the embedding up. */
  private static String units(GruNetwork network) {
    int[] sizes = network.hiddenSizes();
    boolean alike = Arrays.stream(sizes).distinct().count() == 1;
    return Arrays.stream(sizes)
        .limit(alike ? 1 : sizes.length)
        .mapToObj(Numbers::count)
        .collect(Collectors.joining(" and "));
  }

  /** A shared matrix has as many components as there are hidden units. */
  private static String value(Map.Entry<String, String> parameter, GruNetwork network) {
    boolean unused = network.isShared() && parameter.getKey().equals("num_components");
    return parameter.getValue()
        + (unused ? " (not used: the shared matrix has " + network.hiddenSize() + ")" : "");
  }

  private static String json(Path file, FittedModel model) throws IOException {
    GruNetwork network = model.network();
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("embedding", network.isShared() ? "shared" : "separate");
    shape.put("components", network.isShared() ? network.hiddenSize() : network.numComponents());
    shape.put("layers", network.layers().size());
    shape.put("hidden", Arrays.stream(network.hiddenSizes()).boxed().toList());
    List<Object> tensors = new ArrayList<>();
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      for (String name : reader.names()) {
        Map<String, Object> tensor = new LinkedHashMap<>();
        tensor.put("name", name);
        tensor.put("type", reader.type(name).name());
        tensor.put("shape", Arrays.stream(reader.shape(name)).boxed().toList());
        tensors.add(tensor);
      }
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", file.toString());
    json.put("bytes", Files.size(file));
    json.put("algorithm", model.algorithm());
    json.put("items", model.numItems());
    json.put("seed", model.seed());
    json.put("network", shape);
    json.put("parameters", model.parameters());
    json.put("tensors", tensors);
    json.put("sha256", model.sha256());
    json.put("lineage", model.lineage().toValues());
    json.put("history", model.history().stream().map(EpochLog::values).toList());
    return Json.write(json);
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
