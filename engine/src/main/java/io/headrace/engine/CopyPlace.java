package io.headrace.engine;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * Where a tensor is copied to.
 *
 * @param blank whether it is all zeros before: then zeros need no copying, and what is there need
 *     not be looked at
 */
record CopyPlace(MemorySegment memory, boolean blank) {

  void copy(MemorySegment from, long fromIndex, long toIndex, long count) {
    if (blank) {
      Floats.copyOntoZeros(from, fromIndex, memory, toIndex, count);
    } else {
      Floats.copyChanged(from, fromIndex, memory, toIndex, count);
    }
  }

  /** The same for floats that lie {@code stride} apart. */
  void copy(
      Kernels kernels, MemorySegment from, long fromIndex, long stride, long toIndex, long count) {
    kernels.copyApart(count, from, fromIndex, stride, memory, toIndex, blank);
  }
}
