package io.gru4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.data.Interaction;
import io.gru4j.data.InteractionMatrix;
import io.gru4j.parameters.GRU4RecOptions.SessionOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Tracks against a table that is filled in column by column, as the paper's figure 1 shows it. */
class TrackBatchesTest {

  /** One click with a target: its session, and its place in it. */
  private record Click(int user, int position) {}

  /** The part of a session in a chunk: its clicks, and the tracks of its state. */
  private record Piece(List<Integer> items, List<Integer> targets, int fromTrack, int toTrack) {}

  /** Every click has an item of its own, so an item says which click it is. */
  private static InteractionMatrix sessions(Random random, int users) {
    List<Interaction> rows = new ArrayList<>();
    int item = 0;
    for (int user = 0; user < users; user++) {
      int length = user == 0 ? 3 : random.nextInt(7);
      for (int click = 0; click < length; click++) {
        rows.add(new Interaction(user, item++, click));
      }
    }
    return InteractionMatrix.of(users, item, rows);
  }

  /** [column][track], null where a track is empty. */
  private static List<Click[]> table(InteractionMatrix x, int[] users, int tracks, int fewest) {
    List<Integer> waiting = new ArrayList<>();
    for (int user : users) {
      if (x.historyLength(user) > 1) {
        waiting.add(user);
      }
    }
    Click[] now = new Click[tracks];
    List<Click[]> columns = new ArrayList<>();
    while (true) {
      int running = 0;
      for (int track = 0; track < tracks; track++) {
        Click click = now[track];
        if (click != null && click.position + 2 < x.historyLength(click.user)) {
          now[track] = new Click(click.user, click.position + 1);
        } else {
          now[track] = waiting.isEmpty() ? null : new Click(waiting.removeFirst(), 0);
        }
        running += now[track] == null ? 0 : 1;
      }
      if (running < fewest) {
        return columns;
      }
      columns.add(now.clone());
    }
  }

  private static List<Piece> expected(
      InteractionMatrix x, List<Click[]> columns, int from, int to) {
    List<Piece> pieces = new ArrayList<>();
    for (int track = 0; track < columns.getFirst().length; track++) {
      Piece piece = null;
      for (int t = from; t < Math.min(to, columns.size()); t++) {
        Click click = columns.get(t)[track];
        if (click == null) {
          break;
        }
        if (piece == null || click.position == 0) {
          int fromTrack = click.position == 0 ? -1 : track;
          piece = new Piece(new ArrayList<>(), new ArrayList<>(), fromTrack, track);
          pieces.add(piece);
        }
        piece.items.add(x.item(click.user, click.position));
        piece.targets.add(x.item(click.user, click.position + 1));
        if (click.position + 2 == x.historyLength(click.user)) {
          pieces.set(
              pieces.size() - 1,
              piece = new Piece(piece.items, piece.targets, piece.fromTrack, -1));
        }
      }
    }
    return pieces;
  }

  private static List<Piece> actual(Chunk chunk) {
    List<Piece> rows = new ArrayList<>();
    for (int row = 0; row < chunk.activeRows[0]; row++) {
      rows.add(
          new Piece(
              new ArrayList<>(), new ArrayList<>(), chunk.fromTrack[row], chunk.toTrack[row]));
    }
    int m = 0;
    for (int t = 0; t < chunk.T; t++) {
      assertTrue(t == 0 || chunk.activeRows[t] <= chunk.activeRows[t - 1], "longest first");
      for (int row = 0; row < chunk.activeRows[t]; row++) {
        rows.get(row).items.add(chunk.items[m]);
        rows.get(row).targets.add(chunk.targets[m++]);
      }
    }
    assertEquals(m, chunk.numTargets);
    return rows;
  }

  @Property
  void chunksAreThoseOfTheTable(
      @ForAll @IntRange(min = 1, max = 12) int users,
      @ForAll @IntRange(min = 1, max = 14) int batchSize,
      @ForAll @IntRange(min = 1, max = 9) int bptt,
      @ForAll @IntRange(min = 1, max = 3) int most,
      @ForAll SessionOrder sessionOrder,
      @ForAll Random random) {
    InteractionMatrix x = sessions(random, users);
    SessionOrdering order = new SessionOrdering(x, sessionOrder, 5);
    int withTargets = (int) IntStream.range(0, users).filter(u -> x.historyLength(u) > 1).count();
    int fewest = Math.min(most, Math.min(batchSize, withTargets));
    TrackBatches batches = new TrackBatches(x, order, batchSize, bptt, fewest);
    Chunk chunk = new Chunk();
    int all = IntStream.range(0, users).map(u -> Math.max(0, x.historyLength(u) - 1)).sum();
    for (int epoch = 0; epoch < 2; epoch++) {
      batches.fill(chunk, random.nextInt(batches.size()), 0); // an epoch may be left before its end
      batches.begin(epoch);
      long targets = 0;
      List<Click[]> columns = table(x, order.users(epoch), batches.rows(0), fewest);
      assertEquals(Math.ceilDiv(columns.size(), Math.min(bptt, all)), batches.size());
      for (int b = 0; b < batches.size(); b++) {
        int start = random.nextInt(3) == 0 ? random.nextInt(batches.size()) : b;
        batches.fill(chunk, start, 0); // a jump, as from a checkpoint
        int width = batches.fill(chunk, b, 0);
        List<Piece> expected = expected(x, columns, b * bptt, (b + 1) * bptt);
        assertEquals(expected.stream().mapToInt(p -> p.items.size()).max().getAsInt(), width);
        assertSame(expected, actual(chunk));
        targets += chunk.numTargets;
      }
      assertEquals(batches.numTargets(), targets);
      assertTrue(fewest > 1 ? targets <= all : targets == all);
    }
  }

  /** Without samples a session that runs alone has no negatives. */
  @Test
  void tooFewSessionsSideBySideAreRefused() {
    InteractionMatrix x = sessions(new Random(1), 1);
    SessionOrdering order = new SessionOrdering(x, SessionOrder.USER, 0);
    var fault =
        assertThrows(IllegalArgumentException.class, () -> new TrackBatches(x, order, 8, 1, 2));
    assertEquals(
        "with num_samples 0 only the other sessions of a step give negatives: it needs 2 sessions"
            + " of 2 clicks side by side, but batch_size is 8 and the data have 1",
        fault.getMessage());
  }

  /** The longest first, and of the same length in order of tracks and time. */
  private static void assertSame(List<Piece> expected, List<Piece> actual) {
    assertEquals(expected.size(), actual.size());
    assertTrue(actual.containsAll(expected), () -> expected + "\n" + actual);
  }
}
