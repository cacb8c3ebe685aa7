package io.headrace.engine;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * Memory for a few pages of several vectors on their way to a copy in a file, the first write to
 * which takes the system long: a step leaves them here, and whoever finishes the copy moves them.
 * Thread-safe.
 */
final class StagedPages {
  private final int pageFloats;
  private final int vectors;
  private final MemorySegment memory;
  private final int[] free;
  private int freeCount;

  /**
   * @param count pages that there is room for
   */
  StagedPages(int pageFloats, int vectors, int count) {
    this.pageFloats = pageFloats;
    this.vectors = vectors;
    this.memory = Floats.allocate((long) count * vectors * pageFloats);
    this.free = new int[count];
    clear();
  }

  /** Gives every place back. */
  synchronized void clear() {
    freeCount = free.length;
    for (int i = 0; i < freeCount; i++) {
      free[i] = i;
    }
  }

  /** A place that is the caller's until it is given back; negative if there is none. */
  synchronized int take() {
    return freeCount == 0 ? -1 : free[--freeCount];
  }

  synchronized void giveBack(int place) {
    free[freeCount++] = place;
  }

  MemorySegment memory() {
    return memory;
  }

  /** Where in {@link #memory} the page of a vector begins, in floats. */
  long at(int place, int vector) {
    return ((long) place * vectors + vector) * pageFloats;
  }
}
