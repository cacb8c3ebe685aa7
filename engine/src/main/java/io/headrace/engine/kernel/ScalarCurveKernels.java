package io.headrace.engine.kernel;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import java.lang.foreign.MemorySegment;

/** The curves of {@link ScalarKernels}. */
interface ScalarCurveKernels extends CurveKernels {
  @Override
  default void leakyRelu(
      int count, float slope, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    for (int i = 0; i < count; i++) {
      float value = read(x, xOffset + i);
      write(y, yOffset + i, Math.max(value, slope * value));
    }
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
    for (int i = 0; i < count; i++) {
      float gradient = read(dy, dyOffset + i);
      write(dx, dxOffset + i, read(y, yOffset + i) > 0 ? gradient : slope * gradient);
    }
  }

  @Override
  default void tanh(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    for (int i = 0; i < count; i++) {
      write(y, yOffset + i, Curves.tanh(read(x, xOffset + i)));
    }
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
    for (int i = 0; i < count; i++) {
      float value = read(y, yOffset + i);
      write(dx, dxOffset + i, read(dy, dyOffset + i) * (1 - value * value));
    }
  }

  @Override
  default void sigmoid(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    for (int i = 0; i < count; i++) {
      write(y, yOffset + i, Curves.sigmoid(read(x, xOffset + i)));
    }
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
    for (int i = 0; i < count; i++) {
      float value = read(y, yOffset + i);
      write(dx, dxOffset + i, read(dy, dyOffset + i) * (value * (1 - value)));
    }
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
    for (int i = 0; i < count; i++) {
      float value = read(x, xOffset + i);
      float gate = Curves.gate(value);
      write(y, yOffset + i, value * gate);
      write(slope, slopeOffset + i, Curves.geluSlope(value, gate));
    }
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
    for (int i = 0; i < count; i++) {
      write(out, outOffset + i, read(a, aOffset + i) * read(b, bOffset + i));
    }
  }
}
