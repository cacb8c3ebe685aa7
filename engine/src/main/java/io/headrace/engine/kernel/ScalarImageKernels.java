package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/** The kernels of images of {@link ScalarKernels}. */
interface ScalarImageKernels extends ImageKernels {
  @Override
  default void addRows(
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
    ScalarImages.addRows(
        groups,
        rows,
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
        aOffset,
        aRow,
        out,
        outOffset,
        outRow);
  }

  @Override
  default void chooseNonZero(
      int rows,
      int columns,
      MemorySegment x,
      long xOffset,
      long xRow,
      MemorySegment chosen,
      long chosenOffset) {

    ScalarImages.chooseNonZero(0, rows, columns, x, xOffset, xRow, chosen, chosenOffset);
  }

  @Override
  default void chooseWinners(
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

    ScalarImages.chooseWinners(
        n, slopes, slopesOffset, winners, winnersOffset, mark, marks, chosen, chosenOffset, high);
  }

  @Override
  default void copyWindows(
      int windows,
      int length,
      long[] places,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment out,
      long outOffset,
      long outStep) {

    ScalarImages.copyWindows(windows, length, places, x, xOffset, xStep, out, outOffset, outStep);
  }

  @Override
  default void maxOfRows(
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
      long winnersStep) {

    for (int pixel = 0; pixel < pixels; pixel++) {
      ScalarImages.maxOfRows(
          0,
          n,
          places,
          x,
          xOffset + pixel * xStep,
          bias,
          biasOffset,
          rectify,
          y,
          yOffset + pixel * yStep,
          mark + pixel * markStep,
          marks,
          winners,
          winnersOffset + pixel * winnersStep);
    }
  }

  @Override
  default void addBias(
      int n,
      MemorySegment x,
      long xOffset,
      MemorySegment bias,
      long biasOffset,
      boolean rectify,
      MemorySegment y,
      long yOffset) {

    ScalarImages.addBias(0, n, x, xOffset, bias, biasOffset, rectify, y, yOffset);
  }

  @Override
  default void winogradFilter(
      int side,
      int n,
      MemorySegment g,
      long gOffset,
      long gRow,
      long gStep,
      MemorySegment out,
      long outOffset,
      long outStep) {

    if (side == 4) {
      ScalarWideWinograd.filter(n, g, gOffset, gRow, gStep, out, outOffset, outStep);
    } else {
      ScalarImages.winogradFilter(n, g, gOffset, gRow, gStep, out, outOffset, outStep);
    }
  }

  @Override
  default void winogradInput(
      int side,
      int n,
      MemorySegment d,
      long dOffset,
      long dRow,
      long dStep,
      MemorySegment out,
      long outOffset,
      long outStep) {

    if (side == 4) {
      ScalarWideWinograd.input(n, d, dOffset, dRow, dStep, out, outOffset, outStep);
    } else {
      ScalarImages.winogradInput(n, d, dOffset, dRow, dStep, out, outOffset, outStep);
    }
  }

  @Override
  default void winogradOutput(
      int side,
      int n,
      MemorySegment m,
      long mOffset,
      long mStep,
      MemorySegment out,
      long outOffset,
      long outRow,
      long outStep) {

    if (side == 4) {
      ScalarWideWinograd.output(n, m, mOffset, mStep, out, outOffset, outRow, outStep);
    } else {
      ScalarImages.winogradOutput(n, m, mOffset, mStep, out, outOffset, outRow, outStep);
    }
  }

  @Override
  default void transformTile(
      TileTransform transform,
      int n,
      MemorySegment in,
      long inOffset,
      long inRow,
      long inStep,
      MemorySegment out,
      long outOffset,
      long outRow,
      long outStep) {

    ScalarTileTransforms.transform(
        transform, n, in, inOffset, inRow, inStep, out, outOffset, outRow, outStep);
  }
}
