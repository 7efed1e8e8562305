package io.gru4j.model;

import io.gru4j.file.Json;
import io.gru4j.file.SafeTensorsReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The epochs of a training as JSON, for the metadata of files. Numbers are read back bit for bit;
 * one that is NaN or infinite is written as null.
 */
public final class EpochHistory {
  private EpochHistory() {}

  /**
   * Writes epochs.
   *
   * @param history any number of them
   * @param durations whether to write how long they took, which no two trainings share
   * @return a JSON array, one object for each epoch
   */
  public static String toJson(List<EpochSummary> history, boolean durations) {
    List<Object> list = new ArrayList<>();
    for (EpochSummary e : history) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("epoch", e.epoch());
      if (durations) {
        entry.put("seconds", finiteOrNull(e.seconds()));
      }
      entry.put("targets", e.targets());
      entry.put("steps", e.steps());
      entry.put("loss", finiteOrNull(e.loss()));
      entry.put("criterion", finiteOrNull(e.criterion().orElse(Double.NaN)));
      entry.put("better", e.better());
      entry.put("stopped", e.stopped());
      list.add(entry);
    }
    return Json.write(list);
  }

  private static Double finiteOrNull(double x) {
    return Double.isFinite(x) ? x : null;
  }

  /**
   * Reads what {@link #toJson} has written.
   *
   * @param name where the text is from, for messages
   * @param json may come from a hostile file
   * @return the epochs; a loss that was not finite is NaN, and so are seconds that were not
   *     written; a criterion that was not finite is empty
   * @throws IllegalArgumentException if the text is anything else; the message starts with the name
   */
  public static List<EpochSummary> fromJson(String name, String json) {
    Object value;
    try {
      value = Json.parse(json, SafeTensorsReader.MAX_HEADER_VALUES);
    } catch (Json.SyntaxException e) {
      throw new IllegalArgumentException(name + " is no JSON: " + e.getMessage(), e);
    }
    if (!(value instanceof List<?> list)) {
      throw new IllegalArgumentException(name + " is not a JSON array");
    }
    List<EpochSummary> history = new ArrayList<>();
    for (Object entry : list) {
      try {
        history.add(epoch(entry));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(name + "[" + history.size() + "]: " + e.getMessage(), e);
      }
    }
    return history;
  }

  private static EpochSummary epoch(Object json) {
    if (!(json instanceof Map<?, ?> entry)) {
      throw new IllegalArgumentException("is not a JSON object");
    }
    Double loss = numberOrNull(entry, "loss");
    Double criterion = numberOrNull(entry, "criterion");
    Double seconds = entry.containsKey("seconds") ? numberOrNull(entry, "seconds") : null;
    long epoch = whole(entry, "epoch");
    if (epoch != (int) epoch) {
      throw new IllegalArgumentException("epoch must be in [1, 2^31), got " + epoch);
    }
    return new EpochSummary(
        (int) epoch,
        seconds == null ? Double.NaN : seconds,
        whole(entry, "targets"),
        whole(entry, "steps"),
        loss == null ? Double.NaN : loss,
        criterion == null ? OptionalDouble.empty() : OptionalDouble.of(criterion),
        flag(entry, "better"),
        flag(entry, "stopped"));
  }

  private static long whole(Map<?, ?> entry, String key) {
    if (!(entry.get(key) instanceof Long n)) {
      throw new IllegalArgumentException(key + " is not a whole number");
    }
    return n;
  }

  private static Double numberOrNull(Map<?, ?> entry, String key) {
    Object value = entry.get(key);
    if (value == null && entry.containsKey(key)) {
      return null;
    }
    if (!(value instanceof Number n)) {
      throw new IllegalArgumentException(key + " is not a number");
    }
    return n.doubleValue();
  }

  private static boolean flag(Map<?, ?> entry, String key) {
    if (!(entry.get(key) instanceof Boolean b)) {
      throw new IllegalArgumentException(key + " is not true or false");
    }
    return b;
  }
}
