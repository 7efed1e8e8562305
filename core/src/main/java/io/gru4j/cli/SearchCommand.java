package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.SAVE_BEST_TO_FILE;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;

import io.gru4j.algorithms.Estimator;
import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.algorithms.MetadataRequest;
import io.gru4j.file.Json;
import io.gru4j.file.OneLine;
import io.gru4j.metrics.Criterion;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.progress.TrainingListener;
import io.gru4j.selection.GridSearch;
import io.gru4j.selection.ParameterSearch;
import io.gru4j.selection.Pipeline;
import io.gru4j.selection.RandomSearch;
import io.gru4j.selection.SearchResult;
import io.gru4j.selection.SessionFilter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code gru4j search}. */
final class SearchCommand implements Command {
  private static final List<String> FILTERS = List.of("min_item_count", "min_session_length");

  @Override
  public String name() {
    return "search";
  }

  @Override
  public String summary() {
    return "train with many parameters and keep the best model";
  }

  @Override
  public String usage() {
    return "FILE... --param NAME=V1,V2,... --model OUT --validation-fraction 0.1 [flags]";
  }

  @Override
  public String details() {
    return SessionInput.FORMAT
        + "\n"
        + "Every combination of the --param values is trained, or some with --random. Each is"
        + " judged by the stopping criterion: the last click of each validation session, predicted"
        + " from those before it. NAME is a parameter of the estimator, min_item_count (rarer items"
        + " are dropped from the training data) or min_session_length (shorter sessions are"
        + " dropped). All candidates start from --seed, 0 if it is not given.\n"
        + "stdout gets the table, best first, stderr the progress. The model of the best is"
        + " written. --json prints a line for each candidate in the place of the table: {\"rank\":"
        + " n, \"score\": x or null, \"criterion\": \"recall@50\", \"parameters\": {...},"
        + " \"epochs\": n, \"seconds\": s, \"failure\": text or null}. A search that was cut off"
        + " goes on with the same command if it has --results.";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(
        new Option("param", "NAME=V,...", "values to try of a parameter; give it for each", true));
    options.add(new Option("random", "N", "try N combinations, drawn at random, not all"));
    options.add(new Option("model", "OUT", "the model file to write, replaced if it is there"));
    options.add(new Option("results", "FILE", "keep the results here, and go on from them"));
    options.add(new Option("json", null, "print a line of JSON for each candidate"));
    options.addAll(TrainingInput.OPTIONS);
    options.add(SessionInput.THREADS);
    options.addAll(SessionInput.KEYS);
    options.add(SessionInput.SKIP_BAD_LINES);
    return options;
  }

  @Override
  public List<Option> parameters() {
    return ParameterOptions.of(GRU4RecParameters.defaults());
  }

  @Override
  public String argument() {
    return "FILE";
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    TrainingInput input = new TrainingInput(line, console, line.requireArguments("FILE"));
    boolean json = line.isOn("json");
    Path out = line.requirePath("model");
    Optional<Path> results = line.path("results");
    if (!input.hasValidation()) {
      throw new UsageException(
          "a search judges candidates: give --validation FILE or --validation-fraction X");
    }
    CommandFiles files = input.addTo(new CommandFiles()).writes("--model", out);
    if (results.isPresent()) {
      files.writes("--results", results.get());
    }
    files.check();
    GRU4RecParameters base = ParameterOptions.readUnchecked(line, GRU4RecParameters.defaults());
    if (base.get(SAVE_BEST_TO_FILE)) {
      files.checkBestFile(base.algorithm().estimator());
    }
    if (results.isPresent()) {
      OutputFile.checkWritable(results.get());
    }
    OutputFile.checkWritable(out);
    try (ParameterSearch search = search(line, base, console)) {
      TrainingInput.Data data = input.read();
      Criterion measure = base.get(STOPPING_CRITERION);
      String criterion = measure.label();
      ParameterOptions.blindCriterion(
              measure, data.items().size(), "candidates", "--stopping-criterion bpr")
          .ifPresent(console.err()::println);
      int size = search.size();
      LittleWork.expect(size * LittleWork.ofTraining(base, data.train(), data.validation()));
      int wanted = line.integer("random", size, 1);
      if (wanted > size) {
        console
            .err()
            .println(
                "there are no more than "
                    + Numbers.count(size, "combination")
                    + ": --random "
                    + wanted
                    + " tries "
                    + size);
      }
      results.ifPresent(search::resultsFile);
      search.listener(
          result -> {
            // Equal scores share rank 1; the one found first is the first of the results.
            boolean best = search.results().getFirst().candidate() == result.candidate();
            console.err().println(progress(result, size, criterion, best));
          });
      search.fit(data.train(), data.items(), data.validation());
      ModelOutput.save(search.bestEstimator().model(), out);
      console
          .out()
          .print(json ? json(search.results(), criterion) : table(search.results(), criterion));
      console
          .err()
          .println(
              OneLine.of(out.toString())
                  + " ("
                  + Numbers.bytes(Files.size(out))
                  + "): the model of the first line");
    }
  }

  private static ParameterSearch search(CommandLine line, GRU4RecParameters base, Console console)
      throws UsageException {
    Map<String, List<String>> grid = grid(line);
    int threads = SessionInput.threads(line);
    int n = line.integer("random", 0, 1);
    long seed = base.get(SEED) == null ? 0 : base.get(SEED);
    GRU4Rec<?> estimator = GRU4Rec.of(base);
    estimator.threads(threads).listener(new Warnings(console.err()));
    estimator.setFitRequest(MetadataRequest.TRUE);
    List<SessionFilter> filters =
        FILTERS.stream().filter(grid::containsKey).map(name -> SessionFilter.of(name, 1)).toList();
    Estimator searched = filters.isEmpty() ? estimator : new Pipeline(filters, estimator);
    try {
      return n == 0
          ? new GridSearch(searched, grid, seed)
          : new RandomSearch(searched, grid, n, seed);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--param: " + e.getMessage());
    }
  }

  private static Map<String, List<String>> grid(CommandLine line) throws UsageException {
    Map<String, List<String>> grid = new LinkedHashMap<>();
    for (String param : line.all("param")) {
      int equals = param.indexOf('=');
      if (equals < 1) {
        throw new UsageException("--param must be NAME=V1,V2,..., got " + param);
      }
      String name = param.substring(0, equals).strip().replace('-', '_');
      List<String> values = List.of(param.substring(equals + 1).split(",", -1));
      if (grid.put(name, values) != null) {
        throw new UsageException("--param " + name + " is given twice");
      }
    }
    if (grid.isEmpty()) {
      throw new UsageException("--param NAME=V1,V2,... is missing");
    }
    return grid;
  }

  /** Says each warning once, however many candidates have it. */
  private static final class Warnings implements TrainingListener {
    private final PrintStream err;
    private final Set<String> said = new HashSet<>();

    Warnings(PrintStream err) {
      this.err = err;
    }

    @Override
    public void onWarning(String warning) {
      if (said.add(warning)) {
        err.println("warning: " + warning);
      }
    }
  }

  private static String progress(SearchResult result, int size, String criterion, boolean best) {
    String parameters =
        result.parameters().entrySet().stream()
            .map(e -> bare(e.getKey()) + "=" + ParameterSpec.print(e.getValue()))
            .collect(Collectors.joining(", "));
    String outcome =
        result.failed()
            ? "failed: " + result.failure()
            : criterion + " " + Numbers.score(result.score()) + (best ? " (best so far)" : "");
    return "candidate %d/%d: %s: %s, %s"
        .formatted(
            result.candidate() + 1, size, parameters, Numbers.duration(result.seconds()), outcome);
  }

  private static String table(List<SearchResult> results, String criterion) {
    TextTable table = new TextTable();
    List<String> head = new ArrayList<>(List.of("rank", criterion));
    results.getFirst().parameters().keySet().forEach(name -> head.add(bare(name)));
    head.addAll(List.of("epochs", "time"));
    table.row(head.toArray(String[]::new));
    for (SearchResult result : results) {
      List<String> row = new ArrayList<>();
      row.add(Integer.toString(result.rank()));
      row.add(result.failed() ? "failed" : Numbers.score(result.score()));
      result.parameters().values().forEach(value -> row.add(ParameterSpec.print(value)));
      row.add(result.failed() ? "-" : Integer.toString(result.epochs()));
      row.add(Numbers.duration(result.seconds()));
      if (result.failed()) {
        row.add(result.failure());
      }
      table.row(row.toArray(String[]::new));
    }
    return table.leftAligned();
  }

  private static String json(List<SearchResult> results, String criterion) {
    StringBuilder lines = new StringBuilder();
    for (SearchResult result : results) {
      Map<String, Object> parameters = new LinkedHashMap<>();
      result.parameters().forEach((name, value) -> parameters.put(bare(name), value));
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("rank", result.rank());
      json.put("score", result.failed() ? null : EpochLog.finiteOrNull(result.score()));
      json.put("criterion", criterion);
      json.put("parameters", parameters);
      json.put("epochs", result.epochs());
      json.put("seconds", result.seconds());
      json.put("failure", result.failure());
      lines.append(Json.write(json)).append('\n');
    }
    return lines.toString();
  }

  /** Numbers, switches and "None" as they are, other values as text. */
  private static Object plain(Object value) {
    return value == null || value instanceof Number || value instanceof Boolean
        ? value
        : ParameterSpec.print(value);
  }

  private static String bare(String name) {
    return name.startsWith("estimator__") ? name.substring("estimator__".length()) : name;
  }
}
