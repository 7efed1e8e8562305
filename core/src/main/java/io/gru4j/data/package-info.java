/**
 * Session data: who clicked what and when, and the forms training and evaluation read it in.
 *
 * <p>Start with {@link io.gru4j.data.SessionFiles}, which reads session files into a {@link
 * io.gru4j.data.SessionData}: an {@link io.gru4j.data.InteractionMatrix} and the ids behind its
 * numbers. A session is a user of that matrix, as in RecPack. {@link io.gru4j.data.SessionSplit}
 * and {@link io.gru4j.data.Validation} set sessions aside, {@link io.gru4j.data.SequenceBatches}
 * cuts the rest into the padded batches a network is trained on, and {@link
 * io.gru4j.data.CsrMatrix} holds scores and counts. {@link io.gru4j.data.ItemTitles} are what
 * people call the items.
 *
 * <p>Units: users and items are numbers from 0; a timestamp is a finite double in whatever unit the
 * data has (only its order matters); whole numbers up to 2<sup>53</sup> are exact. {@link
 * io.gru4j.data.Clicks}, which {@link io.gru4j.prepare} works on, have exact times.
 *
 * <p>Threading: everything here is immutable and may be shared between threads, except the builder
 * of {@code CsrMatrix}.
 */
package io.gru4j.data;
