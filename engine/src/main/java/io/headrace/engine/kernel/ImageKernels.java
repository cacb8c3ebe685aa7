package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Loops of convolutions and poolings, under the promises of {@link Kernels}. A filter of 3 by 3 at
 * stride 1 may be applied to tiles of 2 by 2 or 4 by 4 outputs at once, F(2x2, 3x3) and F(4x4, 3x3)
 * of Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016, section 4:
 * transform filter and input, multiply 16 or 36 matrices, transform the products back. {@link
 * TileTransform} does the like at stride 2, and has the transforms of the gradients.
 */
public interface ImageKernels {
  /** Elements of a Winograd tile with {@code side} by {@code side} outputs. */
  static int elements(int side) {
    return (side + 2) * (side + 2);
  }

  /** The most rows that one group of {@link #addRows} chooses from. */
  int CHOICE = 64;

  /**
   * Sums of chosen rows: out[o + r outRow + j] += sum over i of weights[w + i step] a[places[p + i
   * step] + r aRow + j] for every group and row r, where i runs over the bits set in the group's
   * choice, in ascending order. Where groups share a row of out, its floats are added to group by
   * group.
   *
   * @param n floats of a row, a multiple of {@link Kernels#BLOCK}; rows of a group do not overlap
   * @param terms w, p and o of each group, as 32-bit integers
   * @param chosen a choice for each group, a bit for each of up to {@link #CHOICE} rows, as 32-bit
   *     integers: the lower halves of all, then the upper ones
   * @param places 32-bit integers, counted from aOffset
   */
  void addRows(
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
      long outRow);

  /**
   * Copies windows side by side: out[w outStep + s length + j] = x[w xStep + places[s] + j] for
   * every part s, j below {@code length}. May read and write up to a block more than that.
   *
   * @param places where the parts of a window begin, counted from the window's place
   * @param outStep at least the length of all parts together
   */
  void copyWindows(
      int windows,
      int length,
      long[] places,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment out,
      long outOffset,
      long outStep);

  /**
   * For each pixel: y[j] = bias[j] + the largest x[places[w] + j] over all w, or 0 if that is less
   * and {@code rectify}; winners[j] = mark + marks[w] of the first w that has it. From a pixel to
   * the next x, y, the mark and winners go on by a step of each.
   *
   * @param n columns
   * @param places where each row begins in {@code x}, counted from the pixel's first
   * @param winners takes 32-bit integers
   */
  void maxOfRows(
      int pixels,
      int n,
      long[] places,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment bias,
      long biasOffset,
      boolean rectify,
      MemorySegment y,
      long yOffset,
      long yStep,
      int mark,
      int markStep,
      int[] marks,
      MemorySegment winners,
      long winnersOffset,
      long winnersStep);

  /**
   * Chooses for each column the rows where it is not 0: a choice of {@link #addRows} for each, bit
   * r for x[r xRow + c].
   *
   * @param rows at most {@link #CHOICE}
   */
  void chooseNonZero(
      int rows,
      int columns,
      MemorySegment x,
      long xOffset,
      long xRow,
      MemorySegment chosen,
      long chosenOffset);

  /**
   * Chooses for each w and, within it, each {@link #CHOICE} of n those j where winners[j] is mark +
   * marks[w] and the slope is not 0.
   *
   * @param chosen takes choices of {@link #addRows}
   * @param high from the lower half of a choice to its upper half
   */
  void chooseWinners(
      int n,
      MemorySegment slopes,
      long slopesOffset,
      MemorySegment winners,
      long winnersOffset,
      int mark,
      int[] marks,
      MemorySegment chosen,
      long chosenOffset,
      long high);

  /** y[j] = x[j] + bias[j], or 0 if that is less and {@code rectify}; y may be x. */
  void addBias(
      int n,
      MemorySegment x,
      long xOffset,
      MemorySegment bias,
      long biasOffset,
      boolean rectify,
      MemorySegment y,
      long yOffset);

  /**
   * G g G^T for n filters at once: tap (i, j) of each lies at gOffset + i gRow + j gStep, element e
   * of the result at outOffset + e outStep.
   *
   * @param side outputs of a tile's side, 2 or 4; there are {@link #elements}
   * @param n a multiple of {@link Kernels#BLOCK}
   */
  void winogradFilter(
      int side,
      int n,
      MemorySegment g,
      long gOffset,
      long gRow,
      long gStep,
      MemorySegment out,
      long outOffset,
      long outStep);

  /**
   * B^T d B for n channels at once: pixel (i, j) of the tile lies at dOffset + i dRow + j dStep,
   * element e of the result at outOffset + e outStep.
   *
   * @param n a multiple of {@link Kernels#BLOCK}
   */
  void winogradInput(
      int side,
      int n,
      MemorySegment d,
      long dOffset,
      long dRow,
      long dStep,
      MemorySegment out,
      long outOffset,
      long outStep);

  /**
   * A^T m A for n channels at once: element e of the products lies at mOffset + e mStep, pixel (i,
   * j) of the result at outOffset + i outRow + j outStep. Leaves m undefined.
   *
   * @param n a multiple of {@link Kernels#BLOCK}
   */
  void winogradOutput(
      int side,
      int n,
      MemorySegment m,
      long mOffset,
      long mStep,
      MemorySegment out,
      long outOffset,
      long outRow,
      long outStep);

  /**
   * Transforms a tile for n channels at once: element (i, j) lies at inOffset + i inRow + j inStep,
   * element (i, j) of the result at outOffset + i outRow + j outStep.
   *
   * @param n a multiple of {@link Kernels#BLOCK}
   */
  void transformTile(
      TileTransform transform,
      int n,
      MemorySegment in,
      long inOffset,
      long inRow,
      long inStep,
      MemorySegment out,
      long outOffset,
      long outRow,
      long outStep);
}
