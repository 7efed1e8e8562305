package io.gru4j.data;

import java.util.List;
import java.util.Objects;

/**
 * The sessions of some files: a matrix whose users are sessions, and the ids behind its numbers.
 *
 * @param interactions one row a click; user = session
 * @param sessions the id of each session, in the order of first appearance; sessions of which every
 *     item was dropped are in it too, without interactions
 * @param items the id of each item, in the order of first appearance, or as they were given
 * @param clicks the sound lines read, those that were dropped included
 * @param droppedUnknownItems lines dropped because their item was not among the given ones
 * @param skippedBadLines lines skipped because they could not be read
 * @param firstBadLines what is wrong with the first five of them
 * @param doubts what is sound but seldom meant
 */
public record SessionData(
    InteractionMatrix interactions,
    IdMap sessions,
    IdMap items,
    long clicks,
    long droppedUnknownItems,
    long skippedBadLines,
    List<SessionFileException> firstBadLines,
    List<Doubt> doubts) {

  /**
   * Checks that matrix and ids agree.
   *
   * @throws IllegalArgumentException if the matrix has not one user a session and one item an id
   */
  public SessionData {
    Objects.requireNonNull(interactions, "interactions");
    firstBadLines = List.copyOf(firstBadLines);
    doubts = List.copyOf(doubts);
    if (interactions.numUsers() != sessions.size() || interactions.numItems() != items.size()) {
      throw new IllegalArgumentException(
          interactions
              + " does not fit "
              + sessions.size()
              + " session and "
              + items.size()
              + " item ids");
    }
  }

  /**
   * Joins a matrix with its ids, where nothing was dropped or skipped.
   *
   * @param interactions one row a click; user = session
   * @param sessions the id of each session
   * @param items the id of each item
   * @return the data
   * @throws IllegalArgumentException if the matrix has not one user a session and one item an id
   */
  public static SessionData of(InteractionMatrix interactions, IdMap sessions, IdMap items) {
    long clicks = interactions.numInteractions();
    return new SessionData(interactions, sessions, items, clicks, 0, 0, List.of(), List.of());
  }
}
