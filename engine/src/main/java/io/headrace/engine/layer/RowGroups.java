package io.headrace.engine.layer;

import io.headrace.engine.kernel.ImageKernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * What {@link ImageKernels#addRows} is to know of its groups: where the weights and the places of
 * each begin, and the row that it adds to. Written when a layer is made, then only read.
 */
record RowGroups(int count, MemorySegment terms) {
  private static final int TERMS = 3;

  RowGroups(int count) {
    this(count, Floats.allocate((long) TERMS * count));
  }

  /** The groups that so many weights of one sum make. */
  static int of(int weights) {
    return Math.ceilDiv(weights, ImageKernels.CHOICE);
  }

  void write(int group, int weight, int place, int out) {
    long at = (long) TERMS * group;
    Floats.writeInt(terms, at, weight);
    Floats.writeInt(terms, at + 1, place);
    Floats.writeInt(terms, at + 2, out);
  }

  /** Floats that a choice for each group takes. */
  long choices() {
    return 2L * count;
  }

  /** A choice of the first {@code weights} of all groups together. */
  MemorySegment choiceOf(int weights) {
    MemorySegment chosen = Floats.allocate(choices());
    for (int group = 0; group < count; group++) {
      int missing = Math.clamp((group + 1L) * ImageKernels.CHOICE - weights, 0, 63);
      long bits = -1L >>> missing;
      Floats.writeInt(chosen, group, (int) bits);
      Floats.writeInt(chosen, (long) count + group, (int) (bits >>> 32));
    }
    return chosen;
  }
}
