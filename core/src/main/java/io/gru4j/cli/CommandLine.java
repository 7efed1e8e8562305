package io.gru4j.cli;

import io.gru4j.file.OneLine;
import io.gru4j.parameters.NearestName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Parses the words after a command.
 *
 * <p>{@code --flag value} and {@code --flag=value} are the same; a value that starts with {@code
 * --} needs the second form. In a flag's name {@code _} is as good as {@code -}. A switch is {@code
 * --flag} or {@code --flag=true|false}. {@code --} ends the flags; everything else is an argument.
 * A flag that is unknown, given twice, without its value, or missing although it is needed is a
 * {@link UsageException}.
 */
public final class CommandLine {
  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private final List<String> arguments = new ArrayList<>();
  private final Map<String, Option> options = new LinkedHashMap<>();

  private final Function<String, Optional<String>> whyNot;
  private final List<String> words;

  private CommandLine(
      List<Option> options, Function<String, Optional<String>> whyNot, List<String> words) {
    this.whyNot = whyNot;
    this.words = List.copyOf(words);
    for (Option option : options) {
      if (this.options.put(option.name(), option) != null) {
        throw new IllegalArgumentException("two flags --" + option.name());
      }
    }
  }

  /** The words as they were given, quoted as a shell needs it. */
  String quoted() {
    return quoted(words);
  }

  /** The same without one flag and its value. */
  public String quotedWithout(String flag) {
    List<String> kept = new ArrayList<>(words);
    int at = kept.indexOf("--" + flag);
    if (at >= 0) {
      kept.subList(at, Math.min(at + 2, kept.size())).clear();
    }
    kept.removeIf(word -> word.startsWith("--" + flag + "="));
    return quoted(kept);
  }

  private static String quoted(List<String> words) {
    return words.stream()
        .map(w -> w.matches("[\\w./,:=@%+-]+") ? w : "'" + w.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" "));
  }

  /**
   * Takes words apart.
   *
   * @param options the flags there are
   * @param argument what the arguments are called, or null if there are none
   * @param maxArguments how many there may be
   * @param words the words
   */
  static CommandLine parse(
      List<Option> options, String argument, int maxArguments, List<String> words)
      throws UsageException {
    return parse(options, flag -> Optional.empty(), argument, maxArguments, words);
  }

  /**
   * The same; {@code whyNot} says why there is no such flag, by its name with dashes, where one
   * might be looked for.
   */
  static CommandLine parse(
      List<Option> options,
      Function<String, Optional<String>> whyNot,
      String argument,
      int maxArguments,
      List<String> words)
      throws UsageException {
    CommandLine line = new CommandLine(options, whyNot, words);
    boolean flags = true;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (flags && word.equals("--")) {
        flags = false;
      } else if (flags && word.startsWith("--")) {
        if (line.flag(word.substring(2), i + 1 < words.size() ? words.get(i + 1) : null)) {
          i++;
        }
      } else if (flags && word.startsWith("-") && word.length() > 1) {
        throw line.unknown(word);
      } else if (line.arguments.size() == maxArguments) {
        throw new UsageException(
            argument == null
                ? "unexpected word " + word + "; " + line.flagList()
                : "unexpected word " + word + " after " + argument);
      } else {
        line.arguments.add(word);
      }
    }
    return line;
  }

  /** Reads a flag, and returns whether the next word was its value. */
  private boolean flag(String text, String next) throws UsageException {
    int equals = text.indexOf('=');
    String given = equals < 0 ? text : text.substring(0, equals);
    String name = given.replace('_', '-');
    Option option = options.get(name);
    if (option == null) {
      throw unknown("--" + given);
    }
    if (values.containsKey(name) && !option.many()) {
      throw new UsageException("--" + name + " is given twice");
    }
    if (equals >= 0) {
      put(name, text.substring(equals + 1));
      return false;
    }
    if (option.isSwitch()) {
      // Detects a word that was meant as a flag's value but would be read as a file.
      String values = option.value() == null ? "true|false" : "true|false|[01]|[01]?\\.\\d+";
      if (next != null && next.matches(values)) {
        throw new UsageException("write --" + name + "=" + next + ", with '='");
      }
      put(name, "true");
      return false;
    }
    if (next == null || next.startsWith("--")) {
      throw new UsageException("--" + name + " needs a value: " + option.usage());
    }
    put(name, next);
    return true;
  }

  private void put(String name, String value) {
    values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
  }

  private UsageException unknown(String flag) {
    Optional<String> reason = whyNot.apply(flag.replaceFirst("^-+", "").replace('_', '-'));
    if (reason.isPresent()) {
      return new UsageException(flag + ": " + reason.get() + "\n" + flagList());
    }
    String nearest =
        NearestName.of(flag.replaceFirst("^-+", ""), options.keySet())
            .map(name -> "; did you mean --" + name + "?")
            .orElse("");
    return new UsageException(
        "unknown flag " + OneLine.of(flag, 100) + nearest + "\n" + flagList());
  }

  private String flagList() {
    return "the flags are "
        + options.keySet().stream().map(name -> "--" + name).collect(Collectors.joining(" "));
  }

  /** Whether there is such a flag. */
  boolean knows(String name) {
    return options.containsKey(name);
  }

  /** The words that are no flags. */
  List<String> arguments() {
    return arguments;
  }

  /** A flag's value, if it was given. */
  public Optional<String> get(String name) {
    return all(name).stream().findFirst();
  }

  /** The values of a flag that may be given more than once, in order. */
  public List<String> all(String name) {
    if (!options.containsKey(name)) {
      throw new IllegalArgumentException("no flag --" + name);
    }
    return values.getOrDefault(name, List.of());
  }

  /** The value of a flag that must be there. */
  public String require(String name) throws UsageException {
    Optional<String> value = get(name);
    if (value.isEmpty()) {
      throw new UsageException(options.get(name).usage() + " is missing");
    }
    return value.get();
  }

  /** The value of a flag that takes a file, if it was given. */
  Optional<Path> path(String name) throws UsageException {
    Optional<String> value = get(name);
    return value.isEmpty() ? Optional.empty() : Optional.of(path("--" + name, value.get()));
  }

  /** The value of a flag that takes a file and must be there. */
  Path requirePath(String name) throws UsageException {
    return path("--" + name, require(name));
  }

  /** A file's name; {@code what} is what gave it. */
  static Path path(String what, String text) throws UsageException {
    if (text.isEmpty()) {
      throw new UsageException(what + " must not be empty");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UsageException(what + " " + text + " cannot be a file's name: " + e.getReason());
    }
  }

  /** Whether a switch is on. */
  public boolean isOn(String name) throws UsageException {
    String value = get(name).orElse("false");
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new UsageException("--" + name + " must be true or false, got " + value);
    };
  }

  /** The value of a flag that takes a whole number of at least {@code least}. */
  public int integer(String name, int defaultValue, int least) throws UsageException {
    return integer(name, defaultValue, least, Integer.MAX_VALUE);
  }

  /** The value of a flag that takes a whole number from {@code least} to {@code most}. */
  int integer(String name, int defaultValue, int least, int most) throws UsageException {
    Optional<String> value = get(name);
    return value.isEmpty() ? defaultValue : integer("--" + name, value.get(), least, most);
  }

  private static int integer(String what, String text, int least, int most) throws UsageException {
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same message: what is wanted is the same.
    }
    throw new UsageException(
        what + " must be an integer in [" + least + ", " + most + "], got " + text);
  }

  /** The value of a flag that takes whole numbers from 1, separated by commas. */
  int[] integers(String name, String defaultValue) throws UsageException {
    String[] parts = get(name).orElse(defaultValue).split(",", -1);
    int[] numbers = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      numbers[i] = integer("each number of --" + name, parts[i].strip(), 1, Integer.MAX_VALUE);
    }
    return numbers;
  }

  /** The value of a flag that takes a number between 0 and 1, neither included. */
  Optional<Double> fraction(String name) throws UsageException {
    Optional<String> text = get(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      double value = Double.parseDouble(text.get());
      if (value > 0 && value < 1) {
        return Optional.of(value);
      }
    } catch (NumberFormatException e) {
      // Falls through to the same message: what is wanted is the same.
    }
    throw new UsageException(
        "--" + name + " must be a number above 0 and below 1, got " + text.get());
  }

  /** Arguments, of which there must be at least one. */
  public List<String> requireArguments(String argument) throws UsageException {
    if (arguments.isEmpty()) {
      throw new UsageException(argument + " is missing");
    }
    return arguments;
  }
}
