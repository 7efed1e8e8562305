package io.gru4j.cli;

import static io.gru4j.parameters.GRU4RecParameters.BATCH_SIZE;
import static io.gru4j.parameters.GRU4RecParameters.BPTT;
import static io.gru4j.parameters.GRU4RecParameters.LEARNING_RATE;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.NUM_COMPONENTS;
import static io.gru4j.parameters.GRU4RecParameters.SAVE_BEST_TO_FILE;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;

import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.algorithms.MarkovChain;
import io.gru4j.algorithms.NextClickEvaluation;
import io.gru4j.algorithms.Popularity;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionSplit;
import io.gru4j.file.AtomicFile;
import io.gru4j.metrics.RankMetrics;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import io.gru4j.model.UnknownItems;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.tensor.Parallel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code gru4j demo}. */
final class DemoCommand implements Command {
  static final GRU4RecParameters PARAMETERS =
      GRU4RecParameters.builder()
          .set(NUM_COMPONENTS, 100)
          .set(BPTT, 8)
          .set(BATCH_SIZE, 128)
          .set(LEARNING_RATE, 0.1)
          .set(SEED, 42L)
          .build();

  private static final String OLDER = "sessions.tsv";
  private static final String NEWER = "later-sessions.tsv";
  private static final double TEST_SHARE = 0.1;
  private static final int K = 20;
  private static final int SHOWN_SESSIONS = 3;
  private static final int SHOWN_ITEMS = 5;

  @Override
  public String name() {
    return "demo";
  }

  @Override
  public String summary() {
    return "make sessions, train on them, and compare with baselines";
  }

  @Override
  public String usage() {
    return "[flags]";
  }

  @Override
  public String details() {
    return "Each session that is made is about two shelves of items: a click stays on one shelf or"
        + " goes back to the other, and mostly takes there the preferred successor of the"
        + " item before. The newest tenth of the sessions is held out, and predicted by the"
        + " most popular items, by a first-order Markov chain (it sees the last click) and"
        + " by the GRU (it sees the session).\n"
        + "--write leaves the sessions as files, for the other commands. stdout gets their"
        + " figures and some recommendations, stderr the progress.";
  }

  @Override
  public List<Option> options() {
    return List.of(
        new Option("sessions", "N", "sessions to make (default 20000, at least 20)"),
        new Option("items", "N", "items there are (default 2000, at least 4)"),
        new Option(
            "write",
            "DIR",
            "write the sessions to DIR/"
                + OLDER
                + " and those held out to DIR/"
                + NEWER
                + ", and do not train"),
        SessionInput.THREADS);
  }

  @Override
  public List<Option> parameters() {
    return ParameterOptions.of(PARAMETERS);
  }

  @Override
  public void run(CommandLine line, Console console) throws UsageException, IOException {
    int sessions = line.integer("sessions", 20_000, 20);
    int items = line.integer("items", 2_000, 4);
    Optional<Path> folder = line.path("write");
    int threads = SessionInput.threads(line);
    GRU4RecParameters parameters = ParameterOptions.read(line, PARAMETERS);
    if (parameters.get(SAVE_BEST_TO_FILE)) {
      throw new UsageException("--save-best-to-file: the demo writes no file; gru4j train does");
    }
    ParameterOptions.refuseValidationFlags(
        line, "needs validation, and the demo trains without; gru4j train has it");
    if (parameters.get(SEED) == null) {
      throw new UsageException("--seed: a demo that can be repeated needs a seed, got None");
    }

    SessionData data = SyntheticSessions.make(sessions, items, parameters.get(SEED));
    SessionSplit split = SessionSplit.byFraction(data, TEST_SHARE);
    InteractionMatrix test = split.validation();
    LittleWork.expect(LittleWork.ofTraining(parameters, split.train(), null));
    console
        .err()
        .println(
            "made "
                + Numbers.count(sessions)
                + " sessions, "
                + Numbers.count(data.clicks())
                + " clicks on "
                + Numbers.count(items)
                + " items; the newest "
                + Numbers.count(test.numActiveUsers())
                + " sessions are held out");

    if (folder.isPresent()) {
      write(data, split, folder.get(), console);
      return;
    }
    FittedModel model;
    try (GRU4Rec<?> estimator = GRU4Rec.of(parameters)) {
      String criterion = parameters.get(STOPPING_CRITERION).label();
      estimator
          .threads(threads)
          .listener(new Progress(console, criterion, parameters.get(MAX_EPOCHS)))
          .fit(split.train(), data.items(), null);
      model = estimator.model();
    }

    RankMetrics popular =
        NextClickEvaluation.evaluate(new Popularity().fit(split.train()), test, K);
    RankMetrics markov =
        NextClickEvaluation.evaluate(new MarkovChain().fit(split.train()), test, K);
    RankMetrics gru;
    try (Parallel parallel = new Parallel(threads)) {
      gru = model.evaluate(test, parallel, K);
    }
    TextTable table = new TextTable().row("", "Recall@" + K, "MRR@" + K);
    row(table, "most popular", popular);
    row(table, "Markov chain", markov);
    row(table, "GRU4Rec", gru);
    console
        .out()
        .print(table + Numbers.count(gru.count(), "click") + " of held-out sessions predicted\n");
    recommend(model, data, test, console);
  }

  private static void write(SessionData data, SessionSplit split, Path folder, Console console)
      throws IOException {
    Files.createDirectories(folder);
    Path older = folder.resolve(OLDER);
    Path newer = folder.resolve(NEWER);
    write(data, split.train(), older);
    write(data, split.validation(), newer);
    console
        .out()
        .print(
            new TextTable()
                .row(older.toString(), sessions(split.train()), "to learn from")
                .row(newer.toString(), sessions(split.validation()), "to evaluate with")
                .leftAligned());
  }

  private static String sessions(InteractionMatrix sessions) {
    return Numbers.count(sessions.numActiveUsers(), "session");
  }

  /** Writes sessions as every command reads them, in the order of time. */
  private static void write(SessionData data, InteractionMatrix sessions, Path file)
      throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int user : sessions.activeUsers()) {
      for (int position = 0; position < sessions.historyLength(user); position++) {
        text.append(data.sessions().idOf(user)).append('\t');
        text.append(data.items().idOf(sessions.item(user, position))).append('\t');
        text.append((long) sessions.timestamp(user, position)).append('\n'); // they are whole
      }
    }
    AtomicFile.writeText(file, text.toString());
  }

  private static void row(TextTable table, String name, RankMetrics metrics) {
    table.row(name, Numbers.score(metrics.recall(K)), Numbers.score(metrics.mrr(K)));
  }

  /** Recommends for the first sessions that are long enough to be worth a look. */
  private static void recommend(
      FittedModel model, SessionData data, InteractionMatrix test, Console console) {
    int shown = 0;
    for (int user : test.activeUsers()) {
      int[] clicks = test.items(user);
      if (clicks.length < 5 || clicks.length > 8) {
        continue;
      }
      List<String> session = new ArrayList<>();
      for (int i = 0; i < clicks.length - 1; i++) {
        session.add(data.items().idOf(clicks[i]));
      }
      String next = data.items().idOf(clicks[clicks.length - 1]);
      console
          .out()
          .println("\nsession " + data.sessions().idOf(user) + ": " + String.join(", ", session));
      int rank = 1;
      int top = Math.min(SHOWN_ITEMS, model.numItems());
      for (Recommendation each : model.recommend(session, top, UnknownItems.FAIL).items()) {
        console
            .out()
            .printf(
                Locale.ROOT,
                "  %d. %s  %.3f%s%n",
                rank++,
                each.item(),
                each.score(),
                each.item().equals(next) ? "  <- clicked next" : "");
      }
      if (++shown == SHOWN_SESSIONS) {
        return;
      }
    }
  }
}
