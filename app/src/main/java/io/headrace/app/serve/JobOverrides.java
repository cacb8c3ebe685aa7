package io.headrace.app.serve;

import io.headrace.engine.error.HeadraceException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What the command line changes of the jobs that it names. Immutable.
 *
 * @param settings {@code KEY=VALUE} for every job, {@code FILE/KEY=VALUE} for those of that file
 *     name, without its ending
 * @param data where relative data paths start; empty for the folder of each job file
 */
public record JobOverrides(List<String> settings, Optional<Path> data) {
  public static final JobOverrides NONE = new JobOverrides(List.of(), Optional.empty());

  public JobOverrides {
    settings = List.copyOf(settings);
  }

  /** The settings for the job of a file, in the order given. */
  List<String> of(Path file) {
    return settings.stream()
        .filter(setting -> target(setting).map(JobFiles.stem(file)::equals).orElse(true))
        .map(setting -> target(setting).map(t -> setting.substring(t.length() + 1)).orElse(setting))
        .toList();
  }

  /**
   * Checks that each is for a job that there is.
   *
   * @throws HeadraceException otherwise, with the names that there are
   */
  void requireTargets(Collection<Path> files) {
    List<String> stems = files.stream().map(JobFiles::stem).toList();
    for (String setting : settings) {
      Optional<String> target = target(setting);
      if (target.isPresent() && !stems.contains(target.get())) {
        throw new HeadraceException(
            "--set %s: there is no job file %s.yaml among those given. Write KEY=VALUE for all jobs, or FILE/KEY=VALUE with one of %s."
                .formatted(setting, target.get(), stems));
      }
    }
  }

  /** What is before a slash in the key. */
  private static Optional<String> target(String setting) {
    int end = setting.indexOf('=');
    int slash = setting.indexOf('/');
    return slash >= 0 && slash < end ? Optional.of(setting.substring(0, slash)) : Optional.empty();
  }
}
