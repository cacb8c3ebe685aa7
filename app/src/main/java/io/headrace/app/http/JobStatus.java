package io.headrace.app.http;

import io.micronaut.serde.annotation.Serdeable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that is shown of a job at one moment: what the status API answers and the page draws.
 * Immutable, and each part is of the same moment. Fractions are 0 to 1.
 *
 * @param timeMillis when this was taken, since the epoch
 * @param partitions what became of the records of each source partition, in order
 * @param archive null where the job has none
 * @param predictions null where the job does not predict
 * @param following null where the job is trained here
 * @param events the latest, newest first
 */
@Serdeable
public record JobStatus(
    long timeMillis,
    Job job,
    Progress progress,
    Account ledger,
    List<Partition> partitions,
    Metrics metrics,
    Flow flow,
    Checkpoints checkpoints,
    @Nullable Archive archive,
    @Nullable Predictions predictions,
    @Nullable Following following,
    List<Event> events) {

  /**
   * What is being done, and how that goes in one word.
   *
   * @param source where samples come from, for a person, e.g. {@code topic flights}
   * @param model what learns, for a person
   * @param message why the job is in this state; empty where the state says it all
   */
  @Serdeable
  public record Job(
      String name,
      JobState state,
      String message,
      String source,
      String model,
      long uptimeMillis) {}

  /**
   * How fast it learns.
   *
   * @param step steps taken since the job's first start
   * @param samplesPerSecond trained lately
   * @param stepMillis a step's mean duration lately, the step alone
   * @param waitMillis mean time that the trainer waits for a batch
   * @param checkpointMillis time between two steps for beginning checkpoints, spread over all steps
   * @param betweenMillis mean time between two steps for all else: metrics, validation, copies
   * @param decodeMillis mean time to decode a batch's records, on the decoders' threads
   * @param gradientNorm of a late step's gradient, before it was scaled; null before the first
   * @param learningRate at the last metrics; null before the first
   */
  @Serdeable
  public record Progress(
      long step,
      double samplesPerSecond,
      double stepMillis,
      double waitMillis,
      double checkpointMillis,
      double betweenMillis,
      double decodeMillis,
      @Nullable Double gradientNorm,
      @Nullable Double learningRate) {}

  /**
   * What became of the records read: {@code read = trained + rejected + filtered + inFlight}.
   *
   * @param lost positions gone from the source before they were read
   * @param rejectionsByReason their sum is {@code rejected}
   */
  @Serdeable
  public record Account(
      long read,
      long trained,
      long rejected,
      long filtered,
      long inFlight,
      long lost,
      SortedMap<String, Long> rejectionsByReason) {
    public Account {
      rejectionsByReason = Collections.unmodifiableSortedMap(new TreeMap<>(rejectionsByReason));
    }
  }

  /**
   * One partition's row.
   *
   * @param partition e.g. {@code flights-0}
   * @param nextPosition of the first record not yet settled
   * @param lagRecords waiting at the source; null where the source does not know its end
   */
  @Serdeable
  public record Partition(
      String partition,
      long nextPosition,
      long trained,
      long rejected,
      long filtered,
      long lost,
      @Nullable Long lagRecords) {}

  /**
   * How well it learns, measured before learning. A metric without a finite value is left out.
   *
   * @param windowSamples trained from one report to the next; 0 where nothing runs that trains
   * @param window over the last samples
   * @param total over all samples
   * @param baselines what predicting without skill would score
   * @param validation over the held-out samples at the last look; empty without one
   * @param confusion over all samples; null for numbers and many classes
   * @param privacy what was spent at the last metrics; null where nothing bounds it
   * @param calibration how often what was predicted came true, by its probability; null for numbers
   *     and before the first
   * @param drifts times that something drifted, since the start
   * @param conflated events that a slow sink never saw, because newer ones took their place
   * @param undelivered events that a sink failed to take
   */
  @Serdeable
  public record Metrics(
      long windowSamples,
      SortedMap<String, Double> window,
      SortedMap<String, Double> total,
      SortedMap<String, Double> baselines,
      SortedMap<String, Double> validation,
      @Nullable Confusion confusion,
      @Nullable Privacy privacy,
      @Nullable Calibration calibration,
      long drifts,
      long conflated,
      long undelivered) {
    public Metrics {
      window = finite(window);
      total = finite(total);
      baselines = finite(baselines);
      validation = finite(validation);
    }

    /** JSON has no word for a number that is none. */
    private static SortedMap<String, Double> finite(Map<String, Double> values) {
      var finite = new TreeMap<>(values);
      finite.values().removeIf(value -> !Double.isFinite(value));
      return Collections.unmodifiableSortedMap(finite);
    }
  }

  /**
   * What was spent of the samples' privacy.
   *
   * @param epsilon null where the noise promises nothing
   * @param budget null for no bound
   */
  @Serdeable
  public record Privacy(@Nullable Double epsilon, double delta, @Nullable Double budget) {}

  /**
   * What was taken for what.
   *
   * @param counts a row for each true class, in it one for each predicted class
   */
  @Serdeable
  public record Confusion(List<String> classes, List<List<Long>> counts) {
    public Confusion {
      classes = List.copyOf(classes);
      counts = List.copyOf(counts);
    }
  }

  /**
   * How often what was predicted with a probability came true: that of the second of two classes,
   * else that of the class taken.
   *
   * @param window over the last samples; bins without samples are left out
   * @param total over all samples
   */
  @Serdeable
  public record Calibration(List<CalibrationBin> window, List<CalibrationBin> total) {
    public Calibration {
      window = List.copyOf(window);
      total = List.copyOf(total);
    }
  }

  /**
   * Samples whose probability lay between two numbers.
   *
   * @param from least probability
   * @param to where the next bin begins
   * @param weight sum of the samples' weights
   * @param predicted mean probability
   * @param observed share of the samples, by weight, for which it came true
   */
  @Serdeable
  public record CalibrationBin(
      double from, double to, double weight, double predicted, double observed) {}

  /**
   * Something that happened.
   *
   * @param id larger than that of every event before
   * @param code what kind, e.g. {@code rejection-rate}
   * @param drift the figures of a {@code drift}; null for all else
   */
  @Serdeable
  public record Event(
      long id, long timeMillis, String code, String message, @Nullable Drift drift) {
    /** The code of drift. */
    public static final String DRIFT = "drift";

    /** Something that is told in words alone. */
    public Event(long id, long timeMillis, String code, String message) {
      this(id, timeMillis, code, message, null);
    }
  }

  /**
   * A figure that rose beyond chance.
   *
   * @param what e.g. {@code loss}
   * @param before its mean up to the change
   * @param now its mean since then
   * @param threshold the least mean that would have been told
   * @param samples since the change
   */
  @Serdeable
  public record Drift(String what, double before, double now, double threshold, long samples) {}

  /**
   * How full the way to the trainer is.
   *
   * @param demandBlocks sample blocks asked of the source and not yet delivered
   */
  @Serdeable
  public record Flow(int ringSlots, int ringOccupiedSlots, long demandBlocks) {}

  /**
   * What would survive a crash now.
   *
   * @param written by this run
   * @param failures writes of this run that failed; each is tried again
   * @param putOff times that one was due while the one before was still being written
   * @param last null before the first
   * @param announced null where they are not announced
   */
  @Serdeable
  public record Checkpoints(
      long written,
      long failures,
      long putOff,
      @Nullable Saved last,
      @Nullable Announced announced) {}

  /**
   * What the topic of announcements was told by this run.
   *
   * @param superseded models that a newer one took the place of before they were told
   * @param failures attempts that failed; each is made again
   * @param step of the newest model that it knows; 0 before the first
   */
  @Serdeable
  public record Announced(long sent, long superseded, long failures, long step) {}

  /**
   * What became of samples that are archived, since the start.
   *
   * @param samples that a cut of the archive has
   * @param missing that were learned from and could not be written
   * @param bytes that they took
   * @param waitedSeconds that training waited for the disk
   */
  @Serdeable
  public record Archive(long samples, long missing, long bytes, double waitedSeconds) {}

  /**
   * What was asked of the model while it learned, since the start.
   *
   * @param answered requests
   * @param refused requests, for what they held or because nothing was learned yet
   * @param rows predicted
   * @param step of the copy that predicts; 0 before the first
   */
  @Serdeable
  public record Predictions(long answered, long refused, long rows, long step) {}

  /**
   * Which model of a job that is trained elsewhere is served.
   *
   * @param served null before the first
   * @param newest that is known; null before the first
   * @param lagSeconds since when a newer one than the served is known; 0 while there is none
   * @param lagSamples that the newest has learned and the served has not; null where nobody knows
   * @param taken models that were served so far
   * @param failures to take one; each is tried again
   * @param refused models that are older than the one that is served
   * @param announcementsRefused that are not followed, by reason; empty where no signature is
   *     looked at
   * @param sourceUp whether news came when they were last asked for
   */
  @Serdeable
  public record Following(
      @Nullable Model served,
      @Nullable Model newest,
      double lagSeconds,
      @Nullable Long lagSamples,
      long taken,
      long failures,
      long refused,
      Map<String, Long> announcementsRefused,
      boolean sourceUp) {
    public Following {
      announcementsRefused = Map.copyOf(announcementsRefused);
    }
  }

  /**
   * A model of a job that is trained elsewhere.
   *
   * @param samples trained; null where only the checkpoint itself tells
   */
  @Serdeable
  public record Model(String checkpoint, long step, @Nullable Long samples, double ageSeconds) {}

  /**
   * A durable checkpoint.
   *
   * @param millis how long writing it took
   */
  @Serdeable
  public record Saved(String name, long step, double ageSeconds, long bytes, long millis) {}

  /** Of a job that does not run and of which there is nothing to show. */
  public static JobStatus of(Job job) {
    return of(job, List.of());
  }

  /** Of a job that does not run and of which there is nothing to show but what happened to it. */
  public static JobStatus of(Job job, List<Event> events) {
    SortedMap<String, Double> none = Collections.emptySortedMap();
    return new JobStatus(
        System.currentTimeMillis(),
        job,
        new Progress(0, 0, 0, 0, 0, 0, 0, null, null),
        new Account(0, 0, 0, 0, 0, 0, Collections.emptySortedMap()),
        List.of(),
        new Metrics(0, none, none, none, none, null, null, null, 0, 0, 0),
        new Flow(0, 0, 0),
        new Checkpoints(0, 0, 0, null, null),
        null,
        null,
        null,
        events);
  }

  /** The same of a job that is trained elsewhere. */
  public JobStatus following(Following other, Predictions made, List<Event> happened) {
    return new JobStatus(
        timeMillis,
        job,
        progress,
        ledger,
        partitions,
        metrics,
        flow,
        checkpoints,
        archive,
        made,
        other,
        happened);
  }

  public JobStatus {
    partitions = List.copyOf(partitions);
    events = List.copyOf(events);
  }

  /** Records waiting at the source; null where no partition knows. */
  @Nullable Long lagRecords() {
    Long sum = null;
    for (Partition row : partitions) {
      if (row.lagRecords() != null) {
        sum = (sum == null ? 0 : sum) + row.lagRecords();
      }
    }
    return sum;
  }
}
