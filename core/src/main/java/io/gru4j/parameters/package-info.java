/**
 * The parameters of an estimator, in RecPack's sense of the word: what is set before training.
 * (What training learns is in {@link io.gru4j.model}.) Each is declared once, with its name, type,
 * range, default and meaning.
 *
 * <p>Start with {@link io.gru4j.parameters.GRU4RecParameters}; {@link
 * io.gru4j.parameters.Algorithm} says whose they are, {@link io.gru4j.parameters.GRU4RecOptions}
 * are those that RecPack has not, {@link io.gru4j.parameters.ParameterSpec} is one declaration. All
 * are immutable, for any number of threads at once.
 */
package io.gru4j.parameters;
