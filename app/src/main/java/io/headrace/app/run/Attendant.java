package io.headrace.app.run;

import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.app.report.RunReport;
import io.headrace.app.report.Summary;
import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.push.PushSettings;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a job for a person: shows its progress line and page while it goes on, and its summary at
 * the end. Used by one thread; whoever starts it closes it.
 */
public final class Attendant implements AutoCloseable {
  private static final long TURN_MILLIS = 1000;
  private static final Duration POLL = Duration.ofMillis(20);

  private final JobRun run;
  private final RunView view;
  private final PrintWriter out;
  private final WrittenTexts texts;
  private final @Nullable HttpService http;

  private Attendant(
      JobRun run, RunView view, PrintWriter out, WrittenTexts texts, @Nullable HttpService http) {
    this.run = run;
    this.view = view;
    this.out = out;
    this.texts = texts;
    this.http = http;
  }

  /**
   * Starts the job and, with {@code port} or where samples are pushed to the job, its page.
   *
   * @param fresh whether to put older checkpoints aside first
   * @param weightsOnly whether a changed job may go on with the weights of its newest checkpoint
   * @param host address or name to serve the page on
   * @param insecure whether the page may be open to other machines
   * @throws io.headrace.engine.error.HeadraceException if one of them cannot start
   */
  public static Attendant start(
      JobSpec job,
      boolean fresh,
      boolean weightsOnly,
      String host,
      OptionalInt port,
      boolean insecure,
      PrintWriter out) {
    if (fresh && job.checkpoints().store().isPresent()) {
      throw new HeadraceException(
          "--fresh puts the checkpoints of a directory aside, not those of checkpoints.store. Give the job another store.url and directory to start anew.");
    }
    if (fresh) {
      job.checkpoints().directory().ifPresent(FreshStart::putAside);
    }
    var checkpoints = new LastCheckpoint();
    var texts = new WrittenTexts();
    JobRun run =
        JobRun.start(
            job,
            new JobRun.Options(
                List.of(checkpoints),
                OptionalLong.empty(),
                step -> {},
                texts,
                weightsOnly ? Optional.of(out::println) : Optional.empty()));
    try {
      var view = new RunView(run, checkpoints);
      OptionalInt listen = port.isPresent() ? port : pushPort(job);
      HttpService http = null;
      if (listen.isPresent()) {
        var exposure = new Exposure(host, listen.getAsInt(), job.access(), insecure);
        http = HttpService.start(exposure, view.served());
        out.println(exposure.sentence());
      }
      long resumed = run.status().resumedSamples();
      if (resumed > 0) {
        out.printf("%s goes on behind %,d samples%n", job.name(), resumed);
      }
      return new Attendant(run, view, out, texts, http);
    } catch (RuntimeException e) {
      run.close();
      throw e;
    }
  }

  /** A job that samples are pushed to has its own port; for others there is none. */
  private static OptionalInt pushPort(JobSpec job) {
    return job.source().name().equals("http")
        ? OptionalInt.of(PushSettings.of(job.source().settings()).port())
        : OptionalInt.empty();
  }

  /** The page, if it was asked for or samples are pushed to the job. */
  public Optional<HttpService> page() {
    return Optional.ofNullable(http);
  }

  /** Records whose fate is in the ledger, those of runs before included. */
  public long settled() {
    return run.status().ledger().read();
  }

  /**
   * Shows progress until the run ends or {@code stop} says so; then the run is asked to end, and
   * this returns when it has.
   *
   * @throws io.headrace.engine.error.HeadraceException if the run failed
   */
  public void attend(BooleanSupplier stop) {
    var progress = new ProgressLine(out, terminal());
    try {
      long shown = System.nanoTime();
      while (ongoing() && !stop.getAsBoolean()) {
        run.awaitEnd(POLL);
        texts.show(progress);
        if (System.nanoTime() - shown >= TURN_MILLIS * 1_000_000) {
          shown = System.nanoTime();
          progress.show(view.status());
        }
      }
      if (ongoing()) {
        run.stop();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      run.stop();
    } finally {
      progress.end();
    }
    run.await();
    texts.show(progress);
  }

  private static boolean terminal() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  private boolean ongoing() {
    return run.status().state().ongoing();
  }

  /** Says how the run went, and writes it to {@code report} as well; for use behind its end. */
  public RunReport finish(@Nullable Path report) {
    RunReport summary = RunReports.of(run);
    out.println(Summary.of(summary));
    if (budgetSpent()) {
      run.trainer().privacySpent().ifPresent(spent -> out.println(spent.message()));
    }
    out.flush();
    if (report != null) {
      summary.write(report);
    }
    return summary;
  }

  /** Whether the run ended because the privacy that the job may spend is spent. */
  public boolean budgetSpent() {
    return run.status().budgetSpent();
  }

  @Override
  public void close() {
    if (http != null) {
      http.close();
    }
    run.close();
  }
}
