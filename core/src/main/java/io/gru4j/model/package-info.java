/**
 * The trained model, the network in it and the file that carries it.
 *
 * <p>Start with {@link io.gru4j.model.FittedModel}: it recommends, predicts, evaluates, and is
 * saved and loaded; an {@link io.gru4j.model.Explanation} says why an item is recommended, a {@link
 * io.gru4j.model.Trace} what the gates did. Its parameters are a {@link io.gru4j.model.GruNetwork}.
 * A model file is a <a href="https://github.com/huggingface/safetensors">safetensors</a> file whose
 * tensors have torch's names and shapes.
 *
 * <p>Scores are logits, losses nats, times seconds; offsets and lengths are counted in elements
 * unless a name says bytes. A fitted model is immutable, for any number of threads at once. A
 * network may be read by any number of threads while nobody changes it.
 */
package io.gru4j.model;
