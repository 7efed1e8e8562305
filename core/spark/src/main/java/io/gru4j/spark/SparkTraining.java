package io.gru4j.spark;

import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;
import static io.gru4j.parameters.GRU4RecParameters.VALIDATION_SAMPLE_SIZE;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.Lineage;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.progress.BatchProgress;
import io.gru4j.progress.TrainingException;
import io.gru4j.progress.TrainingListener;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.training.Divergence;
import io.gru4j.training.Round;
import io.gru4j.training.StoppingRule;
import io.gru4j.training.ValidationCriterion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/** One training on a cluster: the loop over epochs and rounds, on the driver. */
final class SparkTraining {
  private static final String NONE = "none";
  private static final int BUFFER = 1 << 14;

  private final JavaSparkContext context;
  private final GRU4RecParameters parameters;
  private final ClickFrame sessions;
  private final ClickFrame validationOrNull;
  private final int partitions;
  private final int roundsPerEpoch;
  private final TrainingListener listener;
  private final String folderOrNull;

  private final RoundTask.Watch watch;

  private Path scratch;
  private final List<ModelNumbers> files = new ArrayList<>(); // in it
  private SparkCheckpoints checkpoints; // null: none
  private SessionShares shares;
  private InteractionMatrix judges; // null: no validation
  private Map<String, String> startedWith;

  SparkTraining(
      SparkSession spark,
      GRU4RecParameters parameters,
      ClickFrame sessions,
      ClickFrame validationOrNull,
      int partitions,
      int roundsPerEpoch,
      TrainingListener listener,
      String folderOrNull,
      RoundTask.Watch watch) {
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.parameters = parameters;
    this.sessions = sessions;
    this.validationOrNull = validationOrNull;
    this.partitions = partitions;
    this.roundsPerEpoch = roundsPerEpoch;
    this.listener = listener;
    this.folderOrNull = folderOrNull;
    this.watch = watch;
  }

  /** Makes a state to train from. */
  private interface Beginning {
    RoundState state() throws IOException;
  }

  FittedModel fit() throws IOException {
    return train(
        () -> {
          if (checkpoints != null) {
            checkpoints.clear();
          }
          Long given = parameters.get(SEED);
          return initial(given != null ? given : System.nanoTime() & Long.MAX_VALUE);
        });
  }

  FittedModel resume() throws IOException {
    return train(
        () -> {
          RoundState state = checkpoints.read(startedWith, this::zeros, listener::onWarning);
          listener.onResume(List.copyOf(state.history));
          return state;
        });
  }

  private FittedModel train(Beginning beginning) throws IOException {
    parameters.withoutEffect().forEach(listener::onWarning);
    scratch = Files.createTempDirectory("gru4j-train");
    try {
      if (folderOrNull != null) {
        checkpoints = new SparkCheckpoints(folderOrNull, context.hadoopConfiguration(), scratch);
      }
      read();
      RoundState state = beginning.state();
      SparkRound.requireResults(context.getConf(), state.layout);
      run(state);
      return model(state);
    } finally {
      context.setJobDescription(null);
      if (shares != null) {
        shares.release();
      }
      files.forEach(ModelNumbers::close);
      Files.deleteIfExists(scratch);
    }
  }

  private void read() {
    shares = SessionShares.of(context, sessions, partitions);
    if (shares.numTargets() == 0) {
      throw new IllegalArgumentException(
          "the training sessions have no session of 2 clicks, so there is nothing to predict");
    }
    if (parameters.get(NEGATIVES) != GRU4RecOptions.Negatives.CATALOGUE
        && shares.items().size() < 2) {
      throw new IllegalArgumentException(
          "the training sessions have one item, and the loss needs another");
    }
    judges =
        validationOrNull == null
            ? null
            : SessionShares.collect(context, validationOrNull, shares.items());
    if (judges != null && !parameters.get(KEEP_LAST) && !hasTarget(judges)) {
      throw new IllegalArgumentException(
          "the validation sessions have no session of 2 clicks on items that training has, so no"
              + " epoch can be judged");
    }
    startedWith = new LinkedHashMap<>();
    startedWith.put("algorithm", parameters.algorithm().toString());
    startedWith.putAll(texts());
    startedWith.put("partitions", Integer.toString(partitions));
    startedWith.put("rounds_per_epoch", Integer.toString(roundsPerEpoch));
    startedWith.putAll(dataHashes());
  }

  private static boolean hasTarget(InteractionMatrix sessions) {
    boolean found = false;
    for (int user = 0; user < sessions.numUsers() && !found; user++) {
      found = sessions.historyLength(user) > 1;
    }
    return found;
  }

  private Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    parameters.getParams().forEach((name, value) -> texts.put(name, ParameterSpec.print(value)));
    return texts;
  }

  private Map<String, String> dataHashes() {
    Map<String, String> hashes = new LinkedHashMap<>();
    hashes.put("the training data", shares.sha256());
    hashes.put("the item ids", SessionShares.sha256(shares.items()));
    hashes.put("the validation data", judges == null ? NONE : SessionShare.of(judges).sha256());
    return hashes;
  }

  private RoundState initial(long seed) throws IOException {
    GruNetwork network = Round.initial(parameters, shares.items().size(), seed);
    RoundState state = zeros(seed, network);
    float[] values = new float[BUFFER];
    for (int i = 0; i < state.layout.parameters(); i++) {
      Parameter p = network.parameters().get(i);
      long count = (long) p.rows() * p.cols();
      for (long done = 0; done < count; done += BUFFER) {
        int n = (int) Math.min(BUFFER, count - done);
        p.read(done, values, n);
        state.numbers.write(state.layout.at(i, 0, 0) + done, values, n);
      }
    }
    return state;
  }

  private RoundState zeros(long seed) throws IOException {
    return zeros(seed, Round.initial(parameters, shares.items().size(), seed));
  }

  private RoundState zeros(long seed, GruNetwork network) throws IOException {
    ModelLayout layout = new ModelLayout(network.parameters(), Round.arrays(parameters));
    return new RoundState(
        seed,
        layout,
        file(layout.size()),
        file(layout.size() / layout.arrays()),
        new StoppingRule(parameters));
  }

  /** A scratch file of zeros, until training ends. */
  private ModelNumbers file(long size) throws IOException {
    files.add(new ModelNumbers(scratch, size));
    return files.getLast();
  }

  private void run(RoundState state) throws IOException {
    Validation sample =
        judges == null
            ? null
            : ValidationCriterion.sample(
                Validation.leaveLastOut(judges),
                parameters.get(VALIDATION_SAMPLE_SIZE),
                state.seed);
    RoundCounters counters = new RoundCounters(context.sc());
    Broadcast<int[]> clicks = context.broadcast(shares.clicks());
    int epochs = parameters.get(MAX_EPOCHS);
    int named = 0; // executors that were warned of
    try {
      boolean ended = !state.history.isEmpty() && state.history.getLast().stopped();
      while (!ended && state.history.size() < epochs) {
        round(state, clicks, counters);
        List<String> scalar = counters.scalarExecutors();
        if (scalar.size() > named) {
          named = scalar.size();
          listener.onWarning(
              "executors without the Vector API: %s: the same model, some ten times slower"
                  .formatted(scalar));
        }
        boolean whole = state.round % roundsPerEpoch == 0;
        if (whole) {
          state.history.add(endOfEpoch(state, sample));
        }
        if (checkpoints != null) {
          checkpoints.write(state, startedWith);
        }
        if (whole) {
          listener.onEpoch(state.history.getLast());
        }
        ended = listener.isCancelled() || whole && state.history.getLast().stopped();
      }
    } finally {
      clicks.destroy(false);
    }
  }

  private void round(RoundState state, Broadcast<int[]> clicks, RoundCounters counters)
      throws IOException {
    long began = System.nanoTime();
    int epoch = state.history.size() + 1;
    int number = state.round % roundsPerEpoch + 1;
    context.setJobDescription(
        "gru4j train: epoch %d of %d, round %d of %d"
            .formatted(epoch, parameters.get(MAX_EPOCHS), number, roundsPerEpoch));
    List<Broadcast<byte[]>> parts = state.numbers.broadcast(context);
    try {
      RoundTask task =
          new RoundTask(
              parameters,
              state.layout,
              clicks,
              parts,
              state.seed,
              state.round,
              roundsPerEpoch,
              counters,
              watch);
      RoundResult result = SparkRound.run(shares.rdd(), task, state.layout, state.numbers);
      if (result.failure() != null) {
        throw new TrainingException(result.failure());
      }
      state.epoch = state.epoch.plus(result);
      state.steps += result.steps();
    } finally {
      parts.forEach(part -> part.destroy(false));
    }
    state.round++;
    state.seconds += (System.nanoTime() - began) * 1e-9;
    listener.onBatch(
        new BatchProgress(
            epoch,
            parameters.get(MAX_EPOCHS),
            number,
            roundsPerEpoch,
            state.epoch.targets(),
            shares.numTargets(),
            state.epoch.lossSum() / Math.max(1, state.epoch.targets()),
            state.seconds));
  }

  private EpochSummary endOfEpoch(RoundState state, Validation sample) throws IOException {
    int epoch = state.history.size() + 1;
    RoundResult result = state.epoch;
    double seconds = state.seconds;
    double loss = result.lossSum() / Math.max(1, result.targets());
    GruNetwork network = network(state, false);
    Divergence.check(network, epoch, state.steps, loss, parameters);
    OptionalDouble criterion = OptionalDouble.empty();
    boolean better = false;
    boolean stopped = false;
    if (sample != null) {
      context.setJobDescription("gru4j train: epoch %d, criterion".formatted(epoch));
      double value = judge(network, sample, state.seed);
      criterion = OptionalDouble.of(value);
      better = state.rule.isBetter(value);
      stopped = state.rule.stops();
      if (better && !parameters.get(KEEP_LAST)) {
        keepAsBest(state);
      }
    }
    state.epoch = RoundResult.NOTHING;
    state.seconds = 0;
    return new EpochSummary(
        epoch, seconds, result.targets(), result.steps(), loss, criterion, better, stopped);
  }

  private double judge(GruNetwork network, Validation sample, long seed) {
    FittedModel model = new FittedModel(network, shares.items(), Map.of(), List.of(), seed);
    try (Parallel parallel = new Parallel(Runtime.getRuntime().availableProcessors())) {
      return ValidationCriterion.of(model, sample, parameters, seed, parallel);
    }
  }

  private void keepAsBest(RoundState state) throws IOException {
    float[] values = new float[BUFFER];
    long at = 0;
    for (int i = 0; i < state.layout.parameters(); i++) {
      long count = (long) state.layout.rows(i) * state.layout.cols(i);
      for (long done = 0; done < count; done += BUFFER) {
        int n = (int) Math.min(BUFFER, count - done);
        state.numbers.read(state.layout.at(i, 0, 0) + done, values, n);
        state.best.write(at + done, values, n);
      }
      at += count;
    }
    state.hasBest = true;
  }

  /** The network as it is now, or that of the best epoch. */
  private GruNetwork network(RoundState state, boolean best) throws IOException {
    GruNetwork network = Round.zeros(parameters, shares.items().size());
    float[] values = new float[BUFFER];
    long atBest = 0;
    for (int i = 0; i < state.layout.parameters(); i++) {
      Parameter p = network.parameters().get(i);
      long count = (long) p.rows() * p.cols();
      for (long done = 0; done < count; done += BUFFER) {
        int n = (int) Math.min(BUFFER, count - done);
        if (best) {
          state.best.read(atBest + done, values, n);
        } else {
          state.numbers.read(state.layout.at(i, 0, 0) + done, values, n);
        }
        p.write(done, values, n);
      }
      atBest += count;
    }
    return network;
  }

  private FittedModel model(RoundState state) throws IOException {
    boolean judged = judges != null && !parameters.get(KEEP_LAST) && !state.history.isEmpty();
    if (judged && !state.hasBest) {
      throw new TrainingException(
          parameters.get(STOPPING_CRITERION)
              + " was never a number, so no epoch can be called the best");
    }
    return new FittedModel(
            network(state, judged),
            shares.items(),
            parameters.algorithm().toString(),
            texts(),
            state.history,
            state.seed)
        .withItemClicks(shares.clicks())
        .withLastClicks(shares.lastClicks())
        .withLineage(lineage(state));
  }

  private Lineage lineage(RoundState state) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("partitions", Integer.toString(partitions));
    settings.put("rounds_per_epoch", Integer.toString(roundsPerEpoch));
    Map<String, Long> rows = new LinkedHashMap<>();
    long clicks = 0;
    for (int each : shares.clicks()) {
      clicks += each;
    }
    rows.put("sessions", shares.numSessions());
    rows.put("clicks", clicks);
    rows.put("epochs", (long) state.history.size());
    rows.put("items", (long) shares.items().size());
    rows.put("new", (long) shares.items().size());
    rows.put("forgotten", 0L);
    return Lineage.UNKNOWN.plus(
        new Lineage.Training(
            null, 0, dataHashes(), settings, texts(), state.seed, rows, new TreeMap<>()));
  }
}
