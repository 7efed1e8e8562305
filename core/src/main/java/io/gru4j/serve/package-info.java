/**
 * A fitted model in a service: many live sessions over one model.
 *
 * <p>Start with {@link io.gru4j.serve.Recommender}: it shares a model and opens sessions. A {@link
 * io.gru4j.serve.Session} takes clicks, one step of the GRU each, and scores the catalogue only
 * when it is asked for its best items; it says why they are, too. {@link io.gru4j.serve.ItemFilter}
 * says which items those may be.
 *
 * {@snippet class = "io.gru4j.JavadocExamplesTest" region = "serve"}
 *
 * <p>Scores are logits. The best items and their scores are, bit for bit, those of {@link
 * io.gru4j.model.FittedModel#predict} for the same clicks. An item that the model does not know
 * changes nothing: a click on it is left out, as with {@link io.gru4j.model.UnknownItems#SKIP}, and
 * reported.
 *
 * <p>A recommender, a filter and a set of items are immutable or safe for any number of threads; a
 * session belongs to one thread at a time. Once warm, a call allocates nothing but its result.
 */
package io.gru4j.serve;
