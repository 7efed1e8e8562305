/**
 * A fitted model over HTTP/1.1: {@code POST /recommend}, {@code POST /trace}, {@code GET /health},
 * {@code GET /metrics}, {@code GET /items}, {@code POST /reload} and a page at {@code /}.
 *
 * <p>Start with {@link io.gru4j.http.RecommendServer}. {@link io.gru4j.http.Endpoint} lists the
 * paths, {@link io.gru4j.http.RecommendRequest} says what {@code /recommend} takes, {@link
 * io.gru4j.http.SessionAnswer} what it answers. A server keeps no session: the hidden state travels
 * in the token of each answer, so any server with the same model can go on with it.
 *
 * <p>{@link io.gru4j.http.HttpListener} takes connections, {@link io.gru4j.http.Connections}
 * decides which may stay, {@link io.gru4j.http.Connection} serves one: {@link
 * io.gru4j.http.RequestReader} and {@link io.gru4j.http.HeadParser} read requests, strictly, {@link
 * io.gru4j.http.RequestHandler} has them answered, {@link io.gru4j.http.ResponseWriter} writes the
 * answers. Every refusal is JSON. {@link io.gru4j.http.ServerLimits}, {@link
 * io.gru4j.http.Timeouts} and {@link io.gru4j.http.ByteBudget} bound what clients can cost. Why
 * this is not the JDK's server: {@code core/docs/decisions/http-loop.md}.
 *
 * <p>Not exported: {@code gru4j serve} is the way in. A request is read and answered on a virtual
 * thread, which costs nothing while a slow client lets it wait; the model works on a few platform
 * threads behind a bounded queue, so that a burst is refused early instead of served late. Types
 * are immutable or safe for any number of threads, unless they belong to one connection.
 */
package io.gru4j.http;
