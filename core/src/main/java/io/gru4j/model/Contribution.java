package io.gru4j.model;

/**
 * What one click of a session says about one item. Positive numbers speak for the item, negative
 * ones against it.
 *
 * <p>Scores have no level of their own: a click may raise those of all items, and the softmax does
 * not see it. So a score that falls does not mean that the item has become less likely; {@code
 * logProbability} does.
 *
 * @param item the clicked item's id
 * @param leaveOneOut the item's score after the session, minus its score after the same session
 *     without this click
 * @param logProbability the same of the logarithm of the item's probability among all items, in
 *     nats: with 0.7 the click has made the item twice as likely
 * @param gradientTimesInput the sum over the components of the click's embedding of component times
 *     derivative of the score by it: to first order, what the score loses if the embedding fades
 *     (Shrikumar et al. 2017, arXiv:1605.01713, section 3.1)
 */
public record Contribution(
    String item, float leaveOneOut, double logProbability, float gradientTimesInput) {}
