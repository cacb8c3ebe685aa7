package io.headrace.pipeline;

import io.headrace.engine.TrainingMetrics;
import io.headrace.engine.ValidationScores;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.pipeline.batch.RingStatus;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.SampleArchive;
import java.util.OptionalDouble;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A training run at one moment. Immutable.
 *
 * @param runningMillis since the start, or from start to end
 * @param ledger what became of every record that left the ring, restored ones included
 * @param read records that came from the source by partition, restored ones included
 * @param resumedSamples trained samples that were restored
 * @param samplesPerSecond over the last seconds
 * @param stepTimes where the time of a step goes
 * @param gradientNorm of the last step, where it is known; see {@link
 *     io.headrace.engine.Trainer#gradientNorm}
 * @param validation the latest scores of held-out samples in this run
 * @param stoppedEarly whether the run ended, or will, because they became no better
 * @param budgetSpent whether the run ended because no more privacy may be spent
 * @param checkpointsPutOff times that a checkpoint was due while another could not be written yet
 * @param checkpointFailures writes that failed
 * @param archive what became of samples that are to be archived
 * @param rejectionsByReason since the start of this run
 * @param paused why no more is read until the run is resumed, and how that is done, if so
 * @param failure what ended the run, if something did
 */
public record TrainingStatus(
    String job,
    State state,
    long startedAtMillis,
    long runningMillis,
    Ledger ledger,
    SortedMap<SourcePartition, Long> read,
    long resumedSamples,
    RingStatus ring,
    double samplesPerSecond,
    long steps,
    StepTimes stepTimes,
    OptionalDouble gradientNorm,
    @Nullable TrainingMetrics metrics,
    @Nullable ValidationScores validation,
    boolean stoppedEarly,
    boolean budgetSpent,
    CheckpointStore.@Nullable Entry checkpoint,
    long checkpointsPutOff,
    long checkpointFailures,
    SampleArchive.Status archive,
    SortedMap<String, Long> rejectionsByReason,
    @Nullable String paused,
    @Nullable String failure) {

  /** Where a run stands. */
  public enum State {
    RUNNING,
    PAUSED,
    STOPPING,
    COMPLETED,
    STOPPED,
    FAILED,
    RESTORING;

    /** Whether the run has not ended yet. */
    public boolean ongoing() {
      return this == RUNNING || this == PAUSED || this == STOPPING || this == RESTORING;
    }
  }

  /** The same otherwise, of a run that is elsewhere than its parts know. */
  public TrainingStatus as(State other, @Nullable String failedBecause) {
    return new TrainingStatus(
        job,
        other,
        startedAtMillis,
        runningMillis,
        ledger,
        read,
        resumedSamples,
        ring,
        samplesPerSecond,
        steps,
        stepTimes,
        gradientNorm,
        metrics,
        validation,
        stoppedEarly,
        budgetSpent,
        checkpoint,
        checkpointsPutOff,
        checkpointFailures,
        archive,
        rejectionsByReason,
        null,
        failedBecause);
  }

  public long recordsRead() {
    return read.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Records that were read and have not left the ring; after the end: left to be read again. */
  public long recordsInFlight() {
    return recordsRead() - ledger.read();
  }
}
