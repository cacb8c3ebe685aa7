package io.headrace.app.command;

import io.headrace.app.letters.LetterFilter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say which dead letters are meant. */
final class LetterFilterOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Option(
      names = "--reason",
      paramLabel = "CODE",
      description = "Only letters of this reason; may be repeated.")
  private List<String> reasons = new ArrayList<>();

  @Option(names = "--source", paramLabel = "S", description = "Only letters of this topic or file.")
  private @Nullable String source;

  @Option(names = "--partition", paramLabel = "N", description = "Only letters of this partition.")
  private @Nullable Integer partition;

  @Option(
      names = "--positions",
      paramLabel = "A..B",
      description = "Only letters of these positions, both included; either may be left out.")
  private String positions = "..";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only letters from then on, e.g. 2026-05-01T12:00:00Z.")
  private @Nullable Instant since;

  @Option(names = "--until", paramLabel = "TIME", description = "Only letters of before.")
  private @Nullable Instant until;

  LetterFilter filter() {
    try {
      return LetterFilter.of(reasons, source, partition, positions, since, until);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--positions " + e.getMessage(), e);
    }
  }
}
