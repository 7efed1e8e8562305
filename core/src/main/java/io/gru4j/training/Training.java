package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.INIT;
import static io.gru4j.parameters.GRU4RecParameters.KEEP_LAST;
import static io.gru4j.parameters.GRU4RecParameters.MAX_EPOCHS;
import static io.gru4j.parameters.GRU4RecParameters.SEED;
import static io.gru4j.parameters.GRU4RecParameters.STOPPING_CRITERION;
import static io.gru4j.parameters.GRU4RecParameters.VALIDATION_SAMPLE_SIZE;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.Validation;
import io.gru4j.events.TrainingEvents;
import io.gru4j.file.SafeTensorsException;
import io.gru4j.model.EpochSummary;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.Lineage;
import io.gru4j.model.ModelFileException;
import io.gru4j.parameters.GRU4RecParameters;
import io.gru4j.parameters.ParameterSpec;
import io.gru4j.progress.TrainingException;
import io.gru4j.progress.TrainingListener;
import io.gru4j.progress.TrainingStoppedException;
import io.gru4j.progress.UpdateNorm;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.RandomStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * One training, from the first epoch or from a checkpoint to the last: trains an epoch, judges it,
 * keeps the best, writes the checkpoint, tells the listener.
 *
 * <p>Call {@link #start} or {@link #resume}, then {@link #run}, once. Not thread-safe.
 */
public final class Training {
  /** An observer that does nothing. */
  public static final Trainer.Observer NO_OBSERVER = new Trainer.Observer() {};

  private final InteractionMatrix x;
  private final IdMap items;
  private final Validation validation; // null: none
  private final GRU4RecParameters parameters;
  private final TrainingListener listener;
  private final Parallel parallel;
  private final TrainingSetup setup;
  private final TrainingEvents events = TrainingEvents.create();
  private Checkpoints checkpoints; // null: none
  private Fingerprint startedWith; // when it has started
  private Start from; // null: from nothing
  private Long drawnSeed; // of an earlier training that this one repeats; or null
  private Trainer.Observer observer = NO_OBSERVER;
  private NegativeSource negatives; // null: they are drawn
  private TrainingState state;
  private Trainer trainer;
  private FittedModel model; // null: none was learned

  /**
   * Says what to train, on checked data.
   *
   * @param x users x items, with timestamps
   * @param items ids of the items
   * @param validation null for none
   * @param parameters of the estimator
   * @param listener is told how it goes
   * @param parallel runs the work
   */
  public Training(
      InteractionMatrix x,
      IdMap items,
      Validation validation,
      GRU4RecParameters parameters,
      TrainingListener listener,
      Parallel parallel) {
    this.x = x;
    this.items = items;
    this.validation = validation;
    this.parameters = parameters;
    this.listener = listener;
    this.parallel = parallel;
    this.setup = new TrainingSetup(parameters, parallel);
  }

  /**
   * Writes checkpoints.
   *
   * @param checkpoints where; null for none
   * @return this
   */
  public Training checkpoints(Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
    return this;
  }

  /**
   * Goes on from a model.
   *
   * @param start of whose items this training has the rows; null for none
   * @return this
   */
  public Training from(Start start) {
    this.from = start;
    return this;
  }

  /**
   * Uses a seed in place of that of the parameters.
   *
   * @param seed one that an earlier training has drawn; null for none
   * @return this
   */
  public Training drawnSeed(Long seed) {
    this.drawnSeed = seed;
    return this;
  }

  /**
   * Computes the hashes of data that {@link Lineage.Training#data} has of a training on them.
   *
   * @param x users x items, with timestamps
   * @param items ids of the items
   * @param validation null for none
   * @param parameters of the estimator
   * @return SHA-256 by name
   */
  public static Map<String, String> dataHashes(
      InteractionMatrix x, IdMap items, Validation validation, GRU4RecParameters parameters) {
    return Fingerprint.of(parameters, x, items, validation, null).data();
  }

  /**
   * Sets an observer, for tests.
   *
   * @param observer sees each step
   * @return this
   */
  public Training observer(Trainer.Observer observer) {
    this.observer = observer;
    return this;
  }

  /** Sets where negatives come from, for tests. */
  Training negatives(NegativeSource negatives) {
    this.negatives = negatives;
    return this;
  }

  /**
   * Stands before the first step, with initial parameters drawn with the seed, which is drawn too
   * where it is None.
   *
   * @return this
   * @throws IllegalArgumentException if the heap cannot hold what training needs
   */
  public Training start() {
    requireMemory();
    long seed = seed();
    return start(seed, setup.initial(x.numItems(), seed));
  }

  private long seed() {
    Long given = drawnSeed != null ? drawnSeed : parameters.get(SEED);
    return given != null ? given : System.nanoTime() & Long.MAX_VALUE;
  }

  /**
   * Stands before the first step, with the parameters of the model that {@link #from} has set.
   *
   * @return this
   * @throws IllegalArgumentException if the heap cannot hold what training needs
   * @throws IOException if the kept state of the optimizer cannot be read
   */
  public Training goOn() throws IOException {
    requireMemory();
    return goOn(seed());
  }

  private Training goOn(long seed) throws IOException {
    GruNetwork.Form form = Objectives.form(parameters);
    // Another night draws other rows, of the same seed too.
    long ofStart = Long.parseUnsignedLong(from.sha256(), 0, 16, 16);
    long drawn = RandomStream.at(TrainingSetup.initialSeed(seed), ofStart);
    start(seed, StartNetwork.of(from, form, parameters.get(INIT), drawn, x));
    if (from.kept() != null) {
      StateFile.restore(from.kept().file(), state, from.rows(), from.model().numItems());
      trainer = trainer(seed);
    }
    return this;
  }

  /**
   * Stands before the first step, with given initial parameters.
   *
   * @param seed of everything random
   * @param network the parameters, which are changed; in rows unless it is trained against the
   *     catalogue
   * @return this
   */
  public Training start(long seed, GruNetwork network) {
    if (startedWith == null) {
      startedWith = Fingerprint.of(parameters, x, items, validation, from);
    }
    int[] clicks = from == null ? x.itemClicks() : from.clicks();
    TrainingStep step = setup.step(network, clicks, negatives, streams(seed));
    state = new TrainingState(seed, network, step, new StoppingRule(parameters));
    trainer = trainer(seed);
    return this;
  }

  /**
   * What dropout, negatives and order are drawn with. Steps count on where a training goes on from
   * the kept state of another; where its state is fresh they begin anew, and would draw what an
   * earlier one has drawn.
   */
  private long streams(long seed) {
    long freshStarts = 0;
    if (from != null) {
      freshStarts =
          from.model().lineage().trainings().stream().filter(Start::isFresh).count()
              + (from.kept() == null ? 1 : 0);
    }
    return TrainingSetup.afterFreshStarts(seed, freshStarts);
  }

  private Trainer trainer(long seed) {
    Trainer.Passes epochs =
        new Trainer.Passes("epoch", parameters.get(MAX_EPOCHS), state.epochsBefore);
    return new Trainer(
        setup.batches(x, streams(seed)),
        state.step,
        parameters,
        listener,
        observer,
        events,
        epochs);
  }

  /**
   * Stands where the checkpoint was written, or the one before it where that is damaged or missing,
   * which is a warning.
   *
   * @return this
   * @throws IllegalArgumentException if it is of another training; names the first difference
   * @throws IOException if there is none, or it cannot be read, nor the one before; nothing is
   *     deleted, and the message says what to delete to start anew
   */
  public Training resume() throws IOException {
    startedWith = Fingerprint.of(parameters, x, items, validation, from);
    try {
      resume(checkpoints.file());
    } catch (IOException e) {
      boolean damaged =
          e instanceof ModelFileException
              || e instanceof NoSuchFileException
              || e.getClass() == IOException.class; // a disk that fails has no class of its own
      if (!damaged || !Files.exists(checkpoints.before())) {
        throw withAdvice(checkpoints.file(), e);
      }
      String fault = e instanceof NoSuchFileException ? ": is missing" : "";
      listener.onWarning(
          e.getMessage()
              + fault
              + "; training goes on from the one before, "
              + checkpoints.before());
      checkpoints.newestIsDamaged();
      resumeBefore();
    }
    listener.onResume(List.copyOf(state.history));
    return this;
  }

  private void resumeBefore() throws IOException {
    try {
      resume(checkpoints.before());
    } catch (ModelFileException e) {
      throw withAdvice(checkpoints.before(), e);
    }
  }

  private IOException withAdvice(Path checkpoint, IOException e) {
    return e instanceof ModelFileException damage
        ? new ModelFileException(
            checkpoint, damage.fault() + "; nothing was deleted: " + checkpoints.toStartAnew())
        : e;
  }

  private void resume(Path checkpoint) throws IOException {
    state = null; // of a first try: its memory is needed
    trainer = null;
    try (CheckpointFile file = CheckpointFile.open(checkpoint)) {
      file.requireSame(startedWith, checkpoints.toStartAnew());
      requireMemory();
      if (from == null) {
        start(file.seed(), setup.zeros(x.numItems()));
      } else {
        goOn(file.seed());
      }
      file.restore(state);
    } catch (SafeTensorsException e) {
      throw new ModelFileException(checkpoint, e.fault());
    }
    if (!trainer.hasPlace(state.history.size(), state.position)) {
      throw new ModelFileException(checkpoint, "has a position that the data do not have");
    }
  }

  private void requireMemory() {
    FittedModel start = from == null ? null : from.model();
    MemoryEstimate.of(parameters, x, items, validation, start, parallel.threads()).requireFits();
  }

  /**
   * Trains to the end. {@link #model} returns the trained network, also after an exception.
   *
   * @param stopRequested asked between two steps
   * @throws TrainingException if training goes wrong
   * @throws TrainingStoppedException if a stop was requested or the thread interrupted
   */
  public void run(BooleanSupplier stopRequested) {
    Validation sample =
        validation == null
            ? null
            : ValidationCriterion.sample(
                validation, parameters.get(VALIDATION_SAMPLE_SIZE), state.seed);
    boolean cancelled;
    try {
      cancelled = runEpochs(sample, stopRequested);
    } finally {
      if (state.best != null) {
        keep(state.best);
      }
    }
    boolean nothingJudged = cancelled && state.history.isEmpty();
    if (sample == null || parameters.get(KEEP_LAST) || nothingJudged) {
      Divergence.checkParameters(state, parameters);
      keep(state.served());
    } else if (state.best == null) {
      throw new TrainingException(
          parameters.get(STOPPING_CRITERION)
              + " was never a number, so no epoch can be called the best");
    }
  }

  /** Returns whether the listener has cancelled. */
  private boolean runEpochs(Validation sample, BooleanSupplier stopRequested) {
    List<EpochSummary> history = state.history;
    boolean stopped = !history.isEmpty() && history.getLast().stopped();
    boolean cancelled = false;
    UpdateNorms norms = updateNorms();
    boolean fromItsBeginning = state.position.batch == 0 && state.position.chunk == 0;
    while (history.size() < parameters.get(MAX_EPOCHS) && !stopped && !cancelled) {
      events.beginEpoch();
      Trainer.Epoch result =
          trainer.run(history.size(), state.position, () -> betweenSteps(stopRequested));
      if (!result.whole()) {
        return true;
      }
      Divergence.check(state, result.loss(), parameters);
      if (norms != null) {
        List<UpdateNorm> parts = norms.epoch();
        if (fromItsBeginning) {
          listener.onUpdateNorms(state.epoch(), parts);
        }
        fromItsBeginning = true;
      }
      EpochSummary summary = judge(result, sample);
      stopped = summary.stopped();
      history.add(summary);
      state.position.nextEpoch();
      if (checkpoints != null) {
        checkpoints.write(state, startedWith, listener);
      }
      events.endEpoch(
          summary.epoch(),
          summary.targets(),
          summary.steps(),
          summary.loss(),
          summary.criterion().orElse(Double.NaN),
          summary.seconds());
      listener.onEpoch(summary);
      cancelled = listener.isCancelled();
    }
    return cancelled;
  }

  /** Null if they are not wanted, or there is no room for the copy. */
  private UpdateNorms updateNorms() {
    if (!listener.wantsUpdateNorms()) {
      return null;
    }
    FittedModel start = from == null ? null : from.model();
    int threads = parallel.threads();
    double needed =
        MemoryEstimate.of(parameters, x, items, validation, start, threads).bytes()
            + UpdateNorms.bytes(state.network);
    if (needed > Runtime.getRuntime().maxMemory()) {
      listener.onWarning("update norms are not measured: the heap has no room for a copy");
      return null;
    }
    return new UpdateNorms(state.network);
  }

  /** Computes the criterion, if there is validation data, and keeps the network if it is better. */
  private EpochSummary judge(Trainer.Epoch epoch, Validation sample) {
    OptionalDouble criterion = OptionalDouble.empty();
    boolean better = false;
    boolean stopped = false;
    if (sample != null) {
      double value = state.judged(network -> criterion(network, sample));
      criterion = OptionalDouble.of(value);
      better = state.rule.isBetter(value);
      stopped = state.rule.stops();
      if (better && !parameters.get(KEEP_LAST)) {
        state.keepAsBest();
      }
    }
    return new EpochSummary(
        state.epoch(),
        epoch.seconds(),
        epoch.targets(),
        epoch.steps(),
        epoch.loss(),
        criterion,
        better,
        stopped);
  }

  private double criterion(GruNetwork network, Validation sample) {
    FittedModel now = new FittedModel(network, items, Map.of(), List.of(), null);
    return ValidationCriterion.of(now, sample, parameters, state.seed, parallel);
  }

  /** Writes a checkpoint when it is time, and stops when somebody asked for it. */
  private void betweenSteps(BooleanSupplier stopRequested) {
    boolean stop = stopRequested.getAsBoolean() || Thread.currentThread().isInterrupted();
    String failure = null;
    if (checkpoints != null && (stop || checkpoints.due())) {
      failure = checkpoints.write(state, startedWith, listener);
    }
    if (stop) {
      throw new TrainingStoppedException(
          "training was stopped in epoch %d, after step %d%s"
              .formatted(state.epoch(), state.step.steps(), failure == null ? "" : "; " + failure));
    }
  }

  private void keep(GruNetwork network) {
    Map<String, String> texts = new LinkedHashMap<>();
    parameters.getParams().forEach((name, value) -> texts.put(name, ParameterSpec.print(value)));
    String algorithm = parameters.algorithm().toString();
    model =
        new FittedModel(network, items, algorithm, texts, state.history, state.seed)
            .withItemClicks(from == null ? x.itemClicks() : from.clicks())
            .withLastClicks(from == null ? LastClicks.of(x) : from.lastClicks())
            .withLineage(lineage(texts));
  }

  private Lineage lineage(Map<String, String> texts) {
    Map<String, Long> rows = new LinkedHashMap<>();
    rows.put("sessions", (long) x.numActiveUsers());
    rows.put("clicks", (long) x.numInteractions());
    rows.put("epochs", (long) state.history.size());
    rows.put("items", (long) x.numItems());
    rows.put("new", from == null ? x.numItems() : (long) from.added());
    SortedMap<Integer, String> forgotten = from == null ? new TreeMap<>() : from.forgotten();
    rows.put("forgotten", (long) forgotten.size());
    Lineage before = from == null ? Lineage.UNKNOWN : from.model().lineage();
    return before.plus(
        new Lineage.Training(
            from == null ? null : from.sha256(),
            from == null ? 0 : from.model().fingerprint(),
            startedWith.data(),
            from == null ? Map.of() : from.allSettings(),
            texts,
            state.seed,
            rows,
            forgotten));
  }

  /**
   * Writes the state of the optimizer, as it is at the end of the training.
   *
   * @param file where to
   * @param before where the file goes that is there; null for nowhere
   * @throws IOException if it cannot be written; what was there is unchanged
   */
  public void writeState(Path file, Path before) throws IOException {
    StateFile.write(file, before, model.sha256(), state);
  }

  /** {@return the trained network, the best or the last; null if there is none} */
  public FittedModel model() {
    return model;
  }

  /** {@return whether a criterion has said which epoch is the best} */
  public boolean hasBest() {
    return !Double.isInfinite(state.rule.best());
  }

  /** {@return the best value of the criterion; null if there is none} */
  public Double bestCriterion() {
    double best = state.rule.best();
    return Double.isInfinite(best) ? null : (Double) best;
  }
}
