package io.headrace.sink.foreign;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What one of our parameters is made of. Immutable.
 *
 * @param parts tensors of the other program that have to be there
 * @param make our floats of theirs, which come one part behind the other
 */
record Recipe(List<Part> parts, UnaryOperator<float[]> make) {
  Recipe {
    parts = List.copyOf(parts);
  }

  /**
   * A tensor of another program.
   *
   * @param names within its layer, the first one the usual
   * @param shape that it must have
   */
  record Part(List<String> names, List<Long> shape) {
    Part {
      names = List.copyOf(names);
      shape = List.copyOf(shape);
    }

    Part(String name, Long... shape) {
      this(List.of(name), List.of(shape));
    }

    String name() {
      return names.getFirst();
    }
  }

  /** Of one tensor of our own shape. */
  static Recipe same(List<Long> shape, String... names) {
    return of(new Part(List.of(names), shape));
  }

  /** Of one tensor whose floats lie as ours do. */
  static Recipe of(Part part) {
    return new Recipe(List.of(part), floats -> floats);
  }

  /** Of one tensor whose axes are ours in another order. */
  static Recipe turned(Part part, List<Long> seenAs, int... axes) {
    return new Recipe(List.of(part), floats -> turned(floats, seenAs, axes));
  }

  /**
   * Puts axes in another order.
   *
   * @param shape of {@code from}
   * @param axes which axis of it comes first, second, ...
   */
  static float[] turned(float[] from, List<Long> shape, int... axes) {
    int[] strides = new int[axes.length];
    int stride = 1;
    for (int axis = axes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.toIntExact(shape.get(axis));
    }
    float[] to = new float[from.length];
    int[] at = new int[axes.length];
    for (int i = 0; i < to.length; i++) {
      int source = 0;
      for (int axis = 0; axis < axes.length; axis++) {
        source += at[axis] * strides[axes[axis]];
      }
      to[i] = from[source];
      for (int axis = axes.length - 1; axis >= 0; axis--) {
        if (++at[axis] < shape.get(axes[axis])) {
          break;
        }
        at[axis] = 0;
      }
    }
    return to;
  }

  /**
   * Blocks of floats, each the sum of some of {@code from}.
   *
   * @param terms which blocks of {@code from} are added up for each
   */
  static float[] sums(float[] from, int length, int[][] terms) {
    float[] to = new float[terms.length * length];
    for (int block = 0; block < terms.length; block++) {
      for (int term : terms[block]) {
        for (int i = 0; i < length; i++) {
          to[block * length + i] += from[term * length + i];
        }
      }
    }
    return to;
  }
}
