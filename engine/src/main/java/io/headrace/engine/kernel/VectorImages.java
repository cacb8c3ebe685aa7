package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.ImageKernels.CHOICE;
import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.INTS;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Sums of scattered rows, copies of windows, maxima and their winners, biases. Rectifiers choose:
 * the Vector API's maximum takes five instructions, a comparison and a choice two.
 */
final class VectorImages {
  /** Whether there are registers for 18 sums and what is added to them: 32, with 512 bits only. */
  private static final boolean WIDE = LANES >= 16;

  private VectorImages() {}

  static void addRows(
      int groups,
      int rows,
      int n,
      long terms,
      long chosen,
      long weights,
      long places,
      long step,
      long a,
      long aRow,
      long out,
      long outRow) {
    int r = 0;
    for (; r + 3 <= rows; r += 3) {
      addThreeRows(
          groups,
          n,
          terms,
          chosen,
          weights,
          places,
          step,
          a + r * aRow,
          aRow,
          out + r * outRow,
          outRow);
    }
    for (; r < rows; r++) {
      addRow(groups, n, terms, chosen, weights, places, step, a + r * aRow, out + r * outRow);
    }
  }

  private static void addThreeRows(
      int groups,
      int n,
      long terms,
      long chosen,
      long weights,
      long places,
      long step,
      long a,
      long aRow,
      long out,
      long outRow) {
    int j = 0;
    for (; !WIDE && j + 4 * LANES <= n; j += 4 * LANES) {
      VectorRows.rows3x4(
          groups, terms, chosen, weights, places, step, a + j, aRow, out + j, outRow);
    }
    for (; !WIDE && j < n; j += 2 * LANES) {
      VectorRows.rows3x2(
          groups, terms, chosen, weights, places, step, a + j, aRow, out + j, outRow);
    }
    for (; WIDE && j + 6 * LANES <= n; j += 6 * LANES) {
      VectorRows.rows3x6(
          groups, terms, chosen, weights, places, step, a + j, aRow, out + j, outRow);
    }
    for (; j + 3 * LANES <= n; j += 3 * LANES) {
      VectorRows.rows3x3(
          groups, terms, chosen, weights, places, step, a + j, aRow, out + j, outRow);
    }
    for (; j < n; j += LANES) {
      VectorRows.rows3x1(
          groups, terms, chosen, weights, places, step, a + j, aRow, out + j, outRow);
    }
  }

  private static void addRow(
      int groups,
      int n,
      long terms,
      long chosen,
      long weights,
      long places,
      long step,
      long a,
      long out) {
    int j = 0;
    for (; j + 6 * LANES <= n; j += 6 * LANES) {
      VectorRows.rows1x6(groups, terms, chosen, weights, places, step, a + j, out + j);
    }
    for (; j + 2 * LANES <= n; j += 2 * LANES) {
      VectorRows.rows1x2(groups, terms, chosen, weights, places, step, a + j, out + j);
    }
    for (; j < n; j += LANES) {
      VectorRows.rows1x1(groups, terms, chosen, weights, places, step, a + j, out + j);
    }
  }

  static void copyWindows(
      int windows, int length, long[] places, long x, long xStep, long out, long outStep) {
    if (length <= LANES) {
      copyShortParts(windows, length, places, x, xStep, out, outStep);
      return;
    }
    if (length <= 2 * LANES && places.length == 3) {
      copyThreePairs(
          windows, length, x + places[0], x + places[1], x + places[2], xStep, out, outStep);
      return;
    }
    for (int window = 0; window < windows; window++) {
      long to = out + window * outStep;
      for (int s = 0; s < places.length; s++) {
        long from = x + window * xStep + places[s];
        for (int j = 0; j < length; j += LANES) { // what is too much, the next part overwrites
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (from + j) << 2, ORDER)
              .intoMemorySegment(MEMORY, (to + j) << 2, ORDER);
        }
        to += length;
      }
    }
  }

  private static void copyShortParts(
      int windows, int length, long[] places, long x, long xStep, long out, long outStep) {
    if (places.length == 3) {
      copyThreeParts(
          windows, length, x + places[0], x + places[1], x + places[2], xStep, out, outStep);
      return;
    }
    for (int window = 0; window < windows; window++) {
      long to = out + window * outStep;
      long from = x + window * xStep;
      for (int s = 0; s < places.length; s++) {
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (from + places[s]) << 2, ORDER)
            .intoMemorySegment(MEMORY, to << 2, ORDER);
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
      long xStep,
      long out,
      long outStep) {
    for (int window = 0; window < windows; window++) {
      long from = window * xStep;
      long to = out + window * outStep;
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + from) << 2, ORDER)
          .intoMemorySegment(MEMORY, to << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (second + from) << 2, ORDER)
          .intoMemorySegment(MEMORY, (to + length) << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (third + from) << 2, ORDER)
          .intoMemorySegment(MEMORY, (to + 2L * length) << 2, ORDER);
    }
  }

  /** Parts of more than one vector, at most two; the next part overwrites what is too much. */
  private static void copyThreePairs(
      int windows,
      int length,
      long first,
      long second,
      long third,
      long xStep,
      long out,
      long outStep) {
    for (int window = 0; window < windows; window++) {
      long from = window * xStep;
      long to = out + window * outStep;
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + from) << 2, ORDER)
          .intoMemorySegment(MEMORY, to << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + from + LANES) << 2, ORDER)
          .intoMemorySegment(MEMORY, (to + LANES) << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (second + from) << 2, ORDER)
          .intoMemorySegment(MEMORY, (to + length) << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (second + from + LANES) << 2, ORDER)
          .intoMemorySegment(MEMORY, (to + length + LANES) << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (third + from) << 2, ORDER)
          .intoMemorySegment(MEMORY, (to + 2L * length) << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (third + from + LANES) << 2, ORDER)
          .intoMemorySegment(MEMORY, (to + 2L * length + LANES) << 2, ORDER);
    }
  }

  static void maxOfRows(
      int pixels,
      int n,
      long[] places,
      long x,
      long xStep,
      long bias,
      boolean rectify,
      long y,
      long yStep,
      int mark,
      int markStep,
      int[] marks,
      long winners,
      long winnersStep) {
    for (int pixel = 0; pixel < pixels; pixel++) {
      maxOfRows(
          n,
          places,
          x + pixel * xStep,
          bias,
          rectify,
          y + pixel * yStep,
          mark + pixel * markStep,
          marks,
          winners + pixel * winnersStep);
    }
  }

  private static void maxOfRows(
      int n,
      long[] places,
      long x,
      long bias,
      boolean rectify,
      long y,
      int mark,
      int[] marks,
      long winners) {
    FloatVector least = FloatVector.broadcast(SPECIES, rectify ? 0 : Float.NEGATIVE_INFINITY);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      long first = x + j;
      FloatVector largest =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + places[0]) << 2, ORDER);
      IntVector winner = IntVector.broadcast(INTS, mark + marks[0]);
      for (int w = 1; w < places.length; w++) {
        FloatVector value =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + places[w]) << 2, ORDER);
        VectorMask<Float> larger = value.compare(VectorOperators.GT, largest);
        largest = largest.blend(value, larger);
        winner = winner.blend(mark + marks[w], larger.cast(INTS));
      }
      FloatVector sum =
          largest.add(FloatVector.fromMemorySegment(SPECIES, MEMORY, (bias + j) << 2, ORDER));
      sum.blend(least, sum.compare(VectorOperators.LE, least))
          .intoMemorySegment(MEMORY, (y + j) << 2, ORDER);
      winner.intoMemorySegment(MEMORY, (winners + j) << 2, ORDER);
    }
    ScalarImages.maxOfRows(
        j, n, places, MEMORY, x, MEMORY, bias, rectify, MEMORY, y, mark, marks, MEMORY, winners);
  }

  static void chooseNonZero(int rows, int columns, long x, long xRow, long chosen) {
    int c = 0;
    for (; c + LANES <= columns; c += LANES) {
      int half = CHOICE / 2;
      chooseRows(0, Math.min(rows, half), x + c, xRow, chosen + c);
      chooseRows(half, rows, x + c, xRow, chosen + columns + c);
    }
    ScalarImages.chooseNonZero(c, rows, columns, MEMORY, x, xRow, MEMORY, chosen);
  }

  /** Half the choice of each of the next columns; bits of an int know no other places. */
  private static void chooseRows(int from, int to, long x, long xRow, long bitsAt) {
    IntVector bits = IntVector.zero(INTS);
    for (int row = from; row < to; row++) {
      VectorMask<Integer> counts =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + row * xRow) << 2, ORDER)
              .compare(VectorOperators.NE, 0)
              .cast(INTS);
      bits = bits.lanewise(VectorOperators.OR, 1 << row, counts);
    }
    bits.intoMemorySegment(MEMORY, bitsAt << 2, ORDER);
  }

  static void chooseWinners(
      int n, long slopes, long winners, int mark, int[] marks, long chosen, long high) {
    long at = chosen;
    for (int place : marks) {
      for (int first = 0; first < n; first += CHOICE) {
        int end = Math.min(n, first + CHOICE);
        long bits = 0;
        int j = first;
        for (; j + LANES <= end; j += LANES) {
          bits |= winners(slopes + j, winners + j, mark + place) << j;
        }
        for (; j < end; j++) {
          bits |= ScalarImages.winner(MEMORY, slopes + j, MEMORY, winners + j, mark + place) << j;
        }
        ScalarImages.writeBits(bits, MEMORY, at++, high);
      }
    }
  }

  /** A bit for each of the next lanes. */
  private static long winners(long slopes, long winners, int wanted) {
    return FloatVector.fromMemorySegment(SPECIES, MEMORY, slopes << 2, ORDER)
        .compare(VectorOperators.NE, 0)
        .cast(INTS)
        .and(
            IntVector.fromMemorySegment(INTS, MEMORY, winners << 2, ORDER)
                .compare(VectorOperators.EQ, wanted))
        .toLong();
  }

  static void addBias(int n, long x, long bias, boolean rectify, long y) {
    FloatVector least = FloatVector.broadcast(SPECIES, rectify ? 0 : Float.NEGATIVE_INFINITY);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      FloatVector sum =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + j) << 2, ORDER)
              .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, (bias + j) << 2, ORDER));
      sum.blend(least, sum.compare(VectorOperators.LE, least))
          .intoMemorySegment(MEMORY, (y + j) << 2, ORDER);
    }
    ScalarImages.addBias(j, n, MEMORY, x, MEMORY, bias, rectify, MEMORY, y);
  }
}
