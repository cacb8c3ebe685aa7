package io.headrace.engine.layer;

import io.headrace.engine.kernel.ImageKernels;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The filters and biases of a convolution, their gradients by shard, and what is kept beside them:
 * the filters transposed, and transformed for Winograd's algorithm where that is used. Filters lie
 * as [filter][segment][length], segments padded. A tile of the update is a block of filters.
 */
final class ConvWeights {
  private final Kernels kernels;
  private final Updates updates;
  private final ConvGeometry shape;
  private final int filters;
  private final int segments;
  private final int length;
  private final int stride;
  private final Parameter weight;
  private final @Nullable Parameter bias;
  private final MemorySegment zeros;
  private final MemorySegment transposed;
  private final int winogradSide;
  private final @Nullable MemorySegment winograd;
  private final MemorySegment gradients;
  private final long shardSize;
  private final long[] shardSteps;
  private @Nullable Derivation derivation;

  /** Recomputes what is kept beside filters. */
  @FunctionalInterface
  interface Derivation {
    void derive(int firstFilter, int count);
  }

  ConvWeights(
      LayerScope scope,
      ConvGeometry shape,
      PaddedImage image,
      int filters,
      String initialisation,
      boolean withBias,
      int winogradSide) {
    this.kernels = scope.kernels();
    this.updates = scope.updates();
    this.shape = shape;
    this.filters = filters;
    this.segments = image.segments();
    this.length = image.length();
    this.stride = Kernels.padded(length);
    int outputs = filters * shape.kernelHeight() * shape.kernelWidth();
    Initialisation first =
        Initialisation.named(initialisation, shape.taps(), outputs, scope.streamSeed(0));
    this.weight =
        scope.matrix("weight", shape.weightShape(filters), filters * segments, length, first);
    this.bias =
        withBias ? scope.parameter("bias", List.of((long) filters), Initialisation.ZEROS) : null;
    this.zeros = Floats.allocate(lanes());
    this.transposed = Floats.allocate((long) segments * length * lanes());
    this.winogradSide = winogradSide;
    this.winograd =
        winogradSide == 0
            ? null
            : Floats.allocate(ImageKernels.elements(winogradSide) * winogradStep());
    this.shardSize = (long) filters * filterSize() + lanes();
    this.gradients = Floats.allocate(scope.shards() * shardSize);
    this.shardSteps = new long[scope.shards()];
    long cost = scope.shards() * shardSize;
    scope.tape().tiles(Math.ceilDiv(filters, Kernels.BLOCK), tileSize(), cost, this::update);
    scope.tape().derivation(() -> derive(0, filters));
  }

  int filters() {
    return filters;
  }

  /** Has {@code also} follow the filters from now on. */
  void derives(Derivation also) {
    derivation = also;
  }

  /** Floats from one pixel's outputs to the next where they are padded. */
  int lanes() {
    return Kernels.padded(filters);
  }

  /** Floats of a segment of a filter, padding included; the padding is 0. */
  int stride() {
    return stride;
  }

  /** Where a segment of a filter begins, counted from the filter's first float. */
  long filterPart(int segment) {
    return (long) segment * stride;
  }

  /** Floats from one filter to the next. */
  int filterSize() {
    return segments * stride;
  }

  MemorySegment values() {
    return weight.values();
  }

  /** Where the first filter begins in {@link #values}. */
  long offset() {
    return weight.offset();
  }

  /** The filters as [segment][length][lanes]. */
  MemorySegment transposed() {
    return transposed;
  }

  /** The filters as [element][channel][lanes], elements {@link #winogradStep} apart. */
  MemorySegment winograd() {
    if (winograd == null) {
      throw new IllegalStateException("this convolution is computed directly");
    }
    return winograd;
  }

  long winogradStep() {
    return (long) shape.channels() * lanes();
  }

  boolean biased() {
    return bias != null;
  }

  /** A row of {@link #lanes} zeros, which sums begin with. */
  MemorySegment zeros() {
    return zeros;
  }

  MemorySegment bias() {
    return bias == null ? zeros : bias.values();
  }

  long biasOffset() {
    return bias == null ? 0 : bias.offset();
  }

  /** Gradients of all shards. */
  MemorySegment gradients() {
    return gradients;
  }

  /** Where the gradients of {@code shard} begin, now 0. */
  long startShard(Pass pass, int shard) {
    shardSteps[shard] = pass.step();
    Floats.fill(gradients, shard * shardSize, shardSize, 0);
    return shard * shardSize;
  }

  /** Where the gradients of the biases begin, counted from the shard's first. */
  long biasGradient() {
    return (long) filters * filterSize();
  }

  private long tileSize() {
    return (long) Kernels.BLOCK * Math.max(filterSize(), 1);
  }

  private void update(Pass pass, int tile, MemorySegment scratch) {
    int first = tile * Kernels.BLOCK;
    int count = Math.min(Kernels.BLOCK, filters - first);
    sum(pass, (long) first * filterSize(), count * filterSize(), scratch);
    for (int row = 0; row < count * segments && length < stride; row++) {
      Floats.fill(scratch, (long) row * stride + length, stride - length, 0);
    }
    updates.apply(scratch, 0, weight.offset() + (long) first * filterSize(), count * filterSize());
    if (bias != null) {
      sum(pass, biasGradient() + first, count, scratch);
      updates.apply(scratch, 0, bias.offset() + first, count);
    }
    derive(first, count);
  }

  /** Adds up a range of the gradients of the step's shards, in their order. */
  private void sum(Pass pass, long from, int count, MemorySegment to) {
    Floats.fill(to, 0, count, 0);
    for (int shard = 0; shard < shardSteps.length; shard++) {
      if (shardSteps[shard] == pass.step()) {
        kernels.addScaled(count, 1, gradients, shard * shardSize + from, to, 0);
      }
    }
  }

  private void derive(int first, int count) {
    int lanes = lanes();
    for (int segment = 0; segment < segments; segment++) {
      kernels.transpose(
          count,
          length,
          weight.values(),
          weight.offset() + ((long) first * segments + segment) * stride,
          filterSize(),
          transposed,
          (long) segment * length * lanes + first,
          lanes);
    }
    if (winograd != null) {
      for (int channel = 0; channel < shape.channels(); channel++) {
        kernels.winogradFilter(
            winogradSide,
            Kernels.padded(count),
            transposed,
            (long) channel * lanes + first,
            (long) length * lanes,
            (long) shape.channels() * lanes,
            winograd,
            (long) channel * lanes + first,
            winogradStep());
      }
    }
    if (derivation != null) {
      derivation.derive(first, count);
    }
  }
}
