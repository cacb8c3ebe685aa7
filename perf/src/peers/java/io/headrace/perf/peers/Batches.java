package io.headrace.perf.peers;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Batches in memory, the same for both sides: images of CIFAR-10 where there are some and the
 * network takes such, for what a pooling network skips depends on them; else noise with labels of
 * noise.
 */
final class Batches {
  private static final int COUNT = 64;
  private static final SourcePartition MEMORY = new SourcePartition("memory", 0);

  private Batches() {}

  /** Writes a sample's input and returns its label. */
  @FunctionalInterface
  private interface Rows {
    int write(int number, DenseColumn column, int row);
  }

  static List<MiniBatch> of(Net net, Optional<CifarImages> images) {
    SampleSchema schema = net.model(0).schema();
    Rows rows = images.filter(some -> net.images()).map(Batches::images).orElse(noise());
    return IntStream.range(0, COUNT).mapToObj(i -> batch(schema, rows, i)).toList();
  }

  private static Rows noise() {
    var random = new Random(1);
    return (number, column, row) -> {
      for (int i = 0; i < column.width(); i++) {
        Floats.write(column.values(), column.start(row) + i, 2 * random.nextFloat() - 1);
      }
      return random.nextInt(Net.CLASSES);
    };
  }

  private static Rows images(CifarImages images) {
    return (number, column, row) -> {
      images.write(number, column.values(), column.start(row));
      return images.label(number);
    };
  }

  private static MiniBatch batch(SampleSchema schema, Rows rows, int number) {
    var batch = new MiniBatch(schema, Net.BATCH);
    int first = number * Net.BATCH;
    for (int row = 0; row < Net.BATCH; row++) {
      int label = rows.write(first + row, batch.rows().dense(0), row);
      batch.rows().commitRow(label, 1, 0, first + row);
    }
    batch.ledger().add(MEMORY, (long) first + Net.BATCH, Net.BATCH, 0, 0);
    return batch;
  }
}
