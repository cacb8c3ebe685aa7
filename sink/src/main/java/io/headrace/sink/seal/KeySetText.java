package io.headrace.sink.seal;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A key set's JSON, from a file that only its owner may read or from the environment. */
final class KeySetText {
  static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\{env:([A-Za-z_]\\w*)}|env:([A-Za-z_]\\w*)");

  private KeySetText() {}

  /** The variable that is meant; empty for a file. */
  static Optional<String> variable(String place) {
    Matcher matcher = VARIABLE.matcher(place);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
  }

  /**
   * Reads it.
   *
   * @throws HeadraceException if it is not there, or others than its owner may read it
   */
  static String read(String place) {
    return variable(place).map(KeySetText::ofEnvironment).orElseGet(() -> ofFile(Path.of(place)));
  }

  private static String ofEnvironment(String name) {
    String text = System.getenv(name);
    if (text == null || text.isBlank()) {
      throw new HeadraceException(
          "The environment has no key set in %s. Set it to what headrace keys create wrote, as it is or in Base64."
              .formatted(name));
    }
    String trimmed = text.strip();
    if (trimmed.startsWith("{")) {
      return trimmed;
    }
    try {
      return new String(Base64.getMimeDecoder().decode(trimmed), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Without the fault's own words, which may repeat a part of the keys.
      throw new HeadraceException(
          "The environment's %s is neither the JSON of a key set nor its Base64. Set it to what headrace keys create wrote."
              .formatted(name));
    }
  }

  private static String ofFile(Path file) {
    try {
      requireOwnerOnly(file);
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new HeadraceException(
          "There is no key set at %s. Make one: headrace keys create %s.".formatted(file, file), e);
    } catch (IOException e) {
      throw new HeadraceException(
          "The key set %s cannot be read: %s. Check the file's rights.".formatted(file, e), e);
    }
  }

  private static void requireOwnerOnly(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(permissions)) {
      throw new HeadraceException(
          "The key set %s may be used by others than its owner (%s). Take that from them: chmod 600 %s. If they may have read it, rotate it: headrace keys rotate %s."
              .formatted(file, PosixFilePermissions.toString(permissions), file, file));
    }
  }
}
