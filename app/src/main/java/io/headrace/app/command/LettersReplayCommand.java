package io.headrace.app.command;

import io.headrace.app.letters.FileTarget;
import io.headrace.app.letters.LetterEdits;
import io.headrace.app.letters.ReplayTarget;
import io.headrace.app.letters.Replayer;
import io.headrace.app.letters.TopicTarget;
import io.headrace.app.report.PrettyJson;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code headrace dead-letters replay}: puts letters back, each at most once. */
@Command(
    name = "replay",
    description =
        "Puts letters back to a topic or into a file, each at most once: as they are, or repaired.",
    mixinStandardHelpOptions = true)
final class LettersReplayCommand implements Callable<Integer> {
  private static final int NAMED = 5;

  @Spec private CommandSpec spec;
  @Mixin private LettersFrom from;
  @Mixin private LetterFilterOptions filter;

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // by picocli
  private Target target;

  static final class Target {
    @Option(names = "--to-topic", paramLabel = "T", description = "Topic that a job reads.")
    private @Nullable String topic;

    @Option(
        names = "--to-file",
        paramLabel = "FILE",
        description =
            "New file for a job to read: lines, or a container if it ends in .avro, or bytes one after the other if in .bin.")
    private @Nullable Path file;
  }

  @Option(
      names = "--repaired",
      paramLabel = "FILE",
      description = "Only the letters of this file, which export made, as they were edited there.")
  private @Nullable Path repaired;

  @Option(names = "--header", paramLabel = "LINE", description = "First line of a CSV file.")
  private @Nullable String header;

  @Option(names = "--schema", paramLabel = "FILE", description = "Schema of a container's records.")
  private @Nullable Path schema;

  @Option(
      names = "--most-replays",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Leave records where they are that were put back so often and rejected again (default: ${DEFAULT-VALUE}).")
  private int mostReplays;

  @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    var edits = repaired == null ? null : LetterEdits.read(repaired);
    var letters = from.letters();
    try (ReplayTarget to = target()) {
      var replayer =
          new Replayer(letters, filter.filter(), to, InstantSource.system(), mostReplays);
      Replayer.Outcome outcome = dryRun ? replayer.dryRun(edits) : replayer.replay(edits);
      tell(outcome, to.name());
    }
    return 0;
  }

  private ReplayTarget target() {
    return target.topic == null
        ? new FileTarget(Objects.requireNonNull(target.file), header, schema)
        : new TopicTarget(from.topic(target.topic));
  }

  private void tell(Replayer.Outcome outcome, String to) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(PrettyJson.text(outcome));
      return;
    }
    if (outcome.settled() > 0) {
      out.printf(Locale.ROOT, "%,d replays that were cut off are settled%n", outcome.settled());
    }
    out.printf(
        Locale.ROOT,
        "%,d letters %s to %s, %,d were put back before%n",
        outcome.replayed(),
        dryRun ? "would be put back" : "put back",
        to,
        outcome.already());
    outcome
        .refused()
        .forEach(
            (why, ids) ->
                out.printf(
                    Locale.ROOT,
                    "left: %,d %s: %s%s%n",
                    ids.size(),
                    why,
                    String.join(", ", ids.subList(0, Math.min(NAMED, ids.size()))),
                    ids.size() > NAMED ? ", ..." : ""));
  }
}
