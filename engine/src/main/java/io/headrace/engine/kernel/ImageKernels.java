package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Loops of convolutions and poolings, under the promises of {@link Kernels}. A filter of 3 by 3 at
 * stride 1 may be applied to tiles of 2 by 2 outputs at once, F(2x2, 3x3) of Lavin and Gray, "Fast
 * Algorithms for Convolutional Neural Networks", 2016, section 4.1: transform filter and input,
 * multiply 16 matrices, transform the products back.
 */
public interface ImageKernels {
  /** Elements of a Winograd tile: 4 by 4. */
  int WINOGRAD = 16;

  /**
   * out[c outColumn + r outRow + j] += sum over i of weights[i step + c] a[places[i step + c] + r
   * aRow + j] for every column c and row r, in order.
   *
   * @param count terms of the sums
   * @param n floats of a row, a multiple of {@link Kernels#BLOCK}; rows of out do not overlap
   * @param places 32-bit integers, counted from aOffset
   */
  void addRows(
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
      long outColumn);

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
   * y[j] = bias[j] + the largest x[places[w] + j] over all w, or 0 if that is less and {@code
   * rectify}; winners[j] = mark + marks[w] of the first w that has it.
   *
   * @param n columns
   * @param places where each row begins in {@code x}, counted from xOffset
   * @param winners takes 32-bit integers
   */
  void maxOfRows(
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
      long winnersOffset);

  /**
   * Appends each j whose slope is not 0, and the slope, to list w, where winners[j] is mark +
   * marks[w]: slopes from listsOffset + w listStep on, j scale, as 32-bit integers, from
   * placesOffset + w listStep on. Lists are in ascending order of j and may be written to a block
   * behind their end.
   *
   * @param counts takes the length of each list
   */
  void listWinners(
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
      int[] counts);

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
   * @param n a multiple of {@link Kernels#BLOCK}
   */
  void winogradFilter(
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
   * j) of the result at outOffset + i outRow + j outStep.
   *
   * @param n a multiple of {@link Kernels#BLOCK}
   */
  void winogradOutput(
      int n,
      MemorySegment m,
      long mOffset,
      long mStep,
      MemorySegment out,
      long outOffset,
      long outRow,
      long outStep);
}
