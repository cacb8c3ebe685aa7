package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SparseColumn;
import java.lang.foreign.MemorySegment;

/**
 * The rows of a table that a batch touches, each once, in the order of first touch, and the sum of
 * each row's gradients in row order. Grows to the largest batch met and then allocates no more.
 * Belongs to one worker at a time.
 */
final class TouchedRows {
  private static final int SMALLEST = 1024;
  private static final int SCATTER = 0x9E3779B9;

  private final int width;
  private int[] ids = new int[0];
  private int[] slots = new int[0];
  private int[] slotBatches = new int[0];
  private int shift;
  private int batch;
  private int count;
  private MemorySegment gradients = Floats.allocate(0);

  /**
   * @param width floats of a row
   */
  TouchedRows(int width) {
    this.width = width;
  }

  /** Collects value times gradient of y for every pair of the rows. */
  void collect(SparseColumn pairs, int base, int rows, DenseValue y) {
    int first = pairs.start(base);
    start(pairs.start(base + rows) - first);
    int[] pairIds = pairs.ids();
    float[] values = pairs.values();
    MemorySegment slopes = y.gradients();
    int i = first;
    for (int row = 0; row < rows; row++) {
      int end = pairs.start(base + row + 1);
      long slope = (long) row * y.stride();
      if (width == 1) {
        float factor = Floats.read(slopes, slope);
        for (; i < end; i++) {
          long at = place(pairIds[i]);
          Floats.write(gradients, at, Floats.read(gradients, at) + values[i] * factor);
        }
      } else {
        for (; i < end; i++) {
          add(values[i], slopes, slope, (long) place(pairIds[i]) * width);
        }
      }
    }
  }

  private void add(float value, MemorySegment slopes, long slope, long at) {
    for (int j = 0; j < width; j++) {
      float sum = Floats.read(gradients, at + j) + value * Floats.read(slopes, slope + j);
      Floats.write(gradients, at + j, sum);
    }
  }

  int[] ids() {
    return ids;
  }

  int count() {
    return count;
  }

  /** {@code width} floats for each id. */
  MemorySegment gradients() {
    return gradients;
  }

  /** Forgets all rows and makes room for {@code pairCount} different ones. */
  void start(int pairCount) {
    if (pairCount > ids.length) {
      int capacity = Math.max(SMALLEST, Integer.highestOneBit(pairCount - 1) << 1);
      ids = new int[capacity];
      slots = new int[2 * capacity];
      slotBatches = new int[2 * capacity];
      shift = Integer.numberOfLeadingZeros(2 * capacity) + 1;
      gradients = Floats.allocate((long) capacity * width);
      batch = 0;
    }
    if (++batch == Integer.MAX_VALUE) {
      java.util.Arrays.fill(slotBatches, 0);
      batch = 1;
    }
    count = 0;
  }

  /** Index of {@code id} among the touched ids; a new one starts with a gradient of 0. */
  int place(int id) {
    int slot = (id * SCATTER) >>> shift;
    while (slotBatches[slot] == batch) {
      int place = slots[slot];
      if (ids[place] == id) {
        return place;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    slotBatches[slot] = batch;
    slots[slot] = count;
    ids[count] = id;
    Floats.fill(gradients, (long) count * width, width, 0);
    return count++;
  }
}
