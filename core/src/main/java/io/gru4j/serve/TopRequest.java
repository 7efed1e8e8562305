package io.gru4j.serve;

/**
 * What is asked of one session among others: see {@link Recommender#topAll(java.util.List)}.
 *
 * @param session the session
 * @param k how many items, at least 1
 * @param filter which items may be among them
 */
public record TopRequest(Session session, int k, ItemFilter filter) {}
