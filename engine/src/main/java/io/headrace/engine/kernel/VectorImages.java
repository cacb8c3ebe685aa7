package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.FLOAT;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;
import static io.headrace.engine.memory.Floats.readInt;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Sums of scattered rows, maxima and their winners, biases. */
final class VectorImages {
  private static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);

  private VectorImages() {}

  static void addRows(
      int count,
      int n,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      MemorySegment a,
      long aOffset,
      MemorySegment out,
      long outOffset) {
    int j = 0;
    for (; j + 6 * LANES <= n; j += 6 * LANES) {
      addRows6(
          count, weights, weightsOffset, places, placesOffset, a, aOffset + j, out, outOffset + j);
    }
    for (; j + 2 * LANES <= n; j += 2 * LANES) {
      addRows2(
          count, weights, weightsOffset, places, placesOffset, a, aOffset + j, out, outOffset + j);
    }
    for (; j < n; j += LANES) {
      addRows1(
          count, weights, weightsOffset, places, placesOffset, a, aOffset + j, out, outOffset + j);
    }
  }

  private static void addRows6(
      int count,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      MemorySegment a,
      long aOffset,
      MemorySegment out,
      long outOffset) {
    FloatVector s0 = FloatVector.fromMemorySegment(SPECIES, out, outOffset << 2, ORDER);
    FloatVector s1 = FloatVector.fromMemorySegment(SPECIES, out, (outOffset + LANES) << 2, ORDER);
    FloatVector s2 =
        FloatVector.fromMemorySegment(SPECIES, out, (outOffset + 2L * LANES) << 2, ORDER);
    FloatVector s3 =
        FloatVector.fromMemorySegment(SPECIES, out, (outOffset + 3L * LANES) << 2, ORDER);
    FloatVector s4 =
        FloatVector.fromMemorySegment(SPECIES, out, (outOffset + 4L * LANES) << 2, ORDER);
    FloatVector s5 =
        FloatVector.fromMemorySegment(SPECIES, out, (outOffset + 5L * LANES) << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f = FloatVector.broadcast(SPECIES, weights.get(FLOAT, (weightsOffset + i) << 2));
      long at = aOffset + readInt(places, placesOffset + i);
      s0 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, at << 2, ORDER), s0);
      s1 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (at + LANES) << 2, ORDER), s1);
      s2 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (at + 2L * LANES) << 2, ORDER), s2);
      s3 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (at + 3L * LANES) << 2, ORDER), s3);
      s4 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (at + 4L * LANES) << 2, ORDER), s4);
      s5 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (at + 5L * LANES) << 2, ORDER), s5);
    }
    s0.intoMemorySegment(out, outOffset << 2, ORDER);
    s1.intoMemorySegment(out, (outOffset + LANES) << 2, ORDER);
    s2.intoMemorySegment(out, (outOffset + 2L * LANES) << 2, ORDER);
    s3.intoMemorySegment(out, (outOffset + 3L * LANES) << 2, ORDER);
    s4.intoMemorySegment(out, (outOffset + 4L * LANES) << 2, ORDER);
    s5.intoMemorySegment(out, (outOffset + 5L * LANES) << 2, ORDER);
  }

  private static void addRows2(
      int count,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      MemorySegment a,
      long aOffset,
      MemorySegment out,
      long outOffset) {
    FloatVector s0 = FloatVector.fromMemorySegment(SPECIES, out, outOffset << 2, ORDER);
    FloatVector s1 = FloatVector.fromMemorySegment(SPECIES, out, (outOffset + LANES) << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f = FloatVector.broadcast(SPECIES, weights.get(FLOAT, (weightsOffset + i) << 2));
      long at = aOffset + readInt(places, placesOffset + i);
      s0 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, at << 2, ORDER), s0);
      s1 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (at + LANES) << 2, ORDER), s1);
    }
    s0.intoMemorySegment(out, outOffset << 2, ORDER);
    s1.intoMemorySegment(out, (outOffset + LANES) << 2, ORDER);
  }

  private static void addRows1(
      int count,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      MemorySegment a,
      long aOffset,
      MemorySegment out,
      long outOffset) {
    FloatVector s0 = FloatVector.fromMemorySegment(SPECIES, out, outOffset << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f = FloatVector.broadcast(SPECIES, weights.get(FLOAT, (weightsOffset + i) << 2));
      long at = aOffset + readInt(places, placesOffset + i);
      s0 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, at << 2, ORDER), s0);
    }
    s0.intoMemorySegment(out, outOffset << 2, ORDER);
  }

  static void maxOfRows(
      int n,
      long[] places,
      MemorySegment x,
      long xOffset,
      MemorySegment bias,
      long biasOffset,
      boolean rectify,
      MemorySegment y,
      long yOffset,
      MemorySegment winners,
      long winnersOffset) {
    FloatVector least = FloatVector.broadcast(SPECIES, rectify ? 0 : Float.NEGATIVE_INFINITY);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      long first = xOffset + j;
      FloatVector largest =
          FloatVector.fromMemorySegment(SPECIES, x, (first + places[0]) << 2, ORDER);
      IntVector winner = IntVector.zero(INTS);
      for (int w = 1; w < places.length; w++) {
        FloatVector value =
            FloatVector.fromMemorySegment(SPECIES, x, (first + places[w]) << 2, ORDER);
        VectorMask<Float> larger = value.compare(VectorOperators.GT, largest);
        largest = largest.blend(value, larger);
        winner = winner.blend(w, larger.cast(INTS));
      }
      largest
          .add(FloatVector.fromMemorySegment(SPECIES, bias, (biasOffset + j) << 2, ORDER))
          .max(least)
          .intoMemorySegment(y, (yOffset + j) << 2, ORDER);
      winner.intoMemorySegment(winners, (winnersOffset + j) << 2, ORDER);
    }
    ScalarImages.maxOfRows(
        j, n, places, x, xOffset, bias, biasOffset, rectify, y, yOffset, winners, winnersOffset);
  }

  static void addBias(
      int n,
      MemorySegment x,
      long xOffset,
      MemorySegment bias,
      long biasOffset,
      boolean rectify,
      MemorySegment y,
      long yOffset) {
    FloatVector least = FloatVector.broadcast(SPECIES, rectify ? 0 : Float.NEGATIVE_INFINITY);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      FloatVector.fromMemorySegment(SPECIES, x, (xOffset + j) << 2, ORDER)
          .add(FloatVector.fromMemorySegment(SPECIES, bias, (biasOffset + j) << 2, ORDER))
          .max(least)
          .intoMemorySegment(y, (yOffset + j) << 2, ORDER);
    }
    ScalarImages.addBias(j, n, x, xOffset, bias, biasOffset, rectify, y, yOffset);
  }
}
