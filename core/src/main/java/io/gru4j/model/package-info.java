/**
 * The network and the file that carries it.
 *
 * <p>Start with {@link io.gru4j.model.SafeTensorsReader} and {@link
 * io.gru4j.model.SafeTensorsWriter}: a model file is a <a
 * href="https://github.com/huggingface/safetensors">safetensors</a> file whose tensors have torch's
 * names and shapes. Offsets and lengths are counted in elements unless a name says bytes. Readers
 * and writers belong to one thread at a time.
 */
package io.gru4j.model;
