package io.headrace.engine.kernel;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.readInt;
import static io.headrace.engine.memory.Floats.write;
import static io.headrace.engine.memory.Floats.writeInt;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/** The kernels as plain loops, for JVMs without the Vector API and as the vector code's judge. */
final class ScalarKernels implements Kernels {
  @Override
  public String description() {
    return "scalar code";
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
  public void chooseNonZero(
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

    ScalarImages.chooseWinners(
        n, slopes, slopesOffset, winners, winnersOffset, mark, marks, chosen, chosenOffset, high);
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

    ScalarImages.copyWindows(windows, length, places, x, xOffset, xStep, out, outOffset, outStep);
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
  public void addBias(
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
      ScalarWideWinograd.filter(n, g, gOffset, gRow, gStep, out, outOffset, outStep);
    } else {
      ScalarImages.winogradFilter(n, g, gOffset, gRow, gStep, out, outOffset, outStep);
    }
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
      ScalarWideWinograd.input(n, d, dOffset, dRow, dStep, out, outOffset, outStep);
    } else {
      ScalarImages.winogradInput(n, d, dOffset, dRow, dStep, out, outOffset, outStep);
    }
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
      ScalarWideWinograd.output(n, m, mOffset, mStep, out, outOffset, outRow, outStep);
    } else {
      ScalarImages.winogradOutput(n, m, mOffset, mStep, out, outOffset, outRow, outStep);
    }
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

    ScalarTileTransforms.transform(
        transform, n, in, inOffset, inRow, inStep, out, outOffset, outRow, outStep);
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
    for (int row = 0; row < rows; row++) {
      long cell = row * cellsRow;
      ScalarCells.lstm(
          0,
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
    for (int row = 0; row < rows; row++) {
      long cell = row * cellsRow;
      long slope = row * dRow;
      ScalarCells.lstmGradient(
          0,
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
    for (int row = 0; row < rows; row++) {
      long state = row * statesRow;
      ScalarCells.gru(
          0,
          count,
          gates,
          gatesOffset + row * gatesRow,
          gap,
          states,
          previous + state,
          own + state);
    }
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
    for (int row = 0; row < rows; row++) {
      ScalarCells.gruGradient(
          0,
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
    for (int i = 0; i < m; i++) {
      long at = outOffset + i * outRow;
      Floats.copy(first, firstOffset + i * firstRow, out, at, n);
      for (int l = 0; l < k; l++) {
        float factor = read(a, aOffset + i * aRow + l * aStep);
        addScaled(n, factor, b, bOffset + l * bRow, out, at);
      }
    }
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
    for (int i = 0; i < rows; i++) {
      float sum = 0;
      for (int l = 0; l < k; l++) {
        sum += read(a, aOffset + i * aRow + l) * read(b, bOffset + l);
      }
      write(out, outOffset + i, bias + sum);
    }
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
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += read(weights, weightsOffset + i) * read(a, aOffset + i * aRow + j);
      }
      write(out, outOffset + j, sum);
    }
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
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += read(a, aOffset + i * aRow + j);
      }
      write(out, outOffset + j, sum);
    }
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
    for (int j = 0; j < columns; j++) {
      for (int i = 0; i < rows; i++) {
        write(out, outOffset + j * outRow + i, read(a, aOffset + i * aRow + j));
      }
    }
  }

  @Override
  public void addScaled(
      int count, float alpha, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    for (int i = 0; i < count; i++) {
      write(y, yOffset + i, read(y, yOffset + i) + alpha * read(x, xOffset + i));
    }
  }

  @Override
  public void leakyRelu(
      int count, float slope, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    for (int i = 0; i < count; i++) {
      float value = read(x, xOffset + i);
      write(y, yOffset + i, Math.max(value, slope * value));
    }
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
    for (int i = 0; i < count; i++) {
      float gradient = read(dy, dyOffset + i);
      write(dx, dxOffset + i, read(y, yOffset + i) > 0 ? gradient : slope * gradient);
    }
  }

  @Override
  public void tanh(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    for (int i = 0; i < count; i++) {
      write(y, yOffset + i, Curves.tanh(read(x, xOffset + i)));
    }
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
    for (int i = 0; i < count; i++) {
      float value = read(y, yOffset + i);
      write(dx, dxOffset + i, read(dy, dyOffset + i) * (1 - value * value));
    }
  }

  @Override
  public void sigmoid(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    for (int i = 0; i < count; i++) {
      write(y, yOffset + i, Curves.sigmoid(read(x, xOffset + i)));
    }
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
    for (int i = 0; i < count; i++) {
      float value = read(y, yOffset + i);
      write(dx, dxOffset + i, read(dy, dyOffset + i) * (value * (1 - value)));
    }
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
    for (int i = 0; i < count; i++) {
      float value = read(x, xOffset + i);
      float gate = Curves.gate(value);
      write(y, yOffset + i, value * gate);
      write(slope, slopeOffset + i, Curves.geluSlope(value, gate));
    }
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
    for (int i = 0; i < count; i++) {
      write(out, outOffset + i, read(a, aOffset + i) * read(b, bOffset + i));
    }
  }

  @Override
  public void scale(int count, float factor, MemorySegment x, long offset) {
    for (long i = offset; i < offset + count; i++) {
      write(x, i, read(x, i) * factor);
    }
  }

  @Override
  public void clamp(int count, float limit, MemorySegment x, long offset) {
    for (long i = offset; i < offset + count; i++) {
      write(x, i, Math.max(-limit, Math.min(limit, read(x, i))));
    }
  }

  @Override
  public void shrink(int count, float threshold, MemorySegment x, long offset) {
    for (long i = offset; i < offset + count; i++) {
      write(x, i, shrunk(read(x, i), threshold));
    }
  }

  /** x - threshold above it, x + threshold below its negative, 0 between. */
  private static float shrunk(float x, float threshold) {
    return Math.max(x - threshold, 0) + Math.min(x + threshold, 0);
  }

  @Override
  public double squaredSum(int count, MemorySegment x, long offset) {
    double even = 0; // two sums: the additions of one need not wait for those of the other
    double odd = 0;
    int i = 0;
    for (; i + 1 < count; i += 2) {
      double a = read(x, offset + i);
      double b = read(x, offset + i + 1);
      even += a * a;
      odd += b * b;
    }
    if (i < count) {
      double a = read(x, offset + i);
      even += a * a;
    }
    return even + odd;
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
    for (int i = 0; i < count; i++) {
      float value = read(p, offset + i);
      write(p, offset + i, value - rate * (read(g, gOffset + i) + decay * value));
    }
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
    for (int i = 0; i < count; i++) {
      float value = read(p, offset + i);
      float slope = read(g, gOffset + i) + decay * value;
      float speed = momentum * read(v, offset + i) + slope;
      write(v, offset + i, speed);
      write(p, offset + i, value - rate * (nesterov ? slope + momentum * speed : speed));
    }
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
    for (int i = 0; i < count; i++) {
      float value = read(p, offset + i);
      float slope = read(g, gOffset + i) + decay * value;
      float sum = read(s, offset + i) + slope * slope;
      write(s, offset + i, sum);
      float root = (float) Math.sqrt(sum) + epsilon;
      write(p, offset + i, shrunk(value - rate * slope / root, rate * l1 / root));
    }
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
    for (int i = 0; i < count; i++) {
      float slope = read(g, gOffset + i) + decay * read(p, offset + i);
      float square = keep * read(s, offset + i) + (1 - keep) * (slope * slope);
      write(s, offset + i, square);
      write(g, gOffset + i, slope / ((float) Math.sqrt(square) + epsilon));
    }
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
    for (int i = 0; i < count; i++) {
      float value = read(p, offset + i);
      float slope = read(g, gOffset + i) + decay * value;
      float mean = beta1 * read(m, offset + i) + (1 - beta1) * slope;
      float square = beta2 * read(v, offset + i) + (1 - beta2) * (slope * slope);
      write(m, offset + i, mean);
      write(v, offset + i, square);
      write(p, offset + i, value - rate * mean / (scale * (float) Math.sqrt(square) + epsilon));
    }
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
    float perAlpha = 1 / alpha;
    for (int i = 0; i < count; i++) {
      float slope = read(g, gOffset + i);
      float before = read(n, offset + i);
      float after = before + slope * slope;
      float root = (float) Math.sqrt(after);
      float sigma = (root - (float) Math.sqrt(before)) * perAlpha;
      float sum = read(z, offset + i) + (slope - sigma * read(p, offset + i));
      write(n, offset + i, after);
      write(z, offset + i, sum);
      float beyond = Math.copySign(l1, sum) - sum;
      write(p, offset + i, Math.abs(sum) <= l1 ? 0 : beyond / ((beta + root) * perAlpha + l2));
    }
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

    ScalarNorms.deviationSums(count, n, x, xOffset, xStep, pivots, pivotsOffset, sums);
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

    ScalarNorms.normalise(count, n, slope, channels, x, xOffset, xStep, y, yOffset, yStep);
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

    ScalarNorms.normaliseGradientSums(
        count, n, slope, channels, x, xOffset, xStep, dy, dyOffset, dyStep, sums);
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

    ScalarNorms.normaliseGradient(
        count, n, slope, channels, x, xOffset, xStep, dy, dyOffset, dyStep, dx, dxOffset, dxStep);
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

    ScalarNorms.dropout(count, first, key, threshold, scale, x, xOffset, y, yOffset);
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

    ScalarNorms.standardiseRows(
        count, n, epsilon, channels, x, xOffset, xStep, y, yOffset, yStep, moments, momentsOffset);
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

    ScalarNorms.standardiseRowsGradient(
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

    ScalarNorms.standardiseRowsSums(
        count, n, x, xOffset, xStep, moments, momentsOffset, dy, dyOffset, dyStep, sums);
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
    for (long i = 0; i < count; i++) {
      int bits = readInt(from, fromOffset + i * step);
      if (bits != (blank ? 0 : readInt(to, toOffset + i))) {
        writeInt(to, toOffset + i, bits);
      }
    }
  }
}
