package io.gru4j.serve;

import io.gru4j.data.IdMap;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Lineage;
import io.gru4j.serve.SessionFormatException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * What a model needs to know of an earlier one, to take over that model's sessions: where its items
 * are now. Immutable. Made by {@link Recommender#after} and {@link Recommender#ancestors}.
 */
public final class Predecessor {
  private final long fingerprint;
  private final int hiddenLength;
  private final int numItems;
  private final IntUnaryOperator now; // an item's number, by the old one; -1: not known any more
  private final IntFunction<String> forgotten; // id of such an item, by the old number

  private Predecessor(
      long fingerprint,
      int hiddenLength,
      int numItems,
      IntUnaryOperator now,
      IntFunction<String> forgotten) {
    this.fingerprint = fingerprint;
    this.hiddenLength = hiddenLength;
    this.numItems = numItems;
    this.now = now;
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
        before.fingerprint(),
        before.hiddenLength(),
        numbers.length,
        item -> numbers[item],
        forgotten::get);
  }

  /**
   * The models that a model's file says it was updated from, the newest first, as far back as it
   * says which items were forgotten.
   */
  static List<Predecessor> ofLineage(FittedModel model, int hiddenLength) {
    List<Predecessor> found = new ArrayList<>();
    Renumbering since = null;
    long items = model.numItems();
    for (Lineage.Training training : model.lineage().trainings().reversed()) {
      SortedMap<Integer, String> forgotten = training.forgotten();
      long kept = items - training.rows().getOrDefault("new", items);
      if (training.fingerprint() == 0 || forgotten == null || kept < 0 || kept > items) {
        break;
      }
      items = kept + forgotten.size();
      boolean inRange = forgotten.isEmpty() || forgotten.lastKey() < items;
      if (items < 1 || items > Integer.MAX_VALUE || !inRange) {
        break; // no such model can be
      }
      since = since == null ? Renumbering.last(forgotten, model.items()) : since.before(forgotten);
      found.add(
          new Predecessor(
              training.fingerprint(), hiddenLength, (int) items, since::now, since::idOfForgotten));
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
      int number = now.applyAsInt(item);
      if (number < 0) {
        unknown.add(forgotten.apply(item));
      } else {
        session.click(number);
      }
    }
    return new TakenOver(session, unknown);
  }
}
