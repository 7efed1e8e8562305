/**
 * The base of all layers: float matrices, their product, worker threads, random numbers, and the
 * name of the kernels in use.
 *
 * <p>Start with {@link io.gru4j.tensor.Matrix}. Values are {@code float}. A sum that could lose
 * digits over its length, such as a loss or a norm, is accumulated in {@code double} by the code
 * that needs it. Nothing here knows of items, sessions or users.
 */
package io.gru4j.tensor;
