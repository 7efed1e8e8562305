package io.gru4j.serve;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.FittedModel;
import io.gru4j.model.GruNetwork;
import io.gru4j.model.Recommendation;
import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.nn.OutputScorer;
import io.gru4j.tensor.nn.TopK;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A fitted model in a service: opens sessions, and works on many at once.
 *
 * <p>Thread-safe: make one for a model and share it. Its sessions are not; each belongs to one
 * thread at a time. Calls borrow their buffers: some hundred kB for each call that runs at the same
 * time, however many sessions there are.
 */
public final class Recommender {
  private final FittedModel model;
  private final int hiddenLength;
  private final OutputScorer scorer; // only copied from, and prepared
  private final WorkspacePool workspaces;

  /**
   * Shares a model.
   *
   * @param model the model
   */
  public Recommender(FittedModel model) {
    GruNetwork network = model.network();
    OutputScorer scorer = model.scorer();
    this.model = model;
    this.scorer = scorer;
    this.hiddenLength = IntStream.of(network.hiddenSizes()).sum();
    this.workspaces = new WorkspacePool(() -> new Workspace(model, scorer));
  }

  /**
   * Returns the model.
   *
   * @return the model
   */
  public FittedModel model() {
    return model;
  }

  /**
   * Makes what the best items of one session are found with in a large catalogue: a coarse copy of
   * the output layer's weights, of a quarter of their bytes. Without this call it is made beside
   * the first requests. Answers have the same bits with it and without. Returns at once if it is
   * there already, or would not be faster.
   *
   * @param parallel runs the work
   */
  public void prepare(Parallel parallel) {
    scorer.prepare(parallel);
  }

  /**
   * Returns a number that tells the model from others by every bit of its parameters and ids; the
   * same for a model and its file. The first call reads all parameters.
   *
   * @return any number but 0
   */
  public long fingerprint() {
    return model.fingerprint();
  }

  /**
   * Opens a session without a click.
   *
   * @return a new session
   */
  public Session newSession() {
    return new Session(this, hiddenLength);
  }

  /**
   * Reads a session that {@link Session#toBytes} wrote, under this model or another copy of it.
   *
   * @param bytes the bytes; everything in them is checked
   * @return a new session that continues where the other was
   * @throws SessionFormatException if the bytes are no session, were changed, or are a session of
   *     another model; the message says which
   */
  public Session read(byte[] bytes) throws SessionFormatException {
    Session session = newSession();
    SessionBytes read = SessionBytes.read(bytes, fingerprint(), model.numItems(), hiddenLength);
    session.restore(read.clicks(), read.items(), read.hidden());
    return session;
  }

  /**
   * Returns what this model needs to know of one that was served before it, to take over that
   * model's sessions.
   *
   * @param before the other model; it is not kept
   * @return 4 bytes for each item of the other, and the ids of those that this model has not
   */
  public Predecessor after(Recommender before) {
    return Predecessor.of(before, model.items());
  }

  /**
   * Returns what this model knows by its {@link FittedModel#lineage} of those that it was updated
   * from, to take over their sessions.
   *
   * @return the newest first; it ends where the file does not say which items were forgotten
   */
  public List<Predecessor> ancestors() {
    return Predecessor.ofLineage(model, hiddenLength);
  }

  /**
   * Takes over a session of an earlier model: a new session takes in all its clicks, in their
   * order. Its state is that of a session which has clicked the same items under this model, to the
   * bit.
   *
   * @param bytes what {@link Session#toBytes} wrote under that model; everything in them is checked
   * @param before made by {@link #after} or {@link #ancestors} of this recommender
   * @return the session, and the items that this model does not know
   * @throws SessionFormatException if the bytes are no session of that model, or one of so many
   *     clicks that they have not kept their order
   */
  public TakenOver takeOver(byte[] bytes, Predecessor before) throws SessionFormatException {
    return before.replay(bytes, newSession());
  }

  int hiddenLength() {
    return hiddenLength;
  }

  /**
   * Makes a set of items, for filters.
   *
   * @param ids ids of items, in any order; those that the model does not know are left out
   * @return a set
   */
  public ItemSet itemSet(Collection<String> ids) {
    return ItemSet.of(model.items(), ids);
  }

  /**
   * Takes a click in each of many sessions; this costs less than single calls.
   *
   * @param sessions sessions of this recommender, each once; nobody else may use them meanwhile
   * @param items for each session the id of the item clicked; one that the model does not know
   *     changes nothing
   * @return for how many sessions the model knows the item
   * @throws IllegalArgumentException if the lists differ in length, or a session is another
   *     recommender's or there twice; no session has then changed
   */
  public int clickAll(List<Session> sessions, List<String> items) {
    if (sessions.size() != items.size()) {
      throw new IllegalArgumentException(
          "%d sessions, but %d items".formatted(sessions.size(), items.size()));
    }
    checkDistinct(sessions);
    Workspace workspace = workspaces.take();
    int known = 0;
    int rows = 0;
    for (int i = 0; i < sessions.size(); i++) {
      int item = model.items().indexOf(items.get(i));
      if (item >= 0) {
        workspace.put(rows++, sessions.get(i), item);
        known++;
      }
      if (rows == Workspace.ROWS || rows > 0 && i == sessions.size() - 1) {
        workspace.click(rows);
        rows = 0;
      }
    }
    workspaces.giveBack(workspace);
    return known;
  }

  private void checkDistinct(List<Session> sessions) {
    int marked = 0;
    try {
      for (; marked < sessions.size(); marked++) {
        Session session = sessions.get(marked);
        checkOwner(session, marked);
        if (session.mark(true)) {
          throw new IllegalArgumentException("sessions[" + marked + "] is there twice");
        }
      }
    } finally {
      for (int i = 0; i < marked; i++) {
        sessions.get(i).mark(false);
      }
    }
  }

  private void checkOwner(Session session, int index) {
    if (session.recommender() != this) {
      throw new IllegalArgumentException("sessions[" + index + "] is of another recommender");
    }
  }

  /**
   * Returns the best items of many sessions: one pass over the output layer's weights for 32
   * sessions, where single calls need one each.
   *
   * @param sessions sessions of this recommender; nobody else may use them meanwhile
   * @param k how many items for each, at least 1
   * @param filter which items may be among them
   * @return for each session what {@link Session#top(int, ItemFilter)} returns, to the same bits
   * @throws IllegalArgumentException if {@code k} is below 1, or a session or a set of the filter
   *     is another recommender's
   */
  public List<List<Recommendation>> topAll(List<Session> sessions, int k, ItemFilter filter) {
    int kept = checkTop(k, filter);
    for (int i = 0; i < sessions.size(); i++) {
      checkOwner(sessions.get(i), i);
    }
    List<List<Recommendation>> results = new ArrayList<>(sessions.size());
    Workspace workspace = workspaces.take();
    for (int from = 0; from < sessions.size(); from += Workspace.ROWS) {
      int count = Math.min(Workspace.ROWS, sessions.size() - from);
      int rows = 0;
      for (int i = 0; i < count; i++) {
        if (sessions.get(from + i).clicks() > 0) {
          workspace.put(rows++, sessions.get(from + i));
        }
      }
      workspace.top(rows, kept, filter);
      int row = 0;
      for (int i = 0; i < count; i++) {
        boolean clicked = sessions.get(from + i).clicks() > 0;
        results.add(clicked ? workspace.result(row++) : List.of());
      }
    }
    workspaces.giveBack(workspace);
    return Collections.unmodifiableList(results);
  }

  /**
   * Returns the best items of sessions that differ in what they ask for: one pass over the output
   * layer's weights for 32 of those without candidates; those with candidates cost what single
   * calls do.
   *
   * @param requests what is asked, of sessions of this recommender; nobody else may use them
   *     meanwhile
   * @return for each what {@link Session#top(int, ItemFilter)} returns, to the same bits
   * @throws IllegalArgumentException if a {@code k} is below 1, or a session or a set of a filter
   *     is another recommender's
   */
  public List<List<Recommendation>> topAll(List<TopRequest> requests) {
    List<List<Recommendation>> results = new ArrayList<>(requests.size());
    List<Integer> together = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      TopRequest each = requests.get(i);
      checkTop(each.k(), each.filter());
      checkOwner(each.session(), i);
      results.add(List.of()); // before the first click
      if (each.session().clicks() > 0 && each.filter().candidates().isEmpty()) {
        together.add(i);
      }
    }
    for (int i = 0; i < requests.size(); i++) {
      TopRequest each = requests.get(i);
      if (each.filter().candidates().isPresent()) {
        results.set(i, each.session().top(each.k(), each.filter()));
      }
    }
    Workspace workspace = workspaces.take();
    for (int from = 0; from < together.size(); from += Workspace.ROWS) {
      int rows = Math.min(Workspace.ROWS, together.size() - from);
      for (int row = 0; row < rows; row++) {
        TopRequest each = requests.get(together.get(from + row));
        workspace.put(row, each.session());
        workspace.ask(row, Math.min(each.k(), model.numItems()), each.filter());
      }
      workspace.topOfAll(rows);
      for (int row = 0; row < rows; row++) {
        results.set(together.get(from + row), workspace.result(row));
      }
    }
    workspaces.giveBack(workspace);
    return Collections.unmodifiableList(results);
  }

  /** Takes what is recommended for one session after the other. */
  @FunctionalInterface
  public interface Receiver {
    /**
     * Takes the recommendations for one session.
     *
     * @param user the session's number in the matrix
     * @param items what {@link Session#top(int, ItemFilter)} returns; empty if the session has no
     *     click
     */
    void accept(int user, List<Recommendation> items);
  }

  /**
   * Recommends for every session of a matrix, many at a time.
   *
   * @param sessions users are sessions, items have the model's numbers
   * @param k how many items for each, at least 1
   * @param filter which items may be among them
   * @param parallel runs the work; the result does not depend on it
   * @param receiver called on this thread for each user, in the order of their numbers
   * @throws IllegalArgumentException if the number of items is not the model's, {@code k} is below
   *     1, or a set of the filter is another recommender's
   */
  public void recommendAll(
      InteractionMatrix sessions, int k, ItemFilter filter, Parallel parallel, Receiver receiver) {
    if (sessions.numItems() != model.numItems()) {
      throw new IllegalArgumentException(
          "the model knows %d items, got a matrix of %d"
              .formatted(model.numItems(), sessions.numItems()));
    }
    new MatrixRun(this, sessions, checkTop(k, filter), filter).run(parallel, receiver);
  }

  /**
   * Returns the items that were clicked most in training, for a session of which nothing is known.
   *
   * @param k how many, at least 1
   * @param filter which items may be among them; no item counts as seen
   * @return at most {@code k} items, the most popular first, of equal ones the item with the lower
   *     number; the score is the number of clicks
   * @throws IllegalStateException if the model does not know the clicks of its items
   * @throws IllegalArgumentException if {@code k} is below 1, or a set of the filter is another
   *     recommender's
   */
  public List<Recommendation> popular(int k, ItemFilter filter) {
    int[] clicks = model.itemClicks();
    if (clicks == null) {
      throw new IllegalStateException(
          "the model does not know how often its items were clicked: its file is older than that,"
              + " or not from here; train it again");
    }
    TopK top = new TopK(checkTop(k, filter));
    Exclusion exclusion = new Exclusion();
    exclusion.start(newSession(), filter);
    top.keep(top.capacity(), exclusion.isEmpty() ? null : exclusion);
    if (filter.candidates().isPresent()) {
      for (int item : filter.candidates().get().numbers()) {
        top.offer(item, clicks[item]);
      }
    } else {
      for (int item = 0; item < clicks.length; item++) {
        top.offer(item, clicks[item]);
      }
    }
    top.sort();
    return Workspace.list(top, model.items());
  }

  /** Checks a request for the best items; returns how many there can be at most. */
  int checkTop(int k, ItemFilter filter) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be >= 1, got " + k);
    }
    filter.check(model.items());
    return Math.min(k, model.numItems());
  }

  /** The buffers for calls. */
  WorkspacePool workspaces() {
    return workspaces;
  }
}
