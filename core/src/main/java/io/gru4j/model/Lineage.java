package io.gru4j.model;

import io.gru4j.file.Json;
import io.gru4j.file.OneLine;
import io.gru4j.file.SafeTensorsReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a model came to be: the trainings that it has behind it, the first one first. The file of a
 * model has it, so that a training can be repeated and compared, and so that a server knows whose
 * child a model is. Immutable.
 *
 * @param trainings unmodifiable; empty if it is not known
 */
public record Lineage(List<Training> trainings) {
  /** Of a model of which it is not known. */
  public static final Lineage UNKNOWN = new Lineage(List.of());

  /**
   * How many characters the ids of forgotten items may take in a file, with their numbers: those of
   * the last trainings are kept, for sessions end before long.
   */
  public static final int MOST_CHARACTERS = 2_000_000;

  private static final String FORGOTTEN = "forgotten";
  private static final int NUMBER_CHARACTERS = 12; // with what stands between

  /**
   * One training.
   *
   * @param start SHA-256 of the file of the model that it started from, 64 hexadecimal digits; null
   *     if it started from random numbers
   * @param fingerprint that model's {@link FittedModel#fingerprint}, which the tokens of its
   *     sessions carry; 0 if there is none
   * @param data SHA-256 of what it learned from, by name: the training data (their items, in the
   *     order of clicks), the item ids, the validation data ({@code none} if there were none)
   * @param settings what it was told beside the estimator's parameters, such as how new items
   *     begin, by name
   * @param parameters the estimator's parameters, as text: those that differ from those of the
   *     training before, of the first one all
   * @param seed of everything random
   * @param rows how many of each, by name: sessions and clicks that it learned from, epochs, items
   *     of the model, new ones among them, and those that were forgotten
   * @param forgotten ids of the items that were forgotten, by their numbers in the model before,
   *     ascending; null if there were some and the file does not have them any more
   */
  public record Training(
      String start,
      long fingerprint,
      Map<String, String> data,
      Map<String, String> settings,
      Map<String, String> parameters,
      long seed,
      Map<String, Long> rows,
      SortedMap<Integer, String> forgotten) {

    /** Copies the maps, and keeps their order. */
    public Training {
      data = copy(data);
      settings = copy(settings);
      parameters = copy(parameters);
      rows = copy(rows);
      boolean none = forgotten == null && rows.getOrDefault(FORGOTTEN, 0L) == 0;
      if (forgotten != null || none) {
        forgotten =
            Collections.unmodifiableSortedMap(none ? new TreeMap<>() : new TreeMap<>(forgotten));
      }
    }

    private Training with(Map<String, String> parameters, SortedMap<Integer, String> forgotten) {
      return new Training(start, fingerprint, data, settings, parameters, seed, rows, forgotten);
    }

    private static <T> Map<String, T> copy(Map<String, T> map) {
      return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
  }

  /** Copies the list. */
  public Lineage {
    trainings = List.copyOf(trainings);
  }

  /**
   * Returns the training that made the model.
   *
   * @return the last one; empty if it is not known
   */
  public Optional<Training> last() {
    return trainings.isEmpty() ? Optional.empty() : Optional.of(trainings.getLast());
  }

  /**
   * Returns the lineage of a model that a further training makes.
   *
   * @param training with all of its parameters
   * @return this and the training, of whose parameters those are left out that the one before had;
   *     of forgotten items as many ids as {@link #MOST_CHARACTERS} says
   */
  public Lineage plus(Training training) {
    Map<String, String> changed = new LinkedHashMap<>(training.parameters());
    Map<String, String> before = new LinkedHashMap<>();
    trainings.forEach(each -> before.putAll(each.parameters()));
    changed.entrySet().removeIf(e -> Objects.equals(before.get(e.getKey()), e.getValue()));
    List<Training> all = new ArrayList<>(trainings);
    all.add(training.with(changed, training.forgotten()));
    forgetTheOldest(all);
    return new Lineage(all);
  }

  /** Leaves out ids before the trainings that have room for them. */
  private static void forgetTheOldest(List<Training> all) {
    long characters = 0;
    for (int i = all.size() - 1; i >= 0; i--) {
      Training each = all.get(i);
      if (each.forgotten() == null) {
        characters = MOST_CHARACTERS + 1; // what is before is of no use
      } else {
        for (String id : each.forgotten().values()) {
          characters += NUMBER_CHARACTERS + id.length();
        }
      }
      if (characters > MOST_CHARACTERS) {
        all.set(i, each.with(each.parameters(), null));
      }
    }
  }

  /** Writes JSON, an array with an object for each training. */
  String toJson() {
    return Json.write(toValues());
  }

  /**
   * Returns what {@link #toJson} writes.
   *
   * @return a map for each training, for JSON
   */
  public List<Map<String, Object>> toValues() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Training each : trainings) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("start", each.start());
      json.put("fingerprint", "%016x".formatted(each.fingerprint()));
      json.put("data", each.data());
      json.put("settings", each.settings());
      json.put("parameters", each.parameters());
      json.put("seed", each.seed());
      json.put("rows", each.rows());
      if (each.forgotten() != null && !each.forgotten().isEmpty()) { // as older files have it
        json.put(FORGOTTEN, texts(each.forgotten()));
      }
      list.add(json);
    }
    return list;
  }

  private static Map<String, String> texts(SortedMap<Integer, String> ids) {
    Map<String, String> texts = new LinkedHashMap<>();
    ids.forEach((number, id) -> texts.put(number.toString(), id));
    return texts;
  }

  /**
   * Reads what {@link #toJson} has written.
   *
   * @param name where the text is from, for messages
   * @param json may come from a hostile file
   * @throws IllegalArgumentException if the text is anything else; the message starts with the name
   */
  static Lineage fromJson(String name, String json) {
    Object value;
    try {
      value = Json.parse(json, SafeTensorsReader.MAX_HEADER_VALUES);
    } catch (Json.SyntaxException e) {
      throw new IllegalArgumentException(name + " is no JSON: " + e.getMessage(), e);
    }
    if (!(value instanceof List<?> list)) {
      throw new IllegalArgumentException(name + " is not a JSON array");
    }
    List<Training> trainings = new ArrayList<>();
    for (Object entry : list) {
      try {
        trainings.add(training(entry));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            name + "[" + trainings.size() + "]: " + e.getMessage(), e);
      }
    }
    return new Lineage(trainings);
  }

  private static Training training(Object json) {
    if (!(json instanceof Map<?, ?> entry)) {
      throw new IllegalArgumentException("is not a JSON object");
    }
    Object start = entry.get("start");
    if (start != null && !(start instanceof String hex && hex.matches("[0-9a-f]{64}"))) {
      throw new IllegalArgumentException("start is not null or 64 hexadecimal digits");
    }
    if (!(entry.get("fingerprint") instanceof String fingerprint)
        || !fingerprint.matches("[0-9a-f]{16}")) {
      throw new IllegalArgumentException("fingerprint is not 16 hexadecimal digits");
    }
    if (!(entry.get("seed") instanceof Long seed)) {
      throw new IllegalArgumentException("seed is not a whole number");
    }
    return new Training(
        (String) start,
        Long.parseUnsignedLong(fingerprint, 16),
        map(entry, "data", String.class),
        map(entry, "settings", String.class),
        map(entry, "parameters", String.class),
        seed,
        map(entry, "rows", Long.class),
        entry.containsKey(FORGOTTEN) ? numbers(map(entry, FORGOTTEN, String.class)) : null);
  }

  private static SortedMap<Integer, String> numbers(Map<String, String> texts) {
    SortedMap<Integer, String> ids = new TreeMap<>();
    texts.forEach(
        (number, id) -> {
          if (!number.matches("0|[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException(
                FORGOTTEN + ": " + OneLine.quoted(number) + " is no number of an item");
          }
          ids.put(Integer.valueOf(number), id);
        });
    return ids;
  }

  private static <T> Map<String, T> map(Map<?, ?> entry, String key, Class<T> type) {
    if (!(entry.get(key) instanceof Map<?, ?> found)) {
      throw new IllegalArgumentException(key + " is not a JSON object");
    }
    Map<String, T> map = new LinkedHashMap<>();
    found.forEach(
        (name, value) -> {
          if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                key + ": a value is not a " + (type == Long.class ? "whole number" : "string"));
          }
          map.put((String) name, type.cast(value));
        });
    return map;
  }
}
