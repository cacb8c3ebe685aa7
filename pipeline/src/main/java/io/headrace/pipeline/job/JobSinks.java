package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.ingest.kafka.KafkaSourceSettings;
import io.headrace.sink.AnnounceSettings;
import io.headrace.sink.BatchJournal;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.DeadLetterSettings;
import io.headrace.sink.DeadLetterSink;
import io.headrace.sink.EventSink;
import io.headrace.sink.MetricsSettings;
import io.headrace.sink.SampleArchive;
import io.headrace.sink.archive.DirectoryArchive;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.checkpoint.DirectoryLock;
import io.headrace.sink.event.EventPump;
import io.headrace.sink.file.FileDeadLetterSink;
import io.headrace.sink.file.JsonLinesEventSink;
import io.headrace.sink.journal.DirectoryBatchJournal;
import io.headrace.sink.kafka.KafkaAnnouncer;
import io.headrace.sink.kafka.KafkaDeadLetterSink;
import io.headrace.sink.kafka.KafkaEventSink;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.SigningKeys;
import io.headrace.sink.store.S3Store;
import io.headrace.sink.store.StoredCheckpoints;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where a job's results go: its checkpoints, events and dead letters, opened. One thread opens and
 * closes it.
 */
final class JobSinks implements AutoCloseable {
  private static final int EVENTS_WAITING = 256;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final JobCheckpoints checkpoints;
  private final Optional<String> aside;
  private final DeadLetterSink deadLetters;
  private final EventPump events;
  private final Optional<KafkaAnnouncer> announcer;
  private final BatchJournal journal;
  private final SampleArchive archive;
  private final FileSeal seal;

  /**
   * @param others sinks for events besides those that the job names; closed with this
   * @param first takes the state of the job's model before its first step
   * @param weightsOnly see {@link JobRun.Options}
   * @param backTo checkpoint to make the newest first, if any
   */
  JobSinks(
      JobSpec job,
      List<EventSink> others,
      Supplier<Checkpoint> first,
      Optional<Consumer<String>> weightsOnly,
      Optional<String> backTo) {
    seal = job.seal();
    try {
      CheckpointStore store = checkpoints(job);
      deadLetters = deadLetters(job, seal.blocks(Optional.of(job.name())));
      open.add(deadLetters);
      var metrics = new AnnouncedCheckpoints.LastMetrics();
      List<EventSink> sinks = new ArrayList<>(others);
      sinks.add(metrics);
      events = new EventPump(events(job, sinks), EVENTS_WAITING);
      open.add(events);
      announcer = job.checkpoints().announce().map(settings -> announcer(job, settings));
      CheckpointStore announced =
          announcer
              .<CheckpointStore>map(
                  topic ->
                      new AnnouncedCheckpoints(
                          job, seal, store, metrics, topic::announce, InstantSource.system()))
              .orElse(store);
      checkpoints = new JobCheckpoints(job, announced, first, weightsOnly);
      aside = backTo.flatMap(checkpoints::goBackTo);
      journal = journal(job);
      open.add(journal);
      archive = archive(job);
      open.add(archive);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  JobCheckpoints checkpoints() {
    return checkpoints;
  }

  /** Where checkpoints are now that were newer than the one gone back to, if there were any. */
  Optional<String> aside() {
    return aside;
  }

  DeadLetterSink deadLetters() {
    return deadLetters;
  }

  FileSeal seal() {
    return seal;
  }

  BatchJournal journal() {
    return journal;
  }

  SampleArchive archive() {
    return archive;
  }

  EventPump events() {
    return events;
  }

  /** Announces checkpoints, where the job asks for that. */
  Optional<KafkaAnnouncer> announcer() {
    return announcer;
  }

  @Override
  public void close() {
    for (AutoCloseable sink : open.reversed()) {
      try {
        sink.close();
      } catch (Exception e) {
        throw new IllegalStateException("closing " + sink, e);
      }
    }
  }

  private CheckpointStore checkpoints(JobSpec job) {
    if (job.checkpoints().directory().isEmpty()) {
      return new NoCheckpoints();
    }
    Path directory = job.checkpoints().directory().get();
    open.add(DirectoryLock.hold(directory));
    var mirror =
        DirectoryCheckpointStore.forWriting(
            directory, job.checkpoints().keep(), job.checkpoints().incremental(), seal);
    if (job.checkpoints().store().isEmpty()) {
      return mirror;
    }
    var stored =
        StoredCheckpoints.open(
            directory,
            mirror,
            S3Store.open(job.checkpoints().store().get()),
            InstantSource.system());
    open.add(stored);
    return stored;
  }

  private KafkaAnnouncer announcer(JobSpec job, AnnounceSettings settings) {
    var made =
        new KafkaAnnouncer(
            JobBrokers.of(job, settings.brokers()),
            settings.topic(),
            settings.sign().map(JobSinks::signing),
            (code, message) -> alert(job, code, message));
    open.add(made);
    return made;
  }

  private static SigningKeys signing(String keys) {
    return SigningKeys.open(new EncryptionSettings(keys, Optional.empty(), Optional.empty()));
  }

  private void alert(JobSpec job, String code, String message) {
    events.accept(new TrainEvent.Alert(job.name(), code, message, InstantSource.system().millis()));
  }

  private BatchJournal journal(JobSpec job) {
    if (job.checkpoints().directory().isEmpty() || sharesPartitions(job.source())) {
      return BatchJournal.NONE;
    }
    InstantSource clock = InstantSource.system();
    return new DirectoryBatchJournal(
        job.checkpoints().directory().get(),
        job.checkpoints().keepJournal(),
        message -> alert(job, "batch-journal", message),
        clock,
        seal.blocks(Optional.of(job.name())));
  }

  private SampleArchive archive(JobSpec job) {
    if (job.archive().isEmpty()) {
      return SampleArchive.NONE;
    }
    InstantSource clock = InstantSource.system();
    return new DirectoryArchive(
        job.archive().get(),
        job.name(),
        JobTransforms.of(job).schema(),
        job.batch().size(),
        seal,
        message ->
            events.accept(new TrainEvent.Alert(job.name(), "archive", message, clock.millis())),
        clock);
  }

  /** Which records come is then up to the group: nobody could make the same batches again. */
  private static boolean sharesPartitions(ComponentSpec source) {
    return source.name().equals("kafka") && KafkaSourceSettings.of(source.settings()).shareGroup();
  }

  /** Where the job's rejected records go; whoever asks closes it. */
  static DeadLetterSink deadLetters(JobSpec job, BlockSeal seal) {
    DeadLetterSettings settings = job.deadLetters();
    List<DeadLetterSink> sinks = new ArrayList<>();
    settings.file().ifPresent(file -> sinks.add(new FileDeadLetterSink(file, seal)));
    settings
        .topic()
        .ifPresent(
            topic ->
                sinks.add(new KafkaDeadLetterSink(JobBrokers.of(job, settings.brokers()), topic)));
    return switch (sinks.size()) {
      case 0 -> new DiscardedLetters();
      case 1 -> sinks.getFirst();
      default -> new LettersTwice(sinks.getFirst(), sinks.getLast());
    };
  }

  private static List<EventSink> events(JobSpec job, List<EventSink> others) {
    MetricsSettings settings = job.metrics();
    List<EventSink> sinks = new ArrayList<>(others);
    settings.file().ifPresent(file -> sinks.add(new JsonLinesEventSink(file)));
    settings
        .topic()
        .ifPresent(
            topic -> sinks.add(new KafkaEventSink(JobBrokers.of(job, settings.brokers()), topic)));
    return sinks;
  }
}
