package io.gru4j.serve;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Lineage;
import io.gru4j.serve.SessionFormatException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model needs to know of an earlier one, to take over that model's sessions: where its items
 * are now. Immutable. Made by {@link Recommender#after} and {@link Recommender#ancestors}.
 */
public final class Predecessor {
  private final long fingerprint;
  private final int hiddenLength;
  private final int numItems;
  private final int[] numbers; // by the old number; -1: not known any more; null: all as they were
  private final Map<Integer, String> forgotten; // ids by the old number

  private Predecessor(
      long fingerprint,
      int hiddenLength,
      int numItems,
      int[] numbersOrNull,
      Map<Integer, String> forgotten) {
    this.fingerprint = fingerprint;
    this.hiddenLength = hiddenLength;
    this.numItems = numItems;
    this.numbers = numbersOrNull;
    this.forgotten = forgotten;
  }

  static Predecessor of(Recommender before, IdMap items) {
    IdMap old = before.model().items();
    int[] numbers = new int[old.size()];
    Map<Integer, String> forgotten = new HashMap<>();
    for (int item = 0; item < numbers.length; item++) {
      numbers[item] = items.indexOf(old.idOf(item));
      if (numbers[item] < 0) {
        forgotten.put(item, old.idOf(item));
      }
    }
    return new Predecessor(
        before.fingerprint(), before.hiddenLength(), numbers.length, numbers, forgotten);
  }

  /**
   * The models that a model's file says it was updated from, the newest first, as far back as no
   * item was forgotten: until then known items keep their numbers, and new ones follow them.
   */
  static List<Predecessor> ofLineage(FittedModel model, int hiddenLength) {
    List<Predecessor> found = new ArrayList<>();
    long items = model.numItems();
    for (Lineage.Training training : model.lineage().trainings().reversed()) {
      items -= training.rows().getOrDefault("new", items);
      if (training.fingerprint() == 0
          || items < 1
          || items > model.numItems()
          || training.rows().getOrDefault("forgotten", 1L) != 0) {
        break;
      }
      found.add(new Predecessor(training.fingerprint(), hiddenLength, (int) items, null, Map.of()));
    }
    return found;
  }

  /**
   * Returns whether a session names this model as its own.
   *
   * @param session bytes that may be anything
   * @return whether {@link Recommender#takeOver} may take them
   */
  public boolean wrote(byte[] session) {
    return SessionBytes.isOf(fingerprint, session);
  }

  /** Reads a session of the old model and has a new session take in its clicks. */
  TakenOver replay(byte[] bytes, Session session) throws SessionFormatException {
    SessionBytes read = SessionBytes.read(bytes, fingerprint, numItems, hiddenLength);
    if (read.clicks() > SessionBytes.ORDERED) {
      throw new SessionFormatException(
          Reason.OTHER_MODEL,
          "the session is of an earlier model, %016x, and of %,d clicks; it keeps the order of %,d"
              .formatted(fingerprint, read.clicks(), SessionBytes.ORDERED));
    }
    List<String> unknown = new ArrayList<>();
    for (int item : read.items()) {
      int number = numbers == null ? item : numbers[item];
      if (number < 0) {
        unknown.add(forgotten.get(item));
      } else {
        session.click(number);
      }
    }
    return new TakenOver(session, unknown);
  }
}
