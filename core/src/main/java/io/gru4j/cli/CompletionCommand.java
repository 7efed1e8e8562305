package io.gru4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** {@code gru4j completion}: a script that completes commands, flags and the values of choices. */
final class CompletionCommand implements Command {
  private final Supplier<List<Command>> commands;

  /** Completes these commands; they are asked for when the script is made. */
  CompletionCommand(Supplier<List<Command>> commands) {
    this.commands = commands;
  }

  @Override
  public String name() {
    return "completion";
  }

  @Override
  public String summary() {
    return "print a script that completes command lines in bash or zsh";
  }

  @Override
  public String usage() {
    return "bash|zsh";
  }

  @Override
  public String details() {
    return "For bash: eval \"$(gru4j completion bash)\" in ~/.bashrc. For zsh: gru4j completion zsh"
        + " > _gru4j in a folder of $fpath.";
  }

  @Override
  public List<Option> options() {
    return List.of();
  }

  @Override
  public String argument() {
    return "bash|zsh";
  }

  @Override
  public int maxArguments() {
    return 1;
  }

  @Override
  public void run(CommandLine line, Console console) throws UsageException {
    String shell = line.requireArguments("bash|zsh").getFirst();
    switch (shell) {
      case "bash" -> console.out().print(bash());
      case "zsh" -> console.out().print(zsh());
      default -> throw new UsageException("the shell must be bash or zsh, got " + shell);
    }
  }

  private static List<Option> options(Command command) {
    List<Option> options = new ArrayList<>(command.options());
    options.addAll(command.parameters());
    options.add(new Option("help", null, ""));
    return options;
  }

  private String names() {
    return commands.get().stream().map(Command::name).collect(Collectors.joining(" "));
  }

  private static String flags(Command command) {
    return options(command).stream()
        .map(option -> "--" + option.name())
        .collect(Collectors.joining(" "));
  }

  /**
   * A case of a shell's {@code case} for each flag with named values: they are the same everywhere.
   */
  private String choices(String action) {
    return commands.get().stream()
        .flatMap(command -> options(command).stream())
        .filter(option -> !option.choices().isEmpty())
        .map(
            option ->
                "    --%s) %s; return ;;\n"
                    .formatted(option.name(), action.formatted(String.join(" ", option.choices()))))
        .distinct()
        .collect(Collectors.joining());
  }

  private String bash() {
    StringBuilder script = new StringBuilder("# bash completion of gru4j\n_gru4j() {\n");
    script.append("  local word=${COMP_WORDS[COMP_CWORD]} flags=\n");
    script.append("  COMPREPLY=()\n");
    script.append("  if [ \"$COMP_CWORD\" = 1 ]; then\n");
    script
        .append("    COMPREPLY=($(compgen -W \"")
        .append(names())
        .append(" help --help --version\" -- \"$word\"))\n");
    script.append("    return\n  fi\n");
    script.append("  case ${COMP_WORDS[COMP_CWORD-1]} in\n");
    script
        .append("    help) COMPREPLY=($(compgen -W \"")
        .append(names())
        .append("\" -- \"$word\")); return ;;\n");
    script.append(
        "    completion) COMPREPLY=($(compgen -W \"bash zsh\" -- \"$word\")); return ;;\n");
    script.append(choices("COMPREPLY=($(compgen -W \"%s\" -- \"$word\"))"));
    script.append("  esac\n  case ${COMP_WORDS[1]} in\n");
    for (Command command : commands.get()) {
      script
          .append("    ")
          .append(command.name())
          .append(") flags=\"")
          .append(flags(command))
          .append("\" ;;\n");
    }
    script.append("  esac\n  case $word in\n");
    script.append("    -*) COMPREPLY=($(compgen -W \"$flags\" -- \"$word\")) ;;\n");
    script.append("  esac\n}\n");
    return script.append("complete -o default -F _gru4j gru4j\n").toString(); // else: files
  }

  private String zsh() {
    StringBuilder script = new StringBuilder("#compdef gru4j\n_gru4j() {\n  local -a flags\n");
    script
        .append("  if (( CURRENT == 2 )); then\n    compadd -- ")
        .append(names())
        .append(" help --help --version\n");
    script.append("    return\n  fi\n  case $words[CURRENT-1] in\n");
    script.append(choices("compadd -- %s"));
    script.append("  esac\n  case $words[2] in\n");
    for (Command command : commands.get()) {
      script
          .append("    ")
          .append(command.name())
          .append(") flags=(")
          .append(flags(command))
          .append(") ;;\n");
    }
    script.append("  esac\n  if [[ $words[CURRENT] == -* ]]; then\n    compadd -- $flags\n");
    script.append("  else\n    _files\n  fi\n}\n");
    return script.append("_gru4j \"$@\"\n").toString();
  }
}
