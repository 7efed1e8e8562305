package io.gru4j.serve;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Workspaces that wait for the next call: as many as calls ran at once, at most {@link #SLOTS}. A
 * thread-local workspace would be created again for every virtual thread. Thread-safe, without a
 * lock.
 */
final class WorkspacePool {
  private static final int SLOTS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

  private final AtomicReferenceArray<Workspace> free = new AtomicReferenceArray<>(SLOTS);
  private final Supplier<Workspace> maker;

  WorkspacePool(Supplier<Workspace> maker) {
    this.maker = maker;
  }

  Workspace take() {
    for (int i = 0; i < SLOTS; i++) {
      if (free.get(i) != null) {
        Workspace workspace = free.getAndSet(i, null);
        if (workspace != null) {
          return workspace;
        }
      }
    }
    return maker.get();
  }

  void giveBack(Workspace workspace) {
    workspace.clear();
    for (int i = 0; i < SLOTS; i++) {
      if (free.compareAndSet(i, null, workspace)) {
        return;
      }
    }
  }
}
