package io.headrace.engine;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.Column;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.sample.SparseColumn;
import io.headrace.engine.sample.TokenColumn;
import java.util.Random;

/** Seeded streams of mini-batches that can be learned: labels follow from the inputs. */
final class Batches {
  static final SourcePartition PARTITION = new SourcePartition("generated", 0);

  private final SampleSchema schema;
  private final Random random;
  private final int featuresPerRow;
  private long position;

  Batches(SampleSchema schema, long seed) {
    this(schema, seed, 5);
  }

  Batches(SampleSchema schema, long seed, int featuresPerRow) {
    this.schema = schema;
    this.random = new Random(seed);
    this.featuresPerRow = featuresPerRow;
  }

  MiniBatch next(int rows, int capacity) {
    var batch = new MiniBatch(schema, capacity);
    fill(batch, rows);
    return batch;
  }

  void fill(MiniBatch batch, int rows) {
    batch.clear();
    SampleBlock block = batch.rows();
    for (int row = 0; row < rows; row++) {
      double signal = 0;
      for (int i = 0; i < schema.inputs().size(); i++) {
        InputSpec spec = schema.inputs().get(i).spec();
        signal += write(block.column(i), row, spec instanceof InputSpec.Sparse s ? s.fields() : 0);
      }
      block.commitRow(label(signal), 0.5f + random.nextFloat(), 0, position++);
    }
    batch.ledger().add(PARTITION, position, rows, 0, 0);
  }

  private double write(Column column, int row, int fields) {
    double signal = 0;
    switch (column) {
      case DenseColumn dense -> {
        for (int i = 0; i < dense.width(); i++) {
          float value = (float) random.nextGaussian();
          Floats.write(dense.values(), dense.start(row) + i, value);
          signal += i % 3 == 0 ? value : -value;
        }
      }
      case SparseColumn sparse -> {
        int count = featuresPerRow == 0 ? 0 : 1 + random.nextInt(2 * featuresPerRow - 1);
        for (int i = 0; i < count; i++) {
          int id = (int) Math.min(1023, Math.abs(random.nextGaussian()) * 200);
          float value = 0.5f + random.nextFloat();
          sparse.add(id, value, i % Math.max(1, fields));
          signal += id % 2 == 0 ? value : -value;
        }
      }
      case TokenColumn tokens -> {
        int count = 1 + random.nextInt(tokens.maxLength());
        for (int i = 0; i < count; i++) {
          int id = random.nextInt(10);
          tokens.add(row, id);
          signal += id == 0 ? 0 : id % 2 == 0 ? 1 : -1;
        }
      }
    }
    return signal;
  }

  private float label(double signal) {
    return switch (schema.label()) {
      case LabelSpec.Numeric() -> (float) (signal + 0.1 * random.nextGaussian());
      case LabelSpec.Count() -> (float) Math.rint(Math.exp(Math.clamp(signal, -3, 3)));
      case LabelSpec.Classes classes -> {
        int count = classes.names().size();
        double part = 1 / (1 + Math.exp(-signal));
        yield Math.min(count - 1, (int) (part * count));
      }
    };
  }
}
