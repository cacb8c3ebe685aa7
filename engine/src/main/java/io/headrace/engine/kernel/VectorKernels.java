package io.headrace.engine.kernel;

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
  public void addRows(
      int count,
      int n,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      MemorySegment a,
      long aOffset,
      MemorySegment out,
      long outOffset) {

    VectorImages.addRows(
        count, n, weights, weightsOffset, places, placesOffset, a, aOffset, out, outOffset);
  }

  @Override
  public void maxOfRows(
      int n,
      long[] places,
      MemorySegment x,
      long xOffset,
      MemorySegment bias,
      long biasOffset,
      boolean rectify,
      MemorySegment y,
      long yOffset,
      MemorySegment winners,
      long winnersOffset) {

    VectorImages.maxOfRows(
        n, places, x, xOffset, bias, biasOffset, rectify, y, yOffset, winners, winnersOffset);
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

    VectorImages.addBias(n, x, xOffset, bias, biasOffset, rectify, y, yOffset);
  }

  @Override
  public void winogradFilter(
      int n,
      MemorySegment g,
      long gOffset,
      long gRow,
      long gStep,
      MemorySegment out,
      long outOffset,
      long outStep) {

    VectorWinograd.filter(n, g, gOffset, gRow, gStep, out, outOffset, outStep);
  }

  @Override
  public void winogradInput(
      int n,
      MemorySegment d,
      long dOffset,
      long dRow,
      long dStep,
      MemorySegment out,
      long outOffset,
      long outStep) {

    VectorWinograd.input(n, d, dOffset, dRow, dStep, out, outOffset, outStep);
  }

  @Override
  public void winogradOutput(
      int n,
      MemorySegment m,
      long mOffset,
      long mStep,
      MemorySegment out,
      long outOffset,
      long outRow,
      long outStep) {

    VectorWinograd.output(n, m, mOffset, mStep, out, outOffset, outRow, outStep);
  }

  @Override
  public void addProduct(
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
      MemorySegment out,
      long outOffset,
      long outRow) {

    VectorProducts.addProduct(
        m, n, k, a, aOffset, aRow, aStep, b, bOffset, bRow, out, outOffset, outRow);
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
      VectorSums.rowDots(rows, k, a, aOffset, aRow, b, bOffset, bias, out, outOffset);
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

    VectorSums.weightedRowSum(rows, n, weights, weightsOffset, a, aOffset, aRow, out, outOffset);
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

    VectorSums.rowSum(rows, n, a, aOffset, aRow, out, outOffset);
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

    VectorSums.addScaled(count, alpha, x, xOffset, y, yOffset);
  }

  @Override
  public void leakyRelu(
      int count, float slope, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.leakyRelu(count, slope, x, xOffset, y, yOffset);

    if (done < count) {
      rest.leakyRelu(count - done, slope, x, xOffset + done, y, yOffset + done);
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

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.leakyReluGradient(count, slope, y, yOffset, dy, dyOffset, dx, dxOffset);

    if (done < count) {
      rest.leakyReluGradient(
          count - done, slope, y, yOffset + done, dy, dyOffset + done, dx, dxOffset + done);
    }
  }

  @Override
  public void tanh(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {

    int done = count < VectorWidth.LANES ? 0 : VectorCurves.tanh(count, x, xOffset, y, yOffset);

    if (done < count) {
      rest.tanh(count - done, x, xOffset + done, y, yOffset + done);
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

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.tanhGradient(count, y, yOffset, dy, dyOffset, dx, dxOffset);

    if (done < count) {
      rest.tanhGradient(count - done, y, yOffset + done, dy, dyOffset + done, dx, dxOffset + done);
    }
  }

  @Override
  public void sigmoid(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {

    int done = count < VectorWidth.LANES ? 0 : VectorCurves.sigmoid(count, x, xOffset, y, yOffset);

    if (done < count) {
      rest.sigmoid(count - done, x, xOffset + done, y, yOffset + done);
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

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.sigmoidGradient(count, y, yOffset, dy, dyOffset, dx, dxOffset);

    if (done < count) {
      rest.sigmoidGradient(
          count - done, y, yOffset + done, dy, dyOffset + done, dx, dxOffset + done);
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
    int done = count < VectorWidth.LANES ? 0 : VectorCurves.gate(count, x, xOffset, y, yOffset);
    if (done > 0) {
      VectorCurves.gelu(done, x, xOffset, y, yOffset, slope, slopeOffset);
    }
    if (done < count) {
      rest.gelu(count - done, x, xOffset + done, y, yOffset + done, slope, slopeOffset + done);
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
    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.multiply(count, a, aOffset, b, bOffset, out, outOffset);
    if (done < count) {
      rest.multiply(count - done, a, aOffset + done, b, bOffset + done, out, outOffset + done);
    }
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
            : VectorUpdates.sgd(count, rate, decay, p, offset, g, gOffset);

    if (done < count) {
      rest.sgd(count - done, rate, decay, p, offset + done, g, gOffset + done);
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

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.momentum(
                count, rate, momentum, nesterov, decay, p, v, offset, g, gOffset);

    if (done < count) {
      rest.momentum(
          count - done, rate, momentum, nesterov, decay, p, v, offset + done, g, gOffset + done);
    }
  }

  @Override
  public void adagrad(
      int count,
      float rate,
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
            : VectorUpdates.adagrad(count, rate, epsilon, decay, p, s, offset, g, gOffset);

    if (done < count) {
      rest.adagrad(count - done, rate, epsilon, decay, p, s, offset + done, g, gOffset + done);
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

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorUpdates.adam(
                count, rate, scale, beta1, beta2, epsilon, decay, p, m, v, offset, g, gOffset);

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
            : VectorUpdates.ftrl(count, alpha, beta, l1, l2, p, z, n, offset, g, gOffset);

    if (done < count) {
      rest.ftrl(count - done, alpha, beta, l1, l2, p, z, n, offset + done, g, gOffset + done);
    }
  }
}
