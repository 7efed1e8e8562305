/**
 * The network's layers, forward and backward written by hand: embedding, GRU, dropout, output
 * layer.
 *
 * <p>Start with {@link io.gru4j.tensor.nn.Gru}, then {@link io.gru4j.tensor.nn.OutputLayer}, where
 * nearly all time goes. Each layer is one coarse operation on the {@link
 * io.gru4j.tensor.autograd.Tape}: {@code forward} records it, and {@code backward} adds to the
 * gradients of its input and parameters. A layer owns its output and its buffers, made once for the
 * largest batch, so it is used once in a forward pass and a training step allocates nothing.
 *
 * <p>Shapes: M rows (one for each time step of each session that is being trained), D of them with
 * different items, E embedding components, H hidden units, V classes. Layers are not thread-safe;
 * each spreads its own work over the threads of a {@link io.gru4j.tensor.Parallel}, cut by shape,
 * so the bits do not depend on the number of threads. {@link io.gru4j.tensor.nn.GruState}, {@link
 * io.gru4j.tensor.nn.GruTrace}, {@link io.gru4j.tensor.nn.ItemGates} and {@link
 * io.gru4j.tensor.nn.OutputScorer} are for trained parameters: any number of them may share one
 * set.
 */
package io.gru4j.tensor.nn;
