package io.headrace.sink.archive;

import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import java.util.function.IntPredicate;

/** Rows of some steps, on their way to the disk. Not thread-safe; filled again and again. */
final class ArchivedRows {
  private static final int MOST_ROWS = 1_024;
  private static final long MOST_BYTES = 4L << 20;

  final SampleBlock rows;
  private final long[] steps;
  private final int[] places;
  private int settled;

  /**
   * @param batch rows of the largest batch, all of which have room
   */
  ArchivedRows(SampleSchema schema, int batch) {
    int capacity = (int) Math.max(batch, Math.min(MOST_ROWS, MOST_BYTES / bytesOfRow(schema)));
    rows = new SampleBlock(schema, capacity);
    steps = new long[capacity];
    places = new int[capacity];
  }

  /** Of inputs that have the same size in each row: others are short. */
  private static long bytesOfRow(SampleSchema schema) {
    long bytes = Long.BYTES;
    for (SampleSchema.Input input : schema.inputs()) {
      bytes +=
          switch (input.spec()) {
            case InputSpec.Dense dense -> (long) dense.elements() * Float.BYTES;
            case InputSpec.Tokens tokens -> (long) tokens.maxLength() * Integer.BYTES;
            case InputSpec.Sparse _ -> 0;
          };
    }
    return bytes;
  }

  void clear() {
    rows.start(new SourcePartition("", 0), 0);
    settled = 0;
  }

  boolean hasRoomFor(SampleBlock batch) {
    return rows.size() + batch.size() <= rows.capacity();
  }

  void append(SampleBlock batch) {
    rows.appendRows(batch, 0, batch.size());
  }

  /** Keeps of the rows appended last those that were learned from. */
  void settle(long step, IntPredicate learned) {
    int before = settled;
    boolean all = true;
    for (int i = before; i < rows.size(); i++) {
      all &= learned.test(i - before);
    }
    if (!all) {
      rows.retainRows(i -> i < before || learned.test(i - before));
    }
    for (settled = before; settled < rows.size(); settled++) {
      steps[settled] = step;
      places[settled] = settled - before;
    }
  }

  long step(int row) {
    return steps[row];
  }

  /** Among the rows of its step. */
  int place(int row) {
    return places[row];
  }
}
