package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.Trainer;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.HeldPartitions;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.Sources;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.pipeline.FirstPositions;
import io.headrace.pipeline.TrainingPlan;
import io.headrace.pipeline.TrainingRun;
import io.headrace.pipeline.TrainingSettings;
import io.headrace.pipeline.trace.ChunkTraces;
import io.headrace.pipeline.transform.Transform;
import io.headrace.sink.EventSink;
import io.headrace.sink.SampleArchive;
import io.headrace.sink.journal.RecordedBatches;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import reactor.core.publisher.Flux;

/** Reads the records of the job's source again, in the batches that the journal has. */
final class JournalTraining implements ReplayedTraining {
  private final JobSpec job;
  private final RecordedBatches batches;
  private final Checkpoint to;

  JournalTraining(JobSpec job, RecordedBatches batches, Checkpoint to) {
    this.job = job;
    this.batches = batches;
    this.to = to;
  }

  @Override
  public long batches() {
    return batches.count();
  }

  @Override
  public Checkpoint train(
      Trainer trainer, GrowingVocabularies vocabularies, Optional<Checkpoint> begin) {
    if (batches.count() == 0) {
      begin.ifPresent(trainer::restore);
      return trainer.snapshot(job.name(), 0);
    }
    JobSpec learning = job.withSample(vocabularies.learning()).withSource(finite());
    List<Transform> transforms = new ArrayList<>(JobValidation.training(job));
    transforms.addAll(JobTransforms.of(job).transforms());
    var store = new MemoryStore(begin);
    SampleSource source = JobSources.training(learning);
    TopicCheckpoints.tell(source, to);
    try (var letters = new DiscardedLetters()) {
      var plan =
          new TrainingPlan(
              job.name(),
              job.sample().schema(),
              new Begun(source, FirstPositions.of(to)),
              JobDecoders.of(learning, "source", learning.source()),
              transforms,
              trainer,
              vocabularies,
              store,
              batches,
              letters,
              SampleArchive.NONE,
              new NoEvents(),
              positions -> {},
              step -> {},
              InstantSource.system(),
              Optional.empty(),
              ChunkTraces.NONE,
              new TrainingSettings(
                  job.batch(),
                  job.engine().decoders(),
                  job.metrics().windowSamples(),
                  job.metrics().driftAbove(),
                  Long.MAX_VALUE,
                  OptionalLong.empty()));
      try (TrainingRun run = TrainingRun.start(plan)) {
        run.await();
      }
      return store.last().orElseGet(() -> trainer.snapshot(job.name(), 0));
    }
  }

  /** The job's source without what only a live run does: sharing, committing, waiting for more. */
  private ComponentSpec finite() {
    if (!job.source().name().equals("kafka")) {
      return job.source();
    }
    var raw = new TreeMap<>(job.source().settings().asMap());
    raw.remove("group");
    raw.put("subscribe", false);
    raw.put("share-group", false);
    raw.put("stop-at-end", true);
    raw.put("fail-fast", true);
    raw.put("start", "earliest");
    return Sources.variants().spec("kafka", raw);
  }

  /** A source whose partitions begin where they were begun the first time. */
  private record Begun(SampleSource source, Positions first) implements SampleSource {
    @Override
    public void recorded(SourcePartition partition, long position) {
      source.recorded(partition, position);
    }

    @Override
    public Flux<RecordChunk> chunks(Positions from) {
      return chunks(from, new HeldPartitions());
    }

    @Override
    public Flux<RecordChunk> chunks(Positions from, HeldPartitions held) {
      var all = new TreeMap<>(first.next());
      all.putAll(from.next());
      return source.chunks(new Positions(all), held);
    }
  }

  private static final class NoEvents implements EventSink {
    @Override
    public void accept(TrainEvent event) {}

    @Override
    public void close() {}
  }
}
