package io.gru4j.model;

import io.gru4j.algorithms.Recording;
import io.gru4j.tensor.autograd.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The trained networks of all recorded runs. */
final class RecordedNetworks {
  private RecordedNetworks() {}

  /** The network of one recording. */
  record Named(String name, GruNetwork network) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Named> all() {
    return Stream.concat(Recording.all().stream(), Recording.sampled().stream())
        .filter(RecordedNetworks::hasItemVectors)
        .map(each -> new Named(each.name(), network(each.map("finalParams"))));
  }

  /** Three recorded networks read one-hot vectors: another cell. */
  private static boolean hasItemVectors(Recording recording) {
    Map<String, Object> parameters = recording.map("finalParams");
    return !parameters.containsKey("Wy.weight")
        || parameters.containsKey("E.weight")
        || parameters.containsKey("G.0.weight_ih")
            && columns(parameters.get("G.0.weight_ih")) == columns(parameters.get("Wy.weight"));
  }

  private static int columns(Object matrix) {
    return ((List<?>) ((List<?>) matrix).getFirst()).size();
  }

  private static GruNetwork network(Map<String, Object> values) {
    Map<String, Object> byName = new HashMap<>();
    values.forEach((name, value) -> byName.put(torchName(name), value));
    List<Integer> hidden = new ArrayList<>();
    while (byName.containsKey("rnn.weight_hh_l" + hidden.size())) {
      hidden.add(columns(byName.get("rnn.weight_hh_l" + hidden.size())));
    }
    int[] sizes = hidden.stream().mapToInt(h -> h).toArray();
    int rows = ((List<?>) byName.get("lin.weight")).size();
    boolean ofRecPack = values.containsKey("lin.weight"); // its tables have the pad token's row
    int items = ofRecPack ? rows - 1 : rows;
    GruNetwork network =
        byName.containsKey("emb.weight")
            ? GruNetwork.zeros(
                items, columns(byName.get("emb.weight")), sizes, GruNetwork.Form.PANELS)
            : GruNetwork.sharedZeros(items, sizes, GruNetwork.Form.PANELS);
    for (Parameter p : network.parameters()) {
      float[] flat = Recording.floats(byName.get(p.name()));
      p.write(0, flat, flat.length);
    }
    return network;
  }

  private static String torchName(String name) {
    return switch (name) {
      case "E.weight" -> "emb.weight";
      case "Wy.weight" -> "lin.weight";
      case "By.weight" -> "lin.bias";
      default -> name.replaceFirst("G\\.(\\d+)\\.(\\w+)", "rnn.$2_l$1");
    };
  }
}
