package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Random masks over whole vectors; the operations are those of {@link RandomMask}, lane by lane.
 */
final class VectorMasks {
  private static final IntVector LANE_NUMBERS =
      (IntVector) SPECIES.withLanes(int.class).broadcast(0).addIndex(1);

  private VectorMasks() {}

  /** Returns how many elements were done. */
  static int dropout(int count, int first, long key, int threshold, float scale, long x, long y) {
    int low = (int) key + first;
    int high = (int) (key >>> 32);
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      IntVector h = LANE_NUMBERS.add(low + i);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
      h = h.mul(RandomMask.FACTOR_1).add(high);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 13));
      h = h.mul(RandomMask.FACTOR_2);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
      IntVector dropped =
          h.lanewise(VectorOperators.LSHR, 8).sub(threshold).lanewise(VectorOperators.ASHR, 31);
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + i) << 2, ORDER)
          .mul(factor)
          .reinterpretAsInts()
          .lanewise(VectorOperators.AND_NOT, dropped)
          .reinterpretAsFloats()
          .intoMemorySegment(MEMORY, (y + i) << 2, ORDER);
    }
    return i;
  }
}
