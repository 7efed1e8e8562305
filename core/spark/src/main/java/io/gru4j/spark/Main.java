package io.gru4j.spark;

import io.gru4j.cli.Command;
import io.gru4j.cli.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * gru4j's command line on Spark: {@code spark-submit --class io.gru4j.spark.Main gru4j-spark.jar
 * COMMAND [flags]}.
 */
public final class Main {
  private static final List<Command> COMMANDS =
      List.of(new PrepareCommand(), new TrainCommand(), new RecommendCommand());

  private static final int FAILED = 1;

  private Main() {}

  /**
   * Runs a command, and ends the JVM if it failed: with 1, or with 2 if the command line is wrong.
   *
   * @param args the command and its flags; {@code --help} lists them
   */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    int status = run(args, new Console(System.in, out, err, 0));
    if (SparkSession.getDefaultSession().isDefined()) {
      SparkSession.getDefaultSession().get().stop();
    }
    if (status != 0) {
      System.exit(status);
    }
  }

  /** Runs a command; Spark's session goes on. Returns the exit status. */
  static int run(String[] args, Console console) {
    try {
      JavaVersion.check();
      return io.gru4j.cli.Main.run(COMMANDS, args, console);
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      console.err().println("gru4j: " + reason(e));
      return FAILED;
    }
  }

  /** What a task that failed had to say, or the first line of what Spark says. */
  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().findFirst().orElse(cause.toString());
  }
}
