package io.headrace.app.serve;

import io.headrace.app.http.JobState;
import io.headrace.app.http.ServedJob;
import io.headrace.app.http.ServedJobs;
import io.headrace.app.report.RunReport;
import io.headrace.app.run.ProgressLine;
import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.push.PushSettings;
import io.headrace.pipeline.job.AccessSettings;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.pipeline.job.ServeSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The jobs of a process: each has its own run, with its own threads, checkpoints and ledger, and
 * one that fails leaves the others alone. Thread-safe; whoever opens it closes it.
 */
public final class HostedJobs implements ServedJobs, AutoCloseable {
  private static final long POLL_MILLIS = 50;

  private final JobFiles files;
  private final JobOverrides overrides;
  private final Optional<Path> reports;
  private final Map<Path, HostedJob> jobs = new LinkedHashMap<>();
  private Optional<AccessSettings> access = Optional.empty();

  private HostedJobs(JobFiles files, JobOverrides overrides, Optional<Path> reports) {
    this.files = files;
    this.overrides = overrides;
    this.reports = reports;
  }

  /**
   * Reads the files without starting a job.
   *
   * @param given job files, and folders whose {@code *.yaml} are job files
   * @param overrides what is to be otherwise than the files say
   * @param reports folder for how each run went, as {@code NAME.json}; empty for none
   * @throws HeadraceException if one cannot be read, two jobs have the same name, or they do not
   *     agree on who may do what
   */
  public static HostedJobs read(List<Path> given, JobOverrides overrides, Optional<Path> reports) {
    var hosted = new HostedJobs(new JobFiles(given), overrides, reports);
    overrides.requireTargets(hosted.files.now());
    Collection<HostedJob> all = hosted.known();
    if (all.isEmpty()) {
      throw new HeadraceException(
          "There is no job file (*.yaml) in %s. Put one there, or name one.".formatted(given));
    }
    for (HostedJob job : all) {
      if (job.spec().isEmpty()) {
        throw new HeadraceException(job.status().job().message());
      }
    }
    return hosted;
  }

  /** Who may do what, as the jobs that name it agree. */
  public synchronized Optional<AccessSettings> access() {
    return access;
  }

  /** Starts all of them; what keeps one from it is said, and shows in its status. */
  public void start(PrintWriter out) {
    for (HostedJob job : known()) {
      try {
        job.start();
      } catch (HeadraceException unable) {
        out.println(job.name() + " does not start: " + unable.getMessage());
      }
    }
  }

  /**
   * Says how each job ends, until {@code stop} says so or, if asked for, all have ended; then stops
   * those that still run.
   *
   * @param untilEnd whether to return when no job runs any more
   * @return whether none has failed
   */
  public boolean attend(BooleanSupplier stop, boolean untilEnd, PrintWriter out) {
    try {
      boolean ongoing = true;
      while (ongoing && !stop.getAsBoolean()) {
        known().forEach(job -> sayIfEnded(job, out));
        ongoing = !untilEnd || known().stream().anyMatch(HostedJob::runs);
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    known().forEach(HostedJob::askToStop); // they drain at the same time
    for (HostedJob job : known()) {
      job.stop();
      sayIfEnded(job, out);
    }
    return known().stream().noneMatch(job -> job.status().job().state() == JobState.FAILED);
  }

  private void sayIfEnded(HostedJob job, PrintWriter out) {
    if (job.hasJustEnded()) {
      var status = job.status();
      out.println(ProgressLine.text(status) + "  " + status.job().state().code());
      if (!status.job().message().isEmpty()) {
        out.println("  " + status.job().message());
      }
      job.report().ifPresent(report -> tell(report, out));
      out.flush();
    }
  }

  private void tell(RunReport report, PrintWriter out) {
    if (report.test() != null) {
      out.println("  test: " + report.test().text());
    }
    try {
      reports.ifPresent(folder -> report.write(folder.resolve(report.job() + ".json")));
    } catch (HeadraceException unwritten) {
      out.println("  " + unwritten.getMessage());
    }
  }

  @Override
  public List<ServedJob> all() {
    return known().stream().map(HostedJob::served).toList();
  }

  @Override
  public int maxRequestBytes() {
    return known().stream()
        .flatMap(job -> job.spec().stream())
        .flatMapToInt(
            job ->
                Stream.concat(
                        job.serve().map(ServeSettings::maxRequestBytes).stream(),
                        pushed(job).map(PushSettings::maxRequestBytes).stream())
                    .mapToInt(Integer::intValue))
        .max()
        .orElse(0);
  }

  private static Optional<PushSettings> pushed(JobSpec job) {
    return job.source().name().equals("http")
        ? Optional.of(PushSettings.of(job.source().settings()))
        : Optional.empty();
  }

  /** All there are now: files come, and go unless their job runs. */
  private synchronized List<HostedJob> known() {
    Set<Path> now = files.now();
    jobs.values().removeIf(job -> !now.contains(job.file()) && !job.runs());
    for (Path file : now) {
      HostedJob job = jobs.get(file);
      if (job == null) {
        job = new HostedJob(file, this::checked, reports.isPresent());
        jobs.put(file, job);
        job.read();
      }
    }
    return List.copyOf(jobs.values());
  }

  private synchronized JobSpec checked(HostedJob job) {
    int share = Math.max(1, Runtime.getRuntime().availableProcessors() / jobs.size());
    JobSpec spec =
        JobFile.readWithDefaults(
            job.file(),
            List.of("engine.threads=" + share, "engine.decoders=" + share),
            overrides.of(job.file()),
            overrides.data());
    for (HostedJob other : jobs.values()) {
      if (other != job) {
        other.spec().ifPresent(theirs -> checkApart(job.file(), spec, other.file(), theirs));
      }
    }
    if (job.spec().isPresent() && !job.name().equals(spec.name())) {
      throw new HeadraceException(
          "%s: name: is %s now and was %s when this process began with it. Put the other job into a file of its own."
              .formatted(job.file(), spec.name(), job.name()));
    }
    access = access.or(spec::access);
    if (spec.access().isPresent() && !spec.access().equals(access)) {
      throw new HeadraceException(
          "%s: access: differs from that of the other jobs, and one service asks everybody the same. Give all the same, or all but one none."
              .formatted(job.file()));
    }
    return spec;
  }

  private static void checkApart(Path file, JobSpec job, Path otherFile, JobSpec other) {
    if (job.name().equals(other.name())) {
      throw new HeadraceException(
          "%s: name: %s is the name of the job in %s, too. Give each a name of its own."
              .formatted(file, job.name(), otherFile));
    }
    apart(file, "dead-letters.file", job.deadLetters().file(), other.deadLetters().file(), other);
    apart(file, "metrics.file", job.metrics().file(), other.metrics().file(), other);
    apart(
        file,
        "checkpoints.directory",
        job.checkpoints().directory(),
        other.checkpoints().directory(),
        other);
  }

  private static void apart(
      Path file, String key, Optional<Path> place, Optional<Path> theirs, JobSpec other) {
    if (place.isPresent()
        && place.map(Path::toAbsolutePath).equals(theirs.map(Path::toAbsolutePath))) {
      throw new HeadraceException(
          "%s: %s: %s belongs to %s. Name another place: no two jobs write to one."
              .formatted(file, key, place.get(), other.name()));
    }
  }

  /** Stops all that run, in order. */
  @Override
  public void close() {
    known().forEach(HostedJob::askToStop);
    known().forEach(HostedJob::close);
  }
}
