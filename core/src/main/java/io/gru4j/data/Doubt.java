package io.gru4j.data;

/**
 * Something about a set of clicks that is sound as text but seldom meant.
 *
 * @param kind what it is
 * @param figures it in words, with its numbers
 * @param id the session, item or pattern of times that it is about, or null
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
    /** One session has more than 50 clicks, and more than a tenth of all. */
    GIANT_SESSION,
    /** Some times are counted in another unit than others. */
    MIXED_UNITS,
    /** The times are numbers that look like dates: a pattern would read them. */
    DATE_NUMBERS,
    /** A unit of times is given, and the times are dates. */
    UNUSED_UNIT,
    /** A zone is given, and the times are numbers or have their own. */
    UNUSED_ZONE,
    /** No line of JSON has a value that was asked for. */
    MISSING_VALUE,
    /** No row meets a condition. */
    UNMET_CONDITION
  }
}
