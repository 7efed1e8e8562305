package io.gru4j.model;

/**
 * What one click of a session says about one item: how much it raises that item's score. Both
 * numbers are in the unit of scores; positive ones speak for the item, negative ones against it.
 *
 * @param item the clicked item's id
 * @param leaveOneOut the item's score after the session, minus its score after the same session
 *     without this click
 * @param gradientTimesInput the sum over the components of the click's embedding of component times
 *     derivative of the score by it: to first order, what the score loses if the embedding fades
 *     (Shrikumar et al. 2017, arXiv:1605.01713, section 3.1)
 */
public record Contribution(String item, float leaveOneOut, float gradientTimesInput) {}
