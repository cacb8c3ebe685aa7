package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.ImageKernels.elements;
import static io.headrace.engine.kernel.VectorMemory.at;
import static io.headrace.engine.kernel.VectorMemory.keep;
import static io.headrace.engine.kernel.VectorMemory.span;

import java.lang.foreign.MemorySegment;

/**
 * The kernels on the Vector API. What is left after the last whole vector is done by the scalar
 * twin, and so is what is shorter than one.
 */
final class VectorKernels implements Kernels {
  private final ScalarKernels rest = new ScalarKernels();

  @Override
  public String description() {
    return VectorWidth.SPECIES.vectorBitSize() + "-bit vectors";
  }

  @Override
  public int panel(int columns) {
    return VectorProducts.SMALL_TILES ? SmallProducts.panel(columns) : Kernels.super.panel(columns);
  }

  @Override
  public void addRows(
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
        n,
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
  public void chooseNonZero(
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
  public void chooseWinners(
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
  public void copyWindows(
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
  public void maxOfRows(
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
  public void addBias(
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
  public void winogradFilter(
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
          n,
          at(g, gOffset, 2 * (gRow + gStep) + n),
          gRow,
          gStep,
          at(out, outOffset, span(elements(side), outStep, n)),
          outStep);
    } else {
      VectorWinograd.filter(
          n,
          at(g, gOffset, 2 * (gRow + gStep) + n),
          gRow,
          gStep,
          at(out, outOffset, span(elements(side), outStep, n)),
          outStep);
    }
    keep(g, out);
  }

  @Override
  public void winogradInput(
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
          n,
          at(d, dOffset, (side + 1) * (dRow + dStep) + n),
          dRow,
          dStep,
          at(out, outOffset, span(elements(side), outStep, n)),
          outStep);
    } else {
      VectorWinograd.input(
          n,
          at(d, dOffset, (side + 1) * (dRow + dStep) + n),
          dRow,
          dStep,
          at(out, outOffset, span(elements(side), outStep, n)),
          outStep);
    }
    keep(d, out);
  }

  @Override
  public void winogradOutput(
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
          n,
          at(m, mOffset, span(elements(side), mStep, n)),
          mStep,
          at(out, outOffset, (side - 1) * (outRow + outStep) + n),
          outRow,
          outStep);
    } else {
      VectorWinograd.output(
          n,
          at(m, mOffset, span(elements(side), mStep, n)),
          mStep,
          at(out, outOffset, (side - 1) * (outRow + outStep) + n),
          outRow,
          outStep);
    }
    keep(m, out);
  }

  @Override
  public void transformTile(
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
        n,
        at(in, inOffset, (transform.inputs() - 1) * (inRow + inStep) + n),
        inRow,
        inStep,
        at(out, outOffset, (transform.outputs() - 1) * (outRow + outStep) + n),
        outRow,
        outStep);
    keep(in, out);
  }

  @Override
  public void lstm(
      int rows,
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gatesRow,
      long gap,
      MemorySegment cells,
      long previous,
      long own,
      long cellsRow,
      MemorySegment h,
      long hOffset,
      long hRow) {

    int done =
        VectorCells.lstm(
            rows,
            count,
            at(gates, gatesOffset, span(rows, gatesRow, 3 * gap + count)),
            gatesRow,
            gap,
            at(cells, previous, span(rows, cellsRow, count)),
            at(cells, own, span(rows, cellsRow, count)),
            cellsRow,
            at(h, hOffset, span(rows, hRow, count)),
            hRow);
    for (int row = 0; done < count && row < rows; row++) {
      long cell = row * cellsRow;
      ScalarCells.lstm(
          done,
          count,
          gates,
          gatesOffset + row * gatesRow,
          gap,
          cells,
          previous + cell,
          own + cell,
          h,
          hOffset + row * hRow);
    }
    keep(gates, cells, h);
  }

  @Override
  public void lstmGradient(
      int rows,
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gatesRow,
      long gap,
      MemorySegment cells,
      long previous,
      long own,
      long cellsRow,
      MemorySegment dh,
      long dhOffset,
      MemorySegment dc,
      long dcOffset,
      long dRow,
      MemorySegment slopes,
      long slopesOffset,
      long slopesRow) {

    int done =
        VectorCells.lstmGradient(
            rows,
            count,
            at(gates, gatesOffset, span(rows, gatesRow, 3 * gap + count)),
            gatesRow,
            gap,
            at(cells, previous, span(rows, cellsRow, count)),
            at(cells, own, span(rows, cellsRow, count)),
            cellsRow,
            at(dh, dhOffset, span(rows, dRow, count)),
            at(dc, dcOffset, span(rows, dRow, count)),
            dRow,
            at(slopes, slopesOffset, span(rows, slopesRow, 3 * gap + count)),
            slopesRow);
    for (int row = 0; done < count && row < rows; row++) {
      long cell = row * cellsRow;
      long slope = row * dRow;
      ScalarCells.lstmGradient(
          done,
          count,
          gates,
          gatesOffset + row * gatesRow,
          gap,
          cells,
          previous + cell,
          own + cell,
          dh,
          dhOffset + slope,
          dc,
          dcOffset + slope,
          slopes,
          slopesOffset + row * slopesRow);
    }
    keep(gates, cells, slopes);
    keep(dh, dc);
  }

  @Override
  public void gru(
      int rows,
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gatesRow,
      long gap,
      MemorySegment states,
      long previous,
      long own,
      long statesRow) {

    int done =
        VectorCells.gru(
            rows,
            count,
            at(gates, gatesOffset, span(rows, gatesRow, 3 * gap + count)),
            gatesRow,
            gap,
            at(states, previous, span(rows, statesRow, count)),
            at(states, own, span(rows, statesRow, count)),
            statesRow);
    for (int row = 0; done < count && row < rows; row++) {
      long state = row * statesRow;
      ScalarCells.gru(
          done,
          count,
          gates,
          gatesOffset + row * gatesRow,
          gap,
          states,
          previous + state,
          own + state);
    }
    keep(gates, states);
  }

  @Override
  public void gruGradient(
      int rows,
      int count,
      MemorySegment gates,
      long gatesOffset,
      long gatesRow,
      long gap,
      MemorySegment states,
      long previous,
      long statesRow,
      MemorySegment dh,
      long dhOffset,
      long dhRow,
      MemorySegment slopes,
      long slopesOffset,
      long slopesRow) {

    int done =
        VectorCells.gruGradient(
            rows,
            count,
            at(gates, gatesOffset, span(rows, gatesRow, 3 * gap + count)),
            gatesRow,
            gap,
            at(states, previous, span(rows, statesRow, count)),
            statesRow,
            at(dh, dhOffset, span(rows, dhRow, count)),
            dhRow,
            at(slopes, slopesOffset, span(rows, slopesRow, 3 * gap + count)),
            slopesRow);
    for (int row = 0; done < count && row < rows; row++) {
      ScalarCells.gruGradient(
          done,
          count,
          gates,
          gatesOffset + row * gatesRow,
          gap,
          states,
          previous + row * statesRow,
          dh,
          dhOffset + row * dhRow,
          slopes,
          slopesOffset + row * slopesRow);
    }
    keep(gates, states, dh, slopes);
  }

  @Override
  public void product(
      int m,
      int n,
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment first,
      long firstOffset,
      long firstRow,
      MemorySegment out,
      long outOffset,
      long outRow) {

    VectorProducts.product(
        m,
        n,
        k,
        at(a, aOffset, span(m, aRow, span(k, aStep, 1))),
        aRow,
        aStep,
        at(b, bOffset, span(k, bRow, n)),
        bRow,
        at(first, firstOffset, span(m, firstRow, n)),
        firstRow,
        at(out, outOffset, span(m, outRow, n)),
        outRow);
    keep(a, b, first, out);
  }

  @Override
  public void rowDots(
      int rows,
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment b,
      long bOffset,
      float bias,
      MemorySegment out,
      long outOffset) {

    if (k < VectorWidth.LANES) {
      rest.rowDots(rows, k, a, aOffset, aRow, b, bOffset, bias, out, outOffset);
    } else {
      VectorSums.rowDots(
          rows,
          k,
          at(a, aOffset, span(rows, aRow, k)),
          aRow,
          at(b, bOffset, k),
          bias,
          at(out, outOffset, rows));
    }
    keep(a, b, out);
  }

  @Override
  public void weightedRowSum(
      int rows,
      int n,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset) {

    VectorSums.weightedRowSum(
        rows,
        n,
        at(weights, weightsOffset, rows),
        at(a, aOffset, span(rows, aRow, n)),
        aRow,
        at(out, outOffset, n));
    keep(weights, a, out);
  }

  @Override
  public void rowSum(
      int rows,
      int n,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset) {

    VectorSums.rowSum(rows, n, at(a, aOffset, span(rows, aRow, n)), aRow, at(out, outOffset, n));
    keep(a, out);
  }

  @Override
  public void transpose(
      int rows,
      int columns,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset,
      long outRow) {

    rest.transpose(rows, columns, a, aOffset, aRow, out, outOffset, outRow);
  }

  @Override
  public void addScaled(
      int count, float alpha, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {

    VectorSums.addScaled(count, alpha, at(x, xOffset, count), at(y, yOffset, count));
    keep(x, y);
  }

  @Override
  public void leakyRelu(
      int count, float slope, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.leakyRelu(count, slope, at(x, xOffset, count), at(y, yOffset, count));

    if (done < count) {
      rest.leakyRelu(count - done, slope, x, xOffset + done, y, yOffset + done);
    }
    keep(x, y);
  }

  @Override
  public void leakyReluGradient(
      int count,
      float slope,
      MemorySegment y,
      long yOffset,
      MemorySegment dy,
      long dyOffset,
      MemorySegment dx,
      long dxOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.leakyReluGradient(
                count,
                slope,
                at(y, yOffset, count),
                at(dy, dyOffset, count),
                at(dx, dxOffset, count));

    if (done < count) {
      rest.leakyReluGradient(
          count - done, slope, y, yOffset + done, dy, dyOffset + done, dx, dxOffset + done);
    }
    keep(y, dy, dx);
  }

  @Override
  public void tanh(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.tanh(count, at(x, xOffset, count), at(y, yOffset, count));

    if (done < count) {
      rest.tanh(count - done, x, xOffset + done, y, yOffset + done);
    }
    keep(x, y);
  }

  @Override
  public void tanhGradient(
      int count,
      MemorySegment y,
      long yOffset,
      MemorySegment dy,
      long dyOffset,
      MemorySegment dx,
      long dxOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.tanhGradient(
                count, at(y, yOffset, count), at(dy, dyOffset, count), at(dx, dxOffset, count));

    if (done < count) {
      rest.tanhGradient(count - done, y, yOffset + done, dy, dyOffset + done, dx, dxOffset + done);
    }
    keep(y, dy, dx);
  }

  @Override
  public void sigmoid(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.sigmoid(count, at(x, xOffset, count), at(y, yOffset, count));

    if (done < count) {
      rest.sigmoid(count - done, x, xOffset + done, y, yOffset + done);
    }
    keep(x, y);
  }

  @Override
  public void sigmoidGradient(
      int count,
      MemorySegment y,
      long yOffset,
      MemorySegment dy,
      long dyOffset,
      MemorySegment dx,
      long dxOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.sigmoidGradient(
                count, at(y, yOffset, count), at(dy, dyOffset, count), at(dx, dxOffset, count));

    if (done < count) {
      rest.sigmoidGradient(
          count - done, y, yOffset + done, dy, dyOffset + done, dx, dxOffset + done);
    }
    keep(y, dy, dx);
  }

  @Override
  public void gelu(
      int count,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      MemorySegment slope,
      long slopeOffset) {
    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.gate(count, at(x, xOffset, count), at(y, yOffset, count));
    if (done > 0) {
      VectorCurves.gelu(
          done, at(x, xOffset, count), at(y, yOffset, count), at(slope, slopeOffset, count));
    }
    if (done < count) {
      rest.gelu(count - done, x, xOffset + done, y, yOffset + done, slope, slopeOffset + done);
    }
    keep(x, y, slope);
  }

  @Override
  public void multiply(
      int count,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment out,
      long outOffset) {
    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.multiply(
                count, at(a, aOffset, count), at(b, bOffset, count), at(out, outOffset, count));
    if (done < count) {
      rest.multiply(count - done, a, aOffset + done, b, bOffset + done, out, outOffset + done);
    }
    keep(a, b, out);
  }

  @Override
  public void scale(int count, float factor, MemorySegment x, long offset) {

    int done =
        count < VectorWidth.LANES ? 0 : VectorUpdates.scale(count, factor, at(x, offset, count));

    if (done < count) {
      rest.scale(count - done, factor, x, offset + done);
    }
    keep(x);
  }

  @Override
  public void clamp(int count, float limit, MemorySegment x, long offset) {

    int done =
        count < VectorWidth.LANES ? 0 : VectorUpdates.clamp(count, limit, at(x, offset, count));

    if (done < count) {
      rest.clamp(count - done, limit, x, offset + done);
    }
    keep(x);
  }

  @Override
  public void shrink(int count, float threshold, MemorySegment x, long offset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.shrink(count, threshold, at(x, offset, count));

    if (done < count) {
      rest.shrink(count - done, threshold, x, offset + done);
    }
    keep(x);
  }

  /** Double precision, once a step at most: not worth vectors. */
  @Override
  public double squaredSum(int count, MemorySegment x, long offset) {
    return rest.squaredSum(count, x, offset);
  }

  @Override
  public void sgd(
      int count,
      float rate,
      float decay,
      MemorySegment p,
      long offset,
      MemorySegment g,
      long gOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.sgd(count, rate, decay, at(p, offset, count), at(g, gOffset, count));

    if (done < count) {
      rest.sgd(count - done, rate, decay, p, offset + done, g, gOffset + done);
    }
    keep(p, g);
  }

  @Override
  public void momentum(
      int count,
      float rate,
      float momentum,
      boolean nesterov,
      float decay,
      MemorySegment p,
      MemorySegment v,
      long offset,
      MemorySegment g,
      long gOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.momentum(
                count,
                rate,
                momentum,
                nesterov,
                decay,
                at(p, offset, count),
                at(v, offset, count),
                at(g, gOffset, count));

    if (done < count) {
      rest.momentum(
          count - done, rate, momentum, nesterov, decay, p, v, offset + done, g, gOffset + done);
    }
    keep(p, v, g);
  }

  @Override
  public void adagrad(
      int count,
      float rate,
      float epsilon,
      float decay,
      float l1,
      MemorySegment p,
      MemorySegment s,
      long offset,
      MemorySegment g,
      long gOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.adagrad(
                count,
                rate,
                epsilon,
                decay,
                l1,
                at(p, offset, count),
                at(s, offset, count),
                at(g, gOffset, count));

    if (done < count) {
      rest.adagrad(count - done, rate, epsilon, decay, l1, p, s, offset + done, g, gOffset + done);
    }
    keep(p, s, g);
  }

  @Override
  public void rmsNormalise(
      int count,
      float keep,
      float epsilon,
      float decay,
      MemorySegment p,
      MemorySegment s,
      long offset,
      MemorySegment g,
      long gOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.rmsNormalise(
                count,
                keep,
                epsilon,
                decay,
                at(p, offset, count),
                at(s, offset, count),
                at(g, gOffset, count));

    if (done < count) {
      rest.rmsNormalise(count - done, keep, epsilon, decay, p, s, offset + done, g, gOffset + done);
    }
    keep(p, s, g);
  }

  @Override
  public void adam(
      int count,
      float rate,
      float scale,
      float beta1,
      float beta2,
      float epsilon,
      float decay,
      MemorySegment p,
      MemorySegment m,
      MemorySegment v,
      long offset,
      MemorySegment g,
      long gOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.adam(
                count,
                rate,
                scale,
                beta1,
                beta2,
                epsilon,
                decay,
                at(p, offset, count),
                at(m, offset, count),
                at(v, offset, count),
                at(g, gOffset, count));

    if (done < count) {
      rest.adam(
          count - done,
          rate,
          scale,
          beta1,
          beta2,
          epsilon,
          decay,
          p,
          m,
          v,
          offset + done,
          g,
          gOffset + done);
    }
    keep(p, m, v, g);
  }

  @Override
  public void ftrl(
      int count,
      float alpha,
      float beta,
      float l1,
      float l2,
      MemorySegment p,
      MemorySegment z,
      MemorySegment n,
      long offset,
      MemorySegment g,
      long gOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.ftrl(
                count,
                alpha,
                beta,
                l1,
                l2,
                at(p, offset, count),
                at(z, offset, count),
                at(n, offset, count),
                at(g, gOffset, count));

    if (done < count) {
      rest.ftrl(count - done, alpha, beta, l1, l2, p, z, n, offset + done, g, gOffset + done);
    }
    keep(p, z, n, g);
  }

  @Override
  public void deviationSums(
      int count,
      int n,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment pivots,
      long pivotsOffset,
      MemorySegment sums) {
    if (n < VectorWidth.LANES) {
      rest.deviationSums(count, n, x, xOffset, xStep, pivots, pivotsOffset, sums);
    } else {
      VectorNorms.deviationSums(
          count,
          n,
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(pivots, pivotsOffset, n),
          at(sums, 0, 2L * n));
      keep(x, pivots, sums);
    }
  }

  @Override
  public void normalise(
      int count,
      int n,
      float slope,
      MemorySegment channels,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment y,
      long yOffset,
      long yStep) {
    if (n < VectorWidth.LANES) {
      rest.normalise(count, n, slope, channels, x, xOffset, xStep, y, yOffset, yStep);
    } else {
      VectorNorms.normalise(
          count,
          n,
          slope,
          at(channels, 0, 3L * n),
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(y, yOffset, span(count, yStep, n)),
          yStep);
      keep(channels, x, y);
    }
  }

  @Override
  public void normaliseGradientSums(
      int count,
      int n,
      float slope,
      MemorySegment channels,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment dy,
      long dyOffset,
      long dyStep,
      MemorySegment sums) {
    if (n < VectorWidth.LANES) {
      rest.normaliseGradientSums(
          count, n, slope, channels, x, xOffset, xStep, dy, dyOffset, dyStep, sums);
    } else {
      VectorNorms.normaliseGradientSums(
          count,
          n,
          slope,
          at(channels, 0, 3L * n),
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(dy, dyOffset, span(count, dyStep, n)),
          dyStep,
          at(sums, 0, 2L * n));
      keep(channels, x, dy, sums);
    }
  }

  @Override
  public void normaliseGradient(
      int count,
      int n,
      float slope,
      MemorySegment channels,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment dy,
      long dyOffset,
      long dyStep,
      MemorySegment dx,
      long dxOffset,
      long dxStep) {
    if (n < VectorWidth.LANES) {
      rest.normaliseGradient(
          count, n, slope, channels, x, xOffset, xStep, dy, dyOffset, dyStep, dx, dxOffset, dxStep);
    } else {
      VectorNorms.normaliseGradient(
          count,
          n,
          slope,
          at(channels, 0, 5L * n),
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(dy, dyOffset, span(count, dyStep, n)),
          dyStep,
          at(dx, dxOffset, span(count, dxStep, n)),
          dxStep);
      keep(channels, x, dy, dx);
    }
  }

  @Override
  public void dropout(
      int count,
      int first,
      long key,
      int threshold,
      float scale,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset) {
    int done =
        VectorMasks.dropout(
            count, first, key, threshold, scale, at(x, xOffset, count), at(y, yOffset, count));
    keep(x, y);
    if (done < count) {
      rest.dropout(
          count - done, first + done, key, threshold, scale, x, xOffset + done, y, yOffset + done);
    }
  }

  @Override
  public void standardiseRows(
      int count,
      int n,
      float epsilon,
      MemorySegment channels,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment y,
      long yOffset,
      long yStep,
      MemorySegment moments,
      long momentsOffset) {
    if (n < VectorWidth.LANES) {
      rest.standardiseRows(
          count,
          n,
          epsilon,
          channels,
          x,
          xOffset,
          xStep,
          y,
          yOffset,
          yStep,
          moments,
          momentsOffset);
    } else {
      VectorRowNorms.standardiseRows(
          count,
          n,
          epsilon,
          at(channels, 0, 2L * n),
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(y, yOffset, span(count, yStep, n)),
          yStep,
          at(moments, momentsOffset, 2L * count));
      keep(channels, x, y, moments);
    }
  }

  @Override
  public void standardiseRowsGradient(
      int count,
      int n,
      MemorySegment channels,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment moments,
      long momentsOffset,
      MemorySegment dy,
      long dyOffset,
      long dyStep,
      MemorySegment dx,
      long dxOffset,
      long dxStep) {
    if (n < VectorWidth.LANES) {
      rest.standardiseRowsGradient(
          count,
          n,
          channels,
          x,
          xOffset,
          xStep,
          moments,
          momentsOffset,
          dy,
          dyOffset,
          dyStep,
          dx,
          dxOffset,
          dxStep);
    } else {
      VectorRowNorms.standardiseRowsGradient(
          count,
          n,
          at(channels, 0, 2L * n),
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(moments, momentsOffset, 2L * count),
          at(dy, dyOffset, span(count, dyStep, n)),
          dyStep,
          at(dx, dxOffset, span(count, dxStep, n)),
          dxStep);
      keep(channels, x, moments);
      keep(dy, dx);
    }
  }

  @Override
  public void standardiseRowsSums(
      int count,
      int n,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment moments,
      long momentsOffset,
      MemorySegment dy,
      long dyOffset,
      long dyStep,
      MemorySegment sums) {
    if (n < VectorWidth.LANES) {
      rest.standardiseRowsSums(
          count, n, x, xOffset, xStep, moments, momentsOffset, dy, dyOffset, dyStep, sums);
    } else {
      VectorRowNorms.standardiseRowsSums(
          count,
          n,
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(moments, momentsOffset, 2L * count),
          at(dy, dyOffset, span(count, dyStep, n)),
          dyStep,
          at(sums, 0, 2L * n));
      keep(x, moments, dy, sums);
    }
  }

  @Override
  public void copyApart(
      long count,
      MemorySegment from,
      long fromOffset,
      long step,
      MemorySegment to,
      long toOffset,
      boolean blank) {
    UncheckedCopy.apart(
        count, at(from, fromOffset, span(count, step, 1)), step, at(to, toOffset, count), blank);
    keep(from, to);
  }

  private static long most(long[] places) {
    long most = 0;
    for (long place : places) {
      most = Math.max(most, place);
    }
    return most;
  }
}
