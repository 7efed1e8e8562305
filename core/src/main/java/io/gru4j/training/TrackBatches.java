package io.gru4j.training;

import static io.gru4j.parameters.GRU4RecOptions.NEGATIVES;
import static io.gru4j.parameters.GRU4RecOptions.NUM_SAMPLES;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.parameters.GRU4RecOptions;
import io.gru4j.parameters.GRU4RecParameters;
import java.util.Arrays;

/**
 * Session-parallel batches (Hidasi et al. 2016, arXiv:1511.06939, section 3.1.1): a fixed number of
 * tracks, side by side; when the session of a track ends, the next session that has not begun yet
 * starts in the next column of that track. Of two tracks that end in one column the one with the
 * lower number comes first. At the end of an epoch tracks run empty; it can end where fewer than a
 * number of tracks are left, with what those still have.
 *
 * <p>A column of a track is an item with its target, so a session of n clicks takes n - 1 columns,
 * and one of a single click none. A batch is one chunk of {@code bptt} columns of all tracks. Where
 * sessions meet within a chunk, each is a row of its own: the new one begins from a hidden state of
 * zeros, and no gradient flows between them.
 */
final class TrackBatches implements EpochBatches {
  private static final int NONE = -1;

  private final InteractionMatrix sessions;
  private final SessionOrdering ordering;
  private final int bptt;
  private final int tracks;
  private final int fewestTracks; // that a column has
  private long numTargets; // of the epoch

  private int[] users; // with a target, in the order of the epoch
  private int size;
  private int next; // index in users of the session that begins next
  private int batch; // that comes next
  private final int[] user; // that each track is in, or NONE
  private final int[] position; // of the next item in its session
  private final int[] piece; // that it is in

  // Pieces of sessions that lie in the chunk at hand.
  private int pieces;
  private final int[] pieceUser;
  private final int[] pieceFrom; // position of its first item
  private final int[] pieceLength;
  private final int[] pieceTrack;
  private final boolean[] pieceEnds; // with the session
  private final int[] byLength; // pieces, longest first
  private final int[] count; // of pieces, by length

  /**
   * Cuts the first epoch.
   *
   * @param fewestTracks what is left where fewer tracks go on is no part of an epoch; at least 1
   * @throws IllegalArgumentException if there never are so many
   */
  TrackBatches(
      InteractionMatrix sessions,
      SessionOrdering ordering,
      int batchSize,
      int bptt,
      int fewestTracks) {
    this.sessions = sessions;
    this.ordering = ordering;
    this.fewestTracks = fewestTracks;
    order(0);
    long targets = 0;
    int longest = 0;
    for (int u : users) {
      targets += sessions.historyLength(u) - 1;
      longest = Math.max(longest, sessions.historyLength(u) - 1);
    }
    this.tracks = Math.min(batchSize, users.length);
    if (fewestTracks > 1 && tracks < fewestTracks) {
      throw new IllegalArgumentException(
          ("with num_samples 0 only the other sessions of a step give negatives: it needs %d"
                  + " sessions of 2 clicks side by side, but batch_size is %d and the data have %d")
              .formatted(fewestTracks, batchSize, users.length));
    }
    this.bptt = (int) Math.min(bptt, targets); // with more, a chunk is the complete epoch
    int most = (int) Math.min((long) tracks * this.bptt, users.length + (long) tracks);
    user = new int[tracks];
    position = new int[tracks];
    piece = new int[tracks];
    pieceUser = new int[most];
    pieceFrom = new int[most];
    pieceLength = new int[most];
    pieceTrack = new int[most];
    pieceEnds = new boolean[most];
    byLength = new int[most];
    count = new int[Math.min(longest, this.bptt) + 2];
    begin(0);
  }

  /** Returns how many tracks a column needs so that each target has a negative. */
  static int fewestTracks(GRU4RecParameters p) {
    boolean otherTargetsAlone =
        p.get(NEGATIVES) == GRU4RecOptions.Negatives.SHARED && p.get(NUM_SAMPLES) == 0;
    return otherTargetsAlone ? 2 : 1;
  }

  private void order(int epoch) {
    users =
        Arrays.stream(ordering.users(epoch)).filter(u -> sessions.historyLength(u) > 1).toArray();
  }

  @Override
  public void begin(int epoch) {
    if (ordering.changes()) {
      order(epoch);
    }
    rewind();
    numTargets = 0;
    while (advance()) {
      for (int p = 0; p < pieces; p++) {
        numTargets += pieceLength[p];
      }
    }
    size = batch;
    rewind();
  }

  private void rewind() {
    next = 0;
    batch = 0;
    Arrays.fill(user, NONE);
  }

  /** Moves the tracks on by a chunk and notes its pieces; false at the end of the epoch. */
  private boolean advance() {
    pieces = 0;
    for (int t = 0; t < bptt && tracksLeft() >= fewestTracks; t++) {
      for (int track = 0; track < tracks; track++) {
        boolean begins = user[track] == NONE;
        if (begins) {
          if (next == users.length) {
            continue;
          }
          user[track] = users[next++];
          position[track] = 0;
        }
        takeColumn(track, begins || t == 0);
      }
    }
    if (pieces > 0) {
      batch++;
    }
    return pieces > 0;
  }

  /** How many tracks the next column has. */
  private int tracksLeft() {
    int left = 0;
    for (int track = 0; track < tracks; track++) {
      left += user[track] == NONE ? 0 : 1;
    }
    return Math.min(tracks, left + users.length - next);
  }

  /** Moves a track on by a column. */
  private void takeColumn(int track, boolean newPiece) {
    if (newPiece) {
      piece[track] = pieces;
      pieceUser[pieces] = user[track];
      pieceFrom[pieces] = position[track];
      pieceLength[pieces] = 0;
      pieceTrack[pieces] = track;
      pieceEnds[pieces] = false;
      pieces++;
    }
    pieceLength[piece[track]]++;
    position[track]++;
    if (position[track] == sessions.historyLength(user[track]) - 1) {
      pieceEnds[piece[track]] = true;
      user[track] = NONE;
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int rows(int batch) {
    return tracks;
  }

  @Override
  public int chunks(int batch) {
    return 1;
  }

  @Override
  public long numTargets() {
    return numTargets;
  }

  @Override
  public int fill(Chunk chunk, int batch, int number) {
    if (batch < this.batch) {
      rewind();
    }
    while (this.batch <= batch) {
      advance();
    }
    sortByLength();
    chunk.T = pieceLength[byLength[0]];
    chunk.numTargets = 0;
    for (int p = 0; p < pieces; p++) {
      chunk.numTargets += pieceLength[p];
    }
    chunk.reserve(chunk.T, chunk.numTargets);
    if (chunk.fromTrack == null) {
      chunk.fromTrack = new int[byLength.length];
      chunk.toTrack = new int[byLength.length];
    }
    for (int row = 0; row < pieces; row++) {
      int p = byLength[row];
      chunk.fromTrack[row] = pieceFrom[p] == 0 ? NONE : pieceTrack[p];
      chunk.toTrack[row] = pieceEnds[p] ? NONE : pieceTrack[p];
    }
    int m = 0;
    for (int t = 0; t < chunk.T; t++) {
      int row = 0;
      for (; row < pieces && pieceLength[byLength[row]] > t; row++) {
        int p = byLength[row];
        chunk.items[m] = sessions.item(pieceUser[p], pieceFrom[p] + t);
        chunk.targets[m++] = sessions.item(pieceUser[p], pieceFrom[p] + t + 1);
      }
      chunk.activeRows[t] = row;
    }
    return chunk.T;
  }

  /** Counting sort, stable: the longest piece first. */
  private void sortByLength() {
    Arrays.fill(count, 0);
    for (int p = 0; p < pieces; p++) {
      count[pieceLength[p]]++;
    }
    for (int length = count.length - 2; length >= 0; length--) {
      count[length] += count[length + 1];
    }
    for (int p = pieces - 1; p >= 0; p--) {
      byLength[--count[pieceLength[p]]] = p;
    }
  }
}
