package io.headrace.engine.kernel;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.readInt;
import static io.headrace.engine.memory.Floats.write;
import static io.headrace.engine.memory.Floats.writeInt;

import java.lang.foreign.MemorySegment;

/** The loops of {@link ImageKernels} element by element. */
final class ScalarImages {
  private ScalarImages() {}

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
    for (int g = 0; g < groups; g++) {
      long w = weightsOffset + readInt(terms, termsOffset + 3L * g);
      long p = placesOffset + readInt(terms, termsOffset + 3L * g + 1);
      long to = outOffset + readInt(terms, termsOffset + 3L * g + 2);
      long bits = choice(chosen, chosenOffset, groups, g);
      for (; bits != 0; bits &= bits - 1) {
        long i = Long.numberOfTrailingZeros(bits) * step;
        long from = aOffset + readInt(places, p + i);
        for (int r = 0; r < rows; r++) {
          addRow(n, read(weights, w + i), a, from + r * aRow, out, to + r * outRow);
        }
      }
    }
  }

  /** The two halves of a group's choice. */
  static long choice(MemorySegment chosen, long offset, int groups, int g) {
    long low = readInt(chosen, offset + g) & 0xffff_ffffL;
    return low | (long) readInt(chosen, offset + groups + g) << 32;
  }

  private static void addRow(
      int n, float weight, MemorySegment a, long from, MemorySegment out, long to) {
    for (int j = 0; j < n; j++) {
      write(out, to + j, read(out, to + j) + weight * read(a, from + j));
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
    for (int window = 0; window < windows; window++) {
      long to = outOffset + window * outStep;
      for (long place : places) {
        long from = xOffset + window * xStep + place;
        for (int j = 0; j < length; j++) {
          write(out, to++, read(x, from + j));
        }
      }
    }
  }

  /** Columns {@code from} up to {@code n} of {@link ImageKernels#maxOfRows}. */
  static void maxOfRows(
      int from,
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
    for (int j = from; j < n; j++) {
      float largest = read(x, xOffset + places[0] + j);
      int winner = 0;
      for (int w = 1; w < places.length; w++) {
        float value = read(x, xOffset + places[w] + j);
        if (value > largest) {
          largest = value;
          winner = w;
        }
      }
      float sum = largest + read(bias, biasOffset + j);
      write(y, yOffset + j, rectify ? Math.max(sum, 0) : sum);
      writeInt(winners, winnersOffset + j, mark + marks[winner]);
    }
  }

  /** Columns {@code from} up to the last of {@link ImageKernels#chooseNonZero}. */
  static void chooseNonZero(
      int from,
      int rows,
      int columns,
      MemorySegment x,
      long xOffset,
      long xRow,
      MemorySegment chosen,
      long chosenOffset) {
    for (int c = from; c < columns; c++) {
      long bits = 0;
      for (int row = 0; row < rows; row++) {
        bits |= read(x, xOffset + row * xRow + c) == 0 ? 0 : 1L << row;
      }
      writeBits(bits, chosen, chosenOffset + c, columns);
    }
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
      for (int first = 0; first < n; first += ImageKernels.CHOICE) {
        long bits = 0;
        for (int j = first; j < Math.min(n, first + ImageKernels.CHOICE); j++) {
          bits |= winner(slopes, slopesOffset + j, winners, winnersOffset + j, mark + place) << j;
        }
        writeBits(bits, chosen, at++, high);
      }
    }
  }

  /** 1 if the slope is not 0 and the winner is {@code wanted}, or 0. */
  static long winner(
      MemorySegment slopes, long slopeAt, MemorySegment winners, long winnerAt, int wanted) {
    return read(slopes, slopeAt) != 0 && readInt(winners, winnerAt) == wanted ? 1 : 0;
  }

  /** Writes the lower half of {@code bits}, and the upper {@code high} integers further on. */
  static void writeBits(long bits, MemorySegment chosen, long at, long high) {
    writeInt(chosen, at, (int) bits);
    writeInt(chosen, at + high, (int) (bits >>> 32));
  }

  /** Columns {@code from} up to {@code n} of {@link ImageKernels#addBias}. */
  static void addBias(
      int from,
      int n,
      MemorySegment x,
      long xOffset,
      MemorySegment bias,
      long biasOffset,
      boolean rectify,
      MemorySegment y,
      long yOffset) {
    for (int j = from; j < n; j++) {
      float sum = read(x, xOffset + j) + read(bias, biasOffset + j);
      write(y, yOffset + j, rectify ? Math.max(sum, 0) : sum);
    }
  }

  static void winogradFilter(
      int n,
      MemorySegment g,
      long gOffset,
      long gRow,
      long gStep,
      MemorySegment out,
      long outOffset,
      long outStep) {
    var half = new float[12];
    for (int c = 0; c < n; c++) {
      for (int j = 0; j < 3; j++) {
        long at = gOffset + j * gStep + c;
        filterLine(read(g, at), read(g, at + gRow), read(g, at + 2 * gRow), half, j, 3);
      }
      var whole = new float[16];
      for (int i = 0; i < 4; i++) {
        filterLine(half[3 * i], half[3 * i + 1], half[3 * i + 2], whole, 4 * i, 1);
      }
      for (int e = 0; e < 16; e++) {
        write(out, outOffset + e * outStep + c, whole[e]);
      }
    }
  }

  private static void filterLine(float g0, float g1, float g2, float[] to, int at, int step) {
    float sum = (g0 + g2) * 0.5f;
    float half = g1 * 0.5f;
    to[at] = g0;
    to[at + step] = sum + half;
    to[at + 2 * step] = sum - half;
    to[at + 3 * step] = g2;
  }

  static void winogradInput(
      int n,
      MemorySegment d,
      long dOffset,
      long dRow,
      long dStep,
      MemorySegment out,
      long outOffset,
      long outStep) {
    var half = new float[16];
    var whole = new float[16];
    for (int c = 0; c < n; c++) {
      for (int j = 0; j < 4; j++) {
        long at = dOffset + j * dStep + c;
        inputLine(
            read(d, at),
            read(d, at + dRow),
            read(d, at + 2 * dRow),
            read(d, at + 3 * dRow),
            half,
            j,
            4);
      }
      for (int i = 0; i < 4; i++) {
        inputLine(half[4 * i], half[4 * i + 1], half[4 * i + 2], half[4 * i + 3], whole, 4 * i, 1);
      }
      for (int e = 0; e < 16; e++) {
        write(out, outOffset + e * outStep + c, whole[e]);
      }
    }
  }

  private static void inputLine(
      float d0, float d1, float d2, float d3, float[] to, int at, int step) {
    to[at] = d0 - d2;
    to[at + step] = d1 + d2;
    to[at + 2 * step] = d2 - d1;
    to[at + 3 * step] = d1 - d3;
  }

  static void winogradOutput(
      int n,
      MemorySegment m,
      long mOffset,
      long mStep,
      MemorySegment out,
      long outOffset,
      long outRow,
      long outStep) {
    var top = new float[4];
    var bottom = new float[4];
    for (int c = 0; c < n; c++) {
      for (int j = 0; j < 4; j++) {
        float m0 = read(m, mOffset + j * mStep + c);
        float m1 = read(m, mOffset + (4 + j) * mStep + c);
        float m2 = read(m, mOffset + (8 + j) * mStep + c);
        float m3 = read(m, mOffset + (12 + j) * mStep + c);
        top[j] = m0 + m1 + m2;
        bottom[j] = m1 - m2 - m3;
      }
      long at = outOffset + c;
      write(out, at, top[0] + top[1] + top[2]);
      write(out, at + outStep, top[1] - top[2] - top[3]);
      write(out, at + outRow, bottom[0] + bottom[1] + bottom[2]);
      write(out, at + outRow + outStep, bottom[1] - bottom[2] - bottom[3]);
    }
  }
}
