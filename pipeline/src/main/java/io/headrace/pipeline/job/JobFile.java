package io.headrace.pipeline.job;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads a job file and what the command line sets in it. Every fault is found before anything
 * starts, and told with its path, line and value; several at once, a line each.
 */
public final class JobFile {
  private JobFile() {}

  /**
   * Reads and checks a job file; relative data paths are resolved against its directory.
   *
   * @param overrides {@code key=value} with dotted keys, applied in order before checking
   * @throws HeadraceException if the job cannot run as it stands
   */
  public static JobSpec read(Path file, List<String> overrides) {
    return parse(file.toString(), text(file), overrides, directoryOf(file));
  }

  /**
   * Like {@link #read(Path, List)}, with settings for keys that the file leaves out.
   *
   * @param defaults {@code key=value} with dotted keys
   * @param data where relative data paths start; empty for the file's directory
   */
  public static JobSpec readWithDefaults(
      Path file, List<String> defaults, List<String> overrides, Optional<Path> data) {
    data.ifPresent(JobFile::requireDirectory);
    return parse(
        Vocabulary.standard(),
        file.toString(),
        text(file),
        defaults,
        overrides,
        data.orElseGet(() -> directoryOf(file)));
  }

  /** Like {@link #read(Path, List)}, with data paths resolved against {@code dataDirectory}. */
  public static JobSpec read(Path file, List<String> overrides, Path dataDirectory) {
    requireDirectory(dataDirectory);
    return parse(file.toString(), text(file), overrides, dataDirectory);
  }

  private static void requireDirectory(Path data) {
    if (!Files.isDirectory(data)) {
      throw new HeadraceException(
          "--data " + data + ": is not a directory. Give the one that holds the job's data.");
    }
  }

  /**
   * Reads and checks a job from text, e.g. of a checkpoint.
   *
   * @param name what messages call the file
   */
  public static JobSpec parse(
      String name, String text, List<String> overrides, Path dataDirectory) {
    return parse(Vocabulary.standard(), name, text, overrides, dataDirectory);
  }

  static JobSpec parse(
      Vocabulary vocabulary, String name, String text, List<String> overrides, Path dataDirectory) {
    return parse(vocabulary, name, text, List.of(), overrides, dataDirectory);
  }

  private static JobSpec parse(
      Vocabulary vocabulary,
      String name,
      String text,
      List<String> defaults,
      List<String> overrides,
      Path dataDirectory) {
    var problems = new Problems();
    YamlNode.Group job = job(name, YamlReader.read(name, text, problems));
    for (String value : defaults) {
      SetOption option = SetOption.parse(value, problems);
      job = option.isSaidIn(job) ? job : option.applyTo(job);
    }
    for (String override : overrides) {
      job = SetOption.parse(override, problems).applyTo(job);
    }
    job = LearnedVocabularies.putInto(job, dataDirectory);
    return new JobReader(vocabulary, job, problems).read(dataDirectory);
  }

  private static YamlNode.Group job(String name, YamlNode node) {
    return switch (node) {
      case YamlNode.Group group -> new YamlNode.Group(group.entries(), new Place(name));
      case YamlNode.Absent empty ->
          throw new HeadraceException(
              name
                  + ": is empty. Start from one of the jobs in examples/, or docs/configuration.md.");
      default ->
          throw new HeadraceException(
              "%s: is %s, not a job. A job file has keys such as name:, source: and model: at its start."
                  .formatted(node.place(), node.kind()));
    };
  }

  private static Path directoryOf(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    return directory == null ? file.toAbsolutePath() : directory;
  }

  private static String text(Path file) {
    if (Files.isDirectory(file)) {
      String hint =
          Files.exists(file.resolve("job.yaml"))
              ? "Did you mean " + file.resolve("job.yaml") + "?"
              : "Give the job file itself.";
      throw new HeadraceException(file + ": is a directory, not a job file. " + hint);
    }
    if (!Files.exists(file)) {
      throw new HeadraceException(
          file + ": there is no such file. Looked for " + file.toAbsolutePath().normalize() + ".");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new HeadraceException(
          file + ": is not UTF-8 text. Save it as UTF-8, or give the job file itself.", e);
    } catch (IOException e) {
      throw new HeadraceException(file + ": cannot be read: " + e.getMessage() + ".", e);
    }
  }
}
