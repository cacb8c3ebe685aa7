package io.headrace.sink.checkpoint;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A model with a large table and its slot, of which a step changes a few rows: what it is at a step
 * depends on seed and step alone.
 */
final class LargeTables {
  /** No multiple of a page: 5 MiB and a bit. */
  static final int FLOATS = (5 << 18) + 77;

  private static final int ROWS_A_STEP = 40;

  private final SplittableRandom random;
  private final MemorySegment table = Floats.allocate(FLOATS);
  private final MemorySegment slot = Floats.allocate(FLOATS);
  private long step;

  LargeTables(long seed) {
    random = new SplittableRandom(seed);
  }

  static LargeTables at(long seed, long step) {
    var tables = new LargeTables(seed);
    while (tables.step < step) {
      tables.learn();
    }
    return tables;
  }

  void learn() {
    step++;
    for (int i = 0; i < ROWS_A_STEP; i++) {
      int row = random.nextInt(FLOATS);
      Floats.write(table, row, (float) random.nextDouble());
      Floats.write(slot, row, Floats.read(slot, row) + 1);
    }
    Floats.write(table, FLOATS - 1, (float) step); // in the page that is not full
  }

  /** Changes everything. */
  void fill() {
    step++;
    Floats.fill(table, 0, FLOATS, (float) step);
    Floats.fill(slot, 0, FLOATS, (float) step);
  }

  Checkpoint checkpoint() {
    var tensors = new TreeMap<String, Tensor>();
    tensors.put("model.table", tensor(table));
    tensors.put("optimizer.slot", tensor(slot));
    tensors.put("small", tensor(Floats.of((float) step, 2, 3)));
    return new Checkpoint(
        "clicks", "f", step, step, new Ledger(new TreeMap<>()), new TreeMap<>(), tensors);
  }

  private static Tensor tensor(MemorySegment data) {
    return new Tensor(TensorType.F32, List.of(Floats.count(data)), data);
  }

  /** Writes checkpoints until it is killed: directory, seed. */
  public static void main(String[] arguments) {
    var store = DirectoryCheckpointStore.forWriting(Path.of(arguments[0]), 2);
    var tables = new LargeTables(Long.parseLong(arguments[1]));
    while (true) {
      tables.learn();
      if (tables.step % 23 == 0) {
        tables.fill();
      }
      store.write(tables.checkpoint());
    }
  }

  /** What {@link #main} has at a step. */
  static LargeTables ofMain(long seed, long step) {
    var tables = new LargeTables(seed);
    while (tables.step < step) {
      tables.learn();
      if (tables.step % 23 == 0) {
        tables.fill();
      }
    }
    return tables;
  }
}
