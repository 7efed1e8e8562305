package io.gru4j.spark;

import io.gru4j.data.Clicks;
import io.gru4j.data.TimeScale;
import io.gru4j.prepare.ClicksLog;
import io.gru4j.prepare.CollapseRepeats;
import io.gru4j.prepare.Counts;
import io.gru4j.prepare.MaximumLength;
import io.gru4j.prepare.MinimumCounts;
import io.gru4j.prepare.SessionGap;
import io.gru4j.prepare.SessionLog;
import io.gru4j.prepare.Step;
import io.gru4j.prepare.Where;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * A log in blocks on executors. Whatever looks at one session at a time is core's own rule, applied
 * to each block; what needs all clicks is counted over the blocks.
 */
final class SparkLog implements SessionLog<SparkLog> {
  private final JavaSparkContext context;
  private final JavaRDD<ClickBlock> blocks;
  private final TimeScale scale;
  private final List<Runnable> release; // of all logs that came of one
  private Tuple2<Long, Long> sizes; // clicks and sessions; null: not counted yet
  private Counts counts; // null: not counted yet

  /** A rule for the sessions of a block. */
  private interface Rule extends Serializable {
    Clicks apply(ClicksLog log);
  }

  private SparkLog(
      JavaSparkContext context,
      JavaRDD<ClickBlock> blocks,
      TimeScale scale,
      List<Runnable> release) {
    this.context = context;
    this.blocks = blocks.persist(StorageLevel.MEMORY_AND_DISK_SER());
    this.scale = scale;
    this.release = release;
    release.add(() -> blocks.unpersist(false));
  }

  static SparkLog of(ClickFrame frame) {
    JavaSparkContext context =
        JavaSparkContext.fromSparkContext(frame.sorted().sparkSession().sparkContext());
    return new SparkLog(context, ClickBlocks.of(frame), frame.scale(), new ArrayList<>());
  }

  JavaRDD<ClickBlock> blocks() {
    return blocks;
  }

  /** Frees what this log and all that came of the same one hold on executors. */
  void release() {
    release.forEach(Runnable::run);
    release.clear();
  }

  private SparkLog map(String what, Rule rule) {
    context.setJobDescription("gru4j prepare: " + what);
    return new SparkLog(
        context,
        blocks
            .map(block -> ClickBlock.of(rule.apply(new ClicksLog(block.toClicks()))))
            .filter(block -> block.sessions().length > 0),
        scale,
        release);
  }

  @Override
  public TimeScale scale() {
    return scale;
  }

  private Tuple2<Long, Long> sizes() {
    if (sizes == null) {
      sizes =
          blocks
              .map(
                  block ->
                      new Tuple2<>((long) block.clicks().length, (long) block.sessions().length))
              .fold(new Tuple2<>(0L, 0L), (a, b) -> new Tuple2<>(a._1() + b._1(), a._2() + b._2()));
    }
    return sizes;
  }

  @Override
  public long numClicks() {
    return sizes()._1();
  }

  @Override
  public long numSessions() {
    return sizes()._2();
  }

  @Override
  public Counts counts() {
    if (counts == null) {
      counts = new Counts(numClicks(), numSessions(), items().count());
    }
    return counts;
  }

  /** The ids of the items with a click. */
  private JavaRDD<String> items() {
    return blocks.flatMap(block -> List.of(block.items()).iterator()).distinct();
  }

  @Override
  public SparkLog withinSessions(Step step) {
    Rule rule =
        switch (step) {
          case SessionGap gap -> {
            scale.ticks(gap.gap()); // fails here rather than in a task
            Duration duration = gap.gap();
            yield log -> new SessionGap(duration).apply(log.clicks());
          }
          case Where where -> log -> new Where(List.of()).apply(log.clicks());
          case CollapseRepeats repeats -> log -> new CollapseRepeats().apply(log.clicks());
          case MaximumLength length -> {
            int clicks = length.clicks();
            MaximumLength.Longer longer = length.longer();
            yield log -> new MaximumLength(clicks, longer).apply(log.clicks());
          }
          case MinimumCounts counts ->
              throw new IllegalArgumentException(counts.rule() + ": looks at all sessions");
        };
    return map(step.rule(), rule);
  }

  @Override
  public SparkLog longEnough(int clicks) {
    return clicks == 1
        ? this
        : map("sessions of " + clicks + " clicks or more", log -> log.longEnough(clicks).clicks());
  }

  @Override
  public SparkLog onFrequentItems(int clicks) {
    if (clicks == 1) {
      return this;
    }
    List<String> frequent =
        blocks
            .flatMapToPair(SparkLog::clicksByItem)
            .reduceByKey(Long::sum)
            .filter(item -> item._2() >= clicks)
            .keys()
            .collect();
    return onItems("items of " + clicks + " clicks or more", frequent);
  }

  private static java.util.Iterator<Tuple2<String, Long>> clicksByItem(ClickBlock block) {
    long[] counts = new long[block.items().length];
    for (int item : block.clicks()) {
      if (item != Clicks.LEFT_OUT) {
        counts[item]++;
      }
    }
    List<Tuple2<String, Long>> pairs = new ArrayList<>();
    for (int item = 0; item < counts.length; item++) {
      pairs.add(new Tuple2<>(block.items()[item], counts[item]));
    }
    return pairs.iterator();
  }

  private SparkLog onItems(String what, List<String> ids) {
    String[] sorted = ids.toArray(String[]::new);
    Arrays.sort(sorted);
    Broadcast<String[]> kept = context.broadcast(sorted);
    release.add(() -> kept.destroy());
    return map(
        what,
        log -> {
          BitSet items = new BitSet();
          for (int item = 0; item < log.clicks().itemIds().size(); item++) {
            items.set(
                item, Arrays.binarySearch(kept.value(), log.clicks().itemIds().idOf(item)) >= 0);
          }
          return log.onItems(items).clicks();
        });
  }

  @Override
  public SparkLog startingFrom(long time) {
    return map("sessions that start then or later", log -> log.startingFrom(time).clicks());
  }

  @Override
  public SparkLog startingBefore(long time) {
    return map("sessions that start before", log -> log.startingBefore(time).clicks());
  }

  @Override
  public SparkLog clicksBefore(long time) {
    return map("clicks before", log -> log.clicksBefore(time).clicks());
  }

  @Override
  public SparkLog onItemsOf(SparkLog other) {
    return onItems("items that training has", other.items().collect());
  }

  @Override
  public long lastTime() {
    return blocks.map(block -> Arrays.stream(block.times()).max().orElseThrow()).reduce(Math::max);
  }

  @Override
  public long start(long rank) {
    return blocks
        .flatMap(
            block ->
                Arrays.stream(block.offsets(), 0, block.sessions().length)
                    .mapToObj(at -> block.times()[at])
                    .iterator())
        .sortBy(start -> start, true, blocks.getNumPartitions())
        .zipWithIndex()
        .filter(start -> start._2() == rank)
        .keys()
        .first();
  }
}
