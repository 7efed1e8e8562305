package io.gru4j.cli;

import io.gru4j.data.IdMap;
import io.gru4j.data.SessionData;
import io.gru4j.file.AtomicFile;
import io.gru4j.file.OneLine;
import io.gru4j.model.FittedModel;
import io.gru4j.model.UnknownItems;
import io.gru4j.serve.ItemFilter;
import io.gru4j.serve.ItemSet;
import io.gru4j.serve.Recommender;
import io.gru4j.tensor.Parallel;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code gru4j recommend}. */
final class RecommendCommand implements Command {
  private static final int BUFFER = 1 << 16;

  @Override
  public String name() {
    return "recommend";
  }

  @Override
  public String summary() {
    return "recommend next items for a session, or for a file of them";
  }

  @Override
  public String usage() {
    return "--model M [--items a,b,c | --sessions FILE] [--top 20] [--json] [flags]";
  }

  @Override
  public String details() {
    return "--items is one session, oldest click first. --sessions reads session files, as the"
        + " other commands do. Without either, sessions are read from stdin (UTF-8), one a"
        + " line, and the number of the line (from 1) goes before each result. Blank lines"
        + " are skipped, and so are white spaces around an id unless the model knows the id"
        + " with them. An item of the session may be recommended again."
        + " --exclude-seen forbids it.\n"
        + "stdout gets a line for each recommendation, best first, with tabs: [line,] rank,"
        + " item, score. With --json it gets a line for each session: {\"session\": line,"
        + " \"unknown\": [items], \"recommendations\": [{\"item\": id, \"score\": x}, ...]}."
        + " With --sessions there is a head line, and the lines have session, item, rank,"
        + " score; \"session\" is then the session's id. --fallback adds a column, and to"
        + " JSON \"source\": model or popular, whose score is the number of training clicks."
        + " Control characters in an id are shown by escapes, a tab by \\t; --json keeps"
        + " them.";
  }

  @Override
  public List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(new Option("model", "M", "the model file"));
    options.add(new Option("items", "A,B,C", "the items of one session"));
    options.add(
        new Option("sessions", "FILE", "the sessions of a file; several may be given", true));
    options.add(new Option("out", "FILE", "write to a file, as a whole or not at all"));
    options.add(new Option("top", "N", "how many items to recommend (default 20)"));
    options.add(new Option("exclude-seen", null, "do not recommend what the session has clicked"));
    options.add(
        new Option("exclude", "FILE", "do not recommend these items (UTF-8, an id a line)"));
    options.add(
        new Option("candidates", "FILE", "recommend these items alone (UTF-8, an id a line)"));
    options.add(
        new Option(
            "fallback",
            "popular",
            "recommend the most popular items to a session without a known item",
            false,
            List.of("popular")));
    options.add(
        new Option(
            "unknown",
            "skip|fail",
            "items that the model does not know are skipped and counted (default), or an error"));
    options.add(
        new Option(
            "item-separator",
            "TEXT",
            "what stands between two items of --items or stdin; \"tab\" for a tab (default: a"
                + " comma)"));
    options.add(
        new Option(
            "probability",
            null,
            "also print how likely each item is, by the softmax over all items; not with"
                + " --sessions"));
    options.add(
        new Option(
            "why",
            null,
            "also print what each click says about each item: its score, minus that without the"
                + " click; with --json also by its probability, and gradient times input; not with"
                + " --sessions"));
    options.add(new Option("json", null, "print a line of JSON for each session"));
    options.add(SessionInput.THREADS);
    options.addAll(SessionInput.KEYS);
    options.add(SessionInput.SKIP_BAD_LINES);
    return options;
  }

  @Override
  public void run(CommandLine line, Console console)
      throws UsageException, WorkException, IOException {
    Path file = line.requirePath("model");
    int top = line.integer("top", 20, 1);
    UnknownItems unknown = unknown(line.get("unknown").orElse("skip"));
    Optional<String> fallback = line.get("fallback");
    if (fallback.isPresent() && !fallback.get().equals("popular")) {
      throw new UsageException("--fallback must be popular, got " + fallback.get());
    }
    String separator = line.get("item-separator").orElse(",");
    if (separator.isEmpty()) {
      throw new UsageException("--item-separator must not be empty");
    }
    Pattern between = Pattern.compile(Pattern.quote(separator.equals("tab") ? "\t" : separator));
    boolean json = line.isOn("json");
    boolean probability = line.isOn("probability");
    boolean why = line.isOn("why");
    boolean unseen = line.isOn("exclude-seen");
    Optional<String> items = line.get("items");
    if (items.isPresent() && items.get().indexOf('\ufffd') >= 0) {
      throw new UsageException(
          "--items did not arrive as UTF-8: set the locale (LC_ALL=C.UTF-8) or use stdin");
    }
    List<Path> sessions = SessionInput.paths("--sessions", line.all("sessions"));
    if (items.isPresent() && !sessions.isEmpty()) {
      throw new UsageException("--items and --sessions exclude each other");
    }
    if (!sessions.isEmpty() && (probability || why)) {
      throw new UsageException("--why and --probability are for --items and stdin");
    }
    int threads = SessionInput.threads(line);
    SessionInput input = new SessionInput(line, console);
    Optional<Path> out = line.path("out");
    Optional<Path> candidates = line.path("candidates");
    Optional<Path> exclude = line.path("exclude");
    if (out.isPresent()) {
      new CommandFiles()
          .reads("--model", List.of(file))
          .reads("--sessions", SessionInput.onDisk(sessions))
          .reads("--candidates", candidates.stream().toList())
          .reads("--exclude", exclude.stream().toList())
          .writes("--out", out.get())
          .check();
      OutputFile.checkWritable(out.get());
    }

    if (!sessions.isEmpty()) {
      LittleWork.expect(LittleWork.ofScoring(file, sessions));
    }
    Recommender recommender = new Recommender(ModelInput.map(file));
    ItemFilter filter = unseen ? ItemFilter.ALL.unseen() : ItemFilter.ALL;
    if (candidates.isPresent()) {
      ItemSet set = itemSet(recommender, "--candidates", candidates.get(), console);
      if (set.size() == 0) {
        throw new WorkException(
            "--candidates " + candidates.get() + ": the model knows none of these items");
      }
      filter = filter.only(set);
    }
    if (exclude.isPresent()) {
      filter = filter.without(itemSet(recommender, "--exclude", exclude.get(), console));
    }
    RecommendOutput.Asked asked =
        new RecommendOutput.Asked(
            recommender, top, filter, unknown, fallback.isPresent(), json, probability, why);
    List<String> session =
        items.isEmpty()
            ? List.of()
            : SessionLines.split(items.get(), between, recommender.model().items());
    if (items.isPresent() && session.isEmpty()) {
      throw new UsageException("--items has no item");
    }
    Work work =
        to -> {
          RecommendOutput output = new RecommendOutput(asked, to);
          if (!sessions.isEmpty()) {
            recommendFiles(sessions, input, threads, unknown, output);
          } else if (items.isPresent()) {
            recommendItems(items.get(), session, output);
          } else {
            new SessionLines(console, between).recommend(output);
          }
          output.report(console.err());
        };
    if (out.isEmpty()) {
      work.to(console.out());
    } else {
      write(out.get(), work);
      console.err().println(OneLine.of(out.get() + ": written"));
    }
  }

  /** What is done when the command line is understood. */
  private interface Work {
    void to(PrintStream out) throws WorkException, IOException;
  }

  private static UnknownItems unknown(String text) throws UsageException {
    return switch (text) {
      case "skip" -> UnknownItems.SKIP;
      case "fail" -> UnknownItems.FAIL;
      default -> throw new UsageException("--unknown must be skip or fail, got " + text);
    };
  }

  private static void write(Path out, Work work) throws WorkException, IOException {
    try {
      AtomicFile.write(
          out,
          channel -> {
            FirstFault bytes = new FirstFault(Channels.newOutputStream(channel));
            PrintStream text =
                new PrintStream(
                    new BufferedOutputStream(bytes, BUFFER), false, StandardCharsets.UTF_8);
            try {
              work.to(text);
            } catch (WorkException e) {
              throw new Carried(e); // so that nothing is left of the file
            }
            text.flush();
            if (bytes.fault != null) {
              throw bytes.fault;
            }
          });
    } catch (Carried e) {
      throw e.carried;
    }
  }

  /** Carries an exception through what throws others. */
  private static final class Carried extends IOException {
    private static final long serialVersionUID = 1;
    private final transient WorkException carried;

    Carried(WorkException carried) {
      super(carried);
      this.carried = carried;
    }
  }

  /** Keeps the reason why writing failed, which a {@link PrintStream} does not tell. */
  private static final class FirstFault extends FilterOutputStream {
    private IOException fault;

    FirstFault(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        out.write(bytes, from, length);
      } catch (IOException e) {
        fault = fault == null ? e : fault;
        throw e;
      }
    }
  }

  private static void recommendItems(String text, List<String> session, RecommendOutput output)
      throws WorkException {
    if (!output.session(0, session)) {
      throw new WorkException("the model knows none of the items " + text);
    }
  }

  private static void recommendFiles(
      List<Path> files,
      SessionInput input,
      int threads,
      UnknownItems unknown,
      RecommendOutput output)
      throws WorkException, IOException {
    IdMap items = output.model().items();
    KnownClicks clicks;
    long dropped;
    if (output.isJson()) { // which names what the model does not know
      SessionData all = input.read(files, null);
      clicks = KnownClicks.of(all, items);
      dropped = all.clicks() - clicks.known().clicks();
    } else {
      SessionData known = input.read(files, items);
      clicks = new KnownClicks(known, List.of());
      dropped = known.droppedUnknownItems();
    }
    if (unknown == UnknownItems.FAIL && dropped > 0) {
      throw new WorkException(
          SessionInput.names(files)
              + ": "
              + Numbers.count(dropped, "click")
              + " on items that the model does not know; --unknown skip leaves them out");
    }
    try (Parallel parallel = new Parallel(threads)) {
      output.all(clicks, parallel);
    }
  }

  /** Reads a file with an id a line. */
  private static ItemSet itemSet(Recommender recommender, String flag, Path file, Console console)
      throws WorkException, IOException {
    FittedModel model = recommender.model();
    ItemList list;
    try {
      list = ItemList.of(Files.readAllLines(file), model.items());
    } catch (CharacterCodingException e) {
      throw new WorkException(flag + " " + file + ": is not UTF-8, expected an id a line");
    }
    list.doubt(flag + " " + file).ifPresent(console.err()::println);
    return recommender.itemSet(list.ids());
  }
}
