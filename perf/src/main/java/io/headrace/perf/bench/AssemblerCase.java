package io.headrace.perf.bench;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.ingest.HeldPartitions;
import io.headrace.perf.stream.Readings;
import io.headrace.pipeline.batch.BatchAssembler;
import io.headrace.pipeline.batch.BatchHandler;
import io.headrace.pipeline.batch.BatchShape;
import io.headrace.pipeline.batch.BlockPool;
import io.headrace.pipeline.batch.StreamEnd;
import io.headrace.sink.BatchJournal;
import io.headrace.sink.journal.DirectoryBatchJournal;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import io.headrace.sink.seal.KeySetFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Streams of blocks through an assembler, checked at their end. One caller at a time. */
final class AssemblerCase {
  static final int ROWS = 1 << 22;

  private static final int BLOCK = 1024;
  private static final int RING_SLOTS = 64;
  private static final SourcePartition PARTITION = new SourcePartition("generated", 0);

  private final SampleSchema schema = Readings.mapping().schema();
  private final BlockPool pool = new BlockPool(schema);
  private final FileSeal keys = newKeys();

  /** Puts {@link #ROWS} rows through an assembler of its own and waits for the end. */
  StreamEnd run(int batchSize) {
    return run(batchSize, BatchJournal.NONE);
  }

  /** The same, each batch recorded in a journal of its own, which is deleted. */
  StreamEnd runJournalled(int batchSize) {
    return runJournalled(batchSize, BlockSeal.NONE);
  }

  /** The same, each batch's record encrypted. */
  StreamEnd runEncrypted(int batchSize) {
    return runJournalled(batchSize, keys.blocks(Optional.of("perf")));
  }

  private static FileSeal newKeys() {
    try {
      Path folder = Files.createTempDirectory("headrace-keys");
      Path file = folder.resolve("keys.json");
      var place = new EncryptionSettings(file.toString(), Optional.empty(), Optional.empty());
      new KeySetFile(place).create();
      FileSeal seal = FileSeal.of(KeyRing.open(place));
      try (var files = Files.list(folder)) {
        for (Path made : files.toList()) {
          Files.delete(made);
        }
      }
      Files.delete(folder);
      return seal;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private StreamEnd runJournalled(int batchSize, BlockSeal seal) {
    try {
      Path directory = Files.createTempDirectory("headrace-journal");
      Consumer<String> failed =
          message -> {
            throw new IllegalStateException(message);
          };
      try (var journal =
          new DirectoryBatchJournal(directory, false, failed, InstantSource.system(), seal)) {
        journal.resume(Positions.START);
        return run(batchSize, journal);
      } finally {
        for (Path segment : DirectoryBatchJournal.files(directory)) {
          Files.delete(segment);
        }
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private StreamEnd run(int batchSize, BatchJournal journal) {
    Scheduler assembly = Schedulers.newSingle("assembler", true);
    try {
      var check = new Check();
      var shape = new BatchShape(batchSize, 20, RING_SLOTS);
      var assembler =
          BatchAssembler.start(
              schema, shape, pool, assembly, check, journal, Positions.START, new HeldPartitions());
      assembler.assemble(Flux.range(0, ROWS / BLOCK).map(this::block));
      StreamEnd end = assembler.end().join();
      check.requireAllRows(end);
      return end;
    } finally {
      assembly.dispose();
    }
  }

  private SampleBlock block(int number) {
    SampleBlock block = pool.take(BLOCK);
    long first = (long) number * BLOCK;
    block.start(PARTITION, first);
    DenseColumn column = block.dense(0);
    for (int row = 0; row < BLOCK; row++) {
      // The other 28 floats are whatever the memory holds: moving them costs the same.
      Floats.write(column.values(), column.start(row), (float) ((first + row) & 1023));
      block.commitRow(row & 1, 1, 0, first + row);
    }
    return block;
  }

  /** Sums up what every row must add. */
  private static final class Check implements BatchHandler {
    private long rows;
    private long positions;
    private double floats;
    private double labels;

    @Override
    public boolean onBatch(MiniBatch batch) {
      SampleBlock block = batch.rows();
      DenseColumn column = block.dense(0);
      int count = block.size();
      rows += count;
      for (int row = 0; row < count; row++) {
        positions += block.positions()[row];
        labels += block.labels()[row];
        floats += Floats.read(column.values(), column.start(row));
      }
      return true;
    }

    @Override
    public void onEnd(StreamEnd end) {}

    void requireAllRows(StreamEnd end) {
      boolean right =
          end instanceof StreamEnd.Completed
              && rows == ROWS
              && positions == (long) ROWS * (ROWS - 1) / 2
              && labels == ROWS / 2.0
              && floats == ROWS * 1023.0 / 2;
      if (!right) {
        throw new IllegalStateException(
            "the assembler lost or changed rows: %s, %d rows, positions %d, labels %f, floats %f"
                .formatted(end, rows, positions, labels, floats));
      }
    }
  }
}
