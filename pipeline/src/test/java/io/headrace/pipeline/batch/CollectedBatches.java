package io.headrace.pipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.LedgerCounter;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SourcePartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A handler that copies what it is lent, and checks each row against its position. */
final class CollectedBatches implements BatchHandler {
  record Row(SourcePartition partition, long position) {}

  record Batch(List<Row> rows, Ledger ledger) {}

  final LinkedBlockingQueue<Batch> arrived = new LinkedBlockingQueue<>();
  final List<Batch> batches = new ArrayList<>();
  private final Semaphore handOvers = new Semaphore(0);
  private final LedgerCounter total = new LedgerCounter();
  volatile @Nullable StreamEnd end;
  private Runnable beforeEach = () -> {};
  private int wanted = Integer.MAX_VALUE;

  CollectedBatches beforeEach(Runnable action) {
    beforeEach = action;
    return this;
  }

  CollectedBatches wanting(int count) {
    wanted = count;
    return this;
  }

  @Override
  public boolean onBatch(MiniBatch batch) {
    beforeEach.run();
    List<Row> rows = new ArrayList<>();
    SampleBlock from = batch.rows();
    for (int row = 0; row < from.size(); row++) {
      int position = (int) from.positions()[row];
      assertThat(from.weights()[row]).isEqualTo((float) position);
      assertThat(Floats.read(from.dense(0).values(), row * 3L + 2)).isEqualTo(position * 10 + 2);
      assertThat(from.sparse(1).start(row + 1) - from.sparse(1).start(row)).isEqualTo(position % 4);
      rows.add(new Row(new SourcePartition("t", (int) from.labels()[row]), position));
    }
    total.add(batch.ledger());
    var taken = new Batch(rows, batch.ledger().ledger());
    batches.add(taken);
    arrived.add(taken);
    return batches.size() < wanted;
  }

  @Override
  public void onHandOver() {
    handOvers.release();
  }

  void awaitHandOver() throws InterruptedException {
    assertThat(handOvers.tryAcquire(20, TimeUnit.SECONDS)).as("a hand-over").isTrue();
  }

  @Override
  public void onEnd(StreamEnd reason) {
    end = reason;
  }

  /** The ledgers of all batches, added up. */
  Ledger total() {
    return total.ledger();
  }

  Batch next() throws InterruptedException {
    Batch batch = arrived.poll(20, TimeUnit.SECONDS);
    assertThat(batch).as("a batch").isNotNull();
    return batch;
  }
}
