package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorKernels.REST;
import static io.headrace.engine.kernel.VectorMemory.at;
import static io.headrace.engine.kernel.VectorMemory.keep;

import java.lang.foreign.MemorySegment;

/** The curves of {@link VectorKernels}. */
interface VectorCurveKernels extends CurveKernels {
  @Override
  default void leakyRelu(
      int count, float slope, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.leakyRelu(count, slope, at(x, xOffset, count), at(y, yOffset, count));

    if (done < count) {
      REST.leakyRelu(count - done, slope, x, xOffset + done, y, yOffset + done);
    }
    keep(x, y);
  }

  @Override
  default void leakyReluGradient(
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
      REST.leakyReluGradient(
          count - done, slope, y, yOffset + done, dy, dyOffset + done, dx, dxOffset + done);
    }
    keep(y, dy, dx);
  }

  @Override
  default void tanh(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.tanh(count, at(x, xOffset, count), at(y, yOffset, count));

    if (done < count) {
      REST.tanh(count - done, x, xOffset + done, y, yOffset + done);
    }
    keep(x, y);
  }

  @Override
  default void tanhGradient(
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
      REST.tanhGradient(count - done, y, yOffset + done, dy, dyOffset + done, dx, dxOffset + done);
    }
    keep(y, dy, dx);
  }

  @Override
  default void sigmoid(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {

    int done =
        count < VectorWidth.LANES
            ? 0
            : VectorCurves.sigmoid(count, at(x, xOffset, count), at(y, yOffset, count));

    if (done < count) {
      REST.sigmoid(count - done, x, xOffset + done, y, yOffset + done);
    }
    keep(x, y);
  }

  @Override
  default void sigmoidGradient(
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
      REST.sigmoidGradient(
          count - done, y, yOffset + done, dy, dyOffset + done, dx, dxOffset + done);
    }
    keep(y, dy, dx);
  }

  @Override
  default void gelu(
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
      REST.gelu(count - done, x, xOffset + done, y, yOffset + done, slope, slopeOffset + done);
    }
    keep(x, y, slope);
  }

  @Override
  default void multiply(
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
      REST.multiply(count - done, a, aOffset + done, b, bOffset + done, out, outOffset + done);
    }
    keep(a, b, out);
  }
}
