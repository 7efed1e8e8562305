package io.gru4j.prepare;

/**
 * What a rule has done.
 *
 * @param part what it was applied to: {@code all}, {@code train}, {@code validation} or {@code
 *     test}
 * @param rule its name
 * @param before what there was
 * @param after what is left
 */
public record Applied(String part, String rule, Counts before, Counts after) {}
