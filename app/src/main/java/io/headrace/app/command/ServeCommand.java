package io.headrace.app.command;

import io.headrace.app.http.HttpService;
import io.headrace.app.serve.HostedJobs;
import io.headrace.app.serve.JobOverrides;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headrace serve}: several jobs in one process, until somebody stops it. */
@Command(
    name = "serve",
    description = {
      "Trains several jobs beside each other and serves one page and API for them.",
      "Each can be stopped and started there; one that fails leaves the others alone. Ctrl-C stops all with a checkpoint each."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace serve flights.yaml ctr.yaml --port 8080",
      "  headrace serve jobs/ --set ctr/batch.size=64 --report reports --exit"
    })
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "JOB.yaml|FOLDER",
      description =
          "Job files, and folders of job files: those that come into a folder later can be started over the API. Their relative data paths start at their own folder.")
  private List<Path> given;

  @Option(
      names = "--set",
      paramLabel = "[FILE/]KEY=VALUE",
      description =
          "Sets a key of every job, e.g. checkpoints.keep=3, or of those whose file is called FILE.yaml, e.g. ctr/batch.size=64; may be repeated, and holds for later starts too.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the jobs' relative data paths start (default: each job file's folder).")
  private @Nullable Path data;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description =
          "Write how each run went to NAME.json in that folder when it ends, the last in place of the one before.")
  private @Nullable Path report;

  @Mixin private PageOptions page;

  @Option(
      names = "--exit",
      description =
          "End once every job has ended: with status 1 if one has failed. Otherwise they can be started again, and predict on.")
  private boolean exit;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (var stop = StopSignal.listen();
        var jobs =
            HostedJobs.read(
                given,
                new JobOverrides(settings, Optional.ofNullable(data)),
                Optional.ofNullable(report))) {
      var exposure = page.exposure(jobs.access());
      jobs.start(out);
      try (var http = HttpService.start(exposure, jobs)) {
        out.println(exposure.sentence());
        out.println("Page: " + http.uri());
        out.flush();
        return jobs.attend(stop::isRequested, exit, out) || !exit ? 0 : 1;
      }
    }
  }
}
