/**
 * From a log of clicks to sessions that a model may be trained on and judged by.
 *
 * <p>Start with {@link io.gru4j.prepare.Preparation}: steps in their order, then what is set aside
 * for a test and for validation. Each {@link io.gru4j.prepare.Step} is a value that makes clicks of
 * clicks, so steps compose in any other order too. {@link io.gru4j.data.SessionFiles#readClicks}
 * reads what they begin with.
 *
 * <p>Units: a length is clicks, a gap a {@link java.time.Duration}; times are the exact ticks of
 * {@link io.gru4j.data.Clicks}. Threading: everything here is immutable and may be shared between
 * threads.
 *
 * <p>The rules are those of Hidasi and Czapp, "The effect of third party implementations on
 * reproducibility" (RecSys 2023, arXiv 2307.14956), sections on data, and what they ask for in
 * "Widespread flaws in offline evaluation of recommender systems" (RecSys 2023, arXiv 2307.14951):
 * a split by time, no click of training after the test begins.
 */
package io.gru4j.prepare;
