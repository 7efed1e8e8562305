/**
 * The training loop, which is not exported: sessions become batches, a batch becomes chunks of time
 * steps, a chunk is one optimizer step; after each epoch the network is judged, and kept if it is
 * the best.
 *
 * <p>Start with {@link io.gru4j.training.Training}, which goes through the epochs; {@link
 * io.gru4j.training.Trainer} goes through the steps of one, and {@link
 * io.gru4j.training.TrainingStep} is the step: forward, loss, backward, optimizer. Beside them are
 * the batches ({@code PaddedBatches}, {@code TrackBatches}), the checkpoints ({@link
 * io.gru4j.training.Checkpoints}), the heap that all of it needs ({@link
 * io.gru4j.training.MemoryEstimate}) and what ends a training ({@code StoppingRule}, {@code
 * Divergence}).
 *
 * <p>Losses are in nats, times in seconds. Nothing here is safe for several threads: a training
 * belongs to the thread that runs it, and shares out the work of a step itself.
 */
package io.gru4j.training;
