package io.headrace.app.command;

import io.headrace.app.http.HttpService;
import io.headrace.app.run.Attendant;
import io.headrace.pipeline.job.JobSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code headrace run}: trains a job until its source ends or somebody stops it. */
@Command(
    name = "run",
    description = {
      "Trains a job, from its newest checkpoint on.",
      "It ends by itself where the source does; Ctrl-C stops it with a checkpoint."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace run examples/flights/job.yaml --set engine.threads=2 --report report.json",
      "  headrace run job.yaml --port 8080"
    })
final class RunCommand implements Callable<Integer> {
  private static final String WEIGHTS_ONLY = "weights-only";

  @Spec private CommandSpec spec;

  @Mixin private JobOptions options;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the summary there as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--fresh",
      description = "Start anew: older checkpoints of the job are moved into a folder beside them.")
  private boolean fresh;

  @Option(
      names = "--allow",
      paramLabel = "weights-only",
      description =
          "weights-only: let a job that has changed go on from its newest checkpoint with the weights whose names and shapes agree, its positions and its ledger; optimizer and metrics begin anew.")
  private List<String> allowed = new ArrayList<>();

  @Option(
      names = "--fail-fast",
      description = "Stop if the Kafka brokers or the topic are not there, instead of waiting.")
  private boolean failFast;

  @Mixin private PageOptions page;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    for (String unknown : allowed) {
      if (!unknown.equals(WEIGHTS_ONLY)) {
        throw new ParameterException(
            spec.commandLine(),
            "--allow %s: there is only --allow %s.".formatted(unknown, WEIGHTS_ONLY));
      }
    }
    JobSpec job = options.read(failFast ? List.of("source.kafka.fail-fast=true") : List.of());
    try (var stop = StopSignal.listen();
        var attendant =
            Attendant.start(
                job,
                fresh,
                allowed.contains(WEIGHTS_ONLY),
                page.host(),
                page.port(),
                page.insecure(),
                out)) {
      attendant.page().map(HttpService::uri).ifPresent(uri -> out.println("Page: " + uri));
      attendant.attend(stop::isRequested);
      attendant.finish(report);
      return (attendant.budgetSpent() ? ExitStatus.BUDGET_SPENT : ExitStatus.DONE).code();
    }
  }
}
