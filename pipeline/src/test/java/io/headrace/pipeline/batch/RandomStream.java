package io.headrace.pipeline.batch;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Blocks of random sizes with rows, rejections, filtered records and gaps, made from a seed. */
final class RandomStream {
  static final SampleSchema SCHEMA =
      new SampleSchema(
          List.of(
              new SampleSchema.Input("dense", new InputSpec.Dense(List.of(3))),
              new SampleSchema.Input("sparse", new InputSpec.Sparse(10))),
          new LabelSpec.Numeric());

  /** What became of a record, known from how it was made. */
  enum Fate {
    ROW,
    REJECTED,
    FILTERED
  }

  record Made(SourcePartition partition, long position, Fate fate) {}

  private final SplittableRandom random;
  private final List<SourcePartition> partitions = new ArrayList<>();
  private final TreeMap<SourcePartition, Long> next = new TreeMap<>();
  final List<Made> records = new ArrayList<>();
  int blocks;

  RandomStream(long seed, int partitionCount) {
    this.random = new SplittableRandom(seed);
    for (int i = 0; i < partitionCount; i++) {
      partitions.add(new SourcePartition("t", i));
    }
  }

  SampleBlock next(BlockPool pool) {
    SourcePartition partition = partitions.get(random.nextInt(partitions.size()));
    int count = random.nextInt(5) == 0 ? 0 : random.nextInt(100);
    int ofRows = random.nextInt(5) == 0 ? 0 : 80;
    long position = next.getOrDefault(partition, 0L);
    SampleBlock block = pool.take(count);
    block.start(partition, position);
    for (int i = 0; i < count; i++) {
      position += random.nextInt(10) == 0 ? 2 : 0;
      add(block, position, ofRows);
      position++;
    }
    position += random.nextInt(4) == 0 ? 1 : 0;
    block.settleUpTo(position);
    next.put(partition, position);
    blocks++;
    return block;
  }

  private void add(SampleBlock block, long position, int ofRows) {
    int fate = random.nextInt(100);
    if (fate < ofRows) {
      writeRow(block, (int) position);
      records.add(new Made(block.partition(), position, Fate.ROW));
    } else if (fate % 2 == 0) {
      block.rejectRow(position);
      records.add(new Made(block.partition(), position, Fate.REJECTED));
    } else {
      block.filterRow(position);
      records.add(new Made(block.partition(), position, Fate.FILTERED));
    }
  }

  /** Every column of the row follows from its position. */
  static void writeRow(SampleBlock block, int position) {
    long start = block.dense(0).start(block.size());
    for (int i = 0; i < 3; i++) {
      Floats.write(block.dense(0).values(), start + i, position * 10 + i);
    }
    for (int i = 0; i < position % 4; i++) {
      block.sparse(1).add(position + i, i);
    }
    block.commitRow((float) block.partition().partition(), (float) position, position, position);
  }
}
