/**
 * Files: replaced as a whole or not at all ({@link io.gru4j.file.AtomicFile}), JSON ({@link
 * io.gru4j.file.Json}) and <a href="https://github.com/huggingface/safetensors">safetensors</a>
 * ({@link io.gru4j.file.SafeTensorsReader}, {@link io.gru4j.file.SafeTensorsWriter}).
 *
 * <p>Not exported: these classes know nothing of models and sessions, and users of the library meet
 * them through {@code FittedModel} and {@code InteractionMatrix} only. Readers trust nothing in a
 * file. A reader or a writer belongs to one thread at a time.
 */
package io.gru4j.file;
