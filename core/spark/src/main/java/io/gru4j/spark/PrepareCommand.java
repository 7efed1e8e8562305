package io.gru4j.spark;

import io.gru4j.cli.Command;
import io.gru4j.cli.CommandLine;
import io.gru4j.cli.Console;
import io.gru4j.cli.InputFormat;
import io.gru4j.cli.Option;
import io.gru4j.cli.PrepareFlags;
import io.gru4j.cli.PrepareReport;
import io.gru4j.cli.SplitDoubts;
import io.gru4j.cli.UsageException;
import io.gru4j.prepare.Counts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** {@code prepare}. */
final class PrepareCommand implements Command {
  @Override
  public String name() {
    return "prepare";
  }

  @Override
  public String summary() {
    return "make training, validation and test sessions of a raw log";
  }

  @Override
  public String usage() {
    return "PATH... --out PATH [--session-gap 30m] [--test-last 7d] [flags]";
  }

  @Override
  public String details() {
    return "PATH is anything that Spark reads, one click a row. The rules and their order are those"
        + " of gru4j prepare. --out gets the folders train, validation and test in Parquet, with"
        + " columns SessionId, ItemId, Time; a folder that is there already is an error. stdout"
        + " gets a table of what each rule has done.";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(new Option("out", "PATH", "where to write"));
    options.addAll(PrepareFlags.OPTIONS);
    options.addAll(FrameFlags.options());
    return options;
  }

  @Override
  public String argument() {
    return "PATH";
  }

  @Override
  public void run(CommandLine line, Console console) throws UsageException {
    List<String> paths = line.requireArguments("PATH");
    String out = line.require("out");
    InputFormat input = InputFormat.of(line);
    PrepareFlags flags = new PrepareFlags(line, input);
    SparkSession spark = SparkSession.builder().getOrCreate();
    Dataset<Row> rows = FrameFlags.read(spark, line, paths);
    FrameFormat format = FrameFlags.format(line, input);
    try (SparkSessions made = SparkSessions.prepare(rows, format, flags.preparation())) {
      SplitDoubts.of(made.rules(), made.log("train").numSessions())
          .forEach(doubt -> console.err().println("warning: " + doubt));
      Map<String, Dataset<Row>> frames = new LinkedHashMap<>();
      frames.put("train", made.train());
      frames.put("validation", made.validation());
      frames.put("test", made.test());
      Map<String, PrepareReport.Part> written = new LinkedHashMap<>();
      frames.forEach(
          (name, frame) -> {
            if (frame != null) {
              String path = out + "/" + name;
              console.err().println("writing " + path);
              spark.sparkContext().setJobDescription("gru4j prepare: writing " + name);
              frame.write().parquet(path);
              written.put(name, part(made.log(name)));
            }
          });
      Counts read =
          made.rules().isEmpty() ? made.log("train").counts() : made.rules().getFirst().before();
      console
          .out()
          .print(
              new PrepareReport(
                      line.quotedWithout("out"),
                      List.of(),
                      read.clicks(),
                      0,
                      0,
                      read,
                      made.rules(),
                      written)
                  .table());
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  private static PrepareReport.Part part(SparkLog log) {
    Counts counts = log.counts();
    return counts.clicks() == 0
        ? new PrepareReport.Part(counts, "", "")
        : new PrepareReport.Part(
            counts, log.scale().words(log.start(0)), log.scale().words(log.lastTime()));
  }
}
