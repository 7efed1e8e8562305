/**
 * Reports: what a page says ({@link io.gru4j.cli.report.Report}, records of texts and numbers), and
 * how it looks ({@link io.gru4j.cli.report.HtmlPage}, one self-contained file, well-formed as XML
 * too). All types are immutable or stateless.
 */
package io.gru4j.cli.report;
