package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.SESSION_ORDER;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.file.OneLine;
import io.gru4j.file.Sha256;
import io.gru4j.model.Lineage;
import io.gru4j.parameters.Algorithm;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The inputs of a training, so that a checkpoint is not resumed with other inputs: the algorithm
 * and each parameter of the estimator as text, and SHA-256 of the sessions in the order of their
 * clicks and of the item ids. Times are not part of it: only their order counts, and that of the
 * sessions where epochs take them by time.
 */
final class Fingerprint {
  private static final String ALGORITHM = "algorithm";
  private static final String TRAINING_DATA = "the training data";
  private static final String ITEM_IDS = "the item ids";
  private static final String VALIDATION_DATA = "the validation data";
  private static final String START = "the start";
  private static final String NONE = "none";

  private final Map<String, String> entries;

  private Fingerprint(Map<String, String> entries) {
    this.entries = entries;
  }

  /** The inputs; {@code startOrNull} is what the training goes on from. */
  static Fingerprint of(
      GRU4RecParameters parameters,
      InteractionMatrix x,
      IdMap items,
      Validation validation,
      Start startOrNull) {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put(ALGORITHM, parameters.algorithm().toString());
    parameters.getParams().forEach((name, value) -> entries.put(name, ParameterSpec.print(value)));
    Digest data = new Digest().add(x);
    if (parameters.get(SESSION_ORDER) == SessionOrder.TIME) {
      data.add(new SessionOrdering(x, SessionOrder.TIME, 0).users(0));
    }
    entries.put(START, startOrNull == null ? NONE : startOrNull.sha256());
    if (startOrNull != null) {
      entries.putAll(startOrNull.allSettings());
    }
    entries.put(TRAINING_DATA, data.hex());
    entries.put(ITEM_IDS, new Digest().add(items).hex());
    entries.put(
        VALIDATION_DATA,
        validation == null ? NONE : new Digest().add(validation.in()).add(validation.out()).hex());
    return new Fingerprint(entries);
  }

  /** The entries that a model's lineage has of an update. */
  static Map<String, String> of(Lineage.Training update) {
    Map<String, String> entries = new LinkedHashMap<>(update.settings());
    entries.putAll(update.data());
    entries.put(START, update.start());
    return entries;
  }

  /** Returns the hashes of the data, by name. */
  Map<String, String> data() {
    Map<String, String> data = new LinkedHashMap<>();
    for (String name : List.of(TRAINING_DATA, ITEM_IDS, VALIDATION_DATA)) {
      data.put(name, entries.get(name));
    }
    return data;
  }

  /** Returns the entries: a name and a text each. */
  Map<String, String> entries() {
    return entries;
  }

  /**
   * Compares with the entries of a checkpoint.
   *
   * @return the first difference, such as {@code learning_rate is 0.1, but 0.05 in the checkpoint};
   *     null if there is none
   */
  String difference(Map<String, String> saved) {
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      String there = saved.get(entry.getKey());
      if (there == null) {
        there = valueBefore(entry.getKey());
      }
      if (there == null) {
        return "the checkpoint does not say what " + entry.getKey() + " was";
      }
      if (!there.equals(entry.getValue())) {
        return entry.getKey().contains(" ")
            ? entry.getKey() + " are not those of the checkpoint"
            : "%s is %s, but %s in the checkpoint"
                .formatted(entry.getKey(), entry.getValue(), shown(there));
      }
    }
    for (Map.Entry<String, String> entry : saved.entrySet()) {
      if (!entries.containsKey(entry.getKey())) {
        return "the checkpoint says that %s was %s, which this version does not know"
            .formatted(shown(entry.getKey()), shown(entry.getValue()));
      }
    }
    return null;
  }

  /** What a checkpoint from before there was this entry would say; null if there was no before. */
  private static String valueBefore(String name) {
    if (name.equals(ALGORITHM)) {
      return Algorithm.CROSS_ENTROPY.toString();
    }
    if (name.equals(START)) {
      return NONE;
    }
    return GRU4RecOptions.all().stream()
        .filter(spec -> spec.name().equals(name))
        .map(spec -> ParameterSpec.print(spec.defaultValue()))
        .findFirst()
        .orElse(null);
  }

  /** Text of a file that anyone may have written. */
  private static String shown(String text) {
    return OneLine.of(text, 100);
  }

  /** SHA-256 of matrices and ids, each with what tells it from its neighbours. */
  private static final class Digest {
    private final Sha256 sha256 = new Sha256();

    Digest add(InteractionMatrix matrix) {
      sha256.add(matrix.numUsers());
      sha256.add(matrix.numItems());
      for (int user = 0; user < matrix.numUsers(); user++) {
        int n = matrix.historyLength(user);
        sha256.add(n);
        for (int i = 0; i < n; i++) {
          sha256.add(matrix.item(user, i));
        }
      }
      return this;
    }

    void add(int[] numbers) {
      sha256.add(numbers);
    }

    Digest add(IdMap items) {
      sha256.add(items.size());
      for (int i = 0; i < items.size(); i++) {
        byte[] id = items.idOf(i).getBytes(StandardCharsets.UTF_8);
        sha256.add(id.length);
        sha256.add(id);
      }
      return this;
    }

    String hex() {
      return sha256.hex();
    }
  }
}
