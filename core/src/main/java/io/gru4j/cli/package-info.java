/**
 * The command line: {@code gru4j demo | train | search | evaluate | recommend | serve | inspect}.
 *
 * <p>Start with {@link io.gru4j.cli.Main}. A thin skin: each command reads its flags, calls the
 * packages below and prints. Results go to stdout, progress and errors to stderr. The exit status
 * is 0 (done), 1 (the work failed) or 2 (the command line is wrong). One thread, but for the
 * workers of training and evaluation.
 */
package io.gru4j.cli;
