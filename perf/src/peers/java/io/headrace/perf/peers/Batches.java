package io.headrace.perf.peers;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Batches of noise with labels of noise, the same for both sides. */
final class Batches {
  private static final int COUNT = 64;
  private static final SourcePartition MEMORY = new SourcePartition("memory", 0);

  private Batches() {}

  static List<MiniBatch> of(Net net) {
    SampleSchema schema = net.model(0).schema();
    var random = new Random(1);
    return IntStream.range(0, COUNT).mapToObj(i -> batch(schema, random, i)).toList();
  }

  private static MiniBatch batch(SampleSchema schema, Random random, int number) {
    var batch = new MiniBatch(schema, Net.BATCH);
    DenseColumn column = batch.rows().dense(0);
    long first = (long) number * Net.BATCH;
    for (int row = 0; row < Net.BATCH; row++) {
      for (int i = 0; i < column.width(); i++) {
        Floats.write(column.values(), column.start(row) + i, 2 * random.nextFloat() - 1);
      }
      batch.rows().commitRow(random.nextInt(Net.CLASSES), 1, 0, first + row);
    }
    batch.ledger().add(MEMORY, first + Net.BATCH, Net.BATCH, 0, 0);
    return batch;
  }
}
