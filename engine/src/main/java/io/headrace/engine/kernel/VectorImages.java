package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.ImageKernels.CHOICE;
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
  private VectorImages() {}

  static void addRows(
      int groups,
      int rows,
      int n,
      MemorySegment terms,
      long termsOffset,
      MemorySegment chosen,
      long chosenOffset,
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
      long outRow) {
    int r = 0;
    for (; r + 3 <= rows; r += 3) {
      addThreeRows(
          groups,
          n,
          terms,
          termsOffset,
          chosen,
          chosenOffset,
          weights,
          weightsOffset,
          places,
          placesOffset,
          step,
          a,
          aOffset + r * aRow,
          aRow,
          out,
          outOffset + r * outRow,
          outRow);
    }
    for (; r < rows; r++) {
      addRow(
          groups,
          n,
          terms,
          termsOffset,
          chosen,
          chosenOffset,
          weights,
          weightsOffset,
          places,
          placesOffset,
          step,
          a,
          aOffset + r * aRow,
          out,
          outOffset + r * outRow);
    }
  }

  private static void addThreeRows(
      int groups,
      int n,
      MemorySegment terms,
      long termsOffset,
      MemorySegment chosen,
      long chosenOffset,
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
      long outRow) {
    int j = 0;
    for (; j + 3 * LANES <= n; j += 3 * LANES) {
      VectorRows.rows3x3(
          groups,
          terms,
          termsOffset,
          chosen,
          chosenOffset,
          weights,
          weightsOffset,
          places,
          placesOffset,
          step,
          a,
          aOffset + j,
          aRow,
          out,
          outOffset + j,
          outRow);
    }
    for (; j < n; j += LANES) {
      VectorRows.rows3x1(
          groups,
          terms,
          termsOffset,
          chosen,
          chosenOffset,
          weights,
          weightsOffset,
          places,
          placesOffset,
          step,
          a,
          aOffset + j,
          aRow,
          out,
          outOffset + j,
          outRow);
    }
  }

  private static void addRow(
      int groups,
      int n,
      MemorySegment terms,
      long termsOffset,
      MemorySegment chosen,
      long chosenOffset,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      long step,
      MemorySegment a,
      long aOffset,
      MemorySegment out,
      long outOffset) {
    int j = 0;
    for (; j + 6 * LANES <= n; j += 6 * LANES) {
      VectorRows.rows1x6(
          groups,
          terms,
          termsOffset,
          chosen,
          chosenOffset,
          weights,
          weightsOffset,
          places,
          placesOffset,
          step,
          a,
          aOffset + j,
          out,
          outOffset + j);
    }
    for (; j + 2 * LANES <= n; j += 2 * LANES) {
      VectorRows.rows1x2(
          groups,
          terms,
          termsOffset,
          chosen,
          chosenOffset,
          weights,
          weightsOffset,
          places,
          placesOffset,
          step,
          a,
          aOffset + j,
          out,
          outOffset + j);
    }
    for (; j < n; j += LANES) {
      VectorRows.rows1x1(
          groups,
          terms,
          termsOffset,
          chosen,
          chosenOffset,
          weights,
          weightsOffset,
          places,
          placesOffset,
          step,
          a,
          aOffset + j,
          out,
          outOffset + j);
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

  static void chooseNonZero(
      int rows,
      int columns,
      MemorySegment x,
      long xOffset,
      long xRow,
      MemorySegment chosen,
      long chosenOffset) {
    int c = 0;
    for (; c + LANES <= columns; c += LANES) {
      int half = CHOICE / 2;
      chooseRows(0, Math.min(rows, half), x, xOffset + c, xRow, chosen, chosenOffset + c);
      chooseRows(half, rows, x, xOffset + c, xRow, chosen, chosenOffset + columns + c);
    }
    ScalarImages.chooseNonZero(c, rows, columns, x, xOffset, xRow, chosen, chosenOffset);
  }

  /** Half the choice of each of the next columns; bits of an int know no other places. */
  private static void chooseRows(
      int from, int to, MemorySegment x, long at, long xRow, MemorySegment chosen, long bitsAt) {
    IntVector bits = IntVector.zero(INTS);
    for (int row = from; row < to; row++) {
      VectorMask<Integer> counts =
          FloatVector.fromMemorySegment(SPECIES, x, (at + row * xRow) << 2, ORDER)
              .compare(VectorOperators.NE, 0)
              .cast(INTS);
      bits = bits.lanewise(VectorOperators.OR, 1 << row, counts);
    }
    bits.intoMemorySegment(chosen, bitsAt << 2, ORDER);
  }

  static void chooseWinners(
      int n,
      MemorySegment slopes,
      long slopesOffset,
      MemorySegment winners,
      long winnersOffset,
      int mark,
      int[] marks,
      MemorySegment chosen,
      long chosenOffset,
      long high) {
    long at = chosenOffset;
    for (int place : marks) {
      for (int first = 0; first < n; first += CHOICE) {
        int end = Math.min(n, first + CHOICE);
        long bits = 0;
        int j = first;
        for (; j + LANES <= end; j += LANES) {
          bits |= winners(slopes, slopesOffset + j, winners, winnersOffset + j, mark + place) << j;
        }
        for (; j < end; j++) {
          bits |=
              ScalarImages.winner(
                      slopes, slopesOffset + j, winners, winnersOffset + j, mark + place)
                  << j;
        }
        ScalarImages.writeBits(bits, chosen, at++, high);
      }
    }
  }

  /** A bit for each of the next lanes. */
  private static long winners(
      MemorySegment slopes, long slopesAt, MemorySegment winners, long winnersAt, int wanted) {
    return FloatVector.fromMemorySegment(SPECIES, slopes, slopesAt << 2, ORDER)
        .compare(VectorOperators.NE, 0)
        .cast(INTS)
        .and(
            IntVector.fromMemorySegment(INTS, winners, winnersAt << 2, ORDER)
                .compare(VectorOperators.EQ, wanted))
        .toLong();
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
