package io.headrace.app.command;

import io.headrace.app.follow.Follower;
import io.headrace.app.http.HttpService;
import io.headrace.pipeline.job.JobSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code headrace follow}: serves the newest model of a job that another process trains. */
@Command(
    name = "follow",
    description = {
      "Serves predictions by the newest model of a job that is trained elsewhere.",
      "It takes each newer one as it comes: from checkpoints.store, else checkpoints.directory, as checkpoints.announce tells, else by looking. It trains nothing and writes nothing there. Ctrl-C ends it."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace follow job.yaml --port 8081",
      "  headrace follow job.yaml --cache data/followed --poll-seconds 2"
    })
final class FollowCommand implements Callable<Integer> {
  private static final String OLDER = "older";
  private static final long POLL_MILLIS = 50;

  @Spec private CommandSpec spec;

  @Mixin private JobOptions options;

  @Mixin private PageOptions page;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Folder for copies of what is in checkpoints.store, of this follower alone: with it, a start finds a model while the store is away (default: one that is removed at the end).")
  private @Nullable Path cache;

  @Option(
      names = "--poll-seconds",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "How often to look for a newer model, where none are announced (default: ${DEFAULT-VALUE}).")
  private int pollSeconds;

  @Option(
      names = "--keys",
      paramLabel = "PUBLIC",
      description =
          "Public keys of those whose announcements are followed (headrace keys public makes them of the keys of checkpoints.announce.sign); others are refused.")
  private @Nullable Path publicKeys;

  @Option(
      names = "--allow",
      paramLabel = "older",
      description =
          "older: let an older model than the one that is served take its place, wherever it comes from; without it, only a job that was taken back does that.")
  private List<String> allowed = new ArrayList<>();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    for (String unknown : allowed) {
      if (!unknown.equals(OLDER)) {
        throw new ParameterException(
            spec.commandLine(), "--allow %s: there is only --allow %s.".formatted(unknown, OLDER));
      }
    }
    if (pollSeconds < 1) {
      throw new ParameterException(
          spec.commandLine(), "--poll-seconds %d is not >= 1.".formatted(pollSeconds));
    }
    JobSpec job = options.read(List.of());
    var how =
        new Follower.Options(
            Optional.ofNullable(cache),
            Duration.ofSeconds(pollSeconds),
            !allowed.isEmpty(),
            Optional.ofNullable(publicKeys));
    try (var stop = StopSignal.listen();
        var follower = Follower.start(job, how)) {
      var exposure = page.exposure(job.access());
      try (var http = HttpService.start(exposure, follower.served())) {
        out.println(exposure.sentence());
        out.println("Page: " + http.uri());
        out.flush();
        String said = "";
        while (!stop.isRequested() && !follower.isStopRequested()) {
          String line = follower.line();
          if (!line.equals(said)) {
            said = line;
            out.println(job.name() + " " + line);
            out.flush();
          }
          Thread.sleep(POLL_MILLIS);
        }
      }
    }
    return 0;
  }
}
