package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.ImageKernels.elements;
import static io.headrace.engine.kernel.VectorMemory.at;
import static io.headrace.engine.kernel.VectorMemory.blocks;
import static io.headrace.engine.kernel.VectorMemory.keep;
import static io.headrace.engine.kernel.VectorMemory.span;

import java.lang.foreign.MemorySegment;

/** The kernels of images of {@link VectorKernels}. */
interface VectorImageKernels extends ImageKernels {
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
    assert VectorMemory.hasRows(
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
    VectorImages.addRows(
        groups,
        rows,
        blocks(n),
        at(terms, termsOffset, 3L * groups),
        at(chosen, chosenOffset, 2L * groups),
        at(weights, weightsOffset, 0),
        at(places, placesOffset, 0),
        step,
        at(a, aOffset, 0),
        aRow,
        at(out, outOffset, 0),
        outRow);
    keep(terms, chosen, weights);
    keep(places, a, out);
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

    VectorImages.chooseNonZero(
        rows,
        columns,
        at(x, xOffset, span(rows, xRow, columns)),
        xRow,
        at(chosen, chosenOffset, 2L * columns));
    keep(x, chosen);
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

    VectorImages.chooseWinners(
        n,
        at(slopes, slopesOffset, n),
        at(winners, winnersOffset, n),
        mark,
        marks,
        at(chosen, chosenOffset, high + (long) marks.length * Math.ceilDiv(n, CHOICE)),
        high);
    keep(slopes, winners, chosen);
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

    long whole = Math.ceilDiv(length, VectorWidth.LANES) * (long) VectorWidth.LANES;
    VectorImages.copyWindows(
        windows,
        length,
        places,
        at(x, xOffset, span(windows, xStep, most(places) + whole)),
        xStep,
        at(out, outOffset, span(windows, outStep, (places.length - 1L) * length + whole)),
        outStep);
    keep(x, out);
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

    VectorImages.maxOfRows(
        pixels,
        n,
        places,
        at(x, xOffset, span(pixels, xStep, most(places) + n)),
        xStep,
        at(bias, biasOffset, n),
        rectify,
        at(y, yOffset, span(pixels, yStep, n)),
        yStep,
        mark,
        markStep,
        marks,
        at(winners, winnersOffset, span(pixels, winnersStep, n)),
        winnersStep);
    keep(x, bias, y, winners);
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

    VectorImages.addBias(n, at(x, xOffset, n), at(bias, biasOffset, n), rectify, at(y, yOffset, n));
    keep(x, bias, y);
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
      VectorWideWinograd.filter(
          blocks(n),
          at(g, gOffset, 2 * (gRow + gStep) + n),
          gRow,
          gStep,
          at(out, outOffset, span(elements(side), outStep, n)),
          outStep);
    } else {
      VectorWinograd.filter(
          blocks(n),
          at(g, gOffset, 2 * (gRow + gStep) + n),
          gRow,
          gStep,
          at(out, outOffset, span(elements(side), outStep, n)),
          outStep);
    }
    keep(g, out);
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
      VectorWideWinograd.input(
          blocks(n),
          at(d, dOffset, (side + 1) * (dRow + dStep) + n),
          dRow,
          dStep,
          at(out, outOffset, span(elements(side), outStep, n)),
          outStep);
    } else {
      VectorWinograd.input(
          blocks(n),
          at(d, dOffset, (side + 1) * (dRow + dStep) + n),
          dRow,
          dStep,
          at(out, outOffset, span(elements(side), outStep, n)),
          outStep);
    }
    keep(d, out);
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
      VectorWideWinograd.output(
          blocks(n),
          at(m, mOffset, span(elements(side), mStep, n)),
          mStep,
          at(out, outOffset, (side - 1) * (outRow + outStep) + n),
          outRow,
          outStep);
    } else {
      VectorWinograd.output(
          blocks(n),
          at(m, mOffset, span(elements(side), mStep, n)),
          mStep,
          at(out, outOffset, (side - 1) * (outRow + outStep) + n),
          outRow,
          outStep);
    }
    keep(m, out);
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

    VectorTileTransforms.transform(
        transform,
        blocks(n),
        at(in, inOffset, (transform.inputs() - 1) * (inRow + inStep) + n),
        inRow,
        inStep,
        at(out, outOffset, (transform.outputs() - 1) * (outRow + outStep) + n),
        outRow,
        outStep);
    keep(in, out);
  }

  private static long most(long[] places) {
    long most = 0;
    for (long place : places) {
      most = Math.max(most, place);
    }
    return most;
  }
}
