package io.headrace.app.follow;

import static io.headrace.app.CommandLineRun.HOME;
import static io.headrace.app.follow.TrainedElsewhere.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.command.HeadraceCommand;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the README of the example says. */
class FollowExampleTest {
  private static final Path EXAMPLE = HOME.resolve("examples/follow");

  @TempDir private Path folder;

  private static String readme() throws Exception {
    return Files.readString(EXAMPLE.resolve("README.md"));
  }

  private static List<String> found(String pattern) throws Exception {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(readme())
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  @Test
  void everyCommandIsOne() throws Exception {
    List<String> commands = found("^\\./headrace (.*)$");
    assertThat(commands).hasSize(6);
    for (String command : commands) {
      String[] words =
          Pattern.compile("\"([^\"]*)\"|(\\S+)")
              .matcher(command)
              .results()
              .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
              .toArray(String[]::new);
      assertThat(HeadraceCommand.commandLine().parseArgs(words).subcommand()).isNotNull();
    }
    for (String setting : found("--set \"([^\"]*)\"")) {
      assertThat(
              JobFile.read(EXAMPLE.resolve("job.yaml"), List.of(setting)).checkpoints().announce())
          .isPresent();
    }
  }

  @Test
  @Timeout(90) // it waits for what does not come if the example is broken
  void theFollowerPredictsByWhatTheOtherLearned() throws Exception {
    Path checkpoints = folder.resolve("checkpoints");
    var job =
        JobFile.read(EXAMPLE.resolve("job.yaml"), List.of("checkpoints.directory=" + checkpoints));
    var options =
        new Follower.Options(Optional.empty(), Duration.ofMillis(20), false, Optional.empty());
    try (JobRun run = JobRun.start(job, JobRun.Options.NONE)) {
      await(
          () ->
              Files.isDirectory(checkpoints)
                  && DirectoryCheckpointStore.forReading(checkpoints).list().stream()
                      .anyMatch(entry -> entry.step() >= 2));
      try (var follower = Follower.start(job, options);
          var service = HttpService.start(Exposure.local(0), follower.served());
          var client = HttpClient.newHttpClient()) {
        await(() -> follower.line().contains("serves step "));
        var asked =
            HttpRequest.newBuilder(service.uri().resolve("/api/v1/predict"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(found("-d '(.*)'").getFirst()))
                .build();
        var answer = client.send(asked, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
            .containsPattern("\"step\":[2-9]")
            .contains("\"on-time\"", "\"late\"");
      }
      run.stop();
      run.await();
    }
  }
}
