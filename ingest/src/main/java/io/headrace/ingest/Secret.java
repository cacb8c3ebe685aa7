package io.headrace.ingest;

import io.headrace.engine.error.InvalidSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a secret is to be found, never the secret itself, so that nothing that prints settings can
 * print it. Immutable.
 *
 * @param reference {@code env:NAME} or {@code file:PATH}
 */
public record Secret(String reference) {
  private static final String ENVIRONMENT = "env:";
  private static final String FILE = "file:";

  public Secret {
    String kind = reference.substring(0, reference.indexOf(':') + 1);
    if (!kind.equals(ENVIRONMENT) && !kind.equals(FILE)) {
      throw new InvalidSettingException(
          "secret",
          "is not a place to find a secret in, which env:NAME or file:PATH name. A secret itself"
              + " does not belong in a job file.");
    }
  }

  /**
   * The secret as it is now: a file may have been renewed.
   *
   * @param baseDirectory where a relative path starts
   * @throws IOException if it is not there
   */
  public String read(Path baseDirectory) throws IOException {
    if (reference.startsWith(FILE)) {
      Path file = baseDirectory.resolve(reference.substring(FILE.length()));
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new IOException("the secret's file " + file + " cannot be read: " + e, e);
      }
    }
    String name = reference.substring(ENVIRONMENT.length());
    String value = System.getenv(name);
    if (value == null) {
      throw new IOException("there is no environment variable " + name + " with the secret");
    }
    return value;
  }
}
