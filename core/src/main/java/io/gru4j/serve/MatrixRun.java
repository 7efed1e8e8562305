package io.gru4j.serve;

import io.gru4j.data.InteractionMatrix;
import io.gru4j.model.Recommendation;
import io.gru4j.tensor.Parallel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Recommends for all sessions of a matrix: chunk by chunk, so that results of a chunk alone are in
 * memory, the blocks of a chunk on all threads.
 */
final class MatrixRun {
  private static final int BLOCK = Workspace.ROWS;
  private static final int CHUNK = 128 * BLOCK; // sessions

  private final Recommender recommender;
  private final InteractionMatrix sessions;
  private final int k;
  private final ItemFilter filter;

  MatrixRun(Recommender recommender, InteractionMatrix sessions, int k, ItemFilter filter) {
    this.recommender = recommender;
    this.sessions = sessions;
    this.k = k;
    this.filter = filter;
  }

  void run(Parallel parallel, Recommender.Receiver receiver) {
    int users = sessions.numUsers();
    for (int from = 0; from < users; from += CHUNK) {
      int first = from;
      int count = Math.min(CHUNK, users - from);
      List<List<List<Recommendation>>> blocks =
          new ArrayList<>(Collections.nCopies(Math.ceilDiv(count, BLOCK), List.of()));
      parallel.run(
          blocks.size(),
          b -> blocks.set(b, block(first + b * BLOCK, Math.min(BLOCK, count - b * BLOCK))));
      int user = first;
      for (List<List<Recommendation>> block : blocks) {
        for (List<Recommendation> items : block) {
          receiver.accept(user++, items);
        }
      }
    }
  }

  private List<List<Recommendation>> block(int user, int count) {
    Session[] rows = new Session[count];
    int longest = 0;
    for (int i = 0; i < count; i++) {
      rows[i] = recommender.newSession();
      longest = Math.max(longest, sessions.historyLength(user + i));
    }
    Workspace workspace = recommender.workspaces().take();
    for (int position = 0; position < longest; position++) {
      int going = 0;
      for (int i = 0; i < count; i++) {
        if (position < sessions.historyLength(user + i)) {
          workspace.put(going++, rows[i], sessions.item(user + i, position));
        }
      }
      workspace.click(going);
    }
    recommender.workspaces().giveBack(workspace);
    return recommender.topAll(List.of(rows), k, filter);
  }
}
