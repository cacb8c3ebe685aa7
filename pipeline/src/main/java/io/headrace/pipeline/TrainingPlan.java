package io.headrace.pipeline;

import io.headrace.engine.StepResult;
import io.headrace.engine.Trainer;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.pipeline.trace.ChunkTraces;
import io.headrace.pipeline.transform.Transform;
import io.headrace.sink.BatchJournal;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.DeadLetterSink;
import io.headrace.sink.EventSink;
import io.headrace.sink.SampleArchive;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a training run is made of. The run uses these and closes none of them.
 *
 * @param schema of samples as they are decoded; the trainer's is that of samples as they are
 *     learned
 * @param decoders makes a decoder for each decoding thread
 * @param transforms in order, applied to every block
 * @param trainer used by the run alone until it has ended
 * @param vocabularies that decoders find tokens in; added to, saved and restored by the run alone
 * @param journal of the batches, used by the assembler's and the checkpoint thread
 * @param archive of what is trained, used by the trainer's thread
 * @param events called by the trainer's and the checkpoint thread, which it should not hold up
 * @param afterCheckpoint told the positions that a durable checkpoint covers, on the thread that
 *     wrote it, e.g. to commit offsets
 * @param validation how held-out samples are scored meanwhile, if they are
 * @param traces told of chunks on their way
 * @param afterStep told of each step on the trainer's thread, which it holds up
 */
public record TrainingPlan(
    String job,
    SampleSchema schema,
    SampleSource source,
    Supplier<SampleDecoder> decoders,
    List<Transform> transforms,
    Trainer trainer,
    GrowingVocabularies vocabularies,
    CheckpointStore checkpoints,
    BatchJournal journal,
    DeadLetterSink deadLetters,
    SampleArchive archive,
    EventSink events,
    Consumer<Positions> afterCheckpoint,
    Consumer<StepResult> afterStep,
    InstantSource clock,
    Optional<ValidationPlan> validation,
    ChunkTraces traces,
    TrainingSettings settings) {
  public TrainingPlan {
    transforms = List.copyOf(transforms);
  }
}
