package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.kernel.TileTransform;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The filters of a convolution at stride 2 as {@link TileTransform} multiplies by them: a matrix
 * for each element of a filter, and its transpose for the gradient by the input. Follows its
 * weights.
 */
final class StridedFilters {
  private final Kernels kernels;
  private final ConvWeights weights;
  private final int channels;
  private final int filters;
  private final MemorySegment forward;
  private final MemorySegment backward;

  StridedFilters(Kernels kernels, ConvGeometry shape, ConvWeights weights) {
    this.kernels = kernels;
    this.weights = weights;
    this.channels = shape.channels();
    this.filters = weights.filters();
    this.forward = Floats.allocate(size());
    this.backward = Floats.allocate(size());
    weights.derives(this::derive);
  }

  /** Floats of the matrices of all elements. */
  long size() {
    return (long) TileTransform.FILTER_ELEMENTS * TileTransform.FILTER_ELEMENTS * matrix();
  }

  /** Where the matrix of an element of a tile begins; elements at odd places have one together. */
  long matrix(int element) {
    int row = TileTransform.filterElement(element / TileTransform.ELEMENTS);
    int column = TileTransform.filterElement(element % TileTransform.ELEMENTS);
    return (row * (long) TileTransform.FILTER_ELEMENTS + column) * matrix();
  }

  /** Matrices of [channel][filter]. */
  MemorySegment forward() {
    return forward;
  }

  /** Matrices of [filter][channel]. */
  MemorySegment backward() {
    return backward;
  }

  /** Adds what the gradients by all matrices, [filter][channel], make of those by the filters. */
  void addGradients(MemorySegment memory, long from, long gradients) {
    for (int filter = 0; filter < filters; filter++) {
      kernels.transformTile(
          TileTransform.FILTER_GRADIENT,
          channels,
          memory,
          from + (long) filter * channels,
          TileTransform.FILTER_ELEMENTS * matrix(),
          matrix(),
          weights.gradients(),
          gradients + (long) filter * weights.filterSize(),
          weights.stride(),
          channels);
    }
  }

  private long matrix() {
    return (long) channels * filters;
  }

  private void derive(int first, int count) {
    for (int channel = 0; channel < channels; channel++) {
      kernels.transformTile(
          TileTransform.FILTER,
          count,
          weights.transposed(),
          (long) channel * filters + first,
          3L * channels * filters,
          (long) channels * filters,
          forward,
          (long) channel * filters + first,
          TileTransform.FILTER_ELEMENTS * matrix(),
          matrix());
    }
    for (int filter = first; filter < first + count; filter++) {
      kernels.transformTile(
          TileTransform.FILTER,
          channels,
          weights.values(),
          weights.offset() + (long) filter * weights.filterSize(),
          weights.stride(),
          channels,
          backward,
          (long) filter * channels,
          TileTransform.FILTER_ELEMENTS * matrix(),
          matrix());
    }
  }
}
