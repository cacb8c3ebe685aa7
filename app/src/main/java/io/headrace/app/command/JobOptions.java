package io.headrace.app.command;

import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The parameter and the options that say which job is meant. */
final class JobOptions {
  @Parameters(paramLabel = "JOB.yaml", description = "The job; see docs/configuration.md.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Sets a key of the job, e.g. engine.threads=2; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the job's relative data paths start (default: the job file's folder).")
  private @Nullable Path data;

  /**
   * Reads the job.
   *
   * @param more keys of it to set, behind those of the command line
   */
  JobSpec read(List<String> more) {
    List<String> all = new ArrayList<>(overrides);
    all.addAll(more);
    return data == null ? JobFile.read(file, all) : JobFile.read(file, all, data);
  }
}
