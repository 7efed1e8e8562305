package io.gru4j.spark;

import io.gru4j.data.IdMap;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.data.TimeUnits;
import io.gru4j.file.Sha256;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The training sessions, shared out: session number i by time, then by id, goes to partition i
 * modulo their number. Items are numbered in the order of their ids. So what each partition has
 * does not depend on how the data frame lies in partitions.
 *
 * @param rdd one share a partition, persisted
 * @param items ids, of every item with a click
 * @param clicks of each item
 * @param lastClicks time of each item's last click, in seconds since 1970 where times are seen to
 *     count from there
 * @param numSessions with a click
 * @param numTargets clicks but each session's first
 * @param sha256 of all shares in their order
 * @param ids of the items, for executors that make a lost share again
 */
record SessionShares(
    JavaRDD<SessionShare> rdd,
    IdMap items,
    int[] clicks,
    double[] lastClicks,
    long numSessions,
    long numTargets,
    String sha256,
    Broadcast<String[]> ids) {

  /** Frees what executors keep. */
  void release() {
    rdd.unpersist(false);
    ids.destroy(false);
  }

  /**
   * A session's place in time.
   *
   * @param time of its first click
   * @param session its id
   */
  private record Start(long time, String session) implements Comparable<Start>, Serializable {
    @Override
    public int compareTo(Start other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : session.compareTo(other.session);
    }
  }

  private record Session(int[] items, double[] times) implements Serializable {}

  private record ItemClicks(long count, double last) implements Serializable {
    ItemClicks plus(ItemClicks other) {
      return new ItemClicks(count + other.count, Math.max(last, other.last));
    }
  }

  private record Digest(long sessions, long targets, String sha256) implements Serializable {}

  /** A number modulo the number of partitions. */
  static final class Striped extends Partitioner {
    private static final long serialVersionUID = 1;
    private final int partitions;

    Striped(int partitions) {
      this.partitions = partitions;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object key) {
      return (int) ((Long) key % partitions);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Striped striped && striped.partitions == partitions;
    }

    @Override
    public int hashCode() {
      return partitions;
    }
  }

  /**
   * Shares sessions out.
   *
   * @param frame the training sessions
   * @param partitions at least 1
   * @throws IllegalArgumentException if there is no click
   */
  static SessionShares of(JavaSparkContext context, ClickFrame frame, int partitions) {
    JavaRDD<ClickBlock> blocks = ClickBlocks.of(frame).persist(StorageLevel.MEMORY_AND_DISK_SER());
    context.setJobDescription("gru4j train: items");
    List<Tuple2<String, ItemClicks>> counted =
        new ArrayList<>(
            blocks
                .flatMapToPair(SessionShares::clicksByItem)
                .reduceByKey(ItemClicks::plus)
                .collect());
    if (counted.isEmpty()) {
      throw new IllegalArgumentException("the training sessions have no clicks");
    }
    counted.sort((a, b) -> a._1().compareTo(b._1()));
    String[] ids = counted.stream().map(Tuple2::_1).toArray(String[]::new);
    Broadcast<String[]> known = context.broadcast(ids);
    context.setJobDescription("gru4j train: sessions by time");
    JavaPairRDD<Long, Session> ranked =
        blocks
            .flatMapToPair(block -> sessions(block, known.value()))
            .sortByKey()
            .values()
            .zipWithIndex()
            .mapToPair(Tuple2::swap);
    JavaRDD<SessionShare> shares =
        ranked
            .repartitionAndSortWithinPartitions(new Striped(partitions))
            .values()
            .mapPartitions(sessions -> List.of(share(sessions)).iterator())
            .persist(StorageLevel.MEMORY_AND_DISK());
    List<Digest> digests = shares.map(SessionShares::digest).collect();
    blocks.unpersist(false);
    Sha256 sha = new Sha256();
    digests.forEach(each -> sha.add(each.sha256().getBytes(StandardCharsets.UTF_8)));
    return new SessionShares(
        shares,
        IdMap.of(List.of(ids)),
        counted.stream().mapToInt(each -> Math.toIntExact(each._2().count())).toArray(),
        inSeconds(counted.stream().mapToDouble(each -> each._2().last()).toArray()),
        digests.stream().mapToLong(Digest::sessions).sum(),
        digests.stream().mapToLong(Digest::targets).sum(),
        sha.hex(),
        known);
  }

  /**
   * Brings sessions to the driver.
   *
   * @param items clicks on others are left out
   * @return a user is a session; by time, then by id
   */
  static InteractionMatrix collect(JavaSparkContext context, ClickFrame frame, IdMap items) {
    Broadcast<String[]> known = context.broadcast(items.ids().toArray(String[]::new));
    context.setJobDescription("gru4j train: validation sessions");
    List<Session> sessions =
        ClickBlocks.of(frame)
            .flatMapToPair(block -> sessions(block, known.value()))
            .sortByKey()
            .values()
            .collect();
    known.destroy(false);
    return share(sessions.iterator()).toMatrix(items.size());
  }

  private static Digest digest(SessionShare share) {
    long sessions = share.offsets().length - 1L;
    return new Digest(sessions, share.items().length - sessions, share.sha256());
  }

  /** SHA-256 of ids in their order, each with what tells it from its neighbours. */
  static String sha256(IdMap ids) {
    Sha256 sha = new Sha256();
    sha.add(ids.size());
    for (String id : ids.ids()) {
      byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
      sha.add(bytes.length);
      sha.add(bytes);
    }
    return sha.hex();
  }

  private static double time(ClickBlock block, int click) {
    return block.times()[click] / Math.pow(10, block.decimals());
  }

  private static Iterator<Tuple2<String, ItemClicks>> clicksByItem(ClickBlock block) {
    int n = block.items().length;
    long[] counts = new long[n];
    double[] last = new double[n];
    Arrays.fill(last, Double.NEGATIVE_INFINITY);
    for (int click = 0; click < block.clicks().length; click++) {
      int item = block.clicks()[click];
      counts[item]++;
      last[item] = Math.max(last[item], time(block, click));
    }
    List<Tuple2<String, ItemClicks>> pairs = new ArrayList<>();
    for (int item = 0; item < n; item++) {
      pairs.add(new Tuple2<>(block.items()[item], new ItemClicks(counts[item], last[item])));
    }
    return pairs.iterator();
  }

  /** The sessions of a block that have a click on a known item; {@code ids} are sorted. */
  private static Iterator<Tuple2<Start, Session>> sessions(ClickBlock block, String[] ids) {
    int[] numbers = new int[block.items().length];
    for (int item = 0; item < numbers.length; item++) {
      numbers[item] = Arrays.binarySearch(ids, block.items()[item]);
    }
    List<Tuple2<Start, Session>> sessions = new ArrayList<>();
    for (int i = 0; i < block.sessions().length; i++) {
      int from = block.offsets()[i];
      int most = block.offsets()[i + 1] - from;
      int[] items = new int[most];
      double[] times = new double[most];
      int n = 0;
      for (int click = from; click < from + most; click++) {
        int item = numbers[block.clicks()[click]];
        if (item >= 0) {
          items[n] = item;
          times[n++] = time(block, click);
        }
      }
      if (n > 0) {
        Start start = new Start(block.times()[from], block.sessions()[i]);
        sessions.add(
            new Tuple2<>(start, new Session(Arrays.copyOf(items, n), Arrays.copyOf(times, n))));
      }
    }
    return sessions.iterator();
  }

  private static SessionShare share(Iterator<Session> sessions) {
    List<Session> all = new ArrayList<>();
    sessions.forEachRemaining(all::add);
    int[] offsets = new int[all.size() + 1];
    for (int i = 0; i < all.size(); i++) {
      offsets[i + 1] = Math.addExact(offsets[i], all.get(i).items().length);
    }
    int[] items = new int[offsets[all.size()]];
    double[] times = new double[items.length];
    for (int i = 0; i < all.size(); i++) {
      Session session = all.get(i);
      System.arraycopy(session.items(), 0, items, offsets[i], session.items().length);
      System.arraycopy(session.times(), 0, times, offsets[i], session.items().length);
    }
    return new SessionShare(offsets, items, times);
  }

  private static double[] inSeconds(double[] last) {
    TimeUnits unit = TimeUnits.guess(Arrays.stream(last).max().orElseThrow());
    return unit == null ? last : Arrays.stream(last).map(t -> t / unit.perSecond()).toArray();
  }
}
