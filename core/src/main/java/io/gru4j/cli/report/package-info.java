/**
 * Reports: the contents of a page ({@link io.gru4j.cli.report.Report}, records of texts and
 * numbers), and its layout ({@link io.gru4j.cli.report.HtmlPage}, one self-contained file,
 * well-formed as XML too). All types are immutable or stateless.
 */
package io.gru4j.cli.report;
