package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Values that differ in their last dimension at most, laid side by side along it: y = [a, b, ...]
 * at each position. Only copies.
 */
final class SideBySide {
  private final DenseValue[] parts;
  private final DenseValue y;
  private final int positions;

  private SideBySide(List<DenseValue> parts, DenseValue y) {
    this.parts = parts.toArray(DenseValue[]::new);
    this.y = y;
    this.positions = y.width() / y.shape().getLast();
  }

  static DenseValue attach(LayerScope scope, List<DenseValue> parts) {
    DenseValue first = parts.getFirst();
    List<Integer> shape = new ArrayList<>(first.shape());
    shape.set(shape.size() - 1, parts.stream().mapToInt(SideBySide::channels).sum());
    boolean learns = parts.stream().anyMatch(DenseValue::wantsGradients);
    DenseValue y = learns ? scope.buffer(shape) : scope.input(shape);
    var work = new SideBySide(parts, y);
    scope.tape().rows(2L * y.width(), work::forward, work::backward);
    return y.withStepsOf(first);
  }

  private static int channels(DenseValue value) {
    return value.shape().getLast();
  }

  private void forward(Pass pass, int from, int to) {
    int width = channels(y);
    for (int row = from; row < to; row++) {
      long column = y.start(pass, row);
      for (DenseValue part : parts) {
        MemorySegment values = part.values(pass);
        long start = part.start(pass, row);
        int own = channels(part);
        for (int i = 0; i < positions; i++) {
          Floats.copy(values, start + (long) i * own, y.buffer(), column + (long) i * width, own);
        }
        column += own;
      }
    }
  }

  private void backward(Pass pass, int from, int to) {
    int width = channels(y);
    int column = 0;
    for (DenseValue part : parts) {
      int own = channels(part);
      for (int row = from; part.wantsGradients() && row < to; row++) {
        long start = (long) row * y.stride() + column;
        long into = (long) row * part.stride();
        for (int i = 0; i < positions; i++) {
          long at = start + (long) i * width;
          Floats.copy(y.gradients(), at, part.gradients(), into + (long) i * own, own);
        }
      }
      column += own;
    }
  }
}
