/**
 * Reverse-mode automatic differentiation on a tape.
 *
 * <p>Start with {@link io.gru4j.tensor.autograd.Tape}. A forward pass records one entry an
 * operation; {@link io.gru4j.tensor.autograd.Tape#backward} walks the entries in reverse, and each
 * adds to the gradients of its inputs. {@link io.gru4j.tensor.autograd.Operations} has the
 * elementary operations, enough to write a GRU straight from its equations; the coarse,
 * hand-written ones that training uses are in {@code io.gru4j.tensor.nn} and run on the same tape.
 *
 * <p>A {@link io.gru4j.tensor.autograd.Variable} is a matrix with its gradient; a {@link
 * io.gru4j.tensor.autograd.Parameter} is what training changes. Not thread-safe: one tape, one
 * thread.
 */
package io.gru4j.tensor.autograd;
