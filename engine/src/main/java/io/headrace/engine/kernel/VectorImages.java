package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.INTS;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Sums of scattered rows, copies of windows, maxima and their winners, biases. */
final class VectorImages {
  private static final IntVector COLUMNS = IntVector.zero(INTS).addIndex(1);

  private VectorImages() {}

  static void addRows(
      int columns,
      int count,
      int rows,
      int n,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      long step,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset,
      long outRow,
      long outColumn) {
    int c = 0;
    for (; rows == 3 && n == LANES && c + 2 <= columns; c += 2) {
      VectorRows.columns2x3(
          count,
          weights,
          weightsOffset + c,
          places,
          placesOffset + c,
          step,
          a,
          aOffset,
          aRow,
          out,
          outOffset + c * outColumn,
          outRow,
          outColumn);
    }
    for (; c < columns; c++) {
      addColumn(
          count,
          rows,
          n,
          weights,
          weightsOffset + c,
          places,
          placesOffset + c,
          step,
          a,
          aOffset,
          aRow,
          out,
          outOffset + c * outColumn,
          outRow);
    }
  }

  private static void addColumn(
      int count,
      int rows,
      int n,
      MemorySegment weights,
      long w,
      MemorySegment places,
      long p,
      long step,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    int r = 0;
    for (; r + 3 <= rows && n % (3 * LANES) == 0; r += 3) {
      long from = aOffset + r * aRow;
      long to = outOffset + r * outRow;
      for (int j = 0; j < n; j += 3 * LANES) {
        VectorRows.rows3x3(
            count, weights, w, places, p, step, a, from + j, aRow, out, to + j, outRow);
      }
    }
    for (; r < rows; r++) {
      long from = aOffset + r * aRow;
      long to = outOffset + r * outRow;
      int j = 0;
      for (; j + 6 * LANES <= n; j += 6 * LANES) {
        VectorRows.rows1x6(count, weights, w, places, p, step, a, from + j, out, to + j);
      }
      for (; j + 2 * LANES <= n; j += 2 * LANES) {
        VectorRows.rows1x2(count, weights, w, places, p, step, a, from + j, out, to + j);
      }
      for (; j < n; j += LANES) {
        VectorRows.rows1x1(count, weights, w, places, p, step, a, from + j, out, to + j);
      }
    }
  }

  static void copyWindows(
      int windows,
      int length,
      long[] places,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment out,
      long outOffset,
      long outStep) {
    if (length <= LANES) {
      copyShortParts(windows, length, places, x, xOffset, xStep, out, outOffset, outStep);
      return;
    }
    for (int window = 0; window < windows; window++) {
      long to = outOffset + window * outStep;
      for (int s = 0; s < places.length; s++) {
        long from = xOffset + window * xStep + places[s];
        for (int j = 0; j < length; j += LANES) { // what is too much, the next part overwrites
          FloatVector.fromMemorySegment(SPECIES, x, (from + j) << 2, ORDER)
              .intoMemorySegment(out, (to + j) << 2, ORDER);
        }
        to += length;
      }
    }
  }

  private static void copyShortParts(
      int windows,
      int length,
      long[] places,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment out,
      long outOffset,
      long outStep) {
    if (places.length == 3) {
      copyThreeParts(
          windows,
          length,
          xOffset + places[0],
          xOffset + places[1],
          xOffset + places[2],
          x,
          xStep,
          out,
          outOffset,
          outStep);
      return;
    }
    for (int window = 0; window < windows; window++) {
      long to = outOffset + window * outStep;
      long from = xOffset + window * xStep;
      for (int s = 0; s < places.length; s++) {
        FloatVector.fromMemorySegment(SPECIES, x, (from + places[s]) << 2, ORDER)
            .intoMemorySegment(out, to << 2, ORDER);
        to += length;
      }
    }
  }

  private static void copyThreeParts(
      int windows,
      int length,
      long first,
      long second,
      long third,
      MemorySegment x,
      long xStep,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int window = 0; window < windows; window++) {
      long from = window * xStep;
      long to = outOffset + window * outStep;
      FloatVector.fromMemorySegment(SPECIES, x, (first + from) << 2, ORDER)
          .intoMemorySegment(out, to << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, x, (second + from) << 2, ORDER)
          .intoMemorySegment(out, (to + length) << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, x, (third + from) << 2, ORDER)
          .intoMemorySegment(out, (to + 2L * length) << 2, ORDER);
    }
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
      int mark,
      int[] marks,
      MemorySegment winners,
      long winnersOffset) {
    FloatVector least = FloatVector.broadcast(SPECIES, rectify ? 0 : Float.NEGATIVE_INFINITY);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      long first = xOffset + j;
      FloatVector largest =
          FloatVector.fromMemorySegment(SPECIES, x, (first + places[0]) << 2, ORDER);
      IntVector winner = IntVector.broadcast(INTS, mark + marks[0]);
      for (int w = 1; w < places.length; w++) {
        FloatVector value =
            FloatVector.fromMemorySegment(SPECIES, x, (first + places[w]) << 2, ORDER);
        VectorMask<Float> larger = value.compare(VectorOperators.GT, largest);
        largest = largest.blend(value, larger);
        winner = winner.blend(mark + marks[w], larger.cast(INTS));
      }
      largest
          .add(FloatVector.fromMemorySegment(SPECIES, bias, (biasOffset + j) << 2, ORDER))
          .max(least)
          .intoMemorySegment(y, (yOffset + j) << 2, ORDER);
      winner.intoMemorySegment(winners, (winnersOffset + j) << 2, ORDER);
    }
    ScalarImages.maxOfRows(
        j,
        n,
        places,
        x,
        xOffset,
        bias,
        biasOffset,
        rectify,
        y,
        yOffset,
        mark,
        marks,
        winners,
        winnersOffset);
  }

  static void listWinners(
      int n,
      int scale,
      MemorySegment slopes,
      long slopesOffset,
      int mark,
      int[] marks,
      MemorySegment winners,
      long winnersOffset,
      MemorySegment lists,
      long listsOffset,
      long placesOffset,
      long listStep,
      int[] counts) {
    java.util.Arrays.fill(counts, 0);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      FloatVector slope =
          FloatVector.fromMemorySegment(SPECIES, slopes, (slopesOffset + j) << 2, ORDER);
      IntVector winner =
          IntVector.fromMemorySegment(INTS, winners, (winnersOffset + j) << 2, ORDER);
      IntVector place = COLUMNS.add(j).mul(scale);
      VectorMask<Integer> counted = slope.compare(VectorOperators.NE, 0).cast(INTS);
      for (int w = 0; w < counts.length; w++) {
        VectorMask<Integer> chosen =
            winner.compare(VectorOperators.EQ, mark + marks[w]).and(counted);
        long next = w * listStep + counts[w];
        slope
            .compress(chosen.cast(SPECIES))
            .intoMemorySegment(lists, (listsOffset + next) << 2, ORDER);
        place.compress(chosen).intoMemorySegment(lists, (placesOffset + next) << 2, ORDER);
        counts[w] += chosen.trueCount();
      }
    }
    ScalarImages.listWinners(
        j,
        n,
        scale,
        slopes,
        slopesOffset,
        mark,
        marks,
        winners,
        winnersOffset,
        lists,
        listsOffset,
        placesOffset,
        listStep,
        counts);
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
