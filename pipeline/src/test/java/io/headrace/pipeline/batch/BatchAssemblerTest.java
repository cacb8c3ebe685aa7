package io.headrace.pipeline.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.pipeline.batch.CollectedBatches.Batch;
import io.headrace.pipeline.batch.CollectedBatches.Row;
import io.headrace.pipeline.batch.RandomStream.Fate;
import io.headrace.pipeline.batch.RandomStream.Made;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.TestPublisher;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatchAssemblerTest {
  private static final int BOUND = 4 + 1;

  private final Scheduler assembly = Schedulers.newSingle("assembly");
  private final BlockPool pool = new BlockPool(RandomStream.SCHEMA);

  @AfterEach
  void closeScheduler() {
    assembly.dispose();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void handsOverEveryRowOnceInOrderWithAnExactLedger(long seed) {
    var random = new SplittableRandom(seed);
    var shape = new BatchShape(1 + random.nextInt(80), 0, 2 << random.nextInt(4));
    var stream = new RandomStream(seed, 1 + random.nextInt(3));
    var handler = new CollectedBatches();
    BatchAssembler assembler = start(shape, handler);

    assembler.assemble(blocks(stream, 200));
    assertThat(assembler.end().join()).isEqualTo(new StreamEnd.Completed());

    assertThat(handler.batches.stream().flatMap(batch -> batch.rows().stream()).toList())
        .isEqualTo(rows(stream.records));
    assertThat(handler.batches.subList(0, handler.batches.size() - 1))
        .allMatch(batch -> batch.rows().size() == shape.size());
    assertLedgersCoverExactlyWhatCameBefore(stream.records, handler.batches);
    assertThat(handler.total().read()).isEqualTo(stream.records.size());
    assertThat(pool.outstanding()).isZero();
    assertThat(pool.mostOutstanding()).isLessThanOrEqualTo(BOUND);
  }

  /** However the same records are cut into blocks, full batches are the same, ledger included. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 64, 500})
  void cutsTheSameBatchesHoweverRecordsAreCutIntoBlocks(int blockRecords) {
    var handler = new CollectedBatches();
    BatchAssembler assembler = start(new BatchShape(10, 0, 4), handler);
    assembler.assemble(everyThirdRejected(500, blockRecords));
    assembler.end().join();

    var whole = new CollectedBatches();
    BatchAssembler other = start(new BatchShape(10, 0, 4), whole);
    other.assemble(everyThirdRejected(500, 500));
    other.end().join();

    assertThat(handler.batches).isEqualTo(whole.batches);
  }

  @Test
  void slowHandlerBoundsWhatIsOnItsWay() throws InterruptedException {
    var stream = new RandomStream(5, 1);
    var gate = new CountDownLatch(1);
    var handler = new CollectedBatches().beforeEach(() -> await(gate));
    BatchAssembler assembler = start(new BatchShape(8, 0, 4), handler);
    assembler.assemble(
        blocks(stream, 300).doOnRequest(n -> assertThat(n).isLessThanOrEqualTo(BOUND)));

    while (assembler.ring().occupied() < 4) {
      Thread.sleep(1);
    }
    assertThat(assembler.ring().occupied()).isEqualTo(4);
    assertThat(stream.blocks).isLessThanOrEqualTo(3 * BOUND);
    gate.countDown();

    assembler.end().join();
    assertThat(handler.total().read()).isEqualTo(stream.records.size());
    assertThat(pool.mostOutstanding()).isLessThanOrEqualTo(BOUND);
  }

  @Test
  void neverAsksForMoreThanItsBound() {
    TestPublisher<SampleBlock> publisher = TestPublisher.create();
    var handler = new CollectedBatches();
    BatchAssembler assembler = start(new BatchShape(8, 0, 2), handler);
    assembler.assemble(publisher.flux());
    publisher.assertMinRequested(4).assertMaxRequested(4);
    assembler.cancel();
    assertThat(assembler.end().join()).isEqualTo(new StreamEnd.Stopped());
    publisher.assertCancelled();
  }

  @Test
  void aPartThatGoesElsewhereEndsItsBatchAndIsToldBehindIt() throws InterruptedException {
    var leaving = new SourcePartition("t", 1);
    var staying = new SourcePartition("t", 2);
    TestPublisher<SampleBlock> publisher = TestPublisher.create();
    var handler = new CollectedBatches();
    BatchAssembler assembler = start(new BatchShape(8, 60_000, 2), handler);
    assembler.assemble(publisher.flux());
    publisher.next(rowsOf(leaving, 0, 5));
    assembler.handOver(Positions.of(Map.of(leaving, 10L)));
    publisher.next(rowsOf(staying, 0, 6));
    publisher.next(rowsOf(leaving, 5, 10));
    assertThat(handler.next().rows()).hasSize(8);
    assertThat(handler.next().rows()).hasSize(8);
    handler.awaitHandOver();
    assertThat(handler.total().positions().of(leaving)).hasValue(10);
    publisher.next(rowsOf(staying, 6, 7));
    assembler.handOver(Positions.of(Map.of(staying, 7L)));
    assertThat(handler.next().rows()).containsExactly(new Row(staying, 6));
    handler.awaitHandOver();
    assembler.handOver(Positions.of(Map.of(staying, 7L))); // nothing is in flight
    handler.awaitHandOver();
    assertThat(handler.batches).hasSize(3);
    assertThat(assembler.ring().closedByEnd()).isEqualTo(1);
    assembler.stop();
    assertThat(assembler.end().join()).isEqualTo(new StreamEnd.Stopped());
    assertThat(pool.outstanding()).isZero();
  }

  @Test
  void nothingIsHandedOverAfterAHandlerFailed() {
    var stream = new RandomStream(6, 1);
    var calls = new AtomicInteger();
    var cancelled = new AtomicInteger();
    BatchHandler failing =
        new CollectedBatches()
            .beforeEach(
                () -> {
                  if (calls.incrementAndGet() == 3) {
                    throw new IllegalStateException("third batch");
                  }
                });
    BatchAssembler assembler = start(new BatchShape(8, 0, 8), failing);
    assembler.assemble(blocks(stream, 1000).doOnCancel(cancelled::incrementAndGet));

    assertThat(assembler.end().join())
        .isInstanceOfSatisfying(
            StreamEnd.Failed.class, failed -> assertThat(failed.cause()).hasMessage("third batch"));
    assertThat(cancelled).hasValue(1);
    assertThat(calls).hasValue(3);
    assertThat(((CollectedBatches) failing).end).isNull();
  }

  @Test
  void handlerThatHasEnoughGetsNoMore() {
    var stream = new RandomStream(7, 1);
    var handler = new CollectedBatches().wanting(5);
    BatchAssembler assembler = start(new BatchShape(8, 0, 8), handler);
    assembler.assemble(blocks(stream, 1000));
    assertThat(assembler.end().join()).isEqualTo(new StreamEnd.Stopped());
    assertThat(handler.batches).hasSize(5);
    assertThat(handler.end).isEqualTo(new StreamEnd.Stopped());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 10, 40})
  void cancelDrainsTheRingAndDropsThePartialBatch(int afterBatches) throws InterruptedException {
    var stream = new RandomStream(8, 2);
    var handler = new CollectedBatches();
    BatchAssembler assembler = start(new BatchShape(8, 0, 4), handler);
    assembler.assemble(blocks(stream, 10_000));
    for (int i = 0; i < afterBatches; i++) {
      var _ = handler.next();
    }
    assembler.cancel();
    assertThat(assembler.end().join()).isEqualTo(new StreamEnd.Stopped());
    assertThat(handler.batches).allMatch(batch -> batch.rows().size() == 8);
    assertLedgersCoverExactlyWhatCameBefore(stream.records, handler.batches);
  }

  @Test
  void stopBeforeSubscribingEndsToo() {
    var handler = new CollectedBatches();
    BatchAssembler assembler = start(new BatchShape(8, 0, 4), handler);
    assembler.stop();
    assertThat(assembler.end().join()).isEqualTo(new StreamEnd.Stopped());
  }

  @Test
  void failedSourceLeavesFullBatchesOnly() {
    var stream = new RandomStream(9, 1);
    var fault = new IllegalStateException("broken");
    var handler = new CollectedBatches();
    BatchAssembler assembler = start(new BatchShape(8, 0, 4), handler);
    assembler.assemble(blocks(stream, 50).concatWith(Flux.error(fault)));
    assertThat(assembler.end().join()).isEqualTo(new StreamEnd.Failed(fault));
    long rows = stream.records.stream().filter(made -> made.fate() == Fate.ROW).count();
    assertThat(handler.total().trained()).isEqualTo(rows - rows % 8);
  }

  @Test
  void streamWithoutRowsStillMovesTheLedger() {
    var handler = new CollectedBatches();
    BatchAssembler assembler = start(new BatchShape(8, 0, 4), handler);
    assembler.assemble(
        Flux.range(0, 3)
            .map(
                i -> {
                  var block = pool.take(2);
                  block.start(new SourcePartition("t", 0), i * 2L);
                  block.rejectRow(i * 2L);
                  block.rejectRow(i * 2L + 1);
                  return block;
                }));
    assertThat(assembler.end().join()).isEqualTo(new StreamEnd.Completed());
    assertThat(handler.batches).hasSize(1);
    assertThat(handler.total().entries())
        .containsExactly(Map.entry(new SourcePartition("t", 0), new Ledger.Entry(6, 0, 6, 0)));
    assertThat(assembler.ring().closedByEnd()).isEqualTo(1);
  }

  /** Lost positions lie between rows of one batch; one block of them is all there is at the end. */
  @Test
  void countsPositionsThatAreGoneWithTheRowsAroundThem() {
    var partition = new SourcePartition("t", 0);
    var handler = new CollectedBatches();
    BatchAssembler assembler = start(new BatchShape(8, 0, 4), handler);
    assembler.assemble(
        Flux.just(rowsOf(partition, 0, 4), lost(partition, 90, 86), rowsOf(partition, 90, 96))
            .concatWith(Flux.just(lost(partition, 120, 24))));
    assertThat(assembler.end().join()).isEqualTo(new StreamEnd.Completed());
    assertThat(handler.batches).hasSize(2);
    assertThat(handler.batches.getFirst().ledger().entries().get(partition))
        .isEqualTo(new Ledger.Entry(94, 8, 0, 0, 86));
    assertThat(handler.total().entries())
        .containsExactly(Map.entry(partition, new Ledger.Entry(120, 10, 0, 0, 110)));
  }

  private SampleBlock rowsOf(SourcePartition partition, int from, int to) {
    var block = pool.take(to - from);
    block.start(partition, from);
    for (int p = from; p < to; p++) {
      RandomStream.writeRow(block, p);
    }
    return block;
  }

  private SampleBlock lost(SourcePartition partition, long next, long positions) {
    var block = pool.take(0);
    block.start(partition, next);
    block.lose(positions);
    return block;
  }

  private BatchAssembler start(BatchShape shape, BatchHandler handler) {
    return BatchAssembler.start(RandomStream.SCHEMA, shape, pool, assembly, handler);
  }

  private Flux<SampleBlock> blocks(RandomStream stream, int count) {
    return Flux.range(0, count).map(i -> stream.next(pool));
  }

  private Flux<SampleBlock> everyThirdRejected(int records, int blockRecords) {
    return Flux.range(0, Math.ceilDiv(records, blockRecords))
        .map(
            i -> {
              var block = pool.take(blockRecords);
              int first = i * blockRecords;
              block.start(new SourcePartition("t", 0), first);
              for (int p = first; p < Math.min(records, first + blockRecords); p++) {
                if (p % 3 == 2) {
                  block.rejectRow(p);
                } else {
                  RandomStream.writeRow(block, p);
                }
              }
              return block;
            });
  }

  private static List<Row> rows(List<Made> records) {
    return records.stream()
        .filter(made -> made.fate() == Fate.ROW)
        .map(made -> new Row(made.partition(), made.position()))
        .toList();
  }

  /** After each batch: every record of a partition before its next position, and none behind. */
  private static void assertLedgersCoverExactlyWhatCameBefore(
      List<Made> records, List<Batch> batches) {
    Map<SourcePartition, long[]> sums = new HashMap<>();
    for (Batch batch : batches) {
      for (var settled : batch.ledger().entries().entrySet()) {
        long[] sum = sums.computeIfAbsent(settled.getKey(), p -> new long[3]);
        sum[0] += settled.getValue().trained();
        sum[1] += settled.getValue().rejected();
        sum[2] += settled.getValue().filtered();
        long next = settled.getValue().nextPosition();
        var expected = new ArrayList<Long>();
        for (Fate fate : Fate.values()) {
          expected.add(
              records.stream()
                  .filter(made -> made.fate() == fate && made.partition().equals(settled.getKey()))
                  .filter(made -> made.position() < next)
                  .count());
        }
        assertThat(List.of(sum[0], sum[1], sum[2])).isEqualTo(expected);
      }
      assertThat(batch.rows()).hasSize((int) batch.ledger().trained());
    }
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
