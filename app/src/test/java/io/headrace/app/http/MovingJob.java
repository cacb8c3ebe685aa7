package io.headrace.app.http;

import io.headrace.app.http.JobStatus.Account;
import io.headrace.app.http.JobStatus.Announced;
import io.headrace.app.http.JobStatus.Calibration;
import io.headrace.app.http.JobStatus.CalibrationBin;
import io.headrace.app.http.JobStatus.Checkpoints;
import io.headrace.app.http.JobStatus.Confusion;
import io.headrace.app.http.JobStatus.Event;
import io.headrace.app.http.JobStatus.Flow;
import io.headrace.app.http.JobStatus.Following;
import io.headrace.app.http.JobStatus.Job;
import io.headrace.app.http.JobStatus.Metrics;
import io.headrace.app.http.JobStatus.Partition;
import io.headrace.app.http.JobStatus.Predictions;
import io.headrace.app.http.JobStatus.Progress;
import io.headrace.app.http.JobStatus.Saved;
import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.push.PushIntake;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.seal.FileSeal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A job that is two seconds further each time it is asked, and whose ledger always adds up. What a
 * test changes shows from the next status on. Thread-safe.
 */
final class MovingJob implements JobStatusSource, JobControl {
  private static final long START_MILLIS = 1_767_225_600_000L;
  private static final int RATE = 41_000;
  private static final long WINDOW = 10_000;

  /** Samples trained by a job that is {@link #beginning}. */
  static final long BEGUN = 2_311;

  /** Positions that were gone when the job came to them. */
  static final long LOST = 1_234;

  private final AtomicLong ticks = new AtomicLong();
  int partitionCount = 2;
  volatile String name = "flight-delay";
  volatile JobState state = JobState.RUNNING;
  volatile String message = "";
  volatile boolean failing;
  volatile boolean diskFull;

  /** Why it does not go back to a checkpoint, if it does not. */
  volatile @Nullable String refusal;

  /** What it was taken back to. */
  volatile String restored = "";

  /** Where its checkpoints are, if it keeps any. */
  Optional<Path> checkpoints = Optional.empty();

  /** What happened to it. */
  volatile List<Event> events =
      List.of(new Event(1, START_MILLIS, "rejection-rate", "Many records were rejected."));

  /** What it predicts by, if it does. */
  Optional<ServedPredictions> predictions = Optional.empty();

  /** Which model is served, if it is trained elsewhere. */
  volatile @Nullable Following following;

  /** How many bytes a body may have; 0 if it does not say. */
  int largestBody;

  /** Its dead letters, if it keeps any. */
  Optional<ServedLetters> letters = Optional.empty();

  /** Those in there; asked for one, it answers the last. */
  List<CheckpointStore.Entry> stored = List.of();

  /** What its samples may be labelled. */
  volatile List<String> classes = List.of("on-time", "late");

  /** Of a first window of metrics that is not full yet; the source does not know its end then. */
  volatile boolean beginning;

  /** Whether held-out samples are scored, every ten ticks. */
  volatile boolean validated;

  /** Serves on a port that was in use a moment ago. */
  static HttpService serveAgain(int port, MovingJob job) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return HttpService.start("127.0.0.1", port, job.served(), Duration.ofMillis(100));
      } catch (HeadraceException e) {
        if (attempt == 50) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  /** Itself, as a service shows it. */
  ServedJob served() {
    return new ServedJob() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public JobStatusSource status() {
        return MovingJob.this;
      }

      @Override
      public JobControl control() {
        return MovingJob.this;
      }

      @Override
      public Optional<Path> checkpoints() {
        return checkpoints;
      }

      @Override
      public FileSeal seal() {
        return FileSeal.NONE;
      }

      @Override
      public int maxRequestBytes() {
        return largestBody > 0 ? largestBody : ServedJob.super.maxRequestBytes();
      }

      @Override
      public Optional<PushIntake> intake() {
        return Optional.empty();
      }

      @Override
      public Optional<ServedPredictions> predictions() {
        return predictions;
      }

      @Override
      public Optional<ServedLetters> deadLetters() {
        return letters;
      }

      @Override
      public List<Event> events() {
        return events;
      }
    };
  }

  @Override
  public boolean pause() {
    boolean running = state == JobState.RUNNING;
    if (running) {
      state = JobState.PAUSED;
      message = "Somebody paused the job.";
    }
    return running;
  }

  @Override
  public Optional<CheckpointStore.Entry> checkpoint() {
    if (state == JobState.FINISHED) {
      return Optional.empty();
    }
    if (diskFull) {
      throw new HeadraceException("The checkpoint of step 7 could not be written: No space left");
    }
    return Optional.of(stored.getLast());
  }

  @Override
  public void restore(String checkpoint) {
    if (refusal != null) {
      throw new HeadraceException(refusal);
    }
    restored = checkpoint;
  }

  @Override
  public boolean start() {
    if (diskFull) {
      throw new HeadraceException("The job file cannot be read.");
    }
    boolean stopped = state == JobState.STOPPED;
    if (stopped) {
      state = JobState.RUNNING;
    }
    return stopped;
  }

  @Override
  public boolean stop() {
    boolean runs = state == JobState.RUNNING || state == JobState.PAUSED;
    if (runs) {
      state = JobState.STOPPED;
    }
    return runs;
  }

  @Override
  public boolean resume() {
    boolean paused = state == JobState.PAUSED;
    if (paused) {
      state = JobState.RUNNING;
      message = "";
    }
    return paused;
  }

  @Override
  public JobStatus status() {
    if (failing) {
      throw new IllegalStateException("secret of the pipeline");
    }
    long tick = ticks.incrementAndGet();
    double wave = Math.sin(tick * 0.37) + 0.5 * Math.sin(tick * 1.7);
    long trained = beginning ? BEGUN : tick * 2 * RATE;
    var job =
        new Job(name, state, message, "topic flights, 2 partitions", "linear (ftrl)", tick * 2000);
    return new JobStatus(
        START_MILLIS + tick * 2000,
        job,
        new Progress(
            trained / 64,
            RATE + 2500 * wave,
            0.38,
            0.11,
            0.006,
            0.02,
            0.19,
            1.7 + 0.2 * wave,
            beginning ? null : 0.05),
        account(tick, trained),
        partitions(tick, wave),
        metrics(tick, wave),
        new Flow(64, (int) (40 + 12 * wave), 8),
        checkpoints(tick),
        new JobStatus.Archive(trained, 0, trained * 20, 0),
        new Predictions(tick * 500, tick / 4, tick * 2000, trained / 64 - 640),
        following,
        events);
  }

  /** Lets the job have run for so long. */
  void ran(Duration time) {
    ticks.addAndGet(time.toMillis() / 2000);
  }

  private static Account account(long tick, long trained) {
    long malformed = 2 * (tick / 9);
    long outOfRange = 2 * (tick / 5);
    long rejected = malformed + outOfRange;
    long filtered = tick * 2 * 17;
    long inFlight = 2_048 + 64 * (tick % 5);
    return new Account(
        trained + rejected + filtered + inFlight,
        trained,
        rejected,
        filtered,
        inFlight,
        LOST,
        new TreeMap<>(Map.of("malformed", malformed, "label-out-of-range", outOfRange)));
  }

  private List<Partition> partitions(long tick, double wave) {
    return IntStream.range(0, partitionCount)
        .mapToObj(i -> partition("flights-" + i, tick, i % 2 == 0 ? wave : -wave))
        .toList();
  }

  private Partition partition(String name, long tick, double wave) {
    long trained = tick * RATE;
    long rejected = tick / 9 + tick / 5;
    long filtered = tick * 17;
    Long lag = beginning ? null : Math.round(52_000 / Math.sqrt((double) tick) + 900 * (wave + 2));
    long lost = name.endsWith("-0") ? LOST : 0;
    long next = trained + rejected + filtered + lost;
    return new Partition(name, next, trained, rejected, filtered, lost, lag);
  }

  private Metrics metrics(long tick, double wave) {
    if (beginning) {
      var none = new TreeMap<String, Double>();
      return new Metrics(WINDOW, none, none, none, none, null, null, null, 0, 0, 0);
    }
    double learned = 1 - Math.exp(-tick / 40.0);
    var window = new TreeMap<String, Double>();
    window.put("loss", 0.53 - 0.09 * learned + 0.004 * wave);
    window.put("logLoss", 0.53 - 0.09 * learned + 0.004 * wave);
    window.put("accuracy", 0.79 + 0.034 * learned + 0.003 * wave);
    window.put("auc", 0.52 + 0.19 * learned + 0.003 * wave);
    window.put("calibrationError", 0.02 + 0.01 * wave);
    window.put("perplexity", Double.NaN);
    var total = new TreeMap<String, Double>();
    total.put("loss", 0.53 - 0.08 * learned);
    total.put("logLoss", 0.53 - 0.08 * learned);
    total.put("accuracy", 0.79 + 0.031 * learned);
    total.put("calibrationError", 0.01);
    total.put("auc", 0.52 + 0.18 * learned);
    var baselines = new TreeMap<String, Double>();
    baselines.put("lastLabelAccuracy", 0.7012);
    baselines.put("majorityClassAccuracy", 0.7991 + 0.001 * Math.sin(tick * 0.05));
    baselines.put("baseRateLogLoss", 0.5012);
    return new Metrics(
        WINDOW,
        window,
        total,
        baselines,
        validation(tick),
        confusion(tick),
        privacy(tick),
        new Calibration(calibration(0.06 * wave), calibration(0.01)),
        tick / 70,
        tick / 30,
        tick / 60);
  }

  private static JobStatus.Privacy privacy(long tick) {
    return new JobStatus.Privacy(1.25 + 0.001 * tick, 1e-6, 8.0);
  }

  private static List<CalibrationBin> calibration(double gap) {
    return IntStream.range(0, 7)
        .mapToObj(
            i ->
                new CalibrationBin(
                    i / 10.0,
                    (i + 1) / 10.0,
                    9_000.0 - 1_200 * i,
                    i / 10.0 + 0.05,
                    Math.max(0, i / 10.0 + 0.05 + gap * i / 7)))
        .toList();
  }

  private Confusion confusion(long tick) {
    return new Confusion(
        classes, List.of(List.of(7_000 + tick % 100, 990 - tick % 100), List.of(1_200L, 810L)));
  }

  private SortedMap<String, Double> validation(long tick) {
    var scores = new TreeMap<String, Double>();
    if (validated && tick >= 10) {
      double learned = 1 - Math.exp(-(double) (tick - tick % 10) / 40.0);
      scores.put("loss", 0.54 - 0.08 * learned);
      scores.put("logLoss", 0.54 - 0.08 * learned);
      scores.put("accuracy", 0.78 + 0.03 * learned);
    }
    return scores;
  }

  private static Checkpoints checkpoints(long tick) {
    long written = tick / 20;
    return new Checkpoints(
        written,
        tick / 50,
        tick / 40,
        written == 0
            ? null
            : new Saved(
                "flight-delay-%010d".formatted(written * 25_000),
                written * 25_000,
                (tick % 20) * 2.0,
                3_158_064,
                41),
        new Announced(written, tick / 70, tick / 60, written * 25_000));
  }
}
