package io.headrace.sink.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint's file begins with and says it is, of an encrypted one its label; nobody has
 * verified it. Immutable.
 *
 * @param createdAtMillis empty where it does not say
 * @param base what it builds on
 */
public record CheckpointHead(OptionalLong createdAtMillis, Optional<String> base) {
  private static final CheckpointHead UNTOLD =
      new CheckpointHead(OptionalLong.empty(), Optional.empty());

  /**
   * Reads a file's, of which the rest may be missing.
   *
   * @return empty if the file is damaged or ends too early
   */
  public static Optional<CheckpointHead> read(Path file) throws IOException {
    try {
      Map<String, String> metadata = CheckpointFile.metadata(file);
      return Optional.of(
          new CheckpointHead(
              number(metadata.get(CheckpointMetadata.CREATED)),
              Optional.ofNullable(metadata.get(CheckpointMetadata.BASE))
                  .filter(CheckpointNames::isName)));
    } catch (CheckpointDamagedException _) {
      return Optional.empty();
    }
  }

  /** The same, where a damaged file says nothing. */
  static CheckpointHead ofEvenDamaged(Path file) throws IOException {
    return read(file).orElse(UNTOLD);
  }

  private static OptionalLong number(@Nullable String text) {
    return text != null && text.matches("-?\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }
}
