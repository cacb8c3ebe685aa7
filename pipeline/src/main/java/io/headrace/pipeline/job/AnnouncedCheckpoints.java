package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.TrainingMetrics;
import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.ModelAnnouncement;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.EventSink;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.FileSeal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store's checkpoints, of which the newest is announced: each that is written, the one that a run
 * goes on from, and the one that a job is taken back to. An announcement that cannot be made fails
 * nothing else.
 */
final class AnnouncedCheckpoints extends ForwardingStore {
  private static final Logger LOG = LoggerFactory.getLogger(AnnouncedCheckpoints.class);

  /** Remembers what the last window scored. */
  static final class LastMetrics implements EventSink {
    private volatile @Nullable TrainingMetrics last;

    @Override
    public void accept(TrainEvent event) {
      if (event instanceof TrainEvent.MetricsTaken(TrainingMetrics metrics)) {
        last = metrics;
      }
    }

    Map<String, Double> window() {
      TrainingMetrics metrics = last;
      Map<String, Double> finite = new TreeMap<>();
      if (metrics != null) {
        finite.putAll(metrics.window());
        finite.values().removeIf(value -> !Double.isFinite(value));
      }
      return finite;
    }

    @Override
    public void close() {}
  }

  private final JobSpec job;
  private final FileSeal seal;
  private final LastMetrics metrics;
  private final Consumer<ModelAnnouncement> announcer;
  private final InstantSource clock;
  private String wentBackTo = "";

  /**
   * @param job whose checkpoints are in a directory
   * @param announcer takes the newest, without waiting
   */
  AnnouncedCheckpoints(
      JobSpec job,
      FileSeal seal,
      CheckpointStore store,
      LastMetrics metrics,
      Consumer<ModelAnnouncement> announcer,
      InstantSource clock) {
    super(store);
    this.job = job;
    this.seal = seal;
    this.metrics = metrics;
    this.announcer = announcer;
    this.clock = clock;
  }

  @Override
  public Entry write(Checkpoint checkpoint) {
    Entry entry = super.write(checkpoint);
    announce(entry, checkpoint, false);
    return entry;
  }

  @Override
  public Optional<String> goBackTo(String name) {
    Optional<String> aside = super.goBackTo(name);
    wentBackTo = name;
    return aside;
  }

  @Override
  public Optional<Checkpoint> newest(Consumer<String> passedOver) {
    Optional<Checkpoint> newest = super.newest(passedOver);
    newest.ifPresent(
        checkpoint ->
            list().stream()
                .filter(entry -> entry.step() == checkpoint.step())
                .findFirst()
                .ifPresent(entry -> announce(entry, checkpoint, entry.name().equals(wentBackTo))));
    return newest;
  }

  private void announce(Entry entry, Checkpoint checkpoint, boolean restored) {
    try {
      announcer.accept(announcement(entry, checkpoint, restored));
    } catch (HeadraceException unreadable) {
      LOG.warn("{} is not announced: {}", entry.name(), unreadable.getMessage());
    }
  }

  private ModelAnnouncement announcement(Entry entry, Checkpoint checkpoint, boolean restored) {
    Path directory = job.checkpoints().directory().orElseThrow();
    ModelAnnouncement.Builder told =
        ModelAnnouncement.newBuilder()
            .setJob(job.name())
            .setCheckpoint(entry.name())
            .setStep(entry.step())
            .setSamples(checkpoint.ledger().trained())
            .setWrittenAt(Instant.ofEpochMilli(checkpoint.createdAtMillis()))
            .setAnnouncedAt(clock.instant())
            .setRestored(restored)
            .setStore(
                job.checkpoints()
                    .store()
                    .map(store -> "s3://" + store.bucket() + "/" + store.prefix())
                    .orElseGet(() -> directory.toAbsolutePath().normalize().toString()))
            .setBytes(entry.bytes())
            .setSha256(DirectoryCheckpointStore.sha256(directory.resolve(entry.name()), seal))
            .setMetrics(metrics.window());
    entry.base().ifPresent(told::setBase);
    number(checkpoint, "privacy.epsilon").ifPresent(told::setEpsilon);
    number(checkpoint, "privacy.delta").ifPresent(told::setDelta);
    return told.build();
  }

  private static Optional<Double> number(Checkpoint checkpoint, String name) {
    return Optional.ofNullable(checkpoint.values().get(name)).map(Double::valueOf);
  }
}
