package io.gru4j.cli;

import io.gru4j.file.RealPath;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.NpzFile;
import io.gru4j.model.OnnxFile;
import io.gru4j.tensor.nn.GruParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code gru4j export}. */
final class ExportCommand implements Command {
  private static final Map<String, Form> FORMS = new LinkedHashMap<>();

  static {
    FORMS.put("onnx", OnnxFile::writeSessions);
    FORMS.put("onnx-step", OnnxFile::writeStep);
    FORMS.put("npz", NpzFile::write);
  }

  @FunctionalInterface
  private interface Form {
    void write(FittedModel model, Path file) throws IOException;
  }

  private static final String PYTHON =
      """
      # Needs two Python packages: pip install torch safetensors
      import torch
      from safetensors.torch import load_file  # another package than torch: pip install safetensors

      tensors = load_file(%s)
      layers = []
      for i, (inputs, units) in enumerate([%s]):
          gru = torch.nn.GRU(inputs, units, batch_first=True)
          names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
          gru.load_state_dict({name + "_l0": tensors[f"rnn.{name}_l{i}"] for name in names})
          layers.append(gru)
      ids = [str(i) for i in range(%d)]
      if "gru4j.item_ids" in tensors:
          text = bytes(tensors["gru4j.item_ids"].tolist())
          ends = [0] + tensors["gru4j.item_ends"].tolist()
          ids = [text[a:b].decode() for a, b in zip(ends, ends[1:])]

      @torch.no_grad()
      def scores(session):
          x = tensors[%s][torch.tensor([[ids.index(item) for item in session]])]  # (1, T, %d)
          for gru in layers:
              x = gru(x)[0]
          return (x[0, -1] @ tensors["lin.weight"].T + tensors["lin.bias"])[:-1]  # without the pad class

      best = scores([ids[0]]).topk(min(20, len(ids)))
      for score, item in zip(best.values.tolist(), best.indices.tolist()):
          print(ids[item], score, sep="\\t")
      """;

  @Override
  public String name() {
    return "export";
  }

  @Override
  public String summary() {
    return "write a model for other runtimes: ONNX, NumPy, torch";
  }

  @Override
  public String usage() {
    return "--model M [--onnx FILE] [--onnx-step FILE] [--npz FILE] [--torch-py]";
  }

  @Override
  public String details() {
    return "Writes what the flags name, at least one. In the ONNX graphs items are numbers, from 0"
        + " in the order of the output item_ids; the constant item_ids and the output top_ids have"
        + " the ids. --onnx is for whole sessions: items (sessions, clicks), lengths (sessions), k"
        + " give scores (sessions, items) and top_scores, top_items, top_ids (sessions, k)."
        + " --onnx-step is for one click each: item (sessions), state_0 (sessions, hidden units)"
        + " and so on for each layer, zeros before the first click, and k give next_state_0 and so"
        + " on, and the same scores.";
  }

  @Override
  public List<Option> options() {
    return List.of(
        new Option("model", "M", "the model file"),
        new Option("onnx", "FILE", "write the ONNX graph for whole sessions"),
        new Option("onnx-step", "FILE", "write the ONNX graph for one click after a state"),
        new Option("npz", "FILE", "write the parameters and ids as NumPy's arrays"),
        new Option(
            "torch-py",
            null,
            "print a Python script that has the model in torch and asks it; it needs the packages"
                + " torch and safetensors"));
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    boolean script = line.isOn("torch-py");
    Map<String, Path> files = new LinkedHashMap<>();
    for (String flag : FORMS.keySet()) {
      line.path(flag).ifPresent(file -> files.put(flag, file));
    }
    if (!script && files.isEmpty()) {
      throw new UsageException("nothing to write: give --onnx, --onnx-step, --npz or --torch-py");
    }
    Path source = line.requirePath("model");
    checkDifferent(source, files);
    FittedModel model = ModelInput.load(source);
    for (Map.Entry<String, Path> each : files.entrySet()) {
      FORMS.get(each.getKey()).write(model, each.getValue());
      console
          .err()
          .println("wrote " + each.getValue() + ", " + Numbers.bytes(Files.size(each.getValue())));
    }
    if (script) {
      console.out().print(script(source, model.network()));
    }
  }

  /** No file may take the place of the model or of another one. */
  private static void checkDifferent(Path model, Map<String, Path> files)
      throws UsageException, IOException {
    Map<Path, String> flags = new HashMap<>();
    flags.put(RealPath.of(model), "model");
    for (Map.Entry<String, Path> each : files.entrySet()) {
      String other = flags.putIfAbsent(RealPath.of(each.getValue()), each.getKey());
      if (other != null) {
        throw new UsageException("--%s and --%s are the same file".formatted(other, each.getKey()));
      }
    }
  }

  private static String script(Path file, GruNetwork network) {
    String sizes =
        network.layers().stream()
            .map((GruParameters layer) -> "(" + layer.inputs() + ", " + layer.hidden() + ")")
            .collect(Collectors.joining(", "));
    String name = file.toString().replace("\\", "\\\\").replace("\"", "\\\"");
    return PYTHON.formatted(
        "\"" + name + "\"",
        sizes,
        network.numItems(),
        network.isShared() ? "\"lin.weight\"" : "\"emb.weight\"",
        network.numComponents());
  }
}
