package io.headrace.engine;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.Column;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SparseColumn;
import io.headrace.engine.sample.TokenColumn;
import io.headrace.engine.state.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.TreeMap;

/** Batches and first weights of the oracle's networks: formulas that its script has too. */
final class OracleNumbers {
  private static final int FEATURES = 1000;
  private static final int LABELS = 2000;
  private static final int WEIGHTS = 3000;
  private static final int DOTS = 4000;
  private static final int TOKENS = 5000;
  private static final int LENGTHS = 6000;

  /** Most pairs of a sparse row. */
  private static final int PAIRS = 12;

  private OracleNumbers() {}

  /** The batch of step {@code step}, from 0; some are partial. */
  static MiniBatch batch(ModelSpec spec, int step) {
    var batch = new MiniBatch(spec.schema(), spec.batchSize());
    int rows = spec.batchSize() - step % 3;
    for (int row = 0; row < rows; row++) {
      for (int input = 0; input < spec.schema().inputs().size(); input++) {
        write(spec.schema().inputs().get(input).spec(), batch.rows().column(input), step, row);
      }
      float label = label(spec.schema().label(), unit(LABELS + step, row));
      batch.rows().commitRow(label, between(0.5, 1.5, WEIGHTS + step, row), 0, row);
    }
    return batch;
  }

  private static void write(InputSpec spec, Column column, int step, int row) {
    switch (column) {
      case DenseColumn dense -> {
        for (int i = 0; i < dense.width(); i++) {
          float value = between(-2, 2, FEATURES + step, row * dense.width() + i);
          Floats.write(dense.values(), dense.start(row) + i, value);
        }
      }
      case TokenColumn tokens -> {
        int longest = tokens.maxLength();
        int length = 1 + (int) (unit(LENGTHS + step, row) * longest);
        for (int i = 0; i < length; i++) {
          double unit = unit(TOKENS + step, row * longest + i);
          tokens.add(row, 1 + (int) (unit * (((InputSpec.Tokens) spec).vocabularySize() - 1)));
        }
      }
      case SparseColumn sparse -> {
        int length = 1 + (int) (unit(LENGTHS + step, row) * PAIRS);
        for (int i = 0; i < length; i++) {
          int at = row * PAIRS + i;
          var kind = (InputSpec.Sparse) spec;
          int id = (int) (unit(TOKENS + step, at) * kind.size());
          int field = kind.fields() == 0 ? 0 : i % kind.fields();
          sparse.add(id, between(-2, 2, FEATURES + step, at), field);
        }
      }
    }
  }

  private static float label(LabelSpec label, double unit) {
    return switch (label) {
      case LabelSpec.Classes classes -> (int) (unit * classes.names().size());
      case LabelSpec.Numeric() -> (float) (unit * 4 - 2);
      case LabelSpec.Count() -> (int) (unit * 6);
    };
  }

  /** The checkpoint with the first values that the recording names. */
  static Checkpoint withFirstWeights(Checkpoint from, OracleRecording recording) {
    var tensors = new TreeMap<String, Tensor>(from.tensors());
    int stream = 0;
    for (var entry : recording.tensors().entrySet()) {
      String name = "model." + entry.getKey();
      Tensor tensor = Objects.requireNonNull(tensors.get(name), name);
      MemorySegment values = Floats.allocate(Floats.count(tensor.data()));
      OracleRecording.Bounds bounds = entry.getValue();
      stream++;
      for (int i = 0; i < Floats.count(values); i++) {
        Floats.write(values, i, between(bounds.low(), bounds.high(), stream, i));
      }
      tensors.put(name, new Tensor(tensor.type(), tensor.shape(), values));
    }
    return new Checkpoint(
        from.job(), from.fingerprint(), from.step(), 0, from.ledger(), from.values(), tensors);
  }

  /** What tensor number {@code index} of a recording is known by, were it these values. */
  static OracleRecording.Digest digest(int index, double[] values) {
    double squares = 0;
    double dot = 0;
    for (int i = 0; i < values.length; i++) {
      squares += values[i] * values[i];
      dot += values[i] * between(-1, 1, DOTS + 1 + index, i);
    }
    return new OracleRecording.Digest(squares, dot);
  }

  private static float between(double low, double high, int stream, int i) {
    return (float) (low + (high - low) * unit(stream, i));
  }

  /** Number i of a stream, as the script defines it. */
  private static double unit(int stream, int i) {
    long z = (((long) stream << 32) + i + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 44) / (double) (1 << 20);
  }
}
