/**
 * What a training says while it runs, to those who run it: a listener, what it is told, and the
 * exceptions that end a training early.
 *
 * <p>Start with {@link io.gru4j.progress.TrainingListener}. Losses are in nats, times in seconds,
 * epochs and batches are counted from 1.
 */
package io.gru4j.progress;
