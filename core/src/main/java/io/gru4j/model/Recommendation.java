package io.gru4j.model;

/**
 * A recommended item.
 *
 * @param item its id
 * @param score its logit: the larger, the likelier the next click
 */
public record Recommendation(String item, float score) {}
