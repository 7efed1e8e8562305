package io.gru4j.data;

/**
 * Something about a set of clicks that is sound as text but seldom meant.
 *
 * @param kind what it is
 * @param figures it in words, with its numbers
 * @param id the session or item that it is about, or null
 */
public record Doubt(Kind kind, String figures, String id) {

  /** What may be doubtful, for callers who can say what helps. */
  public enum Kind {
    /** Something that programs write where there is no value, such as NaN, stands as a session. */
    MISSING_SESSION,
    /** The same as an item. */
    MISSING_ITEM,
    /** One session has clicks of several persons. */
    SHARED_SESSION,
    /** A session goes on for more than a day: its key may be a person. */
    LONG_SESSION,
    /** One session has more than a tenth of all clicks. */
    GIANT_SESSION,
    /** Some times are counted in another unit than others. */
    MIXED_UNITS
  }
}
