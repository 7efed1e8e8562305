/**
 * A fitted model over HTTP, on the JDK's own server: {@code POST /recommend}, {@code GET /health},
 * {@code GET /metrics}, {@code GET /items}, {@code POST /reload} and a page at {@code /}.
 *
 * <p>Start with {@link io.gru4j.http.RecommendServer}. {@link io.gru4j.http.Endpoint} lists the
 * paths, {@link io.gru4j.http.RecommendRequest} says what {@code /recommend} takes, {@link
 * io.gru4j.http.ServedModel} what it answers. A server keeps no session: the hidden state travels
 * in the token of each answer, so any server with the same model can go on with it.
 *
 * <p>Every refusal is JSON but those of the JDK's server itself: a request that is not HTTP, a path
 * without a context such as {@code //} and a body with two lengths get a page of HTML, headers
 * beyond four times the limit a closed connection.
 *
 * <p>Not exported: {@code gru4j serve} is the way in. A request is read and answered on a virtual
 * thread, which costs nothing while a slow client lets it wait; the model works on a few platform
 * threads behind a bounded queue, so that a burst is refused early instead of served late. Types
 * are immutable or safe for any number of threads.
 */
package io.gru4j.http;
