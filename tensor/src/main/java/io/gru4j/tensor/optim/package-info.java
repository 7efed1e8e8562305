/**
 * Optimizers and gradient clipping.
 *
 * <p>Start with {@link io.gru4j.tensor.optim.Optimizer}: a closed choice of Adagrad and SGD. An
 * optimizer belongs to one list of parameters and keeps their state; one thread at a time may use
 * it.
 */
package io.gru4j.tensor.optim;
