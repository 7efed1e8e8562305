package io.gru4j.spark;

import io.gru4j.cli.CommandLine;
import io.gru4j.cli.InputFormat;
import io.gru4j.cli.Option;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Data frames as the commands' flags name them. */
final class FrameFlags {
  private static final String CSV = "csv";

  private FrameFlags() {}

  /** The flags that say what a frame is read from and where in it clicks stand. */
  static List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(
        new Option(
            "input-format",
            "NAME",
            "what Spark reads the input as: parquet (default), orc, csv (with a header), json, or"
                + " any other that it has"));
    options.add(
        new Option(
            "tie-key",
            "NAME",
            "the column that orders clicks of one session at one time (default: by the item's"
                + " id)"));
    options.addAll(
        io.gru4j.cli.Main.options(
            "prepare",
            "session-key",
            "item-key",
            "time-key",
            "where",
            "time-format",
            "time-zone",
            "time-unit"));
    return options;
  }

  /** Reads what an argument or flag names. */
  static Dataset<Row> read(SparkSession spark, CommandLine line, List<String> paths) {
    String format = line.get("input-format").orElse("parquet");
    return spark
        .read()
        .format(format)
        .option("header", format.equals(CSV))
        .load(paths.toArray(String[]::new));
  }

  /** Where clicks stand. */
  static FrameFormat format(CommandLine line, InputFormat input) {
    return new FrameFormat(input.columns(), input.format(), line.get("tie-key").orElse(null));
  }
}
