package io.gru4j.cli;

import io.gru4j.file.OneLine;
import io.gru4j.parameters.NearestName;
import io.gru4j.progress.TrainingException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The command line's entry: {@code gru4j COMMAND [flags]}. */
public final class Main {
  /** The work is done. */
  static final int DONE = 0;

  /** The work failed. */
  static final int FAILED = 1;

  /** The command line is wrong. */
  static final int WRONG = 2;

  private static final int LONGEST_MESSAGE = 10_000; // characters

  /** What to say when the heap is full. */
  static final String OUT_OF_MEMORY =
      "out of memory; give the JVM more, such as with JDK_JAVA_OPTIONS=-Xmx8g";

  /** The message when the system starts no more threads. */
  static final String OUT_OF_THREADS =
      "the system refuses another thread; try a smaller --threads, or raise its limit (ulimit -u)";

  private static final List<Command> COMMANDS =
      List.of(
          new DemoCommand(),
          new PrepareCommand(),
          new TrainCommand(),
          new UpdateCommand(),
          new VerifyCommand(),
          new SearchCommand(),
          new EvaluateCommand(),
          new RecommendCommand(),
          new ServeCommand(),
          new InspectCommand(),
          new ExportCommand(),
          new CompletionCommand(Main::commands));

  private Main() {}

  private static List<Command> commands() {
    return COMMANDS;
  }

  /**
   * Returns flags of a command, for others that have the same.
   *
   * @param command its name
   * @param names without the leading dashes
   * @return the flags, in that order
   */
  public static List<Option> options(String command, String... names) {
    Command found =
        COMMANDS.stream().filter(each -> each.name().equals(command)).findFirst().orElseThrow();
    return Arrays.stream(names)
        .map(name -> found.options().stream().filter(o -> o.name().equals(name)).findFirst())
        .map(Optional::orElseThrow)
        .toList();
  }

  /**
   * Runs a command and ends the JVM with its exit status.
   *
   * @param args the command and its flags; {@code --help} lists them
   */
  public static void main(String[] args) {
    LittleWork.inOwnProcess();
    // Ids are read and written as UTF-8 in every locale.
    PrintStream out = utf8(FileDescriptor.out);
    PrintStream err = utf8(FileDescriptor.err);
    // Where loggers print: a stream of its own, so that one who waits for stderr holds no other up.
    System.setErr(StatusLine.above(new FileOutputStream(FileDescriptor.err)));
    int status =
        run(args, new Console(System.in, out, err, Terminals.columns(), Terminals.typed()));
    StopSignal.commandEnded();
    System.exit(status);
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    boolean autoFlush = descriptor == FileDescriptor.err;
    return new PrintStream(new FileOutputStream(descriptor), autoFlush, StandardCharsets.UTF_8);
  }

  /**
   * Runs a command.
   *
   * @param args the command and its flags
   * @param in what {@code recommend} reads sessions from, UTF-8
   * @param out receives results
   * @param err receives progress and errors
   * @return the exit status: 0 done, 1 the work failed, 2 the command line is wrong
   */
  static int run(String[] args, InputStream in, PrintStream out, PrintStream err) {
    return run(args, new Console(in, out, err, 0));
  }

  /** Runs a command on a console; returns the exit status. */
  public static int run(String[] args, Console console) {
    return run(COMMANDS, args, console);
  }

  /**
   * Runs one of some commands.
   *
   * @param commands what there is
   * @param args the command and its flags
   * @param console where it reads and prints
   * @return the exit status: 0 done, 1 the work failed, 2 the command line is wrong
   */
  public static int run(List<Command> commands, String[] args, Console console) {
    int status = dispatch(commands, args, console);
    console.out().flush();
    if (console.out().checkError() && status == DONE) {
      console.err().println("gru4j: the results cannot be written to stdout");
      return FAILED;
    }
    return status;
  }

  private static int dispatch(List<Command> commands, String[] args, Console console) {
    List<String> words = Arrays.asList(args);
    if (words.isEmpty()) {
      console.err().print(Help.top(commands));
      return WRONG;
    }
    String first = words.getFirst();
    if (isHelp(first) || first.equals("help") && words.size() == 1) {
      console.out().print(Help.top(commands));
      return DONE;
    }
    if (first.equals("help")) {
      return dispatch(commands, new String[] {words.get(1), "--help"}, console);
    }
    if (first.equals("--version")) {
      console.out().println("gru4j " + version());
      return DONE;
    }
    Optional<Command> command =
        commands.stream().filter(each -> each.name().equals(first)).findFirst();
    if (command.isEmpty()) {
      List<String> names = commands.stream().map(Command::name).toList();
      String nearest =
          NearestName.of(first, names).map(name -> "; did you mean " + name + "?").orElse("");
      console.err().println("gru4j: unknown command " + OneLine.of(first, 100) + nearest);
      console.err().println("the commands are " + String.join(" ", names));
      return WRONG;
    }
    return run(command.get(), words.subList(1, words.size()), console);
  }

  private static int run(Command command, List<String> words, Console console) {
    List<String> flags = words.contains("--") ? words.subList(0, words.indexOf("--")) : words;
    if (flags.stream().anyMatch(Main::isHelp)) {
      console.out().print(Help.of(command));
      return DONE;
    }
    PrintStream err = console.err();
    String name = "gru4j " + command.name() + ": ";
    try {
      List<Option> options = new ArrayList<>(command.options());
      options.addAll(command.parameters());
      CommandLine line =
          CommandLine.parse(
              options, command::whyNot, command.argument(), command.maxArguments(), words);
      command.run(line, console);
      return DONE;
    } catch (UsageException e) {
      (name + e.getMessage()).lines().forEach(each -> complain(err, each));
      err.println("gru4j " + command.name() + " --help says more");
      return WRONG;
    } catch (NoSuchFileException e) {
      complain(
          err, name + (e.getReason() == null ? e.getFile() + ": no such file" : e.getMessage()));
    } catch (AccessDeniedException e) {
      complain(err, name + e.getFile() + ": access denied");
    } catch (UncheckedIOException e) {
      complain(err, name + e.getCause().getMessage());
    } catch (WorkException
        | TrainingException
        | IOException
        | IllegalArgumentException
        | IllegalStateException e) {
      complain(err, name + (e.getMessage() == null ? e.toString() : e.getMessage()));
    } catch (OutOfMemoryError e) {
      err.println(name + reason(e));
    } catch (RuntimeException e) {
      err.println(name + "unexpected error, please report it:");
      e.printStackTrace(err);
    }
    return FAILED;
  }

  /** Messages name files and quote what they hold: nothing of it may steer a terminal. */
  private static void complain(PrintStream err, String message) {
    err.println(OneLine.of(message, LONGEST_MESSAGE));
  }

  /** The JVM's error for a full heap is also that for a refused thread. */
  static String reason(OutOfMemoryError e) {
    String message = e.getMessage();
    return message != null && message.contains("native thread") ? OUT_OF_THREADS : OUT_OF_MEMORY;
  }

  private static boolean isHelp(String word) {
    return word.equals("--help") || word.equals("-h");
  }

  static String version() {
    Module module = Main.class.getModule();
    return module.isNamed()
        ? module.getDescriptor().rawVersion().orElse("development")
        : Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
            .orElse("development");
  }
}
