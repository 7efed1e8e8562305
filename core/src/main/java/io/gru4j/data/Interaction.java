package io.gru4j.data;

/**
 * One row of an {@link InteractionMatrix}: a user met an item at a time.
 *
 * @param user the user, from 0
 * @param item the item, from 0
 * @param timestamp when, in the unit of the data; finite
 */
public record Interaction(int user, int item, double timestamp) {}
