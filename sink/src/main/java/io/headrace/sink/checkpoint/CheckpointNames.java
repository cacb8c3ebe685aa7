package io.headrace.sink.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Names of checkpoint files, by step: they sort as the steps do. */
public final class CheckpointNames {
  /** End of the name of a file that is still being written. */
  static final String UNFINISHED = ".tmp";

  static final String UNFINISHED_BEST = "checkpoint-best" + UNFINISHED;

  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{12,18})\\.safetensors");
  private static final Pattern UNFINISHED_NAME =
      Pattern.compile("checkpoint-[\\w.]+" + Pattern.quote(UNFINISHED));

  private CheckpointNames() {}

  static String name(long step) {
    return String.format(Locale.ROOT, "checkpoint-%012d.safetensors", step);
  }

  /** Whether a file of a store is a checkpoint. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The step that a checkpoint's name tells. */
  public static long step(String name) {
    var matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(name);
    }
    return Long.parseLong(matcher.group(1));
  }

  /** Names of the finished files, by step; none where there is no directory. */
  static List<String> in(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(CheckpointNames::isName)
          .sorted(Comparator.comparingLong(CheckpointNames::step))
          .toList();
    } catch (NoSuchFileException _) {
      return List.of();
    }
  }

  static void removeUnfinished(Path directory) throws IOException {
    List<Path> unfinished;
    try (Stream<Path> files = Files.list(directory)) {
      unfinished =
          files
              .filter(file -> UNFINISHED_NAME.matcher(file.getFileName().toString()).matches())
              .toList();
    }
    for (Path file : unfinished) {
      Files.deleteIfExists(file);
    }
  }
}
