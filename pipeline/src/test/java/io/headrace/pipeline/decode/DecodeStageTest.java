package io.headrace.pipeline.decode;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;
import io.headrace.pipeline.batch.BlockPool;
import io.headrace.pipeline.trace.ChunkTraces;
import io.headrace.pipeline.transform.Transform;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.DeadLetterSink;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DecodeStageTest {
  private static final SourcePartition PARTITION = new SourcePartition("t", 2);
  private static final SampleSchema SCHEMA = new SampleSchema(List.of(), new LabelSpec.Numeric());

  private final Scheduler scheduler = Schedulers.newParallel("decode", 3);
  private final BlockPool pool = new BlockPool(SCHEMA);
  private final List<RejectedSample> letters = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger released = new AtomicInteger();
  private final RejectionLog rejections =
      new RejectionLog(
          "job", new ListedLetters(letters), InstantSource.fixed(Instant.ofEpochMilli(77)));

  @AfterEach
  void closeScheduler() {
    scheduler.dispose();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void keepsTheOrderWhicheverThreadIsFaster(long seed) {
    var random = new SplittableRandom(seed);
    var stage = stage(() -> new SignDecoder(random.split()), List.of());
    List<Long> positions = new ArrayList<>();
    stage
        .blocks(Flux.range(0, 100).map(i -> chunk(i * 10L, 1, -1, 1)), scheduler, 3)
        .doOnNext(
            block -> {
              for (int row = 0; row < block.size(); row++) {
                positions.add(block.positions()[row]);
              }
              assertThat(block.partition()).isEqualTo(PARTITION);
              assertThat(block.nextPosition()).isEqualTo(block.positions()[0] + 3);
              pool.give(block);
            })
        .blockLast();
    assertThat(positions).hasSize(200).isSorted();
    assertThat(released).hasValue(100);
    assertThat(letters).hasSize(100);
    assertThat(rejections.byReason()).isEqualTo(Map.of("not-a-number", 100L));
  }

  @Test
  void writesARejectedRecordAsItWasRead() {
    stage(() -> new SignDecoder(new SplittableRandom(1)), List.of())
        .blocks(Flux.just(chunk(40, 1, -5)), scheduler, 1)
        .blockLast();
    assertThat(letters)
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.getJob()).isEqualTo("job");
              assertThat(letter.getSource()).isEqualTo("t");
              assertThat(letter.getPartition()).isEqualTo(2);
              assertThat(letter.getPosition()).isEqualTo(41);
              assertThat(letter.getReason()).isEqualTo("not-a-number");
              assertThat(letter.getDetail()).isEqualTo("-5 is negative");
              assertThat(letter.getRejectedAt()).isEqualTo(Instant.ofEpochMilli(77));
              assertThat(letter.getPayload().array()).containsExactly(-5);
              assertThat(letter.getPayloadBytes()).isEqualTo(1);
            });
  }

  @Test
  void writesOnlyThePositionOfARecordWhoseBytesCannotBeToldApart() {
    SampleDecoder lost =
        (from, into, rejected) -> {
          for (int i = 0; i < from.count(); i++) {
            into.rejectRow(from.position(i));
            rejected.reject(from, -1 - i, RejectionReason.MALFORMED, "lost");
          }
        };
    stage(() -> lost, List.of()).blocks(Flux.just(chunk(7, 1, 1)), scheduler, 1).blockLast();
    assertThat(letters).extracting(RejectedSample::getPosition).containsExactly(7L, 8L);
    assertThat(letters).allMatch(letter -> letter.getPayload().remaining() == 0);
  }

  @Test
  void cutsAHugePayloadAndSaysHowLongItWas() {
    var chunk = new RecordChunk(_ -> {});
    chunk.start(PARTITION, 0);
    chunk.add(new byte[3 << 20], 0, 3 << 20, 0, 0);
    rejections.reject(chunk, 0, RejectionReason.TOO_LARGE, "3 MiB");
    assertThat(letters.getFirst().getPayload().remaining()).isEqualTo(1 << 20);
    assertThat(letters.getFirst().getPayloadBytes()).isEqualTo(3 << 20);
  }

  @Test
  void appliesTransformsInOrderAndMarksTheEndOfWhatThereIs() {
    List<Transform> transforms =
        List.of(
            block -> block.labels()[0] += 1,
            block -> block.labels()[0] *= 10,
            block -> block.retainRows(row -> row == 0));
    RecordChunk chunk = chunk(0, 4, 5);
    chunk.settleUpTo(9);
    chunk.markCaughtUp();
    SampleBlock block =
        requireNonNull(
            stage(() -> new SignDecoder(new SplittableRandom(1)), transforms)
                .blocks(Flux.just(chunk), scheduler, 1)
                .blockLast());
    assertThat(block.labels()[0]).isEqualTo(50);
    assertThat(block.size()).isEqualTo(1);
    assertThat(block.filtered()).isEqualTo(1);
    assertThat(block.nextPosition()).isEqualTo(9);
    assertThat(block.caughtUp()).isTrue();
  }

  @Test
  void decoderThatLosesARecordEndsTheStream() {
    SampleDecoder forgetful = (from, into, rejected) -> into.commitRow(0, 1, 0, from.position(0));
    Flux<SampleBlock> blocks =
        stage(() -> forgetful, List.of()).blocks(Flux.just(chunk(5, 1, 1)), scheduler, 1);
    assertThatThrownBy(blocks::blockLast)
        .isInstanceOf(HeadraceException.class)
        .hasMessage(
            "The records of t-2 from position 5 on could not be decoded: the decoder accounts for"
                + " 1 of 2 records");
    assertThat(released).hasValue(1);
  }

  @Test
  void asksForNoMoreChunksThanItsBound() {
    var requested = new AtomicInteger();
    Flux<SampleBlock> blocks =
        stage(() -> new SignDecoder(new SplittableRandom(1)), List.of())
            .blocks(
                Flux.range(0, 1000)
                    .map(i -> chunk(i, 1))
                    .doOnNext(_ -> requested.incrementAndGet()),
                scheduler,
                3);
    StepVerifier.create(blocks, 1)
        .expectNextCount(1)
        .then(() -> assertThat(requested.get()).isLessThanOrEqualTo(7))
        .thenCancel()
        .verify();
  }

  private DecodeStage stage(Supplier<SampleDecoder> decoders, List<Transform> transforms) {
    return new DecodeStage(decoders, transforms, rejections, pool, ChunkTraces.NONE);
  }

  private RecordChunk chunk(long position, int... records) {
    var chunk = new RecordChunk(_ -> released.incrementAndGet());
    chunk.start(PARTITION, position);
    for (int record : records) {
      chunk.add(new byte[] {(byte) record}, 0, 1, position++, 0);
    }
    return chunk;
  }

  /**
   * Its one byte is the label; negative ones are rejected. Sometimes slow, never on two threads.
   */
  private static final class SignDecoder implements SampleDecoder {
    private final SplittableRandom random;
    private final AtomicBoolean busy = new AtomicBoolean();

    SignDecoder(SplittableRandom random) {
      this.random = random;
    }

    @Override
    public void decode(RecordChunk from, SampleBlock into, Rejections rejected) {
      assertThat(busy.getAndSet(true)).isFalse();
      LockSupport.parkNanos(random.nextInt(3) * 100_000L);
      for (int i = 0; i < from.count(); i++) {
        int label = from.bytes()[from.start(i)];
        if (label < 0) {
          into.rejectRow(from.position(i));
          rejected.reject(from, i, RejectionReason.NOT_A_NUMBER, label + " is negative");
        } else {
          into.commitRow(label, 1, 0, from.position(i));
        }
      }
      busy.set(false);
    }
  }

  private record ListedLetters(List<RejectedSample> letters) implements DeadLetterSink {
    @Override
    public void write(RejectedSample letter) {
      letters.add(letter);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
