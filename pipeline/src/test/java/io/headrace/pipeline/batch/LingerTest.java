package io.headrace.pipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SourcePartition;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LingerTest {
  private static final SourcePartition PARTITION = new SourcePartition("t", 0);

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final BlockPool pool = new BlockPool(RandomStream.SCHEMA);
  private final CollectedBatches handler = new CollectedBatches();
  private final TestPublisher<SampleBlock> source = TestPublisher.create();
  private final BatchAssembler assembler =
      BatchAssembler.start(RandomStream.SCHEMA, new BatchShape(10, 20, 4), pool, time, handler);
  private int position;

  LingerTest() {
    assembler.assemble(source.flux());
  }

  @AfterEach
  void end() {
    assembler.cancel();
    time.advanceTime();
    assertThat(assembler.end().join()).isInstanceOf(StreamEnd.class);
    time.dispose();
  }

  @Test
  void publishesPartialBatchWhenLingerPasses() throws InterruptedException {
    emit(3, true);
    pass(19);
    assertThat(assembler.ring().closedByLinger()).isZero();
    pass(1);
    assertThat(assembler.ring().closedByLinger()).isEqualTo(1);
    assertThat(handler.next().rows()).hasSize(3);
  }

  @Test
  void keepsPartialBatchAsLongAsTheSourceHasMore() {
    emit(3, false);
    pass(1_000);
    emit(3, false);
    pass(1_000);
    assertThat(assembler.ring().closedByLinger()).isZero();
  }

  @Test
  void publishesAtOnceWhenTheOldestRowHasWaitedBeforeTheSourceCaughtUp()
      throws InterruptedException {
    emit(3, false);
    pass(30);
    emit(0, true);
    pass(0);
    assertThat(handler.next().rows()).hasSize(3);
  }

  @Test
  void countsFromTheOldestRowOfTheBatchThatIsOpen() throws InterruptedException {
    emit(3, true);
    pass(15);
    emit(9, true);
    pass(0);
    assertThat(handler.next().rows()).hasSize(10);
    pass(5);
    assertThat(assembler.ring().closedByLinger()).isZero();
    pass(15);
    assertThat(handler.next().rows()).hasSize(2);
  }

  @Test
  void sourceThatGoesOnBeforeLingerPassesKeepsTheBatchOpen() {
    emit(3, true);
    pass(10);
    emit(3, false);
    pass(1_000);
    assertThat(assembler.ring().closedByLinger()).isZero();
  }

  @Test
  void rejectionsAloneMoveTheLedgerInABatchWithoutRows() throws InterruptedException {
    var block = pool.take(1);
    block.start(PARTITION, 0);
    block.rejectRow(0);
    block.markCaughtUp();
    source.next(block);
    pass(20);
    CollectedBatches.Batch batch = handler.next();
    assertThat(batch.rows()).isEmpty();
    assertThat(batch.ledger().entries().get(PARTITION)).isEqualTo(new Ledger.Entry(1, 0, 1, 0));
  }

  @Test
  void idleSourceMakesNoBatches() {
    emit(0, true);
    pass(20);
    long first = assembler.ring().closedByLinger();
    for (int i = 0; i < 5; i++) {
      emit(0, true);
      pass(100);
    }
    assertThat(assembler.ring().closedByLinger()).isEqualTo(first).isEqualTo(1);
  }

  private void emit(int rows, boolean caughtUp) {
    var block = pool.take(rows);
    block.start(PARTITION, position);
    for (int i = 0; i < rows; i++) {
      RandomStream.writeRow(block, position++);
    }
    if (caughtUp) {
      block.markCaughtUp();
    }
    source.next(block);
  }

  private void pass(long millis) {
    time.advanceTimeBy(Duration.ofMillis(millis));
  }
}
