package io.gru4j.cli;

import java.util.List;

/** The texts behind {@code --help}. */
final class Help {
  private static final int INDENT = 28;
  private static final int WIDTH = 100;

  private Help() {}

  static String top(List<Command> commands) {
    StringBuilder out = new StringBuilder();
    out.append(
        "gru4j: session-based recommendations with a GRU (GRU4RecCrossEntropy,"
            + " GRU4RecNegSampling)\n\n");
    out.append("Usage: gru4j COMMAND [flags]\n\nCommands:\n");
    for (Command command : commands) {
      entry(out, command.name(), command.summary());
    }
    entry(out, "help COMMAND", "show the command's flags");
    out.append("\nFlags:\n");
    entry(out, "--help", "this text; behind a command, its flags");
    entry(out, "--version", "the version");
    out.append("\nExit status: 0 done, 1 the work failed, 2 the command line is wrong.\n");
    return out.toString();
  }

  static String of(Command command) {
    StringBuilder out = new StringBuilder();
    out.append("gru4j ").append(command.name()).append(": ").append(command.summary());
    out.append("\n\nUsage: gru4j ").append(command.name()).append(' ').append(command.usage());
    out.append("\n\n");
    wrap(out, command.details(), 0);
    out.append("\nFlags:\n");
    for (Option option : command.options()) {
      entry(out, option.usage(), option.help());
    }
    entry(out, "--help", "this text");
    if (!command.parameters().isEmpty()) {
      out.append("\nParameters of the estimator (switches: alone or =true, =false):\n");
      for (Option option : command.parameters()) {
        entry(out, option.usage(), option.help());
      }
    }
    return out.toString();
  }

  private static void entry(StringBuilder out, String left, String right) {
    out.append("  ").append(left);
    if (left.length() + 3 > INDENT) {
      out.append('\n').append(" ".repeat(INDENT));
    } else {
      out.append(" ".repeat(INDENT - 2 - left.length()));
    }
    wrap(out, right, INDENT);
  }

  /** Appends text in lines of at most {@link #WIDTH}; the first starts where the builder stands. */
  private static void wrap(StringBuilder out, String text, int indent) {
    for (String paragraph : text.split("\n", -1)) {
      int column = indent;
      for (String word : paragraph.split(" ")) {
        if (column > indent && column + 1 + word.length() > WIDTH) {
          out.append('\n').append(" ".repeat(indent));
          column = indent;
        } else if (column > indent) {
          out.append(' ');
          column++;
        }
        out.append(word);
        column += word.length();
      }
      out.append('\n');
    }
  }
}
