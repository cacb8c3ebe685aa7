package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of floats a row: an input of the job, or a buffer that a layer writes, with a
 * buffer of the same layout for the loss's gradient by it. Rows of a buffer begin at multiples of
 * {@link Kernels#BLOCK} floats, or lie side by side where a row is one float; the gradient of the
 * padding is always 0.
 */
public final class DenseValue implements Value {
  private static final int BUFFER = -1;

  private final List<Integer> shape;
  private final int width;
  private final int stride;
  private final int input;
  private final @Nullable MemorySegment values;
  private final @Nullable MemorySegment gradients;
  private final @Nullable TokenInput lengths;
  private final @Nullable RowReader reader;

  /** Computes parts of rows where they are read. */
  @FunctionalInterface
  interface RowReader {
    /** Writes {@code count} floats of a row from its float {@code from} on. */
    void read(Pass pass, int row, int from, int count, MemorySegment to, long at);
  }

  private DenseValue(
      List<Integer> shape,
      int stride,
      int input,
      @Nullable MemorySegment values,
      @Nullable MemorySegment gradients,
      @Nullable TokenInput lengths,
      @Nullable RowReader reader) {
    this.shape = List.copyOf(shape);
    this.width = elements(shape);
    this.stride = stride;
    this.input = input;
    this.values = values;
    this.gradients = gradients;
    this.lengths = lengths;
    this.reader = reader;
  }

  static DenseValue input(int input, List<Integer> shape) {
    return new DenseValue(shape, elements(shape), input, null, null, null, null);
  }

  static DenseValue buffer(List<Integer> shape, int rows) {
    int width = elements(shape);
    int stride = width == 1 ? 1 : Kernels.padded(width);
    long size = Math.multiplyExact((long) Kernels.padded(rows), stride);
    return new DenseValue(
        shape, stride, BUFFER, Floats.allocate(size), Floats.allocate(size), null, null);
  }

  /**
   * A buffer of x's shape whose gradients take the place of those by x: for a layer that turns the
   * ones into the others element by element.
   */
  static DenseValue bufferOver(DenseValue x, int rows) {
    if (x.gradients == null) {
      return buffer(x.shape, rows);
    }
    DenseValue alone = withoutGradients(x.shape, rows);
    return new DenseValue(x.shape, alone.stride, BUFFER, alone.values, x.gradients, null, null);
  }

  /** A buffer for what does not depend on parameters. */
  static DenseValue withoutGradients(List<Integer> shape, int rows) {
    DenseValue full = buffer(shape, rows);
    return new DenseValue(shape, full.stride, BUFFER, full.values, null, null, null);
  }

  /** The same values with other gradients, for one of several layers that read them. */
  DenseValue withOwnGradients(int rows) {
    if (gradients == null) {
      return this;
    }
    long size = Math.multiplyExact((long) Kernels.padded(rows), stride);
    return new DenseValue(shape, stride, input, values, Floats.allocate(size), lengths, reader);
  }

  /**
   * The same without memory for values: the layer behind, which alone uses it, has {@code reader}
   * compute what it reads.
   */
  DenseValue computedBy(RowReader source) {
    return new DenseValue(shape, stride, input, null, gradients, lengths, source);
  }

  /** The same memory under another shape of as many elements. */
  DenseValue reshaped(List<Integer> other) {
    return new DenseValue(other, stride, input, values, gradients, null, reader);
  }

  /** The same memory as sequences, of which a row has as many steps as {@code tokens}. */
  DenseValue withStepsOf(TokenInput tokens) {
    return new DenseValue(shape, stride, input, values, gradients, tokens, reader);
  }

  /** The same memory as sequences with the steps of {@code other}, whose first dimension it has. */
  DenseValue withStepsOf(DenseValue other) {
    return new DenseValue(shape, stride, input, values, gradients, other.lengths, reader);
  }

  /** Whether rows may have fewer real steps than their shape. */
  boolean isPadded() {
    return lengths != null;
  }

  /** Whether every row has as many real steps here as in {@code other}, of the same steps. */
  boolean hasStepsOf(DenseValue other) {
    return Objects.equals(lengths, other.lengths);
  }

  /**
   * Steps of a row that are real, as rows of the shape [steps, ...] have them: those of the row's
   * tokens, or all. What lies behind is padding: 0, without influence and without gradient.
   */
  int steps(Pass pass, int row) {
    return lengths == null
        ? shape.getFirst()
        : pass.block().tokens(lengths.input()).length(pass.base() + row);
  }

  /** Lengths of each dimension of a row, outermost first. */
  public List<Integer> shape() {
    return shape;
  }

  /** Floats in a row. */
  public int width() {
    return width;
  }

  /** Floats from one row to the next. */
  public int stride() {
    return stride;
  }

  public MemorySegment values(Pass pass) {
    if (reader != null) {
      throw new IllegalStateException("rows of this value are computed where they are read");
    }
    return values == null ? pass.block().dense(input).values() : values;
  }

  /** Writes {@code count} floats of a row, from its float {@code from} on, to {@code at}. */
  void read(Pass pass, int row, int from, int count, MemorySegment to, long at) {
    if (reader != null) {
      reader.read(pass, row, from, count, to, at);
    } else {
      Floats.copy(values(pass), start(pass, row) + from, to, at, count);
    }
  }

  /** The memory of a value that a layer writes. */
  MemorySegment buffer() {
    if (values == null) {
      throw new IllegalStateException("an input of the job is not written by a layer");
    }
    return values;
  }

  /** Where row {@code row} of the pass begins in {@link #values}, counted in floats. */
  public long start(Pass pass, int row) {
    return (long) (input == BUFFER ? row : pass.base() + row) * stride;
  }

  /** Whether anything before depends on parameters, so that the gradient is asked for. */
  public boolean wantsGradients() {
    return gradients != null;
  }

  /** Row r's gradient lies at r * stride. */
  public MemorySegment gradients() {
    if (gradients == null) {
      throw new IllegalStateException("an input of the job has no gradients");
    }
    return gradients;
  }

  @Override
  public String describe() {
    return "dense " + shape;
  }

  static int elements(List<Integer> shape) {
    return shape.stream().reduce(1, Math::multiplyExact);
  }
}
