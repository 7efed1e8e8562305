package io.gru4j.spark;

import io.gru4j.cli.Command;
import io.gru4j.cli.CommandLine;
import io.gru4j.cli.Console;
import io.gru4j.cli.InputFormat;
import io.gru4j.cli.Option;
import io.gru4j.cli.ParameterOptions;
import io.gru4j.cli.UsageException;
import io.gru4j.cli.WorkException;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.progress.TrainingListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** {@code train}. */
final class TrainCommand implements Command {
  private static final int PARTITIONS = 4;
  private static final int ROUNDS = 2; // an epoch, times partitions

  @Override
  public String name() {
    return "train";
  }

  @Override
  public String summary() {
    return "train a model on sessions, in rounds that average the models of the partitions";
  }

  @Override
  public String usage() {
    return "PATH... --model PATH [--validation PATH] [--partitions 4] [--rounds 8] [flags]";
  }

  @Override
  public String details() {
    return "PATH is anything that Spark reads, one click a row. Averaging is another algorithm than"
        + " that of gru4j train: more partitions cost accuracy, more rounds cost time. The model"
        + " depends on the clicks, the parameters, the seed, the partitions and the rounds, not on"
        + " the executors. With validation sessions the best epoch's model is kept, as in gru4j"
        + " train. stderr gets a line an epoch.";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(
        new Option(
            "model",
            "PATH",
            "where the model goes, on any file system that Spark knows; replaced"));
    options.add(new Option("validation", "PATH", "sessions that judge the epochs"));
    options.add(
        new Option(
            "partitions",
            "N",
            "into how many parts the sessions are dealt, each trained by one task (default "
                + PARTITIONS
                + ")"));
    options.add(
        new Option(
            "rounds",
            "N",
            "how often in an epoch the parts are averaged (default: "
                + ROUNDS
                + " times the partitions)"));
    options.add(
        new Option(
            "checkpoint",
            "PATH",
            "write a checkpoint there after every round, on any file system that Spark knows"));
    options.addAll(io.gru4j.cli.Main.options("train", "resume"));
    options.addAll(FrameFlags.options());
    return options;
  }

  @Override
  public List<Option> parameters() {
    return ParameterOptions.of(GRU4RecParameters.defaults());
  }

  @Override
  public String argument() {
    return "PATH";
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    List<String> paths = line.requireArguments("PATH");
    String out = line.require("model");
    int partitions = line.integer("partitions", PARTITIONS, 1);
    int rounds = line.integer("rounds", Math.multiplyExact(ROUNDS, partitions), 1);
    Optional<String> checkpoints = line.get("checkpoint");
    boolean resume = line.isOn("resume");
    if (resume && checkpoints.isEmpty()) {
      throw new UsageException("--resume needs --checkpoint PATH");
    }
    InputFormat input = InputFormat.of(line);
    GRU4RecParameters parameters = ParameterOptions.read(line, GRU4RecParameters.defaults());
    Optional<String> judges = line.get("validation");
    if (judges.isEmpty()) {
      ParameterOptions.refuseValidationFlags(line, "needs --validation PATH");
    }
    SparkSession spark = SparkSession.builder().getOrCreate();
    Dataset<Row> sessions = FrameFlags.read(spark, line, paths);
    Dataset<Row> validation =
        judges.isEmpty() ? null : FrameFlags.read(spark, line, List.of(judges.get()));
    SparkTrainer trainer =
        new SparkTrainer(spark)
            .format(FrameFlags.format(line, input))
            .checkpoints(checkpoints.orElse(null))
            .listener(
                new TrainingListener() {
                  @Override
                  public void onWarning(String warning) {
                    console.err().println("warning: " + warning);
                  }

                  @Override
                  public void onEpoch(EpochSummary epoch) {
                    console.err().println(words(epoch));
                  }
                });
    boolean there = trainer.hasCheckpoint();
    if (there && !resume) {
      throw new WorkException(
          "there is a checkpoint in "
              + checkpoints.get()
              + ": go on with --resume; to start anew, delete it or give another folder");
    }
    if (resume && !there) {
      console
          .err()
          .println("there is no checkpoint in " + checkpoints.get() + ": training starts anew");
    }
    FittedModel model =
        there
            ? trainer.resume(parameters, sessions, validation, partitions, rounds)
            : trainer.fit(parameters, sessions, validation, partitions, rounds);
    ModelPath.save(spark, model, out);
    console
        .err()
        .printf(
            Locale.ROOT, "%s: written, %,d items, seed %d%n", out, model.numItems(), model.seed());
  }

  private static String words(EpochSummary epoch) {
    String judged =
        epoch.criterion().isEmpty()
            ? ""
            : String.format(
                Locale.ROOT,
                ", criterion %.4f%s",
                epoch.criterion().getAsDouble(),
                epoch.better() ? " (best)" : "");
    return String.format(
        Locale.ROOT,
        "epoch %d: %.1f s, loss %.4f%s",
        epoch.epoch(),
        epoch.seconds(),
        epoch.loss(),
        judged);
  }
}
