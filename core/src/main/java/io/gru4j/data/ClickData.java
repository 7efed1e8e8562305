package io.gru4j.data;

import java.util.List;

/**
 * The clicks of some files, and what was seen while they were read.
 *
 * @param clicks the clicks
 * @param rows the sound rows read, those that were left out included
 * @param leftOut rows that did not meet the conditions
 * @param skippedBadLines rows skipped because they could not be read
 * @param firstBadLines what is wrong with the first five of them
 * @param doubts what is sound but seldom meant
 * @param files the files
 */
public record ClickData(
    Clicks clicks,
    long rows,
    long leftOut,
    long skippedBadLines,
    List<SessionFileException> firstBadLines,
    List<Doubt> doubts,
    List<InputFile> files) {

  /** Copies the lists. */
  public ClickData {
    firstBadLines = List.copyOf(firstBadLines);
    doubts = List.copyOf(doubts);
    files = List.copyOf(files);
  }
}
