package io.gru4j.spark;

import io.gru4j.data.Clicks;
import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.Recommendation;
import io.gru4j.serve.ItemFilter;
import io.gru4j.serve.Recommender;
import io.gru4j.tensor.Parallel;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Scores the sessions of a partition, a block at a time, with the model that all tasks of the JVM
 * share.
 *
 * @param model the model
 * @param k how many items for each session
 * @param only ids of the only items that may be recommended, or null
 * @param without ids of items that may not be recommended, or null
 * @param unseen whether items of the session may not be recommended
 * @param failOnUnknown whether an item that the model does not know is an error
 * @param popular what sessions without a known item get; null: nothing, and no row has a source
 * @param counters count
 */
record ScoringTask(
    SentModel model,
    int k,
    Broadcast<String[]> only,
    Broadcast<String[]> without,
    boolean unseen,
    boolean failOnUnknown,
    List<Popular> popular,
    ScoringCounters counters)
    implements FlatMapFunction<Iterator<ClickBlock>, Row> {
  static final String MODEL = "model";
  static final String POPULAR = "popular";

  /**
   * A recommendation that travels.
   *
   * @param item its id
   * @param score its number of clicks
   */
  record Popular(String item, float score) implements Serializable {}

  @Override
  public Iterator<Row> call(Iterator<ClickBlock> blocks) throws IOException {
    if (!blocks.hasNext()) {
      return Collections.emptyIterator();
    }
    JavaVersion.check();
    SharedModels.Lease lease = SharedModels.take(model);
    if (lease.read()) {
      counters.addModel();
    }
    if (SharedModels.isScalar()) {
      counters.addScalar(SparkEnv.get().executorId());
    }
    Parallel parallel = new Parallel(TaskContext.get().cpus());
    TaskContext.get()
        .addTaskCompletionListener(
            context -> {
              parallel.close();
              lease.close();
            });
    ItemFilter filter = filter(lease.recommender());
    return Stream.iterate(blocks, Iterator::hasNext, each -> each)
        .map(Iterator::next)
        .flatMap(block -> score(block, lease.recommender(), filter, parallel).stream())
        .iterator();
  }

  private ItemFilter filter(Recommender recommender) {
    ItemFilter filter = unseen ? ItemFilter.ALL.unseen() : ItemFilter.ALL;
    if (only != null) {
      filter = filter.only(recommender.itemSet(Arrays.asList(only.value())));
    }
    if (without != null) {
      filter = filter.without(recommender.itemSet(Arrays.asList(without.value())));
    }
    return filter;
  }

  private List<Row> score(
      ClickBlock block, Recommender recommender, ItemFilter filter, Parallel parallel) {
    long start = System.nanoTime();
    InteractionMatrix sessions = matrix(block, recommender.model().items());
    List<Row> rows = new ArrayList<>(sessions.numUsers() * k);
    long[] withoutItem = {0};
    recommender.recommendAll(
        sessions,
        k,
        filter,
        parallel,
        (user, items) -> {
          if (sessions.historyLength(user) > 0) {
            for (int i = 0; i < items.size(); i++) {
              Recommendation each = items.get(i);
              rows.add(row(block.sessions()[user], i, each.item(), each.score(), MODEL));
            }
            return;
          }
          withoutItem[0]++;
          for (int i = 0; popular != null && i < popular.size(); i++) {
            Popular each = popular.get(i);
            rows.add(row(block.sessions()[user], i, each.item(), each.score(), POPULAR));
          }
        });
    counters.addBlock(
        sessions.numUsers(),
        block.clicks().length - sessions.numInteractions(),
        withoutItem[0],
        (System.nanoTime() - start) * 1e-9);
    return rows;
  }

  private Row row(String session, int index, String item, float score, String source) {
    return popular == null
        ? RowFactory.create(session, index + 1, item, score)
        : RowFactory.create(session, index + 1, item, score, source);
  }

  /** The clicks on items that the model knows, with its numbers; positions are the times. */
  private InteractionMatrix matrix(ClickBlock block, IdMap known) {
    int[] numbers = new int[block.items().length];
    for (int item = 0; item < numbers.length; item++) {
      numbers[item] = known.indexOf(block.items()[item]);
    }
    int[] users = new int[block.clicks().length];
    int[] items = new int[users.length];
    double[] positions = new double[users.length];
    int n = 0;
    for (int session = 0; session < block.sessions().length; session++) {
      for (int click = block.offsets()[session]; click < block.offsets()[session + 1]; click++) {
        int item = block.clicks()[click];
        if (item != Clicks.LEFT_OUT && numbers[item] >= 0) {
          users[n] = session;
          items[n] = numbers[item];
          positions[n++] = click;
        } else if (item != Clicks.LEFT_OUT && failOnUnknown) {
          throw new IllegalArgumentException(
              "session \"%s\": the model does not know item \"%s\""
                  .formatted(block.sessions()[session], block.items()[item]));
        }
      }
    }
    return InteractionMatrix.of(
        block.sessions().length,
        known.size(),
        Arrays.copyOf(users, n),
        Arrays.copyOf(items, n),
        Arrays.copyOf(positions, n));
  }
}
