package io.headrace.pipeline;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.HeldPartitions;
import io.headrace.pipeline.batch.BatchAssembler;
import io.headrace.pipeline.batch.BatchHandler;
import io.headrace.pipeline.batch.BlockPool;
import io.headrace.pipeline.batch.RingStatus;
import io.headrace.pipeline.batch.StreamEnd;
import io.headrace.pipeline.decode.DecodeStage;
import io.headrace.pipeline.decode.RejectionGate;
import io.headrace.pipeline.decode.RejectionLimit;
import io.headrace.pipeline.decode.RejectionLog;
import java.util.Locale;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The stages of a training run and how they are joined. Demand goes the other way: the assembler
 * asks for a block when it has put the last one into the ring, the decoders then for chunks, and
 * the source reads on.
 *
 * <p>Everything that waits between two stages is bounded: chunks and blocks by the decoders' number
 * and the assembler's queue, batches by the ring.
 */
final class TrainingPipeline {
  private static final String ASKED_FOR =
      "Somebody paused the job: it keeps its place and reads no more. Go on: Resume on the page, POST /api/v1/resume, or stop the job and start it again.";

  private final TrainingPlan plan;
  private final Ledger restored;
  private final ReadCounter read;
  private final FirstPositions first;
  private final RejectionLog rejections;
  private final DecodeStage decoding;
  private final RejectionGate gate;
  private final Scheduler decoders;
  private final Scheduler assembly;
  private final BatchAssembler assembler;
  private volatile String pauseReason = "";
  private final HeldPartitions held = new HeldPartitions();

  /** Sets the stages up; nothing flows before {@link #open}. */
  TrainingPipeline(TrainingPlan plan, Ledger restored, FirstPositions first, BatchHandler trainer) {
    this.plan = plan;
    this.restored = restored;
    this.read = new ReadCounter(restored);
    this.first = first;
    this.rejections = new RejectionLog(plan.job(), plan.deadLetters(), plan.clock());
    var pool = new BlockPool(plan.schema());
    this.decoding =
        new DecodeStage(plan.decoders(), plan.transforms(), rejections, pool, plan.traces());
    this.gate = new RejectionGate(plan.settings().rejectionLimit(), this::limitPassed);
    this.decoders =
        Schedulers.newBoundedElastic(
            plan.settings().decoderThreads(), Integer.MAX_VALUE, "headrace-decode", 60, true);
    this.assembly = Schedulers.newSingle("headrace-assembler", true);
    this.assembler =
        BatchAssembler.start(
            plan.trainer().schema(),
            plan.settings().batch(),
            pool,
            assembly,
            trainer,
            plan.journal(),
            restored.positions(),
            held);
  }

  void open() {
    int threads = plan.settings().decoderThreads();
    assembler.recorded().forEach(run -> plan.source().recorded(run.partition(), run.to()));
    Flux<SampleBlock> blocks =
        Flux.defer(() -> plan.source().chunks(restored.positions(), held))
            .doOnNext(read::add)
            .doOnNext(first::add)
            .doOnNext(plan.traces()::emitted)
            .transform(chunks -> decoding.blocks(chunks, decoders, threads))
            .transform(gate::guard);
    assembler.assemble(blocks);
  }

  /** Stops reading; what is in the ring is still trained on. */
  void stop() {
    assembler.stop();
  }

  /** See {@link BatchAssembler#handOver}. */
  void handOver(Positions positions) {
    assembler.handOver(positions);
  }

  /** Why no more is read until {@link #resume}; null while it is. */
  @Nullable String pauseReason() {
    return switch (gate.pause()) {
      case NONE -> null;
      case ASKED_FOR -> ASKED_FOR;
      case REJECTIONS -> pauseReason;
    };
  }

  /** Reads no more until {@link #resume}; false if there is a pause already. */
  boolean pause() {
    return gate.startPause();
  }

  /** Reads on behind a pause; false if there was none. */
  boolean resume() {
    return gate.resume();
  }

  private void limitPassed(long rejected, long records) {
    RejectionLimit limit = plan.settings().rejectionLimit();
    String what =
        String.format(
            Locale.ROOT,
            "%,d of the latest %,d records were rejected, more than rejection-limit.fraction %s allows; rejected since the start: %s.",
            rejected,
            records,
            limit.fraction(),
            rejections.byReason());
    String message =
        what
            + (limit.pauses()
                ? " The job is paused: it keeps its place and reads no more. See the dead letters for what is wrong, then go on: Resume on the page, POST /api/v1/resume, or stop the job and start it again. A larger rejection-limit.fraction lets them pass."
                : " The job goes on; see the dead letters for what is wrong.");
    pauseReason = message;
    plan.events()
        .accept(new TrainEvent.Alert(plan.job(), "rejection-rate", message, plan.clock().millis()));
  }

  CompletableFuture<StreamEnd> end() {
    return assembler.end();
  }

  void close() {
    assembly.dispose();
    decoders.dispose();
  }

  SortedMap<SourcePartition, Long> read() {
    return read.read();
  }

  /** What decoding a record takes lately. */
  double decodeNanos() {
    return decoding.nanosPerRecord();
  }

  RingStatus ring() {
    return assembler.ring();
  }

  SortedMap<String, Long> rejectionsByReason() {
    return rejections.byReason();
  }
}
