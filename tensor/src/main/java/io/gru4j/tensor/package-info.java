/**
 * Dense float arrays, worker threads and random numbers: what the layers above are made of.
 *
 * <p>Start with {@link io.gru4j.tensor.Matrix}. Values are {@code float}; long sums are accumulated
 * in {@code double} by whoever sums. Nothing here knows of items, sessions or users.
 */
package io.gru4j.tensor;
