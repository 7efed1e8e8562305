package io.gru4j.cli;

import io.gru4j.data.ClickData;
import io.gru4j.data.ClickFile;
import io.gru4j.data.Clicks;
import io.gru4j.data.Doubt;
import io.gru4j.data.InputFile;
import io.gru4j.file.AtomicFile;
import io.gru4j.file.OneLine;
import io.gru4j.file.RealPath;
import io.gru4j.prepare.Counts;
import io.gru4j.prepare.Preparation;
import io.gru4j.prepare.Prepared;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code gru4j prepare}. */
final class PrepareCommand implements Command {
  private static final String TRAIN = "train.tsv.gz";
  private static final String VALIDATION = "validation.tsv.gz";
  private static final String TEST = "test.tsv.gz";
  private static final String REPORT = "prepare.json";

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
    return "FILE... --out DIR [--session-gap 30m] [--test-last 7d] [flags]";
  }

  @Override
  public String details() {
    return SessionInput.FORMAT
        + "\n"
        + "The rules are applied in this order: gap, --where, repeats, greatest length, least"
        + " counts (again and again until nothing changes); then the test is set aside, and"
        + " validation from what is left. Sessions go by their start; clicks of training sessions"
        + " that happen when the later part has begun are removed, items that training does not"
        + " have leave the later part, and so do sessions that become too short. What no flag asks"
        + " for is not done.\n"
        + "DIR gets "
        + String.join(", ", TRAIN, VALIDATION, TEST, REPORT)
        + "; stdout a table of what each rule has done, stderr the progress. The same input and"
        + " flags make the same bytes.";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(new Option("out", "DIR", "the folder to write to, made if it is not there"));
    options.addAll(PrepareFlags.OPTIONS);
    options.addAll(SessionInput.KEYS);
    options.add(SessionInput.SKIP_BAD_LINES);
    return options;
  }

  @Override
  public String argument() {
    return "FILE";
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    List<Path> files = SessionInput.paths(line.requireArguments("FILE"));
    Path out = line.requirePath("out");
    SessionInput input = new SessionInput(line, console);
    PrepareFlags flags = new PrepareFlags(line, input.format());
    Preparation preparation = flags.preparation();
    Map<String, Path> parts =
        parts(out, preparation.validation() != null, preparation.test() != null);
    checkFiles(files, out, parts);

    long start = System.nanoTime();
    Set<Doubt.Kind> answered = EnumSet.noneOf(Doubt.Kind.class);
    answered.addAll(flags.filters().answers());
    if (line.get("test-from").isPresent() || line.get("validation-from").isPresent()) {
      answered.add(Doubt.Kind.UNUSED_ZONE); // it is that of these times
    }
    ClickData data = input.readClicks(files, flags.filters().hasGap(), answered);
    warnOfSameContent(data.files(), console);
    double readSeconds = (System.nanoTime() - start) * 1e-9;
    List<InputFile> inputs = data.files(); // data itself may go while the rules are applied
    long rows = data.rows();
    Counts read = Counts.of(data.clicks());
    long leftOut = data.leftOut();
    long bad = data.skippedBadLines();
    Prepared<Clicks> prepared;
    try {
      prepared = preparation.apply(data.clicks());
    } catch (IllegalArgumentException e) {
      throw input.rulesFailed(files, e);
    }
    for (String doubt : SplitDoubts.of(prepared.rules(), prepared.train().numSessions())) {
      console.err().println("warning: " + doubt);
    }
    Map<String, Clicks> made = new LinkedHashMap<>();
    Map<String, PrepareReport.Part> written = new LinkedHashMap<>();
    made.put(TRAIN, prepared.train());
    if (prepared.validation() != null) {
      made.put(VALIDATION, prepared.validation());
    }
    if (prepared.test() != null) {
      made.put(TEST, prepared.test());
    }
    for (Map.Entry<String, Clicks> each : made.entrySet()) {
      console.err().println("writing " + OneLine.of(parts.get(each.getKey()).toString()));
      ClickFile.write(each.getValue(), parts.get(each.getKey()));
      written.put(each.getKey(), PrepareReport.Part.of(each.getValue()));
      if (each.getValue().numClicks() == 0) {
        console
            .err()
            .println(
                "warning: "
                    + each.getKey()
                    + " has no session: the table says which rule took the last ones");
      }
    }
    PrepareReport report =
        new PrepareReport(
            line.quotedWithout("out"), inputs, rows, leftOut, bad, read, prepared.rules(), written);
    AtomicFile.writeText(parts.get(REPORT), report.json() + "\n");
    console.out().print(report.table());
    double seconds = (System.nanoTime() - start) * 1e-9;
    console
        .err()
        .println(
            Numbers.count(rows, "row")
                + " read in "
                + Numbers.duration(readSeconds)
                + ", prepared and written in "
                + Numbers.duration(seconds - readSeconds));
  }

  /** Files of two places with the same bytes; two names of one place are known before. */
  private static void warnOfSameContent(List<InputFile> inputs, Console console)
      throws IOException {
    Map<String, InputFile> given = new HashMap<>();
    for (InputFile input : inputs) {
      InputFile first = given.putIfAbsent(input.sha256(), input);
      if (first != null
          && !RealPath.of(Path.of(first.name())).equals(RealPath.of(Path.of(input.name())))) {
        console
            .err()
            .println("warning: " + SessionInput.sameClicks(first.name(), input.name(), "text"));
      }
    }
  }

  /** The files that are written, the report last. */
  private static Map<String, Path> parts(Path out, boolean validation, boolean test) {
    Map<String, Path> parts = new LinkedHashMap<>();
    parts.put(TRAIN, out.resolve(TRAIN));
    if (validation) {
      parts.put(VALIDATION, out.resolve(VALIDATION));
    }
    if (test) {
      parts.put(TEST, out.resolve(TEST));
    }
    parts.put(REPORT, out.resolve(REPORT));
    return parts;
  }

  /** Finds out what would fail, before hours of reading. */
  private static void checkFiles(List<Path> files, Path out, Map<String, Path> parts)
      throws UsageException, WorkException, IOException {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new FileSystemException(out.toString(), null, "is a file, --out needs a folder");
    }
    Files.createDirectories(out);
    for (String name : List.of(VALIDATION, TEST)) {
      if (!parts.containsKey(name) && Files.exists(out.resolve(name))) {
        throw new WorkException(
            out.resolve(name)
                + " is there, and this preparation would not replace it: delete it, or give another"
                + " --out");
      }
    }
    CommandFiles all = new CommandFiles().reads("FILE", SessionInput.onDisk(files));
    for (Path path : parts.values()) {
      all.writes("--out", path);
      OutputFile.checkWritable(path);
    }
    all.check();
  }
}
