package io.headrace.app.serve;

import io.headrace.app.http.JobControl;
import io.headrace.app.http.JobState;
import io.headrace.app.http.JobStatus;
import io.headrace.app.http.JobStatusSource;
import io.headrace.app.http.ServedJob;
import io.headrace.app.http.ServedLetters;
import io.headrace.app.http.ServedPredictions;
import io.headrace.app.report.RunReport;
import io.headrace.app.run.Descriptions;
import io.headrace.app.run.LastCheckpoint;
import io.headrace.app.run.RunReports;
import io.headrace.app.run.RunView;
import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.push.PushIntake;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.seal.FileSeal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job of several in a process: known by its file, and run from it any number of times.
 * Thread-safe; whoever makes it closes it.
 */
final class HostedJob implements JobStatusSource, JobControl, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostedJob.class);

  /** What there is of the job. */
  private sealed interface Life {
    /** No run yet, or none could be started. */
    record Idle(JobState state, String message) implements Life {}

    /** A run, which may have ended. */
    record Begun(JobRun run, RunView view) implements Life {}
  }

  private final Path file;
  private final Function<HostedJob, JobSpec> reader;
  private volatile @Nullable JobSpec spec;
  private volatile Life life = new Life.Idle(JobState.STOPPED, "");
  private final ServedJob served = new Served();
  private final LastCheckpoint happened = new LastCheckpoint();
  private final boolean reports;
  private volatile @Nullable RunReport report;
  private boolean closed; // the run, behind its end
  private boolean told; // that it has ended

  /**
   * @param reader reads the job from its file, and finds whatever speaks against a start
   * @param reports whether each run is reported on, not only those with test samples
   */
  HostedJob(Path file, Function<HostedJob, JobSpec> reader, boolean reports) {
    this.reports = reports;
    this.file = file;
    this.reader = reader;
  }

  Path file() {
    return file;
  }

  /** As its file was last read; empty if that has never succeeded. */
  Optional<JobSpec> spec() {
    return Optional.ofNullable(spec);
  }

  String name() {
    return spec().map(JobSpec::name).orElse(JobFiles.stem(file));
  }

  ServedJob served() {
    return served;
  }

  /** Reads the file without starting it; what is wrong with it shows in the status. */
  synchronized void read() {
    try {
      spec = reader.apply(this);
      life = new Life.Idle(JobState.STOPPED, "");
    } catch (HeadraceException wrong) {
      failed(wrong);
    }
  }

  @Override
  public synchronized boolean start() {
    if (runs()) {
      return false;
    }
    close();
    try {
      JobSpec job = reader.apply(this);
      spec = job;
      happened.startRun();
      report = null;
      JobRun run =
          JobRun.start(
              job, new JobRun.Options(List.of(happened), OptionalLong.empty(), step -> {}));
      closed = false;
      told = false;
      life = new Life.Begun(run, new RunView(run, happened));
      return true;
    } catch (RuntimeException wrong) {
      failed(wrong);
      throw wrong;
    }
  }

  private void failed(RuntimeException why) {
    life = new Life.Idle(JobState.FAILED, String.valueOf(why.getMessage()));
  }

  @Override
  public synchronized boolean stop() {
    boolean ran = runs();
    close();
    return ran;
  }

  /** Whether it trains, waits for something to train on, or is on its way to the end. */
  boolean runs() {
    return life instanceof Life.Begun begun && begun.run().status().state().ongoing();
  }

  /** Asks a run for its end, without waiting for it. */
  void askToStop() {
    if (life instanceof Life.Begun begun) {
      begun.run().stop();
    }
  }

  /** Lets go of a run that has ended; true once. */
  synchronized boolean hasJustEnded() {
    boolean news = life instanceof Life.Begun && !told && !runs();
    if (news) {
      told = true;
      close();
    }
    return news;
  }

  /** Stops a run in order, and waits for that. Its last status stays, and what it predicts by. */
  @Override
  public synchronized void close() {
    if (life instanceof Life.Begun begun && !closed) {
      closed = true;
      try {
        end(begun.run());
      } catch (RuntimeException e) {
        LOG.error("{}: no report could be made: {}", name(), e.getMessage());
      }
      try {
        begun.run().close();
      } catch (RuntimeException e) {
        LOG.error("{}: its end was not in order", name(), e);
      }
    }
  }

  /** Waits for the end of a run and reports on it. */
  private void end(JobRun run) {
    run.stop();
    if (!reports && run.job().test().isEmpty()) {
      return;
    }
    try {
      run.await();
    } catch (HeadraceException failed) {
      return; // which its status says
    }
    report = RunReports.of(run);
  }

  /** How the last run went, once it has ended well, where that is reported on. */
  Optional<RunReport> report() {
    return Optional.ofNullable(report);
  }

  @Override
  public JobStatus status() {
    return switch (life) {
      case Life.Begun begun -> begun.view().status();
      case Life.Idle(JobState state, String message) ->
          JobStatus.of(
              new JobStatus.Job(
                  name(),
                  state,
                  message,
                  spec().map(Descriptions::source).orElse("file " + file.getFileName()),
                  spec().map(Descriptions::model).orElse(""),
                  0),
              happened.alerts());
    };
  }

  @Override
  public boolean pause() {
    return life instanceof Life.Begun begun && begun.view().pause();
  }

  @Override
  public boolean resume() {
    return life instanceof Life.Begun begun && begun.view().resume();
  }

  @Override
  public Optional<CheckpointStore.Entry> checkpoint() {
    return life instanceof Life.Begun begun ? begun.view().checkpoint() : Optional.empty();
  }

  @Override
  public void restore(String checkpoint) {
    if (!(life instanceof Life.Begun begun)) {
      throw new HeadraceException(
          "The job is not running. Make the checkpoint the newest with headrace checkpoints restore, then start the job.");
    }
    begun.view().restore(checkpoint);
  }

  private Optional<ServedJob> begun() {
    return life instanceof Life.Begun begun ? Optional.of(begun.view().served()) : Optional.empty();
  }

  /** What there is of a run as long as there is one. */
  private final class Served implements ServedJob {
    @Override
    public String name() {
      return HostedJob.this.name();
    }

    @Override
    public JobStatusSource status() {
      return HostedJob.this;
    }

    @Override
    public JobControl control() {
      return HostedJob.this;
    }

    @Override
    public Optional<Path> checkpoints() {
      return spec().flatMap(job -> job.checkpoints().directory());
    }

    @Override
    public FileSeal seal() {
      return begun()
          .map(ServedJob::seal)
          .orElseGet(() -> spec().map(JobSpec::seal).orElse(FileSeal.NONE));
    }

    @Override
    public Optional<PushIntake> intake() {
      return begun().flatMap(ServedJob::intake);
    }

    @Override
    public Optional<ServedPredictions> predictions() {
      return begun().flatMap(ServedJob::predictions);
    }

    @Override
    public Optional<ServedLetters> deadLetters() {
      return begun().flatMap(ServedJob::deadLetters);
    }

    @Override
    public List<JobStatus.Event> events() {
      return happened.alerts();
    }
  }
}
