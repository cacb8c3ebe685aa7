package io.headrace.pipeline;

import io.headrace.engine.DivergencePolicy;
import io.headrace.engine.ModelSpec;
import io.headrace.engine.StepResult;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.Trainer;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.layer.Layers;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.sample.Positions;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.pipeline.batch.BatchShape;
import io.headrace.pipeline.decode.RejectionLimit;
import io.headrace.pipeline.trace.ChunkTraces;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.BatchJournal;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.DeadLetterSink;
import io.headrace.sink.EventSink;
import io.headrace.sink.SampleArchive;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A run over {@link CountedRecords} whose parts a test may exchange before it starts. */
final class RunFixture implements AutoCloseable {
  static final int BATCH = 16;

  final List<TrainEvent> events = new CopyOnWriteArrayList<>();
  final List<RejectedSample> letters = new CopyOnWriteArrayList<>();
  final AtomicLong flushes = new AtomicLong();
  final List<Positions> committed = new CopyOnWriteArrayList<>();
  final AtomicLong nowMillis = new AtomicLong(1_000_000);
  final Trainer trainer;
  final CheckpointStore store;
  Supplier<SampleDecoder> decoder = CountedRecords.Decoder::new;
  SampleSource source = new CountedRecords(1_000, 37);
  Consumer<StepResult> afterStep = _ -> {};
  Consumer<Positions> afterCheckpoint = committed::add;
  SampleArchive archive = SampleArchive.NONE;
  BatchJournal journal = BatchJournal.NONE;
  int decoderThreads = 2;
  long checkpointSamples = 200;
  Optional<ValidationPlan> validation = Optional.empty();
  OptionalLong stopAfterSamples = OptionalLong.empty();
  RejectionLimit rejectionLimit = RejectionLimit.NONE;
  ChunkTraces traces = ChunkTraces.NONE;

  RunFixture(CheckpointStore store) {
    this(store, DivergencePolicy.DEFAULT);
  }

  RunFixture(CheckpointStore store, DivergencePolicy policy) {
    this(store, policy, Optimizers.variants().spec("adagrad", Map.of()));
  }

  RunFixture(CheckpointStore store, DivergencePolicy policy, ComponentSpec optimizer) {
    this.store = store;
    this.trainer = new Trainer(spec(optimizer), 1, policy);
  }

  RunFixture source(SampleSource changed) {
    source = changed;
    return this;
  }

  TrainingRun start() {
    return TrainingRun.start(plan());
  }

  TrainingStatus run() {
    try (TrainingRun run = start()) {
      return run.await();
    }
  }

  TrainingPlan plan() {
    return new TrainingPlan(
        "job",
        CountedRecords.SCHEMA,
        source,
        decoder,
        List.of(),
        trainer,
        GrowingVocabularies.NONE,
        store,
        journal,
        new Letters(),
        archive,
        new Events(),
        afterCheckpoint,
        step -> afterStep.accept(step),
        clock(),
        validation,
        traces,
        new TrainingSettings(
            new BatchShape(BATCH, 0, 4),
            decoderThreads,
            100,
            0.25,
            checkpointSamples,
            stopAfterSamples,
            rejectionLimit));
  }

  <T extends TrainEvent> List<T> events(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Override
  public void close() {
    trainer.close();
  }

  private InstantSource clock() {
    return () -> Instant.ofEpochMilli(nowMillis.get());
  }

  private static ModelSpec spec(ComponentSpec optimizer) {
    return new ModelSpec(
        CountedRecords.SCHEMA,
        List.of(Layers.variants().spec("linear", Map.of())),
        Losses.variants().spec("logistic", Map.of()),
        optimizer,
        BATCH,
        4,
        1);
  }

  private final class Letters implements DeadLetterSink {
    @Override
    public void write(RejectedSample letter) {
      letters.add(letter);
    }

    @Override
    public void flush() {
      flushes.incrementAndGet();
    }

    @Override
    public void close() {}
  }

  private final class Events implements EventSink {
    @Override
    public void accept(TrainEvent event) {
      events.add(event);
    }

    @Override
    public void close() {}
  }
}
