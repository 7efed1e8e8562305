package io.gru4j.bench;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.tensor.ItemSampler;
import io.gru4j.tensor.RandomStream;
import java.util.Arrays;

/**
 * Synthetic clicks to train and predict on, the same ones for the same seed everywhere.
 *
 * <p>Items are popular by a power law (weight {@code 1 / rank^0.9}) and lie in clusters; a click
 * takes one of the last item's four preferred successors (6 in 10), any item of its cluster (3 in
 * 10) or any popular one. Sessions have 2 to 50 clicks, about 4.5 in the mean. Nine tenths of the
 * sessions are for training; the items are those that occur in them.
 *
 * @param train training sessions
 * @param test the other sessions, without the clicks on items that {@code train} does not have
 */
record ClickSessions(InteractionMatrix train, InteractionMatrix test) {

  private static final int SUCCESSORS = 4;
  private static final int LONGEST = 50;
  private static final long SEED = 7;
  private static final long SCATTER =
      611_953; // a prime: times it, every rank has a number of its own

  /**
   * Returns sessions over about 1,000, 10,000 or 40,000 items, all of which occur: {@code 1k, 10k,
   * 40k}.
   */
  static ClickSessions named(String catalogue) {
    return switch (catalogue) {
      case "1k" -> make(10_000, 1_000, SEED);
      case "10k" -> make(50_000, 10_000, SEED);
      case "40k" -> make(100_000, 50_000, SEED);
      default ->
          throw new IllegalArgumentException("sessions are 1k, 10k or 40k, got " + catalogue);
    };
  }

  /** Makes sessions over a catalogue of which most items occur. */
  static ClickSessions make(int sessions, int catalogue, long seed) {
    return new Generator(catalogue, seed).make(sessions);
  }

  /** {@code rows} sessions of one length: every step of their training has that many rows. */
  static InteractionMatrix equallyLong(int rows, int clicks, int items, long seed) {
    RandomStream random = new RandomStream(seed);
    int n = rows * clicks;
    int[] users = new int[n];
    int[] clicked = new int[n];
    double[] times = new double[n];
    for (int i = 0; i < n; i++) {
      users[i] = i / clicks;
      clicked[i] = random.nextInt(items);
      times[i] = i;
    }
    return InteractionMatrix.of(rows, items, users, clicked, times);
  }

  /**
   * Two million clicks on a catalogue of a million items, in sessions of five. A click is any item
   * by Zipf's law: weight {@code 1 / rank}. Items' numbers say nothing about their ranks.
   */
  static InteractionMatrix million() {
    int items = 1_000_000;
    int sessions = 400_000;
    int length = 5;
    double[] weights = new double[items];
    Arrays.setAll(weights, rank -> 1.0 / (rank + 1));
    ItemSampler popular = new ItemSampler(weights);
    RandomStream random = new RandomStream(SEED);
    int n = sessions * length;
    int[] users = new int[n];
    int[] clicked = new int[n];
    double[] times = new double[n];
    for (int i = 0; i < n; i++) {
      users[i] = i / length;
      clicked[i] = (int) (popular.at(random.nextDouble()) * SCATTER % items);
      times[i] = i;
    }
    return InteractionMatrix.of(sessions, items, users, clicked, times);
  }

  /** The first part of the training sessions, for a part of an epoch. */
  InteractionMatrix trainPart(double share) {
    int[] users = train.activeUsers();
    return train.usersIn(Arrays.copyOf(users, Math.max(1, (int) (share * users.length))));
  }

  private static final class Generator {
    private final RandomStream random;
    private final int catalogue;
    private final int cluster;
    private final double[] popularity; // cumulative
    private final int[] successors;

    Generator(int catalogue, long seed) {
      this.random = new RandomStream(seed);
      this.catalogue = catalogue;
      this.cluster = Math.max(20, (int) Math.sqrt(catalogue));
      this.popularity = new double[catalogue];
      double sum = 0;
      for (int i = 0; i < catalogue; i++) {
        sum += Math.pow(i + 1, -0.9);
        popularity[i] = sum;
      }
      this.successors = new int[SUCCESSORS * catalogue];
      Arrays.setAll(successors, i -> popular());
    }

    ClickSessions make(int sessions) {
      int[] users = new int[LONGEST * sessions];
      int[] items = new int[LONGEST * sessions];
      int n = 0;
      int trainSessions = sessions / 10 * 9;
      int trainClicks = 0;
      for (int session = 0; session < sessions; session++) {
        int length = Math.min(LONGEST, 2 + (int) exponential(3));
        int item = popular();
        for (int t = 0; t < length; t++) {
          users[n] = session;
          items[n++] = item;
          item = next(item);
        }
        if (session < trainSessions) {
          trainClicks = n;
        }
      }
      int[] number = new int[catalogue];
      Arrays.fill(number, -1);
      int numItems = 0;
      for (int i = 0; i < trainClicks; i++) {
        if (number[items[i]] < 0) {
          number[items[i]] = numItems++;
        }
      }
      return new ClickSessions(
          matrix(sessions, numItems, users, items, number, 0, trainClicks),
          matrix(sessions, numItems, users, items, number, trainClicks, n));
    }

    private static InteractionMatrix matrix(
        int sessions, int numItems, int[] users, int[] items, int[] number, int from, int to) {
      int[] user = new int[to - from];
      int[] item = new int[to - from];
      double[] time = new double[to - from];
      int n = 0;
      for (int i = from; i < to; i++) {
        if (number[items[i]] >= 0) {
          user[n] = users[i];
          item[n] = number[items[i]];
          time[n++] = i;
        }
      }
      return InteractionMatrix.of(
          sessions,
          numItems,
          Arrays.copyOf(user, n),
          Arrays.copyOf(item, n),
          Arrays.copyOf(time, n));
    }

    private int next(int item) {
      double choice = random.nextDouble();
      if (choice < 0.6) {
        return successors[SUCCESSORS * item + Math.min(SUCCESSORS - 1, (int) exponential(1 / 1.2))];
      }
      if (choice < 0.9) {
        return Math.min(catalogue - 1, item - item % cluster + random.nextInt(cluster));
      }
      return popular();
    }

    private int popular() {
      int at =
          Arrays.binarySearch(popularity, random.nextDouble() * popularity[popularity.length - 1]);
      return Math.min(catalogue - 1, at < 0 ? -at - 1 : at);
    }

    private double exponential(double mean) {
      return -mean * Math.log(1 - random.nextDouble());
    }
  }
}
