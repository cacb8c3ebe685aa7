package io.headrace.app.command;

import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.app.serve.HostedJobs;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headrace serve}: several jobs in one process, until somebody stops it. */
@Command(
    name = "serve",
    description =
        "Trains several jobs beside each other and serves one page and API for them. Each can be stopped and started there; one that fails leaves the others alone. Ctrl-C stops all with a checkpoint each.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "JOB.yaml|FOLDER",
      description =
          "Job files, and folders of job files: those that come into a folder later can be started over the API. Their relative data paths start at their own folder.")
  private List<Path> given;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Of the page and the API, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description =
          "Address to serve them on (default: ${DEFAULT-VALUE}, this machine alone). Others need access: {tokens: ..., tls: ...} in a job; it holds for all.")
  private String host;

  @Option(
      names = "--insecure",
      description = "Serve other machines without asking who they are, or without TLS.")
  private boolean insecure;

  @Option(
      names = "--exit",
      description =
          "End once every job has ended: with status 1 if one has failed. Otherwise they can be started again, and predict on.")
  private boolean exit;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (var stop = StopSignal.listen();
        var jobs = HostedJobs.read(given)) {
      var exposure = new Exposure(host, port, jobs.access(), insecure);
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
