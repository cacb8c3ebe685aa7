package io.headrace.perf.load;

import io.headrace.engine.Trainer;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import io.headrace.perf.stream.Readings;
import io.headrace.pipeline.job.JobSpec;
import java.util.stream.IntStream;

/** The engine fed by the calling thread from memory, without Kafka, threads or ring. */
public final class EngineCeiling {
  private static final SourcePartition MEMORY = new SourcePartition("memory", 0);
  private static final int BATCHES_IN_MEMORY = 1024;

  private final JobSpec job;
  private final int batchSize;

  public EngineCeiling(JobSpec job) {
    this.job = job;
    this.batchSize = job.batch().size();
  }

  /** How fast the job's trainer takes batches that lie ready, 1024 of them in turn. */
  Figure speed(long records) {
    MiniBatch[] batches =
        IntStream.range(0, BATCHES_IN_MEMORY)
            .mapToObj(i -> new MiniBatch(job.sample().schema(), batchSize))
            .toArray(MiniBatch[]::new);
    var reading = new Reading();
    for (int i = 0; i < batches.length; i++) {
      reading.fill(batches[i], (long) i * batchSize, batchSize);
    }
    long steps = records / batchSize;
    try (Trainer trainer = job.newTrainer()) {
      var stopwatch = new Stopwatch(steps * batchSize);
      for (long step = 0; step < steps; step++) {
        stopwatch.add(trainer.train(batches[(int) (step % batches.length)]).rows());
      }
      if (trainer.ledger().trained() != steps * batchSize) {
        throw new IllegalStateException("the ledger does not add up: " + trainer.ledger());
      }
      return stopwatch.figure();
    }
  }

  /**
   * SHA-256 of the parameters after the first {@code records} readings, one batch after another.
   */
  public String answer(long records) {
    var batch = new MiniBatch(job.sample().schema(), batchSize);
    var reading = new Reading();
    try (Trainer trainer = job.newTrainer()) {
      for (long from = 0; from < records; from += batchSize) {
        reading.fill(batch, from, (int) Math.min(batchSize, records - from));
        trainer.train(batch);
      }
      return trainer.parametersSha256();
    }
  }

  /** Makes batches of readings. */
  private final class Reading {
    private final RecordChunk chunk = new RecordChunk(done -> {});
    private final SampleBlock block = new SampleBlock(job.sample().schema(), batchSize);
    private final SampleDecoder decoder = Readings.decoder();

    void fill(MiniBatch batch, long from, int count) {
      Readings.fill(chunk, MEMORY, from, from + count);
      block.start(MEMORY, from);
      decoder.decode(chunk, block, (c, i, reason, detail) -> {});
      batch.clear();
      batch.rows().appendRows(block, 0, block.size());
      batch.ledger().add(MEMORY, from + count, count, 0, 0);
    }
  }
}
